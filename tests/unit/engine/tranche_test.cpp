// Seats that are kept back: when they come, to whom, and what stays.
#include <array>
#include <vector>

#include <janji/verify.hpp>

#include "engine_fixture.hpp"
#include "filling_factory.hpp"
#include "support/scratch_directory.hpp"
#include "tranche_office.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
using Doors = SlotChangeRequest::Doors;

void settle(Engine& engine) {
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine.settle().ok());
}

void pass(Engine& engine, ManualClock& clock, std::int64_t ms) {
  clock.advance(ms);
  settle(engine);
}

struct Seats {
  std::uint32_t free, capacity, kept;
  friend bool operator==(const Seats&, const Seats&) = default;
};

Seats seats(const Engine& engine, SlotKey slot = slot_at()) {
  const SlotAvailability found = availability(engine, slot);
  return {found.free, found.capacity, found.kept};
}

Booking claimed(Engine& engine, std::uint64_t who, SlotKey slot = slot_at()) {
  auto booking = engine.claim(claim_of(who, slot));
  INFO(to_string(booking.code()));
  REQUIRE(booking.ok());
  return *booking;
}

Status changed(Engine& engine, Doors doors, std::uint16_t capacity = 0, SlotKey slot = slot_at()) {
  SlotChangeRequest request;
  request.slot = slot;
  request.doors = doors;
  request.capacity = capacity;
  return engine.change_slot(request);
}

}  // namespace

TEST_CASE("what is kept back comes at its time, and not a moment before") {
  ManualClock clock;
  auto engine = open_engine(tranche_options(clock));
  settle(*engine);
  CHECK(seats(*engine) == Seats{2, 2, 2});
  CHECK(seats(*engine, slot_at(6)) == Seats{2, 2, 2});
  // Of today both had come before it was opened.
  CHECK(seats(*engine, slot_at(0, 23)) == Seats{4, 4, 0});
  CHECK(seats(*engine, slot_at(1, 9, 1)) == Seats{4, 4, 0});
  for (std::uint64_t who = 1; who <= 2; ++who) claimed(*engine, who);
  pass(*engine, clock, kHour - 1);
  CHECK(seats(*engine) == Seats{0, 2, 2});
  CHECK(engine->claim(claim_of(3)).code() == Code::slot_full);
  CHECK(engine->counters().seats_released == 0);
  pass(*engine, clock, 1);
  CHECK(seats(*engine) == Seats{1, 3, 1});
  CHECK(seats(*engine, slot_at(2)) == Seats{2, 2, 2});
  CHECK(engine->counters().seats_released == 24);
  claimed(*engine, 3);
  CHECK(engine->claim(claim_of(4)).code() == Code::slot_full);
  pass(*engine, clock, 3 * kHour);
  CHECK(seats(*engine) == Seats{1, 4, 0});
  CHECK(engine->counters().seats_released == 48);
  pass(*engine, clock, 24 * kHour);
  CHECK(seats(*engine).kept == 0);
  CHECK(seats(*engine, slot_at(2)) == Seats{4, 4, 0});
  CHECK(seats(*engine, slot_at(7)) == Seats{2, 2, 2});
  CHECK(engine->counters().seats_released == 96);
}

TEST_CASE("who waits for a slot has what comes there before anybody else") {
  ManualClock clock;
  auto engine = open_engine(tranche_options(clock));
  for (std::uint64_t who = 1; who <= 2; ++who) claimed(*engine, who);
  std::vector<Booking> waiting;
  for (std::uint64_t who = 3; who <= 4; ++who) {
    JoinRequest request;
    request.slot = slot_at();
    request.applicant = claim_of(who).applicant;
    waiting.push_back(engine->join(request).value());
  }
  pass(*engine, clock, kHour);
  CHECK(engine->find(waiting[0].id)->state == BookingState::held);
  CHECK(engine->find(waiting[1].id)->state == BookingState::waiting);
  CHECK(engine->claim(claim_of(5)).code() == Code::slot_full);
  pass(*engine, clock, 3 * kHour);
  CHECK(engine->find(waiting[1].id)->state == BookingState::held);
  CHECK(seats(*engine) == Seats{0, 4, 0});
}

