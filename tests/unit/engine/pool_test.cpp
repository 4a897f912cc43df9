// Pools that fall back: when, what, and what stays.
#include <array>
#include <vector>

#include <janji/verify.hpp>

#include "engine_fixture.hpp"
#include "filling_factory.hpp"
#include "pool_office.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
using Doors = SlotChangeRequest::Doors;

// Three hours from now: it falls back in one.
SlotKey at_eleven(std::uint32_t lane) {
  return slot_at(0, 11, lane);
}

void settle(Engine& engine) {
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine.settle().ok());
}

void pass(Engine& engine, ManualClock& clock, std::int64_t ms) {
  clock.advance(ms);
  settle(engine);
}

struct Seats {
  std::uint32_t free, capacity;
  friend bool operator==(const Seats&, const Seats&) = default;
};

Seats seats(const Engine& engine, SlotKey slot) {
  const SlotAvailability found = availability(engine, slot);
  return {found.free, found.capacity};
}

Booking claimed(Engine& engine, std::uint64_t who, SlotKey slot) {
  auto booking = engine.claim(claim_of(who, slot));
  INFO(to_string(booking.code()));
  REQUIRE(booking.ok());
  return *booking;
}

void cancelled(Engine& engine, BookingId booking) {
  CancelRequest request;
  request.booking = booking;
  REQUIRE(engine.cancel(request).ok());
}

Status changed(Engine& engine, SlotKey slot, Doors doors, std::uint16_t capacity = 0) {
  SlotChangeRequest request;
  request.slot = slot;
  request.doors = doors;
  request.capacity = capacity;
  return engine.change_slot(request);
}

Booking joined(Engine& engine, std::uint64_t who, SlotKey slot) {
  JoinRequest request;
  request.slot = slot;
  request.applicant = claim_of(who).applicant;
  auto booking = engine.join(request);
  REQUIRE(booking.ok());
  return *booking;
}

}  // namespace

TEST_CASE("what nobody has of a pool is general at its time, and not a moment before") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  settle(*engine);
  // At eight, the slots up to ten have fallen back.
  CHECK(seats(*engine, slot_at(0, 9, kGeneral)) == Seats{4, 4});
  CHECK(seats(*engine, slot_at(0, 10, kPool)) == Seats{0, 0});
  CHECK(seats(*engine, slot_at(0, 10, kGeneral)) == Seats{4, 4});
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{2, 2});
  pass(*engine, clock, kHour - 1);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{2, 2});
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{2, 2});
  pass(*engine, clock, 1);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{0, 0});
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{4, 4});
  CHECK(seats(*engine, slot_at(0, 12, kPool)) == Seats{2, 2});
  CHECK(seats(*engine, at_eleven(kOther)) == Seats{2, 2});
  for (std::uint64_t who = 1; who <= 4; ++who) claimed(*engine, who, at_eleven(kGeneral));
  CHECK(engine->claim(claim_of(5, at_eleven(kGeneral))).code() == Code::slot_full);
  CHECK(engine->claim(claim_of(5, at_eleven(kPool))).code() == Code::slot_full);
  claimed(*engine, 5, at_eleven(kOther));
  CHECK(engine->counters().seats_fallen_back == 2 * 3);
}

TEST_CASE("a seat of a pool that is taken stays, and falls back when it is given up later") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  const Booking booking = claimed(*engine, 1, at_eleven(kPool));
  pass(*engine, clock, kHour);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{0, 1});
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{3, 3});
  cancelled(*engine, booking.id);
  settle(*engine);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{1, 1});  // until the minute is over
  pass(*engine, clock, kMinute);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{0, 0});
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{4, 4});
}

TEST_CASE("while somebody waits for a pool's slot, its seats are his, whatever the hour") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  const Booking first = claimed(*engine, 1, at_eleven(kPool));
  claimed(*engine, 2, at_eleven(kPool));
  JoinRequest two;
  two.slot = at_eleven(kPool);
  two.seats = 2;
  two.applicant = claim_of(3).applicant;
  const auto waits = engine->join(two);
  REQUIRE(waits.ok());
  cancelled(*engine, first.id);  // one isn't enough for him
  pass(*engine, clock, 61 * kMinute);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{0, 2});  // and none is shown to others
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{2, 2});
  cancelled(*engine, waits->id);
  pass(*engine, clock, kMinute);
  CHECK(seats(*engine, at_eleven(kPool)).capacity == 1);
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{3, 3});
}

