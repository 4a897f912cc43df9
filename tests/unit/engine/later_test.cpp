// Seats that were given up and come back later (hazard 20).
#include <array>
#include <set>

#include <janji/group.hpp>
#include <janji/waitlist.hpp>

#include "engine_fixture.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kMinute = 60'000;

// Back after ten minutes to half an hour.
Options later_options(const ManualClock& clock, std::uint16_t capacity = 2,
                      FreedSeats rule = {10 * kMinute, 30 * kMinute}) {
  Options options = small_options(clock);
  UniformCatalogue spec;
  spec.lanes = 2;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = capacity;
  spec.rules.horizon_days = 7;
  spec.rules.seats_max = 2;
  spec.rules.scope_name = "one";
  spec.rules.hold_ms = 5 * kMinute;
  spec.rules.offer_ms = 5 * kMinute;
  spec.rules.approval_ms = 5 * kMinute;
  spec.rules.reschedules_max = 2;
  spec.rules.freed_seats = rule;
  options.catalogue = *make_uniform_catalogue(spec);
  options.waiters_max = 16;
  options.later_seats_max = 8;
  return options;
}

void pass(Engine& engine, ManualClock& clock, std::int64_t ms) {
  clock.advance(ms);
  for (int rounds = 0; rounds < 4; ++rounds) REQUIRE(engine.settle().ok());
}

BookingId claimed(Engine& engine, std::uint64_t who, SlotKey slot = slot_at()) {
  const auto made = engine.claim(claim_of(who, slot));
  INFO(to_string(made.code()));
  REQUIRE(made.ok());
  return made->id;
}

struct Seats {
  int free, later;
  friend bool operator==(const Seats&, const Seats&) = default;
};
Seats seats(const Engine& engine, SlotKey slot = slot_at()) {
  const SlotAvailability is = availability(engine, slot);
  return {is.free, is.later};
}

}  // namespace

TEST_CASE("a seat that was given up comes back within its window, and not before") {
  ManualClock clock;
  auto engine = open_engine(later_options(clock));
  const BookingId first = claimed(*engine, 1);
  claimed(*engine, 2);
  REQUIRE(engine->cancel({first, {}, 0}).ok());
  CHECK(seats(*engine) == Seats{0, 1});
  CHECK(engine->claim(claim_of(3)).code() == Code::slot_full);
  CHECK(engine->counters().seats_later == 1);
  pass(*engine, clock, 10 * kMinute - 1);
  CHECK(seats(*engine).later >= 1);  // the other one's hold is over by then
  CHECK(engine->claim(claim_of(3)).code() == Code::slot_full);
  pass(*engine, clock, 36 * kMinute);
  CHECK(seats(*engine) == Seats{2, 0});
  CHECK(engine->counters().seats_later == 0);
  claimed(*engine, 3);
  // Whoever gave it up may book elsewhere at once.
  claimed(*engine, 1, slot_at(2));
}

TEST_CASE("when it comes back nobody can tell before") {
  ManualClock clock;
  auto engine = open_engine(later_options(clock));
  std::set<int> minutes;
  for (std::uint64_t i = 0; i < 12; ++i) {
    const BookingId id = claimed(*engine, 10 + i);
    REQUIRE(engine->cancel({id, {}, 0}).ok());
    int minute = 0;
    for (; seats(*engine).free != 2; ++minute) {
      REQUIRE(minute <= 31);
      pass(*engine, clock, kMinute);
    }
    CHECK(minute >= 10);
    minutes.insert(minute);
  }
  CHECK(minutes.size() > 3);
}

