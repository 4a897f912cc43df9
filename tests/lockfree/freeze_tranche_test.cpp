// The writer stands still while seats come that were kept back; or who scans meanwhile.
#include <atomic>
#include <iterator>
#include <string>
#include <thread>

#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "steps.hpp"
#include "store/memory_store.hpp"
#include "tranche_office.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kHour = 3'600'000;

// Until the writer stands at the freezer's step, with seats of tomorrow that come.
void freeze_writer(Engine& engine, ManualClock& clock, Freezer& freezer) {
  Freezer::writer_may_freeze = true;
  clock.advance(kHour);
  Patience patience;
  CHECK(engine.try_claim(claim_of(9, slot_at(2)), patience).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
}

void thaw_writer(Engine& engine, Freezer& freezer) {
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine.settle().ok());
}

}  // namespace

TEST_CASE("with the writer standing still while seats come, only who wants these waits") {
  const char* step = GENERATE(from_range(std::begin(kTrancheSteps), std::end(kTrancheSteps)));
  CAPTURE(step);
  const bool are_there = std::string(step) != "tranche_due";
  ManualClock clock;
  EngineThreads threads;
  store::MemoryFactory disk;
  Options options = tranche_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.threads = &threads;
  auto engine = open_engine(options);
  const SlotKey slot = slot_at(1, 0);  // of tomorrow's the first
  REQUIRE(engine->claim(claim_of(1, slot)).ok());
  REQUIRE(engine->claim(claim_of(2, slot)).ok());
  Freezer freezer(step);
  freeze_writer(*engine, clock, freezer);
  const auto waits_in_vain = [&](auto&& attempt) {
    Patience how_long;
    Decision met = attempt(how_long);
    CHECK(met.verdict == Verdict::wait);
    while (met.verdict == Verdict::wait) met = attempt(how_long);
    CHECK(met.code == Code::retry);
  };
  // It is full for good for as long as nothing comes, and not a moment longer.
  Patience once;
  if (!are_there) {
    CHECK(engine->try_claim(claim_of(3, slot), once).code == Code::slot_full);
  } else {
    waits_in_vain(
        [&](Patience& how_long) { return engine->try_claim(claim_of(3, slot), how_long); });
    // Staff waits, too, or it would undo what is on its way.
    constexpr std::uint16_t kCapacities[] = {0, 1, 3};
    for (const std::uint16_t capacity : kCapacities) {
      waits_in_vain([&](Patience& how_long) {
        return engine->try_change_slot({slot,
                                        capacity == 0 ? SlotChangeRequest::Doors::closed
                                                      : SlotChangeRequest::Doors::as_they_are,
                                        capacity},
                                       how_long);
      });
    }
    CHECK(availability(*engine, slot).free == 0);
    CHECK(availability(*engine, slot).kept == 1);
  }
  Patience elsewhere;
  CHECK(engine->try_claim(claim_of(5, slot_at(2)), elsewhere).verdict == Verdict::granted);
  thaw_writer(*engine, freezer);
  CHECK(availability(*engine, slot).free == 1);
  CHECK(availability(*engine, slot).kept == 1);
  engine.reset();
  engine = open_engine(options);
  CHECK(availability(*engine, slot).capacity == 3);
  CHECK(engine->claim(claim_of(3, slot)).ok());
  CHECK(engine->claim(claim_of(4, slot)).code() == Code::slot_full);
}

TEST_CASE("staff that changes a slot before seats come to it comes first") {
  ManualClock clock;
  EngineThreads threads;
  Options options = tranche_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const SlotKey slot = slot_at(1, 0);
  Freezer freezer("tranche_due");
  freeze_writer(*engine, clock, freezer);
  SlotChangeRequest change{slot, SlotChangeRequest::Doors::as_they_are, 1};
  const bool closes = GENERATE(true, false);
  if (closes) change = {slot, SlotChangeRequest::Doors::closed};
  Patience theirs;
  CHECK(engine->try_change_slot(change, theirs).verdict == Verdict::granted);
  thaw_writer(*engine, freezer);
  CHECK(availability(*engine, slot).capacity == (closes ? 2 : 1));
  CHECK(availability(*engine, slot).kept == (closes ? 2 : 0));
  REQUIRE(engine->change_slot({slot, SlotChangeRequest::Doors::open}).ok());
  clock.advance(60'000);
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, slot).capacity == (closes ? 3 : 1));
}

TEST_CASE("a scan that found all full looks again when seats came behind it") {
  ManualClock clock;
  auto engine = open_engine(tranche_options(clock));
  for (int hour = 0; hour < 24; ++hour) {
    if (hour == 9) continue;
    REQUIRE(engine->change_slot({slot_at(1, hour), SlotChangeRequest::Doors::closed}).ok());
  }
  for (const std::uint64_t who : {1U, 2U}) REQUIRE(engine->claim(claim_of(who)).ok());
  ClaimRequest any = claim_of(3, SlotKey{});
  any.lane = LaneId{0};
  any.first_day = any.last_day = slot_at().day();
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
  clock.advance(kHour);
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, slot_at()).free == 1);
  freezer.thaw();
  scanner.join();
  REQUIRE(outcome.ok());
  CHECK(outcome->slot == slot_at());
}
