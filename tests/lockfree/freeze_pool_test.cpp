// The writer stands still while seats of a pool fall back; or who scans meanwhile.
#include <atomic>
#include <iterator>
#include <string>
#include <thread>

#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "pool_office.hpp"
#include "steps.hpp"
#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("with the writer standing still while seats fall back, only who wants these waits") {
  const char* step = GENERATE(from_range(std::begin(kFallBackSteps), std::end(kFallBackSteps)));
  CAPTURE(step);
  ManualClock clock;
  EngineThreads threads;
  store::MemoryFactory disk;
  Options options = pool_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.threads = &threads;
  auto engine = open_engine(options);
  const SlotKey general = slot_at(0, 11, kGeneral), pool = slot_at(0, 11, kPool);
  REQUIRE(engine->claim(claim_of(1, general)).ok());
  Freezer freezer(step);
  Freezer::writer_may_freeze = true;
  clock.advance(3'600'000);
  Patience patience;
  CHECK(engine->try_claim(claim_of(2, slot_at(2)), patience).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  const auto waits_in_vain = [&](auto&& attempt) {
    Patience how_long;
    Decision met = attempt(how_long);
    CHECK(met.verdict == Verdict::wait);
    while (met.verdict == Verdict::wait) met = attempt(how_long);
    CHECK(met.code == Code::retry);
  };
  const auto claim = [&](std::uint64_t who, SlotKey slot, std::uint16_t seats) {
    return [&, who, slot, seats](Patience& how_long) {
      ClaimRequest request = claim_of(who, slot);
      request.seats = seats;
      return engine->try_claim(request, how_long);
    };
  };
  // Neither is it full for good where they leave, nor where they are to come.
  waits_in_vain(claim(3, pool, 1));
  if (std::string(step) != "fall_back_taken") waits_in_vain(claim(4, general, 2));
  // Staff waits, too, or it would undo what is on its way.
  for (const SlotKey slot : {pool, general}) {
    if (slot == general && std::string(step) == "fall_back_taken") continue;
    waits_in_vain([&](Patience& how_long) {
      return engine->try_change_slot({slot, SlotChangeRequest::Doors::closed}, how_long);
    });
    waits_in_vain([&](Patience& how_long) {
      const std::uint16_t capacity = slot == pool ? 1 : 4;  // as it will be, or nearly
      return engine->try_change_slot({slot, SlotChangeRequest::Doors::as_they_are, capacity},
                                     how_long);
    });
  }
  Patience elsewhere, there;
  CHECK(engine->try_claim(claim_of(5, slot_at(2)), elsewhere).verdict == Verdict::granted);
  // What is free there is anybody's.
  CHECK(engine->try_claim(claim_of(6, general), there).verdict == Verdict::granted);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, pool).capacity == 0);
  CHECK(availability(*engine, general).capacity == 4);
  CHECK(availability(*engine, general).free == 2);
  CHECK(engine->claim(claim_of(3, pool)).code() == Code::slot_full);
  engine.reset();
  engine = open_engine(options);
  CHECK(availability(*engine, general).free == 2);
}

TEST_CASE("seats that can't come where they should stay where they are, and nobody misses them") {
  ManualClock clock;
  EngineThreads threads;
  Options options = pool_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const SlotKey general = slot_at(0, 11, kGeneral), pool = slot_at(0, 11, kPool);
  Freezer freezer("fall_back_taken");
  Freezer::writer_may_freeze = true;
  clock.advance(3'600'000);
  Patience patience, theirs;
  CHECK(engine->try_claim(claim_of(2, slot_at(2)), patience).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  // Staff comes first.
  CHECK(engine->try_change_slot({general, SlotChangeRequest::Doors::closed}, theirs).verdict ==
        Verdict::granted);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, general).capacity == 2);
  CHECK(availability(*engine, pool).free == 2);
  REQUIRE(engine->change_slot({general, SlotChangeRequest::Doors::open}).ok());
  clock.advance(60'000);
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, general).free == 4);
}

TEST_CASE("a scan that found all full looks again when seats fell back behind it") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  for (int hour = 0; hour < 24; ++hour) {
    if (hour == 11) continue;
    const SlotKey other = slot_at(0, hour, kGeneral);
    REQUIRE(engine->change_slot({other, SlotChangeRequest::Doors::closed}).ok());
  }
  for (const std::uint64_t who : {1U, 2U}) {
    REQUIRE(engine->claim(claim_of(who, slot_at(0, 11, kGeneral))).ok());
  }
  ClaimRequest any = claim_of(3, SlotKey{});
  any.lane = LaneId{kGeneral};
  any.first_day = any.last_day = kToday;
  CHECK(engine->claim(any).code() == Code::slot_full);
  Freezer freezer("range_scanned");
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread scanner([&] {
    Freezer::may_freeze = true;
    outcome = engine->claim(any);
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  clock.advance(3'600'000);
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, slot_at(0, 11, kGeneral)).free == 2);
  freezer.thaw();
  scanner.join();
  REQUIRE(outcome.ok());
  CHECK(outcome->slot == slot_at(0, 11, kGeneral));
}
