// An engine that takes nothing new still tells what it did.
#include "engine_fixture.hpp"
#include "filling_factory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

// The gate is moved once a round is over: the second round begins after it was.
void let_the_gate_move(Engine& engine, ManualClock& clock) {
  clock.advance(200);
  REQUIRE(engine.settle().ok());
  REQUIRE(engine.settle().ok());
}

}  // namespace

TEST_CASE("read-only refuses what is new, and answers what was granted as before") {
  ManualClock clock;
  FillingFactory disk;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  auto engine = open_engine(options);
  const auto held = engine->claim(claim_of(1, slot_at(), 1));
  REQUIRE(held.ok());
  const auto other = engine->claim(claim_of(2, slot_at(), 2));
  REQUIRE(other.ok());
  REQUIRE(engine->cancel({other->id, {5, 1}, 0}).ok());

  disk.room = 0;
  let_the_gate_move(*engine, clock);
  CHECK(engine->claim(claim_of(3, slot_at(), 3)).code() == Code::read_only);
  CHECK(engine->confirm({held->id, {5, 2}, 0, {}}).code() == Code::read_only);
  CHECK(engine->cancel({held->id, {5, 3}, 0}).code() == Code::read_only);
  const auto again = engine->claim(claim_of(1, slot_at(), 1));
  REQUIRE(again.ok());
  CHECK(again->id == held->id);
  CHECK(engine->claim(claim_of(1, slot_at(3), 1)).code() == Code::operation_mismatch);
  const auto cancelled = engine->cancel({other->id, {5, 1}, 0});
  REQUIRE(cancelled.ok());
  CHECK(cancelled->state == BookingState::cancelled);
  CHECK(engine->find(held->id)->state == BookingState::held);

  disk.room = SIZE_MAX;
  let_the_gate_move(*engine, clock);
  CHECK(engine->confirm({held->id, {5, 2}, 0, {}}).ok());
}

TEST_CASE("what is kept of the journal for the feed alone goes when room runs short") {
  ManualClock clock;
  FillingFactory disk;
  Options options = small_options(clock, 1000);
  options.durability = Durability::strict;
  options.store = &disk;
  options.bookings_max = 16'384;
  options.backlog_max = 2000;  // the state follows at a thousand
  options.journal_retain_lsn = 1U << 30;
  auto engine = open_engine(options);
  // Rounds for trimming alone are for more records than one chunk holds.
  for (std::uint64_t i = 1; i <= 12'000; ++i) {
    const SlotKey slot = slot_at(1 + static_cast<int>(i / 3000), static_cast<int>(i % 20));
    Patience patience;
    while (engine->try_claim(claim_of(i, slot), patience).verdict != Verdict::granted) {
      REQUIRE(engine->settle().ok());
      patience = {};
    }
  }
  while (engine->counters().applied.value < 11'000) REQUIRE(engine->settle().ok());
  REQUIRE(engine->feed_begin()->value == 0);
  disk.room = 0;
  let_the_gate_move(*engine, clock);
  for (int round = 0; round < 10; ++round) REQUIRE(engine->settle().ok());
  CHECK(engine->feed_begin()->value > 0);
  // Not what the state lacks; all that it has may go, if a chunk ends there.
  CHECK(engine->feed_begin()->value <= engine->counters().applied.value);
}
