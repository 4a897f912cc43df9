// Settling while others go on deciding.
#include <atomic>
#include <cstdint>
#include <thread>

#include "engine_fixture.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE(
    "relaxed, settling waits for what was decided before it, and for nothing that came after") {
  ManualClock clock;  // it stands: what comes after is flushed by nobody
  TemporaryDirectory directory;
  Options options = small_options(clock);
  options.durability = Durability::relaxed;
  options.directory = directory.path() / "data";
  auto engine = open_engine(options);
  std::atomic<bool> ended{false};
  std::thread others([&] {
    for (std::uint64_t i = 1; i <= 300; ++i) {
      const int slot = static_cast<int>(i % 144);
      (void)engine->claim(
          claim_of(i, slot_at(1 + slot / 24, slot % 24, static_cast<std::uint32_t>(i % 2))));
    }
    ended.store(true, std::memory_order_release);  // pairs with the load below
  });
  bool settled = true;
  while (settled && !ended.load(std::memory_order_acquire)) settled = engine->settle().ok();
  others.join();
  CHECK(settled);
  const auto booking = engine->claim(claim_of(1000));
  REQUIRE(booking.ok());
  REQUIRE(engine->settle().ok());
  CHECK(engine->durable_lsn() >= booking->lsn);
}
