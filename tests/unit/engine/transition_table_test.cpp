// Every state of a booking with every operation on it: what is granted leads where the table says,
// and what isn't changes nothing. The table is written by hand from the drawing in
// docs/architecture.md, not taken from record/transitions.hpp.
#include <array>
#include <map>
#include <string>

#include <janji/catalogue.hpp>
#include <janji/waitlist.hpp>

#include "engine_fixture.hpp"
#include "record/names.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;

// The visit is today at nine; by the clock it is eight, or a quarter to nine at the office.
const SlotKey kVisit = slot_at(0, 9);

// The one booking of a small office, in whichever state it is wanted.
struct Case {
  ManualClock clock;
  std::unique_ptr<Engine> engine;
  BookingId id;

  Case() {
    Options options = small_options(clock);
    UniformCatalogue spec;
    spec.lanes = 2;
    spec.slots_per_day = 24;
    spec.slot_minutes = 60;
    spec.capacity = 1;
    spec.rules.horizon_days = 7;
    spec.rules.scope_name = "one";
    spec.rules.hold_ms = 3 * kHour;
    spec.rules.offer_ms = 3 * kHour;
    spec.rules.approval_ms = 3 * kHour;
    spec.rules.reschedules_max = 1;
    spec.progress = {"received", "ready"};
    options.catalogue = *make_uniform_catalogue(spec);
    options.waiters_max = 16;
    engine = open_engine(options);
  }

  void settle() {
    for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  }
  void act(Act what) {
    ActRequest request;
    request.act = what;
    request.booking = id;
    request.argument = what == Act::refuse ? 7 : 0;
    const auto done = engine->act(request);
    INFO(to_string(done.code()));
    REQUIRE(done.ok());
  }
  void come_to(BookingState wanted) {
    if (wanted == BookingState::waiting) {
      REQUIRE(engine->claim(claim_of(2, kVisit)).ok());
      JoinRequest join;
      join.slot = kVisit;
      join.applicant = {7, 1};
      id = engine->join(join)->id;
      return;
    }
    id = engine->claim(claim_of(1, kVisit))->id;
    if (wanted == BookingState::held) return;
    if (wanted == BookingState::cancelled) {
      REQUIRE(engine->cancel({id, {}, 0}).ok());
      return;
    }
    if (wanted == BookingState::expired) {
      clock.advance(3 * kHour + 1);
      return settle();
    }
    REQUIRE(engine->confirm({id, {}, 0, {}}).ok());
    if (wanted == BookingState::awaiting) return;
    act(wanted == BookingState::refused ? Act::refuse : Act::approve);
    if (wanted == BookingState::refused || wanted == BookingState::confirmed) return;
    if (wanted == BookingState::displaced) {
      REQUIRE(engine->change_slot({kVisit, SlotChangeRequest::Doors::closed}).ok());
      return settle();
    }
    clock.advance(wanted == BookingState::no_show ? kHour : 45 * kMinute);
    if (wanted == BookingState::no_show) return act(Act::no_show);
    act(Act::check_in);
    if (wanted == BookingState::completed) act(Act::complete);
  }
};

const std::map<std::string, Act> kActs{
    {"extend", Act::extend},     {"approve", Act::approve}, {"refuse", Act::refuse},
    {"check_in", Act::check_in}, {"serve", Act::serve},     {"complete", Act::complete},
    {"no_show", Act::no_show},   {"reissue", Act::reissue}, {"progress", Act::progress}};

Result<Booking> ask(Case& office, const std::string& operation) {
  Engine& engine = *office.engine;
  // Both can only be asked for in their time: by the clock at which neither is too early or late.
  if (operation == "check_in" || operation == "no_show") {
    const std::int64_t now = kMorning + kHour + kMinute - office.clock.civil.load();
    if (now > 0) office.clock.advance(now);
  }
  if (operation == "confirm") return engine.confirm({office.id, {}, 0, {}});
  if (operation == "cancel") return engine.cancel({office.id, {}, 0});
  if (operation == "reschedule") {
    RescheduleRequest move;
    move.booking = office.id;
    move.slot = slot_at(1, 9);
    return engine.reschedule(move);
  }
  ActRequest request;
  request.act = kActs.at(operation);
  request.booking = office.id;
  if (request.act == Act::serve) request.argument = 4;
  if (request.act == Act::refuse || request.act == Act::reissue) request.argument = 7;
  if (request.act == Act::progress) request.argument = progress_id("ready").value;
  return engine.act(request);
}

