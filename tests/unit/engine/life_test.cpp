// The life of a booking: each state, and what can be done in it.
#include <atomic>
#include <functional>
#include <map>
#include <thread>
#include <vector>

#include "engine_fixture.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;

// Holds of ten minutes, two hours to pay unless that is 0.
Options options_with(const ManualClock& clock, std::int64_t approval_ms,
                     std::uint8_t extensions_max = 1) {
  Options options = small_options(clock, 1);
  UniformCatalogue spec;
  spec.lanes = 2;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = 1;
  spec.rules = options.catalogue->services()[0].rules;
  spec.rules.approval_ms = approval_ms;
  spec.rules.extensions_max = extensions_max;
  spec.progress = {"received", "in_process", "ready", "collected"};
  auto made = make_uniform_catalogue(spec);
  REQUIRE(made.ok());
  options.catalogue = *made;
  return options;
}

ActRequest act_of(Act act, BookingId booking, std::uint64_t operation = 0,
                  std::uint32_t argument = 0) {
  ActRequest request;
  request.act = act;
  request.booking = booking;
  request.argument = argument;
  if (operation != 0) request.operation = {11, operation};
  return request;
}

Code code_of(const Result<Booking>& result) {
  return result.code();
}

// A booking of today at twelve that is brought to a state, at a time at which every act that the
// state allows can be done.
class Visit {
 public:
  Visit() : engine(open_engine(options_with(clock, 2 * kHour))) {
    id = engine->claim(claim_of(1, slot_at(0, 12)))->id;
  }

  void bring_to(BookingState state) {
    switch (state) {
      case BookingState::held: return;
      case BookingState::expired:
        clock.advance(10 * kMinute + 1000);
        REQUIRE(engine->settle().ok());
        break;
      case BookingState::cancelled: REQUIRE(engine->cancel({id, {}, 0}).ok()); break;
      case BookingState::awaiting: REQUIRE(engine->confirm({id, {}, 0, {}}).ok()); break;
      case BookingState::refused:
        bring_to(BookingState::awaiting);
        act(Act::refuse);
        break;
      case BookingState::confirmed:
        bring_to(BookingState::awaiting);
        act(Act::approve);
        clock.advance(4 * kHour);  // twelve o'clock
        REQUIRE(engine->settle().ok());
        break;
      case BookingState::checked_in:
        bring_to(BookingState::confirmed);
        act(Act::check_in);
        break;
      case BookingState::completed:
        bring_to(BookingState::checked_in);
        act(Act::complete);
        break;
      case BookingState::no_show:
        bring_to(BookingState::confirmed);
        act(Act::no_show);
        break;
      default: FAIL("no such state");
    }
    REQUIRE(engine->find(id)->state == state);
  }

  void act(Act what) { REQUIRE(engine->act(act_of(what, id)).ok()); }

  ManualClock clock;
  std::unique_ptr<Engine> engine;
  BookingId id;
};

}  // namespace