TEST_CASE("whatever gives up a seat leaves it for later") {
  const std::string how = GENERATE("cancel", "expire", "refuse", "reschedule", "group");
  CAPTURE(how);
  ManualClock clock;
  auto engine = open_engine(later_options(clock, 1));
  if (how == "group") {
    const std::array<ApplicantKey, 2> members{ApplicantKey{7, 1}, ApplicantKey{7, 2}};
    const std::array<GroupPart, 1> parts{
        GroupPart{slot_at().day(), slot_at().minute(), slot_at(1, 10).minute(), 2}};
    GroupClaimRequest request;
    request.lane = slot_at().lane();
    request.parts = parts;
    request.members = members;
    request.applicant = {7, 9};
    const auto group = engine->claim_group(request);
    REQUIRE(group.ok());
    REQUIRE(engine->cancel({*group, {}, 0}).ok());
    CHECK(seats(*engine, slot_at(1, 10)) == Seats{0, 1});
  } else {
    const BookingId id = claimed(*engine, 1);
    if (how == "cancel") REQUIRE(engine->cancel({id, {}, 0}).ok());
    if (how == "expire") pass(*engine, clock, 5 * kMinute + 1000);
    if (how == "refuse") {
      REQUIRE(engine->confirm({id, {}, 0, {}}).ok());
      ActRequest refuse;
      refuse.act = Act::refuse;
      refuse.booking = id;
      REQUIRE(engine->act(refuse).ok());
    }
    if (how == "reschedule") {
      RescheduleRequest move;
      move.booking = id;
      move.slot = slot_at(2);
      REQUIRE(engine->reschedule(move).ok());
    }
  }
  REQUIRE(engine->settle().ok());
  CHECK(seats(*engine) == Seats{0, 1});
  CHECK(engine->claim(claim_of(3)).code() == Code::slot_full);
  pass(*engine, clock, 31 * kMinute);
  CHECK(seats(*engine) == Seats{1, 0});
  claimed(*engine, 3);
}

TEST_CASE("whoever waits has it at once") {
  ManualClock clock;
  auto engine = open_engine(later_options(clock, 1));
  const BookingId first = claimed(*engine, 1);
  JoinRequest join;
  join.slot = slot_at();
  join.applicant = {7, 2};
  const auto waits = engine->join(join);
  REQUIRE(waits.ok());
  REQUIRE(engine->cancel({first, {}, 0}).ok());
  pass(*engine, clock, 1000);
  CHECK(engine->find(waits->id)->state == BookingState::held);
  CHECK(seats(*engine) == Seats{0, 0});
}

TEST_CASE("who joins while it is on its way has it when it comes, before all others") {
  ManualClock clock;
  auto engine = open_engine(later_options(clock, 1));
  const BookingId first = claimed(*engine, 1);
  REQUIRE(engine->cancel({first, {}, 0}).ok());
  JoinRequest join;
  join.slot = slot_at();
  join.applicant = {7, 2};
  const auto waits = engine->join(join);
  REQUIRE(waits.ok());
  pass(*engine, clock, 9 * kMinute);
  CHECK(engine->find(waits->id)->state == BookingState::waiting);
  pass(*engine, clock, 22 * kMinute);
  CHECK(engine->find(waits->id)->state == BookingState::held);
}

TEST_CASE("a slot that began gives nothing back later, and who waits leaves nothing") {
  ManualClock clock;
  auto engine = open_engine(later_options(clock, 1));
  const SlotKey soon = slot_at(0, 9);
  const BookingId id = claimed(*engine, 1, soon);
  JoinRequest join;
  join.slot = soon;
  join.applicant = {7, 2};
  const auto waits = engine->join(join);
  REQUIRE(waits.ok());
  REQUIRE(engine->cancel({waits->id, {}, 0}).ok());
  CHECK(seats(*engine, soon) == Seats{0, 0});
  REQUIRE(engine->confirm({id, {}, 0, {}}).ok());
  clock.advance(61 * kMinute);  // its hour has come; so has the end of what it waits for
  for (int rounds = 0; rounds < 4; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(engine->find(id)->state == BookingState::expired);
  CHECK(engine->counters().seats_later == 0);
}

TEST_CASE("who leaves a waitlist leaves no seat for later, by the journal either") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = later_options(clock, 1);
  options.durability = Durability::strict;
  options.directory = scratch.path() / "data";
  options.checkpoint = false;  // so that every record is read again
  auto engine = open_engine(options);
  claimed(*engine, 1);
  JoinRequest join;
  join.slot = slot_at();
  join.applicant = {7, 2};
  const auto waits = engine->join(join);
  REQUIRE(waits.ok());
  REQUIRE(engine->cancel({waits->id, {}, 0}).ok());
  engine.reset();
  engine = open_engine(options);
  CHECK(seats(*engine) == Seats{0, 0});
  CHECK(engine->find(waits->id)->state == BookingState::cancelled);
}