TEST_CASE("nothing comes to a slot that is closed, until it is open again") {
  ManualClock clock;
  auto engine = open_engine(tranche_options(clock));
  REQUIRE(changed(*engine, Doors::closed).ok());
  pass(*engine, clock, kHour);
  CHECK(seats(*engine) == Seats{0, 2, 2});
  REQUIRE(changed(*engine, Doors::open).ok());
  pass(*engine, clock, kMinute);
  CHECK(seats(*engine) == Seats{3, 3, 1});
}

TEST_CASE("a slot that staff raises gets what is kept back besides, one that it lowers nothing") {
  ManualClock clock;
  auto engine = open_engine(tranche_options(clock));
  std::uint16_t to = 0;
  Seats later{};
  SECTION("raised") {
    to = 3;
    later = {4, 4, 1};
  }
  SECTION("as it is") {
    to = 2;
    later = {3, 3, 1};
  }
  SECTION("lowered") {
    to = 1;
    later = {1, 1, 0};
  }
  SECTION("raised to what a slot can have") {
    to = kMaxSlotCapacity;
    later = {kMaxSlotCapacity, kMaxSlotCapacity, 2};
  }
  SECTION("or nearly so") {
    to = kMaxSlotCapacity - 1;
    later = {kMaxSlotCapacity, kMaxSlotCapacity, 1};
  }
  REQUIRE(changed(*engine, Doors::as_they_are, to).ok());
  pass(*engine, clock, kHour);
  CHECK(seats(*engine) == later);
  pass(*engine, clock, kMinute);
  CHECK(seats(*engine) == later);
}

TEST_CASE("a slot that was lowered below what is taken has what comes later when it is raised") {
  ManualClock clock;
  auto engine = open_engine(tranche_options(clock));
  for (std::uint64_t who = 1; who <= 2; ++who) claimed(*engine, who);
  pass(*engine, clock, kHour);
  claimed(*engine, 3);
  REQUIRE(changed(*engine, Doors::as_they_are, 1).ok());
  pass(*engine, clock, 3 * kHour);
  CHECK(seats(*engine) == Seats{0, 1, 0});
  CHECK(seats(*engine, slot_at(1, 10)) == Seats{4, 4, 0});
}

TEST_CASE("nothing comes that nobody could claim any more") {
  ManualClock clock;
  auto engine = open_engine(tranche_options(clock, {{50, 9 * 60, 0}}, kHour));
  settle(*engine);
  CHECK(seats(*engine, slot_at(0, 10)) == Seats{2, 2, 2});
  pass(*engine, clock, kHour);
  CHECK(seats(*engine, slot_at(0, 10)).kept == 2);  // begins in an hour
  CHECK(seats(*engine, slot_at(0, 11)) == Seats{4, 4, 0});
}

TEST_CASE("by a clock that can't be right nothing comes") {
  ManualClock clock;
  auto engine = open_engine(tranche_options(clock));
  settle(*engine);
  clock.civil += 5 * 24 * kHour;
  settle(*engine);
  CHECK(seats(*engine, slot_at(6)) == Seats{2, 2, 2});
  CHECK(engine->counters().seats_released == 0);
  clock.civil -= 5 * 24 * kHour;
  pass(*engine, clock, kHour);
  CHECK(seats(*engine) == Seats{3, 3, 1});
}

TEST_CASE("to an engine that is read-only nothing comes, and does when there is room again") {
  ManualClock clock;
  FillingFactory disk;
  Options options = tranche_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  auto engine = open_engine(options);
  disk.room = 0;
  pass(*engine, clock, 200);
  REQUIRE(engine->health() == Health::read_only);
  pass(*engine, clock, kHour);
  CHECK(seats(*engine) == Seats{2, 2, 2});
  disk.room = SIZE_MAX;
  pass(*engine, clock, kMinute);
  pass(*engine, clock, kMinute);
  CHECK(seats(*engine) == Seats{3, 3, 1});
}

