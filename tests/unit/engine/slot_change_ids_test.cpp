// A change of a slot under an operation id acts once, whatever comes after it (hazard 12).
#include "engine_fixture.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

using Doors = SlotChangeRequest::Doors;

constexpr std::int64_t kHour = 3'600'000;

SlotChangeRequest change_of(std::uint64_t operation, Doors doors, std::uint16_t capacity = 0,
                            SlotKey slot = slot_at()) {
  SlotChangeRequest request{slot, doors, capacity, ActorId{9}};
  if (operation != 0) request.operation = {3, operation};
  return request;
}

// With other work none of it waits.
Decision changed(Engine& engine, const SlotChangeRequest& request) {
  REQUIRE(engine.settle().ok());
  Patience patience;
  const Decision decision = engine.try_change_slot(request, patience);
  REQUIRE(engine.settle().ok());
  return decision;
}

bool is_open(const Engine& engine, SlotKey slot = slot_at()) {
  return availability(engine, slot).status != DayAvailability::Status::closed;
}

}  // namespace

TEST_CASE("a late repeat of a slot's change doesn't undo what was changed since") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const Decision first = changed(*engine, change_of(1, Doors::closed));
  REQUIRE(first.verdict == Verdict::granted);
  CHECK_FALSE(first.replayed);
  CHECK_FALSE(changed(*engine, change_of(2, Doors::open)).replayed);
  const Decision late = changed(*engine, change_of(1, Doors::closed));
  CHECK(late.verdict == Verdict::granted);
  CHECK(late.replayed);
  CHECK(late.lsn == first.lsn);
  CHECK(is_open(*engine));
  // Without an id it is asked for anew.
  CHECK_FALSE(changed(*engine, change_of(0, Doors::closed)).replayed);
  CHECK_FALSE(is_open(*engine));
}

TEST_CASE("what was so already is remembered as well") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  CHECK_FALSE(changed(*engine, change_of(1, Doors::open, 2)).replayed);
  CHECK_FALSE(changed(*engine, change_of(2, Doors::as_they_are, 5)).replayed);
  CHECK(changed(*engine, change_of(1, Doors::open, 2)).replayed);
  CHECK(availability(*engine, slot_at()).capacity == 5);
}

TEST_CASE("an id of a slot's change is no other change's, nor anything else's") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  REQUIRE(changed(*engine, change_of(1, Doors::closed)).verdict == Verdict::granted);
  const auto code = [&](const SlotChangeRequest& request) {
    return changed(*engine, request).code;
  };
  CHECK(code(change_of(1, Doors::open)) == Code::operation_mismatch);
  CHECK(code(change_of(1, Doors::closed, 3)) == Code::operation_mismatch);
  SlotChangeRequest otherwise = change_of(1, Doors::closed);
  otherwise.payload = 1;
  CHECK(code(otherwise) == Code::operation_mismatch);
  CHECK(code(change_of(1, Doors::closed, 0, slot_at(2))) == Code::operation_mismatch);
  CHECK(is_open(*engine, slot_at(2)));
  ClaimRequest claim = claim_of(1, slot_at(2));
  claim.operation = {3, 1};
  CHECK(engine->claim(claim).code() == Code::operation_mismatch);
  claim.operation = {3, 4};
  REQUIRE(engine->claim(claim).ok());
  CHECK(code(change_of(4, Doors::open)) == Code::operation_mismatch);
  CHECK_FALSE(is_open(*engine));
}

TEST_CASE("an id of a slot's change is known behind a restart, from journal and from state") {
  const bool from_state = GENERATE(false, true);
  ManualClock clock;
  Options options = small_options(clock);
  const ScratchDirectory directory;
  options.durability = Durability::strict;
  options.directory = directory.path();
  options.checkpoint = from_state;
  auto engine = open_engine(options);
  const Lsn first = changed(*engine, change_of(1, Doors::closed)).lsn;
  REQUIRE(changed(*engine, change_of(2, Doors::open)).verdict == Verdict::granted);
  for (int restart = 0; restart < 2; ++restart) {
    engine.reset();
    engine = open_engine(options);
    const Decision late = changed(*engine, change_of(1, Doors::closed));
    CHECK(late.replayed);
    CHECK(late.lsn == first);
    CHECK(changed(*engine, change_of(1, Doors::open)).code == Code::operation_mismatch);
    CHECK(is_open(*engine));
  }
}

TEST_CASE("an id of a slot's change is forgotten with the slot's day, and its room is free") {
  ManualClock clock;
  Options options = small_options(clock);
  options.archive_after_ms = kHour;
  auto engine = open_engine(options);
  const std::uint64_t shared = options.operations_max / 4 / 2;  // the other half is for others
  const auto fill = [&](SlotKey slot, std::uint64_t from) {
    std::uint64_t granted = 0;
    while (changed(*engine, change_of(from + granted, Doors::open, 2, slot)).code == Code::ok) {
      ++granted;
    }
    return granted;
  };
  CHECK(fill(slot_at(0, 20), 1) == shared);
  CHECK(changed(*engine, change_of(9000, Doors::open, 5)).code == Code::limit_reached);
  CHECK(availability(*engine, slot_at()).capacity == 2);
  // What closes may use that, too.
  CHECK(changed(*engine, change_of(9000, Doors::closed)).code == Code::ok);
  clock.advance(18 * kHour);
  for (int i = 0; i < 5; ++i) {
    clock.advance(60'000);
    REQUIRE(engine->settle().ok());
  }
  REQUIRE(engine->counters().days_archived == 2);
  CHECK(fill(slot_at(2), 1) == shared - 1);  // tomorrow has one
}

TEST_CASE("all slots of a day can be changed under ids so many times, and no more") {
  ManualClock clock;
  Options options = small_options(clock);
  options.operations_max = 1 << 14;
  const ScratchDirectory directory;
  options.durability = Durability::relaxed;
  options.directory = directory.path();
  auto engine = open_engine(options);
  for (std::uint64_t i = 1; i <= 1024; ++i) {
    const SlotKey slot = slot_at(1, static_cast<int>(i % 24));
    Patience patience;
    while (engine->try_change_slot(change_of(i, Doors::open, 2, slot), patience).verdict !=
           Verdict::granted) {
      REQUIRE(engine->settle().ok());
    }
  }
  for (std::uint64_t restart = 0; restart < 2; ++restart) {
    const auto hour = static_cast<int>(restart);
    CHECK(changed(*engine, change_of(2000, Doors::open, 5)).code == Code::changes_exceeded);
    // It left no mark: a claim gets a seat, and a change without an id is made.
    CHECK(engine->claim(claim_of(1 + restart)).ok());
    CHECK(changed(*engine, change_of(0, Doors::closed, 0, slot_at(1, 10 + hour))).code == Code::ok);
    // The last ones are there to close slots.
    for (std::uint64_t i = 1 + 256 * restart; i <= 256 * (restart + 1); ++i) {
      REQUIRE(changed(*engine, change_of(5000 + i, Doors::closed, 0, slot_at(1, 20))).code ==
              Code::ok);
    }
    if (restart == 1) {
      CHECK(changed(*engine, change_of(2000, Doors::closed)).code == Code::changes_exceeded);
    }
    // Another day has its own.
    CHECK(changed(*engine, change_of(3000 + restart, Doors::closed, 0, slot_at(2))).code ==
          Code::ok);
    engine.reset();
    engine = open_engine(options);
  }
}
