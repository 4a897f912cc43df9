// What an engine does while the wall clock can't be right.
#include <cstdint>

#include "engine_fixture.hpp"
#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kDayMs = 86'400'000;

Options options_on(store::MemoryFactory& disk, const ManualClock& clock) {
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  return options;
}

bool names_the_clock(const Engine& engine) {
  return engine.last_problem().find("wall clock") != std::string::npos;
}

}  // namespace

TEST_CASE("a start with a wrong clock opens no days, says so, and goes on when it is right") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_on(disk, clock);
  { auto engine = open_engine(options); }
  clock.advance(kDayMs);
  const std::int64_t right = clock.civil.load(std::memory_order_relaxed);
  const std::int64_t wrong = GENERATE(std::int64_t{0}, kMorning + 3000 * kDayMs);
  CAPTURE(wrong);
  // Twice: what the wrong clock said must not be what the next start goes by.
  for (int opening = 0; opening < 2; ++opening) {
    clock.civil.store(wrong, std::memory_order_relaxed);
    auto engine = open_engine(options);
    REQUIRE(engine->settle().ok());
    CHECK(engine->counters().days_opened == 0);
    CHECK(names_the_clock(*engine));
  }
  auto engine = open_engine(options);
  clock.civil.store(right, std::memory_order_relaxed);
  clock.advance(2000);
  REQUIRE(engine->settle().ok());
  CHECK(engine->counters().days_opened == 2);  // one a lane
  CHECK_FALSE(names_the_clock(*engine));
  CHECK(engine->claim(claim_of(1, slot_at(7))).ok());
}

TEST_CASE("a clock that is right after years is trusted when somebody says so") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_on(disk, clock);
  { auto engine = open_engine(options); }
  clock.civil.fetch_add(800 * kDayMs, std::memory_order_relaxed);
  options.trust_clock = true;
  {
    auto engine = open_engine(options);
    CHECK(engine->counters().days_opened == 14);
    CHECK(engine->last_problem().empty());
  }
  options.trust_clock = false;
  auto engine = open_engine(options);
  CHECK(engine->last_problem().empty());
}

TEST_CASE("an engine that was open for long is no reason to doubt the clock") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_on(disk, clock);
  {
    auto engine = open_engine(options);
    clock.advance(399 * kDayMs);
    REQUIRE(engine->settle().ok());
    REQUIRE(engine->counters().days_opened == 28);
    clock.advance(kDayMs);
    REQUIRE(engine->settle().ok());
  }
  clock.advance(30 * kDayMs);
  auto engine = open_engine(options);
  CHECK(engine->counters().days_opened == 14);
  CHECK(engine->last_problem().empty());
}

TEST_CASE("a clock that jumps while the engine is open costs no days, and no restart") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  REQUIRE(engine->counters().days_opened == 14);
  clock.civil.fetch_add(3000 * kDayMs, std::memory_order_relaxed);
  REQUIRE(engine->settle().ok());
  CHECK(engine->counters().days_opened == 14);
  CHECK(names_the_clock(*engine));
  clock.civil.fetch_sub(3000 * kDayMs, std::memory_order_relaxed);
  clock.advance(kDayMs);
  REQUIRE(engine->settle().ok());
  CHECK(engine->counters().days_opened == 16);
  CHECK(engine->last_problem().empty());
  CHECK(engine->claim(claim_of(1, slot_at(7))).ok());
}