TEST_CASE("every pair of state and operation: the right answer, and a refusal changes nothing") {
  using State = BookingState;
  struct Operation {
    const char* name;
    std::map<State, State> leads;
    std::function<Result<Booking>(Engine&, BookingId)> run;
  };
  const auto act = [](Act what) {
    return [what](Engine& engine, BookingId id) { return engine.act(act_of(what, id)); };
  };
  const Operation operations[] = {
      {"confirm",
       {{State::held, State::awaiting}},
       [](Engine& engine, BookingId id) {
         return engine.confirm({id, {}, 0, {}});
       }},
      {"cancel",
       {{State::held, State::cancelled},
        {State::awaiting, State::cancelled},
        {State::confirmed, State::cancelled}},
       [](Engine& engine, BookingId id) {
         return engine.cancel({id, {}, 0});
       }},
      {"reschedule",
       {{State::held, State::held}},
       [](Engine& engine, BookingId id) {
         return engine.reschedule({id, slot_at(1, 15), {}, 0});
       }},
      {"extend", {{State::held, State::held}}, act(Act::extend)},
      {"approve", {{State::awaiting, State::confirmed}}, act(Act::approve)},
      {"refuse", {{State::awaiting, State::refused}}, act(Act::refuse)},
      {"check_in", {{State::confirmed, State::checked_in}}, act(Act::check_in)},
      {"serve", {{State::checked_in, State::checked_in}}, act(Act::serve)},
      {"complete", {{State::checked_in, State::completed}}, act(Act::complete)},
      {"no_show", {{State::confirmed, State::no_show}}, act(Act::no_show)},
      {"reissue",
       {{State::held, State::held},
        {State::awaiting, State::awaiting},
        {State::confirmed, State::confirmed},
        {State::checked_in, State::checked_in}},
       act(Act::reissue)},
      {"progress",
       {{State::checked_in, State::checked_in}, {State::completed, State::completed}},
       [](Engine& engine, BookingId id) {
         return engine.act(act_of(Act::progress, id, 0, progress_id("ready").value));
       }},
  };
  for (const State state :
       {State::held, State::awaiting, State::confirmed, State::checked_in, State::completed,
        State::no_show, State::cancelled, State::expired, State::refused}) {
    for (const Operation& operation : operations) {
      Visit visit;
      visit.bring_to(state);
      const Booking before = *visit.engine->find(visit.id);
      const auto result = operation.run(*visit.engine, visit.id);
      INFO(operation.name << " in state " << static_cast<int>(state));
      REQUIRE(visit.engine->settle().ok());
      const Booking after = *visit.engine->find(visit.id);
      const auto wanted = operation.leads.find(state);
      // It is twelve o'clock, so the confirmed one can't be moved any more.
      const bool too_late =
          state == State::confirmed && operation.name == std::string("reschedule");
      if (wanted != operation.leads.end()) {
        REQUIRE(code_of(result) == Code::ok);
        CHECK(after.state == wanted->second);
        CHECK(after.version == before.version + 1);
        CHECK(after.lsn > before.lsn);
      } else {
        CHECK(code_of(result) == (too_late                  ? Code::change_too_late
                                  : state == State::expired ? Code::hold_expired
                                                            : Code::illegal_transition));
        CHECK(after.state == before.state);
        CHECK(after.version == before.version);
        CHECK(after.lsn == before.lsn);
        CHECK(after.slot == before.slot);
      }
      // Its applicant may book again when it has ended, and not before.
      const Code again = code_of(visit.engine->claim(claim_of(1, slot_at(2, 9))));
      CHECK(again == (is_active(after.state) ? Code::already_booked : Code::ok));
    }
  }
}

TEST_CASE("a hold is extended from now on, as often as the service allows") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 0, 2));
  const auto held = engine->claim(claim_of(1));
  clock.advance(6 * kMinute);
  const auto once = engine->act(act_of(Act::extend, held->id, 1));
  REQUIRE(once.ok());
  CHECK(once->deadline.value == held->deadline.value + 6 * kMinute);
  CHECK(once->extensions == 1);
  // The same request again is the same answer, not a second extension.
  CHECK(engine->act(act_of(Act::extend, held->id, 1))->extensions == 1);
  CHECK(code_of(engine->act(act_of(Act::extend, held->id, 1, 5))) == Code::invalid_argument);
  clock.advance(5 * kMinute);  // past the first deadline
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(held->id)->state == BookingState::held);
  REQUIRE(engine->act(act_of(Act::extend, held->id)).ok());
  CHECK(code_of(engine->act(act_of(Act::extend, held->id))) == Code::changes_exceeded);
  clock.advance(10 * kMinute - 1);
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(held->id)->state == BookingState::held);
  clock.advance(1);
  CHECK(code_of(engine->act(act_of(Act::extend, held->id))) == Code::hold_expired);
  CHECK(engine->claim(claim_of(2)).ok());
}