TEST_CASE("the feed says what a slot has from then on") {
  ManualClock clock;
  auto engine = open_engine(tranche_options(clock));
  pass(*engine, clock, kHour);
  std::vector<Event> told;
  std::array<Event, 128> events;
  for (Lsn at; at < engine->durable_lsn();) {
    const auto page = engine->read_feed(at, events);
    REQUIRE(page.ok());
    for (std::size_t i = 0; i < page->events; ++i) {
      if (events[i].kind == EventKind::tranche) told.push_back(events[i]);
    }
    at = page->next;
  }
  REQUIRE(told.size() == 24);
  CHECK(told[9].slot == slot_at());
  CHECK(told[9].seats == 1);
  CHECK(told[9].argument == 3);
  CHECK(told[9].civil_at.value == kMorning + kHour);
  CHECK(told[9].actor == ActorId{});
}

TEST_CASE("what came, and what is still kept back, stays so over restarts") {
  for (const bool checkpoint : {false, true}) {
    ScratchDirectory scratch;
    ManualClock clock;
    Options options = tranche_options(clock);
    options.durability = Durability::strict;
    options.directory = scratch.path() / "data";
    options.checkpoint = checkpoint;
    auto engine = open_engine(options);
    for (std::uint64_t who = 1; who <= 2; ++who) claimed(*engine, who);
    pass(*engine, clock, kHour);
    claimed(*engine, 3);
    REQUIRE(changed(*engine, Doors::as_they_are, 2, slot_at(1, 10)).ok());
    engine.reset();
    const auto report = verify(options.directory);
    REQUIRE(report.ok());
    CHECK(report->sound());
    engine = open_engine(options);
    settle(*engine);
    CHECK(seats(*engine) == Seats{0, 3, 1});
    CHECK(seats(*engine, slot_at(1, 10)) == Seats{2, 2, 0});  // lowered
    CHECK(seats(*engine, slot_at(2)) == Seats{2, 2, 2});
    CHECK(engine->claim(claim_of(4)).code() == Code::slot_full);
    CHECK(engine->counters().seats_released == 0);
    // What is due while nobody is there comes at the opening, before anybody is served.
    engine.reset();
    clock.advance(3 * kHour);
    engine = open_engine(options);
    CHECK(seats(*engine) == Seats{1, 4, 0});
    CHECK(seats(*engine, slot_at(1, 10)) == Seats{2, 2, 0});
  }
}

TEST_CASE("what is kept back goes by the rule of today, and only ever becomes less") {
  ManualClock clock;
  ScratchDirectory scratch;
  Options options = tranche_options(clock);
  options.durability = Durability::strict;
  options.directory = scratch.path() / "data";
  open_engine(options).reset();
  SECTION("no rule any more") {
    options.catalogue = tranche_options(clock, {}).catalogue;
    auto engine = open_engine(options);
    CHECK(seats(*engine) == Seats{4, 4, 0});
  }
  SECTION("less, and earlier") {
    options.catalogue = tranche_options(clock, {{25, 8 * 60 + 30, 1}}).catalogue;
    auto engine = open_engine(options);
    CHECK(seats(*engine) == Seats{3, 3, 1});
    pass(*engine, clock, kHour / 2);
    CHECK(seats(*engine) == Seats{4, 4, 0});
  }
  SECTION("more") {
    options.catalogue = tranche_options(clock, {{75, 9 * 60, 1}}).catalogue;
    auto engine = open_engine(options);
    CHECK(seats(*engine) == Seats{2, 2, 2});
    pass(*engine, clock, kHour);
    CHECK(seats(*engine) == Seats{4, 4, 0});
  }
}

