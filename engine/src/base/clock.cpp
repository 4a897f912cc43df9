#include <janji/clock.hpp>

#include <atomic>
#include <cstdlib>
#include <ctime>

namespace janji {

namespace {

std::int64_t read_ms(clockid_t id) noexcept {
  timespec now{};
  clock_gettime(id, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

class SystemClock final : public Clock {
 public:
  std::int64_t monotonic_ms() const noexcept override {
    const std::int64_t now = read_ms(CLOCK_BOOTTIME);
    // relaxed: a hint for coarse_monotonic_ms(), refreshed by every exact reading; the engine's
    // writer makes one at least every second. Rounded down, so that coarse is never ahead.
    // Only ever raised: a thread that was stopped here must not bring back an old value.
    const std::int64_t suspended = now - read_ms(CLOCK_MONOTONIC) - 1;
    std::int64_t known = suspended_ms_.load(std::memory_order_relaxed);
    while (known < suspended &&
           !suspended_ms_.compare_exchange_weak(known, suspended, std::memory_order_relaxed,
                                                std::memory_order_relaxed)) {
    }
    return now;
  }
  std::int64_t coarse_monotonic_ms() const noexcept override {
    const std::int64_t awake = read_ms(CLOCK_MONOTONIC_COARSE);
    // The wall clock goes on during a suspend, and tells of it before the writer wakes. relaxed: a
    // hint; whoever misses it makes the exact reading once more.
    const std::int64_t apart = read_ms(CLOCK_REALTIME_COARSE) - awake;
    if (std::abs(apart - apart_ms_.load(std::memory_order_relaxed)) > kApartMs) [[unlikely]] {
      (void)monotonic_ms();
      apart_ms_.store(apart, std::memory_order_relaxed);
    }
    return awake + suspended_ms_.load(std::memory_order_relaxed);
  }
  // The coarse clock: a few milliseconds late at most, a quarter of the price, and civil time is
  // never used for anything finer than a second.
  std::int64_t civil_ms() const noexcept override { return read_ms(CLOCK_REALTIME_COARSE); }

 private:
  // Time spent suspended since boot. Before the first exact reading: none.
  mutable std::atomic<std::int64_t> suspended_ms_{-1};
  static constexpr std::int64_t kApartMs = 500;
  mutable std::atomic<std::int64_t> apart_ms_{0};  // wall clock less time awake, when last looked
};

}  // namespace

const Clock& system_clock() noexcept {
  // Never destroyed: an engine in a static variable ends after whatever it made on the way.
  static const SystemClock& clock = *new SystemClock;
  return clock;
}

}  // namespace janji
