// The room that decisions need: who may use which, and that it comes back.
#include <thread>
#include <vector>

#include "engine_fixture.hpp"
#include "support/gated_store.hpp"

using namespace janji;
using namespace janji::test;

namespace {

Options options_behind(GatedFactory& disk, const ManualClock& clock) {
  Options options = small_options(clock, 1000);
  options.store = &disk;
  options.record_blocks = 256;
  options.callers_max = 4;
  return options;
}

Decision try_claim(Engine& engine, std::uint64_t applicant, SlotKey slot = slot_at()) {
  Patience patience;
  return engine.try_claim(claim_of(applicant, slot, applicant), patience);
}

}  // namespace

TEST_CASE("claims leave room for confirm and cancel, and attempts that fail don't use it up") {
  ManualClock clock;
  GatedFactory disk;
  Options options = options_behind(disk, clock);
  options.details_in_flight = 1;
  auto engine = open_engine(options);
  std::vector<BookingId> held;
  for (std::uint64_t i = 1; i <= 20; ++i) held.push_back(engine->claim(claim_of(i))->id);
  REQUIRE(engine->cancel({held[0], {}, 0}).ok());

  std::uint64_t applicant = 100;
  {
    const Gate::Shut shut(disk.gate);
    while (try_claim(*engine, applicant).verdict == Verdict::granted) ++applicant;
    CHECK(try_claim(*engine, applicant).code == Code::overloaded);
    // Nor may a booking that moves have it.
    Patience to_move;
    CHECK(engine->try_reschedule({held[1], slot_at(2), {}, 0}, to_move).code == Code::overloaded);
    // A confirm that has room for its record, and then finds none for its details, leaves the
    // record's where it was: a claim gets none of it.
    const std::vector<std::byte> details(10);
    Patience first;
    REQUIRE(engine->try_confirm({held[1], {}, 0, details}, first).verdict == Verdict::granted);
    for (int i = 0; i < 100; ++i) {
      Patience patience;
      REQUIRE(engine->try_confirm({held[2], {}, 0, details}, patience).code == Code::overloaded);
      REQUIRE(try_claim(*engine, applicant).code == Code::overloaded);
    }
    int confirmed = 0;
    for (std::size_t i = 2; i < held.size(); ++i) {
      Patience patience;
      confirmed += engine->try_confirm({held[i], {}, 0, {}}, patience).verdict == Verdict::granted;
    }
    CHECK(confirmed == 18);
  }
  REQUIRE(engine->settle().ok());
  CHECK(try_claim(*engine, applicant).verdict == Verdict::granted);
}

TEST_CASE("callers that rest keep little, however many they were") {
  ManualClock clock;
  GatedFactory disk;
  Options options = options_behind(disk, clock);
  options.callers_max = 64;
  auto engine = open_engine(options);
  // All callers at once, so that each has a stock of its own; then they rest.
  std::vector<std::thread> callers;
  for (std::uint64_t i = 1; i <= 64; ++i) {
    callers.emplace_back([&engine, i] { (void)try_claim(*engine, i); });
  }
  for (std::thread& caller : callers) caller.join();
  REQUIRE(engine->settle().ok());
  const Gate::Shut shut(disk.gate);
  int granted = 0;
  while (try_claim(*engine, 1000 + static_cast<std::uint64_t>(granted)).verdict ==
         Verdict::granted) {
    ++granted;
  }
  // 256 blocks less an eighth for confirm and cancel, and at most one with each who rests.
  CHECK(granted >= 256 - 256 / 8 - 1 - 64);
}

TEST_CASE("by default every booking can be confirmed and cancelled, whatever came before") {
  ManualClock clock;
  Options options = small_options(clock, 100);
  options.bookings_max = 80;
  options.operations_max = 0;
  auto engine = open_engine(options);
  std::vector<BookingId> held;
  for (std::uint64_t i = 1; i <= 80; ++i) held.push_back(engine->claim(claim_of(i))->id);
  // From threads, so that some spare entries lie with callers who rest.
  std::vector<std::thread> threads;
  std::atomic<int> confirmed{0}, cancelled{0};
  for (std::size_t t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < held.size(); i += 8) {
        confirmed += engine->confirm({held[i], {1, i + 1}, 0, {}}).ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < held.size(); ++i) {
    cancelled += engine->cancel({held[i], {2, i + 1}, 0}).ok();
  }
  CHECK(confirmed == 80);
  CHECK(cancelled == 80);
}