TEST_CASE("of many slots that are due at once, all come, some in each round") {
  ManualClock clock;
  Options options = tranche_options(clock, {{25, 9 * 60, 6}, {25, 9 * 60, 5}, {25, 9 * 60, 4}});
  options.record_blocks = 256;
  auto engine = open_engine(options);
  settle(*engine);
  // Until nine, those of tomorrow and the days after it to the fourth had come.
  CHECK(seats(*engine, slot_at(4)) == Seats{3, 3, 1});
  CHECK(seats(*engine, slot_at(6)) == Seats{1, 1, 3});
  clock.advance(kHour);
  for (int rounds = 0; rounds < 20; ++rounds) REQUIRE(engine->settle().ok());
  for (int hour = 0; hour < 24; ++hour) {
    CHECK(seats(*engine, slot_at(4, hour)) == Seats{4, 4, 0});
    CHECK(seats(*engine, slot_at(5, hour)) == Seats{3, 3, 1});
    CHECK(seats(*engine, slot_at(6, hour)) == Seats{2, 2, 2});
  }
  CHECK(engine->counters().seats_released == 3 * 24);
}

TEST_CASE("what a day kept back to its end is nothing to the day that has its room behind it") {
  ManualClock clock;
  // Of the first slots of a day nobody ever has the second half. The other office opens its days
  // at nine: first after those of both were archived at one.
  const ReleaseRule at_nine{ReleaseRule::Kind::daily, 9 * 60, 0, 0};
  Options options = tranche_options(clock, {{50, 23 * 60, 0}}, 0, at_nine);
  options.archive_after_ms = kHour;
  auto engine = open_engine(options);
  settle(*engine);
  REQUIRE(seats(*engine, slot_at(0, 9)) == Seats{2, 2, 2});
  const std::uint64_t before = engine->counters().days_archived;
  for (int hours = 0; hours < 3 * 24; ++hours) pass(*engine, clock, kHour);
  CHECK(engine->counters().days_archived > before);
  for (int hour = 0; hour < 24; ++hour) {
    CHECK(seats(*engine, slot_at(9, hour, 0)) == Seats{2, 2, 2});
    for (int day = 4; day <= 8; ++day) {
      CHECK(seats(*engine, slot_at(day, hour, 1)) == Seats{4, 4, 0});
    }
  }
}

TEST_CASE("another catalogue gives and takes what is kept back, too") {
  struct Given {
    std::uint16_t capacity;
    Seats then;
  };
  const auto given =
      GENERATE(Given{6, {4, 4, 2}}, Given{3, {2, 2, 1}}, Given{2, {2, 2, 0}}, Given{1, {1, 1, 0}});
  CAPTURE(given.capacity);
  ManualClock clock;
  ScratchDirectory directory;
  Options options = tranche_options(clock);
  options.durability = Durability::strict;
  options.directory = directory.path() / "data";
  auto engine = open_engine(options);
  settle(*engine);
  const SlotKey staffs = slot_at(2);
  REQUIRE(changed(*engine, Doors::as_they_are, 3, staffs).ok());
  REQUIRE(seats(*engine) == Seats{2, 2, 2});
  options.catalogue =
      tranche_options(clock, {{25, 9 * 60, 1}, {30, 12 * 60, 1}}, 0, {}, given.capacity).catalogue;
  const auto seen = engine->preview_catalogue(options.catalogue);
  REQUIRE(seen.ok());
  REQUIRE(engine->change_catalogue({options.catalogue, seen->digest, ActorId{7}}).ok());
  REQUIRE(engine->settle().ok());
  CHECK(seats(*engine) == given.then);
  // What staff gave it stays, whatever the catalogue says.
  CHECK(seats(*engine, staffs) == Seats{3, 3, 2});
  CHECK(engine->preview_catalogue(options.catalogue)->days.empty());
  if (GENERATE(false, true)) {
    engine.reset();
    engine = open_engine(options);
    // A start looks at once for what is kept back longer than the catalogue says.
    CHECK(seats(*engine) == (given.capacity == 3 ? Seats{3, 3, 0} : given.then));
  }
  // Three seats are too few for a quarter or a third to make one.
  if (given.capacity == 3) {
    pass(*engine, clock, kMinute);
    CHECK(seats(*engine) == Seats{3, 3, 0});
  }
  engine.reset();
  CHECK(verify(options.directory)->sound());
}