TEST_CASE("without room to remember it a seat comes back at once") {
  ManualClock clock;
  Options options = later_options(clock, 1);
  options.later_seats_max = GENERATE(0U, 1U);
  auto engine = open_engine(options);
  const BookingId first = claimed(*engine, 1), second = claimed(*engine, 2, slot_at(2));
  REQUIRE(engine->cancel({first, {}, 0}).ok());
  REQUIRE(engine->cancel({second, {}, 0}).ok());
  CHECK(seats(*engine).later == static_cast<int>(options.later_seats_max));
  CHECK(seats(*engine, slot_at(2)) == Seats{1, 0});
  pass(*engine, clock, 31 * kMinute);
  CHECK(seats(*engine) == Seats{1, 0});
  // There is room again.
  const BookingId third = claimed(*engine, 3);
  REQUIRE(engine->cancel({third, {}, 0}).ok());
  CHECK(seats(*engine).later == static_cast<int>(options.later_seats_max));
}

TEST_CASE("a restart keeps them, and can only put them off") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = later_options(clock, 2);
  options.durability = Durability::strict;
  options.directory = scratch.path() / "data";
  options.checkpoint = GENERATE(true, false);
  auto engine = open_engine(options);
  const BookingId first = claimed(*engine, 1), second = claimed(*engine, 2);
  REQUIRE(engine->cancel({first, {}, 0}).ok());
  REQUIRE(engine->cancel({second, {}, 0}).ok());
  for (int opening = 0; opening < 3; ++opening) {
    engine.reset();
    engine = open_engine(options);
    CHECK(seats(*engine) == Seats{0, 2});
    CHECK(engine->claim(claim_of(3)).code() == Code::slot_full);
  }
  pass(*engine, clock, 9 * kMinute);
  CHECK(seats(*engine) == Seats{0, 2});
  pass(*engine, clock, 22 * kMinute);
  CHECK(seats(*engine) == Seats{2, 0});
  engine.reset();
  engine = open_engine(options);
  CHECK(seats(*engine) == Seats{2, 0});
  // With a catalogue that gives them back at once, what was left comes at once.
  const BookingId third = claimed(*engine, 3);
  REQUIRE(engine->cancel({third, {}, 0}).ok());
  engine.reset();
  options.catalogue = small_catalogue(2);
  engine = open_engine(options);
  pass(*engine, clock, 1000);
  CHECK(seats(*engine) == Seats{2, 0});
}

TEST_CASE("a day is archived when they are back, and not before") {
  ManualClock clock;
  Options options = later_options(clock, 1, {120 * kMinute, 120 * kMinute});
  options.archive_after_ms = kMinute;
  options.retention_ms = kMinute;
  auto engine = open_engine(options);
  const SlotKey slot = slot_at(0, 23);
  claimed(*engine, 1, slot);
  pass(*engine, clock, 15 * 60 * kMinute - 5 * kMinute);  // five to eleven: its hold is over
  CHECK(seats(*engine, slot).later == 1);
  std::array<SlotAvailability, 32> slots;
  for (int hours = 0; hours < 2; ++hours) {  // five to one: it comes back
    CHECK(engine->slots(slot.lane(), slot.day(), slots) == 24);
    pass(*engine, clock, 60 * kMinute - 1000);
    pass(*engine, clock, 1000);
  }
  pass(*engine, clock, 2 * kMinute);
  pass(*engine, clock, 2 * kMinute);
  CHECK(engine->slots(slot.lane(), slot.day(), slots) == 0);
}