TEST_CASE("seats that fall back are offered to those who wait for a general one, first of all") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  for (std::uint64_t who = 1; who <= 2; ++who) claimed(*engine, who, at_eleven(kGeneral));
  const Booking third = joined(*engine, 3, at_eleven(kGeneral));
  pass(*engine, clock, kHour);
  CHECK(engine->find(third.id)->state == BookingState::held);
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{1, 4});
}

TEST_CASE("nothing falls back from a slot that is closed, nor into one, until it is open again") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  const std::uint32_t lane = GENERATE(kGeneral, kPool);
  REQUIRE(changed(*engine, at_eleven(lane), Doors::closed).ok());
  pass(*engine, clock, kHour);
  CHECK(seats(*engine, at_eleven(kPool)).capacity == 2);
  CHECK(seats(*engine, at_eleven(kGeneral)).capacity == 2);
  REQUIRE(changed(*engine, at_eleven(lane), Doors::open).ok());
  pass(*engine, clock, kMinute);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{0, 0});
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{4, 4});
}

TEST_CASE("staff closes and opens a pool's slot that has no seats left, and gives it others") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  pass(*engine, clock, kHour);
  REQUIRE(changed(*engine, at_eleven(kPool), Doors::closed).ok());
  CHECK(engine->claim(claim_of(1, at_eleven(kPool))).code() == Code::closed);
  REQUIRE(changed(*engine, at_eleven(kPool), Doors::open).ok());
  CHECK(engine->claim(claim_of(1, at_eleven(kPool))).code() == Code::slot_full);
  REQUIRE(changed(*engine, at_eleven(kPool), Doors::as_they_are, 3).ok());
  claimed(*engine, 1, at_eleven(kPool));
  pass(*engine, clock, kMinute);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{0, 1});
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{6, 6});
}

TEST_CASE("what staff left of the general slot is raised by what falls back") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  for (std::uint64_t who = 1; who <= 2; ++who) claimed(*engine, who, at_eleven(kGeneral));
  SECTION("lowered below what is taken") {
    REQUIRE(changed(*engine, at_eleven(kGeneral), Doors::as_they_are, 1).ok());
    pass(*engine, clock, kHour);
    CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{1, 3});
  }
  SECTION("raised to the most that a slot can have, and nearly so") {
    REQUIRE(changed(*engine, at_eleven(kGeneral), Doors::as_they_are, kMaxSlotCapacity - 1).ok());
    pass(*engine, clock, kHour);
    CHECK(seats(*engine, at_eleven(kGeneral)).capacity == kMaxSlotCapacity);
    CHECK(seats(*engine, at_eleven(kPool)) == Seats{1, 1});
    pass(*engine, clock, kMinute);
    CHECK(seats(*engine, at_eleven(kPool)) == Seats{1, 1});
  }
}

TEST_CASE("nothing falls back that nobody could claim there any more") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock, {.lead_ms = kHour}));
  settle(*engine);
  CHECK(seats(*engine, slot_at(0, 9, kPool)) == Seats{2, 2});    // begins in an hour
  CHECK(seats(*engine, slot_at(0, 10, kPool)) == Seats{0, 0});   // in two
  CHECK(seats(*engine, slot_at(0, 9, kGeneral)).capacity == 2);  // as it was
}

TEST_CASE("a pool without a general slot keeps its seats") {
  ManualClock clock;
  auto engine =
      open_engine(pool_options(clock, {.fall_back_ms = 40 * kHour, .general_until = kToday}));
  settle(*engine);
  CHECK(seats(*engine, slot_at(0, 20, kGeneral)) == Seats{4, 4});
  CHECK(seats(*engine, slot_at(1, 9, kPool)) == Seats{2, 2});
}

TEST_CASE("a clock that can't be right moves no seats") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  clock.civil += 5 * 24 * kHour;
  settle(*engine);
  CHECK(seats(*engine, slot_at(5, 9, kPool)) == Seats{2, 2});
  clock.civil -= 5 * 24 * kHour;
  pass(*engine, clock, kHour);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{0, 0});
}

TEST_CASE("an engine that is read-only moves no seats, and does when there is room again") {
  ManualClock clock;
  FillingFactory disk;
  Options options = pool_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  auto engine = open_engine(options);
  disk.room = 0;
  pass(*engine, clock, 200);
  REQUIRE(engine->health() == Health::read_only);
  pass(*engine, clock, kHour);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{2, 2});
  disk.room = SIZE_MAX;
  pass(*engine, clock, kMinute);
  pass(*engine, clock, kMinute);
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{0, 0});
  CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{4, 4});
}