TEST_CASE("an extension never brings the deadline nearer") {
  ManualClock clock;
  Options options = options_with(clock, 0, 1);
  options.durability = Durability::strict;
  const ScratchDirectory directory;
  options.directory = directory.path();
  options.grace_ms = kHour;
  BookingId id;
  {
    auto engine = open_engine(options);
    id = engine->claim(claim_of(1))->id;
  }
  auto engine = open_engine(options);
  const auto held = engine->find(id);  // with an hour's grace
  const auto extended = engine->act(act_of(Act::extend, id));
  REQUIRE(extended.ok());
  CHECK(extended->deadline == held->deadline);
}

TEST_CASE("a service that waits for payment: the hold is prolonged, and the deadline frees it") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 2 * kHour));
  const auto held = engine->claim(claim_of(1));
  clock.advance(9 * kMinute);
  const std::vector<std::byte> details(100, std::byte{7});
  const auto awaiting = engine->confirm({held->id, {5, 1}, 0, details});
  REQUIRE(awaiting.ok());
  CHECK(awaiting->state == BookingState::awaiting);
  CHECK(awaiting->deadline.value == held->deadline.value - kMinute + 2 * kHour);
  CHECK(awaiting->submitted_at == engine->civil_now());
  CHECK(awaiting->confirmed_at.value == 0);
  CHECK(awaiting->expires_at.value == engine->civil_now().value + 2 * kHour);
  CHECK(*engine->details(held->id) == details);
  // The same request again: the same answer; another: no.
  CHECK(engine->confirm({held->id, {5, 1}, 0, details})->state == BookingState::awaiting);
  CHECK(code_of(engine->confirm({held->id, {5, 2}, 0, details})) == Code::illegal_transition);
  CHECK(code_of(engine->confirm({held->id, {5, 1}, 1, details})) == Code::operation_mismatch);
  clock.advance(2 * kHour - 1);
  REQUIRE(engine->settle().ok());
  SECTION("it comes in the last moment") {
    const auto confirmed = engine->act(act_of(Act::approve, held->id, 1));
    REQUIRE(confirmed.ok());
    CHECK(confirmed->state == BookingState::confirmed);
    CHECK(confirmed->confirmed_at == engine->civil_now());
    CHECK(*engine->details(held->id) == details);
    clock.advance(3 * kHour);
    REQUIRE(engine->settle().ok());
    CHECK(engine->find(held->id)->state == BookingState::confirmed);
  }
  SECTION("it comes too late") {
    clock.advance(1);
    CHECK(code_of(engine->act(act_of(Act::approve, held->id, 1))) == Code::hold_expired);
    CHECK(engine->find(held->id)->state == BookingState::expired);
    CHECK(engine->claim(claim_of(2)).ok());
  }
  SECTION("it is refused, with a reason") {
    const auto refused = engine->act(act_of(Act::refuse, held->id, 1, 42));
    REQUIRE(refused.ok());
    CHECK(refused->state == BookingState::refused);
    CHECK(refused->refuse_reason == 42);
    CHECK(refused->ended_at == engine->civil_now());
    CHECK(code_of(engine->act(act_of(Act::refuse, held->id, 1, 43))) == Code::operation_mismatch);
    CHECK(engine->claim(claim_of(2)).ok());
    CHECK(engine->claim(claim_of(1, slot_at(2))).ok());
  }
  SECTION("nobody says anything") {
    clock.advance(1001);
    REQUIRE(engine->settle().ok());
    CHECK(engine->find(held->id)->state == BookingState::expired);
    CHECK(engine->claim(claim_of(2)).ok());
  }
}