// What is granted, and where it leads. All else is an illegal transition.
const std::map<BookingState, std::map<std::string, BookingState>> kTable{
    {BookingState::held,
     {{"confirm", BookingState::awaiting},
      {"cancel", BookingState::cancelled},
      {"reschedule", BookingState::held},
      {"extend", BookingState::held},
      {"reissue", BookingState::held}}},
    {BookingState::awaiting,
     {{"cancel", BookingState::cancelled},
      {"approve", BookingState::confirmed},
      {"refuse", BookingState::refused},
      {"reissue", BookingState::awaiting}}},
    {BookingState::confirmed,
     {{"cancel", BookingState::cancelled},
      {"reschedule", BookingState::confirmed},
      {"check_in", BookingState::checked_in},
      {"no_show", BookingState::no_show},
      {"reissue", BookingState::confirmed}}},
    {BookingState::displaced,
     {{"cancel", BookingState::cancelled},
      {"reschedule", BookingState::confirmed},
      {"reissue", BookingState::displaced}}},
    {BookingState::checked_in,
     {{"serve", BookingState::checked_in},
      {"complete", BookingState::completed},
      {"reissue", BookingState::checked_in},
      {"progress", BookingState::checked_in}}},
    {BookingState::completed, {{"progress", BookingState::completed}}},
    {BookingState::waiting, {{"cancel", BookingState::cancelled}}},
    {BookingState::cancelled, {}},
    {BookingState::expired, {}},
    {BookingState::refused, {}},
    {BookingState::no_show, {}}};

constexpr const char* kOperations[] = {"confirm",  "cancel",  "reschedule", "extend",
                                       "approve",  "refuse",  "check_in",   "serve",
                                       "complete", "no_show", "reissue",    "progress"};

std::size_t free_seats(const Engine& engine) {
  std::size_t free = 0;
  std::array<SlotAvailability, 32> slots;
  for (const int day : {0, 1}) {
    const std::size_t many = engine.slots(LaneId{0}, slot_at(day).day(), slots);
    for (std::size_t i = 0; i < many; ++i) free += slots[i].free;
  }
  return free;
}

bool same(const Booking& a, const Booking& b) {
  return a.state == b.state && a.version == b.version && a.slot == b.slot && a.lsn == b.lsn &&
         a.deadline == b.deadline && a.ended_at == b.ended_at && a.progress == b.progress &&
         a.reissues == b.reissues && a.extensions == b.extensions && a.counter == b.counter;
}

}  // namespace

TEST_CASE("every state with every operation: the right answer, and nothing changed by a refusal") {
  std::size_t pairs = 0, granted = 0;
  for (const auto& [state, legal] : kTable) {
    for (const std::string operation : kOperations) {
      CAPTURE(record::name_of(state), operation);
      Case office;
      office.come_to(state);
      const Result<Booking> before = office.engine->find(office.id);
      REQUIRE(before.ok());
      REQUIRE(before->state == state);
      const std::size_t free = free_seats(*office.engine);
      const std::uint64_t durable = office.engine->durable_lsn().value;
      const Result<Booking> done = ask(office, operation);
      ++pairs;
      const auto leads = legal.find(operation);
      if (leads != legal.end()) {
        ++granted;
        INFO(to_string(done.code()));
        REQUIRE(done.ok());
        CHECK(done->state == leads->second);
        CHECK(done->version == before->version + 1);
        continue;
      }
      // By the clock its hold is over: that is what its holder hears, and it is nothing new.
      const bool ran_out = before->state == BookingState::expired;
      const Code expected = ran_out && done.code() == Code::hold_expired ? Code::hold_expired
                                                                         : Code::illegal_transition;
      CHECK(done.code() == expected);
      CHECK(same(*office.engine->find(office.id), *before));
      CHECK(office.engine->durable_lsn().value == durable);
      // A slot that began meanwhile offers nothing any more.
      if (operation != "check_in" && operation != "no_show") {
        CHECK(free_seats(*office.engine) == free);
      }
    }
  }
  CHECK(pairs == 11 * 12);
  CHECK(granted == 23);
}

TEST_CASE("an id that names nothing is refused by every operation") {
  for (const std::string operation : kOperations) {
    CAPTURE(operation);
    Case office;
    office.come_to(BookingState::held);
    for (const std::uint64_t other : {std::uint64_t{0}, office.id.value + 1, ~std::uint64_t{0}}) {
      Case stranger;
      stranger.id = BookingId{other};
      CHECK(ask(stranger, operation).code() == Code::booking_not_found);
    }
  }
}