TEST_CASE("the feed says what each of the two slots has from then on") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  claimed(*engine, 1, at_eleven(kPool));
  pass(*engine, clock, kHour);
  std::vector<Event> told;
  std::array<Event, 128> events;
  for (Lsn at; at < engine->durable_lsn();) {
    const auto page = engine->read_feed(at, events);
    REQUIRE(page.ok());
    for (std::size_t i = 0; i < page->events; ++i) {
      const Event& event = events[i];
      if (event.kind == EventKind::fall_back) told.push_back(event);
    }
    at = page->next;
  }
  REQUIRE(told.size() == 2 * 3);
  const Event& left = told[4];
  const Event& came = told[5];
  CHECK(left.slot == at_eleven(kPool));
  CHECK(left.argument == 1);
  CHECK(left.more);
  CHECK(came.slot == at_eleven(kGeneral));
  CHECK(came.from == at_eleven(kPool));
  CHECK(came.argument == 3);
  CHECK_FALSE(came.more);
  CHECK(came.lsn == left.lsn);
  CHECK(came.seats == 1);
  CHECK(came.civil_at.value == kMorning + kHour);
  CHECK(came.actor == ActorId{});
}

TEST_CASE("what fell back stays so over restarts, from the journal and from the state") {
  for (const bool checkpoint : {false, true}) {
    ScratchDirectory scratch;
    ManualClock clock;
    Options options = pool_options(clock);
    options.durability = Durability::strict;
    options.directory = scratch.path() / "data";
    options.checkpoint = checkpoint;
    auto engine = open_engine(options);
    claimed(*engine, 1, at_eleven(kPool));
    pass(*engine, clock, kHour);
    for (std::uint64_t who = 2; who <= 4; ++who) claimed(*engine, who, at_eleven(kGeneral));
    REQUIRE(changed(*engine, slot_at(0, 10, kPool), Doors::closed).ok());
    const std::uint64_t fallen = engine->counters().seats_fallen_back;
    CHECK(fallen == 5);
    engine.reset();
    const auto report = verify(options.directory);
    REQUIRE(report.ok());
    CHECK(report->sound());
    engine = open_engine(options);
    settle(*engine);
    CHECK(seats(*engine, at_eleven(kPool)) == Seats{0, 1});
    CHECK(seats(*engine, at_eleven(kGeneral)) == Seats{0, 3});
    CHECK(seats(*engine, slot_at(0, 10, kPool)).capacity == 0);
    CHECK(engine->claim(claim_of(5, at_eleven(kGeneral))).code() == Code::slot_full);
    CHECK(engine->counters().seats_fallen_back == 0);
    // What is due while nobody is there falls back at the opening.
    engine.reset();
    clock.advance(kHour);
    engine = open_engine(options);
    settle(*engine);
    CHECK(seats(*engine, slot_at(0, 12, kPool)) == Seats{0, 0});
    CHECK(seats(*engine, slot_at(0, 12, kGeneral)) == Seats{4, 4});
  }
}

TEST_CASE("a pool that no longer falls back keeps what it has, and takes nothing back") {
  ManualClock clock;
  ScratchDirectory scratch;
  Options options = pool_options(clock);
  options.durability = Durability::strict;
  options.directory = scratch.path() / "data";
  auto engine = open_engine(options);
  settle(*engine);
  engine.reset();
  options.catalogue = pool_options(clock, {.fall_back_ms = 0}).catalogue;
  engine = open_engine(options);
  pass(*engine, clock, kHour);
  CHECK(seats(*engine, slot_at(0, 10, kGeneral)) == Seats{4, 4});
  CHECK(seats(*engine, at_eleven(kPool)) == Seats{2, 2});
}

TEST_CASE("of many slots that are due at once, all fall back, some in each round") {
  ManualClock clock;
  Options options = pool_options(clock, {.fall_back_ms = 30 * 24 * kHour});
  options.record_blocks = 256;
  auto engine = open_engine(options);
  for (int rounds = 0; rounds < 20; ++rounds) REQUIRE(engine->settle().ok());
  for (int day = 1; day < 7; ++day) {
    for (int hour = 0; hour < 24; ++hour) {
      CHECK(seats(*engine, slot_at(day, hour, kGeneral)) == Seats{4, 4});
    }
  }
  CHECK(engine->counters().seats_fallen_back == 2 * (15 + 6 * 24));
}