TEST_CASE("check-in: not before its time, not behind it, not elsewhere, only once") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 0));
  const auto confirmed = [&](std::uint64_t who, SlotKey slot) {
    const auto held = engine->claim(claim_of(who, slot));
    REQUIRE(engine->confirm({held->id, {}, 0, {}}).ok());
    return held->id;
  };
  const BookingId id = confirmed(1, slot_at(0, 12));
  const auto check_in = [&](BookingId booking, std::uint32_t branch = ActRequest::kAnyBranch) {
    ActRequest request = act_of(Act::check_in, booking);
    request.branch = branch;
    return engine->act(request);
  };
  clock.advance(4 * kHour - 30 * kMinute - 1);
  CHECK(code_of(check_in(id)) == Code::too_early);
  CHECK(code_of(engine->act(act_of(Act::no_show, id))) == Code::too_early);
  clock.advance(1);
  CHECK(code_of(check_in(id, 1)) == Code::wrong_branch);
  const auto there = check_in(id, 0);
  REQUIRE(there.ok());
  CHECK(there->checked_in_at == engine->civil_now());
  CHECK(there->queue_number == 1);
  CHECK(code_of(check_in(id, 0)) == Code::illegal_transition);
  CHECK(code_of(engine->act(act_of(Act::no_show, id))) == Code::illegal_transition);
  // Each branch has its own numbers.
  CHECK(check_in(confirmed(2, slot_at(0, 12, 1)))->queue_number == 1);
  CHECK(check_in(confirmed(3, slot_at(0, 13, 1))).code() == Code::too_early);
  clock.advance(kHour);
  CHECK(engine->act(act_of(Act::serve, id, 0, 4))->counter == 4);
  CHECK(engine->act(act_of(Act::serve, id, 0, 6))->counter == 6);
  CHECK(engine->act(act_of(Act::serve, id, 0, 6)).ok());
  CHECK(code_of(engine->act(act_of(Act::serve, id, 0, 6))) == Code::changes_exceeded);
  const auto done = engine->act(act_of(Act::complete, id));
  REQUIRE(done.ok());
  CHECK(done->ended_at == engine->civil_now());
  CHECK(done->served_at == engine->civil_now());
}

TEST_CASE("a token is issued anew as often as may be, and is remembered over restarts") {
  ManualClock clock;
  Options options = options_with(clock, 0);
  options.durability = Durability::strict;
  const ScratchDirectory directory;
  options.directory = directory.path();
  BookingId id;
  {
    auto engine = open_engine(options);
    id = engine->claim(claim_of(1))->id;
    CHECK(engine->find(id)->reissues == 0);
    CHECK(engine->act(act_of(Act::reissue, id, 1, 7))->reissues == 1);
    CHECK(engine->act(act_of(Act::reissue, id, 1, 7))->reissues == 1);  // the same request
    CHECK(code_of(engine->act(act_of(Act::reissue, id, 1, 8))) == Code::operation_mismatch);
    CHECK(engine->act(act_of(Act::reissue, id, 2))->reissues == 2);
  }
  auto engine = open_engine(options);
  CHECK(engine->find(id)->reissues == 2);
  CHECK(engine->act(act_of(Act::reissue, id, 2))->reissues == 2);
  const auto last = engine->act(act_of(Act::reissue, id, 3));
  REQUIRE(last.ok());
  CHECK(last->reissues == kReissuesMax);
  CHECK(last->state == BookingState::held);
  CHECK(code_of(engine->act(act_of(Act::reissue, id, 4))) == Code::changes_exceeded);
  CHECK(engine->find(id)->version == last->version);
}

TEST_CASE("whoever acts under a token that was issued anew since has to look again") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 0));
  const BookingId id = engine->claim(claim_of(1))->id;
  ActRequest extend = act_of(Act::extend, id);
  extend.issue = 0;
  CancelRequest cancel{id, {}, 0};
  cancel.issue = 0;
  ConfirmRequest confirm{id, {}, 0, {}};
  confirm.issue = 0;
  RescheduleRequest move{id, slot_at(1, 15), {}, 0};
  move.issue = 0;
  REQUIRE(engine->act(act_of(Act::reissue, id)).ok());
  const Booking before = *engine->find(id);
  CHECK(code_of(engine->act(extend)) == Code::retry);
  CHECK(code_of(engine->cancel(cancel)) == Code::retry);
  CHECK(code_of(engine->confirm(confirm)) == Code::retry);
  CHECK(code_of(engine->reschedule(move)) == Code::retry);
  CHECK(engine->find(id)->version == before.version);
  CHECK(engine->find(id)->slot == before.slot);
  Patience patience;
  CHECK(engine->try_cancel(cancel, patience).verdict == Verdict::wait);
  extend.issue = confirm.issue = move.issue = cancel.issue = 1;
  CHECK(engine->act(extend).ok());
  CHECK(engine->reschedule(move).ok());
  CHECK(engine->confirm(confirm).ok());
  CHECK(engine->cancel(cancel).ok());
}

