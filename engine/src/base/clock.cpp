#include <janji/clock.hpp>

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
  std::int64_t monotonic_ms() const noexcept override { return read_ms(CLOCK_BOOTTIME); }
  // The coarse clock: a few milliseconds late at most, a quarter of the price, and civil time is
  // never used for anything finer than a second.
  std::int64_t civil_ms() const noexcept override { return read_ms(CLOCK_REALTIME_COARSE); }
};

}  // namespace

const Clock& system_clock() noexcept {
  static const SystemClock clock;
  return clock;
}

}  // namespace janji