TEST_CASE("who may act for one branch does so there only, whatever the act") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 2 * kHour));
  const auto held = engine->claim(claim_of(1));  // at branch 0
  const auto by = [&](std::uint32_t branch, Act act, std::uint64_t operation = 0) {
    ActRequest request = act_of(act, held->id, operation);
    request.branch = branch;
    return engine->act(request);
  };
  CHECK(code_of(by(1, Act::extend)) == Code::wrong_branch);
  REQUIRE(engine->confirm({held->id, {}, 0, {}})->state == BookingState::awaiting);
  CHECK(code_of(by(1, Act::refuse)) == Code::wrong_branch);
  CHECK(code_of(by(1, Act::approve, 1)) == Code::wrong_branch);
  CHECK(engine->find(held->id)->state == BookingState::awaiting);
  CHECK(by(0, Act::approve, 1)->state == BookingState::confirmed);
  // The branch is the caller's, not the request's: in another catalogue it has another index.
  CHECK(by(1, Act::approve, 1)->state == BookingState::confirmed);
  CHECK(by(ActRequest::kAnyBranch, Act::approve, 1).ok());
}

TEST_CASE("who doesn't come in time is a no-show by rule, and who was forgotten was served") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 0));
  std::vector<BookingId> ids;
  for (std::uint64_t who = 1; who <= 3; ++who) {
    const int hour = who == 3 ? 14 : 12;
    ids.push_back(engine->claim(claim_of(who, slot_at(0, hour, who == 2 ? 1 : 0)))->id);
    REQUIRE(engine->confirm({ids.back(), {}, 0, {}}).ok());
  }
  clock.advance(6 * kHour - 1);
  REQUIRE(engine->act(act_of(Act::check_in, ids[1])).ok());
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(ids[0])->state == BookingState::confirmed);
  clock.advance(1);  // two hours behind twelve
  CHECK(code_of(engine->act(act_of(Act::check_in, ids[0]))) == Code::too_late);
  REQUIRE(engine->settle().ok());
  const auto missed = engine->find(ids[0]);
  CHECK(missed->state == BookingState::no_show);
  CHECK(missed->ended_at == engine->civil_now());
  CHECK(engine->find(ids[1])->state == BookingState::checked_in);
  CHECK(engine->find(ids[2])->state == BookingState::confirmed);
  CHECK(engine->counters().lapses == 1);
  CHECK(engine->claim(claim_of(1, slot_at(2))).ok());
  clock.advance(12 * kHour);
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(ids[1])->state == BookingState::completed);
  CHECK(engine->find(ids[2])->state == BookingState::no_show);
  CHECK(engine->counters().lapses == 3);
}

TEST_CASE("a clock that nobody believes ends no visit") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 0));
  const auto held = engine->claim(claim_of(1));
  REQUIRE(engine->confirm({held->id, {}, 0, {}}).ok());
  clock.civil.fetch_add(365 * 24 * kHour, std::memory_order_relaxed);
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(held->id)->state == BookingState::confirmed);
  clock.civil.fetch_sub(365 * 24 * kHour, std::memory_order_relaxed);
  clock.advance(2 * 24 * kHour);
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(held->id)->state == BookingState::no_show);
}

TEST_CASE("behind a start that is days later by the clock, visits end an hour later") {
  ManualClock clock;
  Options options = options_with(clock, 0);
  const ScratchDirectory directory;
  options.durability = Durability::strict;
  options.directory = directory.path();
  BookingId id;
  {
    auto engine = open_engine(options);
    id = engine->claim(claim_of(1))->id;
    REQUIRE(engine->confirm({id, {}, 0, {}}).ok());
  }
  // Wrong, or the engine was closed for so long: nobody can tell.
  clock.civil.fetch_add(5 * 24 * kHour, std::memory_order_relaxed);
  auto engine = open_engine(options);
  clock.advance(kHour - 1);
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(id)->state == BookingState::confirmed);
  clock.advance(60'001);
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(id)->state == BookingState::no_show);
}

TEST_CASE("a life goes on behind a restart, from the journal and from the state") {
  const bool from_state = GENERATE(false, true);
  ManualClock clock;
  Options options = options_with(clock, 2 * kHour);
  const ScratchDirectory directory;
  options.durability = Durability::strict;
  options.directory = directory.path();
  options.checkpoint = from_state;
  options.grace_ms = 0;
  options.operations_max = 4096;
  auto engine = open_engine(options);
  std::map<std::uint64_t, Booking> before;
  const auto claim = [&](std::uint64_t who, int hour) {
    return engine->claim(claim_of(who, slot_at(0, hour)))->id;
  };
  const BookingId extended = claim(1, 9);
  REQUIRE(engine->act(act_of(Act::extend, extended)).ok());
  const BookingId waits = claim(2, 10);
  const std::vector<std::byte> details(50, std::byte{3});
  REQUIRE(engine->confirm({waits, {5, 2}, 0, details}).ok());
  const auto visitor = [&](std::uint64_t who, int hour) {
    const BookingId id = claim(who, hour);
    REQUIRE(engine->confirm({id, {}, 0, {}}).ok());
    REQUIRE(engine->act(act_of(Act::approve, id)).ok());
    return id;
  };
  const BookingId refused = claim(3, 11);
  REQUIRE(engine->confirm({refused, {}, 0, {}}).ok());
  REQUIRE(engine->act(act_of(Act::refuse, refused, 0, 9)).ok());
  const BookingId served = visitor(4, 12);
  const BookingId done = visitor(5, 13);
  const BookingId missed = visitor(6, 14);
  clock.advance(9 * kMinute);
  const BookingId extended_later = claim(7, 20);
  REQUIRE(engine->act(act_of(Act::extend, extended)).code() == Code::changes_exceeded);
  clock.advance(6 * kHour - 9 * kMinute - 1000);
  for (const BookingId id : {done, served}) REQUIRE(engine->act(act_of(Act::check_in, id)).ok());
  REQUIRE(engine->act(act_of(Act::serve, served, 0, 3)).ok());
  REQUIRE(engine->act(act_of(Act::complete, done)).ok());
  REQUIRE(engine->act(act_of(Act::progress, done, 0, progress_id("ready").value)).ok());
  clock.advance(1000);
  REQUIRE(engine->act(act_of(Act::no_show, missed)).ok());
  REQUIRE(engine->settle().ok());
  const std::vector<BookingId> all{extended, waits, refused, served, done, missed, extended_later};
  for (const BookingId id : all) before.emplace(id.value, *engine->find(id));
  engine.reset();
  engine = open_engine(options);
  for (const BookingId id : all) {
    const auto now = engine->find(id);
    REQUIRE(now.ok());
    const Booking& then = before.at(id.value);
    CHECK(now->state == then.state);
    CHECK(now->version == then.version);
    CHECK(now->lsn == then.lsn);
    CHECK(now->deadline == then.deadline);
    CHECK(now->submitted_at == then.submitted_at);
    CHECK(now->confirmed_at == then.confirmed_at);
    CHECK(now->checked_in_at == then.checked_in_at);
    CHECK(now->served_at == then.served_at);
    CHECK(now->ended_at == then.ended_at);
    CHECK(now->queue_number == then.queue_number);
    CHECK(now->counter == then.counter);
    CHECK(now->refuse_reason == then.refuse_reason);
    CHECK(now->extensions == then.extensions);
    CHECK(now->progress == then.progress);
    CHECK(now->progress_at == then.progress_at);
    CHECK(now->details_size == then.details_size);
  }
  CHECK(engine->find(served)->queue_number == 2);
  CHECK(engine->details(waits).code() == Code::ok);
  // Numbers go on, and begin again the next day.
  const BookingId next = visitor(8, 15);
  CHECK(engine->act(act_of(Act::check_in, next)).code() == Code::too_early);
  clock.advance(30 * kMinute);
  CHECK(engine->act(act_of(Act::check_in, next))->queue_number == 3);
  const BookingId tomorrow = engine->claim(claim_of(9, slot_at(1, 9)))->id;
  REQUIRE(engine->confirm({tomorrow, {}, 0, {}}).ok());
  REQUIRE(engine->act(act_of(Act::approve, tomorrow)).ok());
  clock.advance(18 * kHour);
  CHECK(engine->act(act_of(Act::check_in, tomorrow))->queue_number == 1);
}

TEST_CASE("however many changes others make, a hold can be confirmed and a booking cancelled") {
  ManualClock clock;
  Options options = options_with(clock, 0);
  options.bookings_max = 128;
  options.operations_max = 2 * 128 + options.callers_max + 100;
  auto engine = open_engine(options);
  std::vector<BookingId> held;
  for (std::uint64_t who = 1; who <= 100; ++who) {
    const int day = static_cast<int>(1 + who / 24);
    const int hour = static_cast<int>(who % 24);
    const auto claimed = engine->claim(claim_of(who, slot_at(day, hour)));
    REQUIRE(claimed.ok());
    held.push_back(claimed->id);
  }
  int extended = 0;
  for (const BookingId id : held) {
    extended += engine->act(act_of(Act::extend, id)).ok() ? 1 : 0;
  }
  CHECK(extended == 100);
  const Code full = code_of(engine->reschedule({held[0], slot_at(6, 23), {}, 0}));
  CHECK(full == Code::limit_reached);
  for (const BookingId id : held) REQUIRE(engine->confirm({id, {}, 0, {}}).ok());
  for (const BookingId id : held) REQUIRE(engine->cancel({id, {}, 0}).ok());
  // When the places are free again, so are the entries.
  for (const std::int64_t ms : {20 * kMinute, options.retention_ms + 5000}) {
    clock.advance(ms);
    REQUIRE(engine->settle().ok());
  }
  REQUIRE(engine->settle().ok());
  const auto again = engine->claim(claim_of(1, slot_at(3)));
  REQUIRE(code_of(again) == Code::ok);
  CHECK(code_of(engine->act(act_of(Act::extend, again->id))) == Code::ok);
}

TEST_CASE("of several who decide on a booking at once, one does, once") {
  ManualClock clock;
  Options options = options_with(clock, 2 * kHour);
  auto engine = open_engine(options);
  for (std::uint64_t round = 1; round <= 50; ++round) {
    const BookingId id = engine->claim(claim_of(round, slot_at(1, 9)))->id;
    REQUIRE(engine->confirm({id, {}, 0, {}}).ok());
    std::atomic<int> granted{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&, i] {
        const Act what = i == 0 ? Act::approve : Act::refuse;
        Result<Booking> result = engine->act(act_of(what, id));
        while (result.code() == Code::retry) result = engine->act(act_of(what, id));
        if (result.ok()) granted.fetch_add(1, std::memory_order_relaxed);
      });
    }
    for (std::thread& thread : threads) thread.join();
    REQUIRE(granted.load(std::memory_order_relaxed) == 1);
    if (engine->find(id)->state == BookingState::confirmed) {
      REQUIRE(engine->cancel({id, {}, 0}).ok());
    }
  }
}
