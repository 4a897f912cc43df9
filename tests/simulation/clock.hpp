// The simulation's clock: it stands still until the scheduler moves it.
#pragma once

#include <algorithm>
#include <cstdint>

#include <janji/clock.hpp>

namespace janji::simulation {

class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(std::int64_t civil_ms) : wall_ahead_ms_(civil_ms - now_ms_) {}

  std::int64_t monotonic_ms() const noexcept override { return now_ms_ + boot_ms_; }
  std::int64_t civil_ms() const noexcept override { return now_ms_ + wall_ahead_ms_; }

  // The time that limits of waiting run by: the machine's awake time.
  std::int64_t now_ms() const noexcept { return now_ms_; }
  void advance_to(std::int64_t ms) noexcept { now_ms_ = std::max(now_ms_, ms); }
  void advance(std::int64_t ms) noexcept { now_ms_ += ms; }

  // The machine slept.
  void suspend(std::int64_t ms) noexcept {
    boot_ms_ += ms;
    wall_ahead_ms_ += ms;
  }

  // Somebody corrects the wall clock, for better or worse. Intervals must not notice.
  void move_wall(std::int64_t by_ms) noexcept { wall_ahead_ms_ += by_ms; }
  // The machine was off: the monotonic clock begins anew.
  void reboot(std::int64_t since_boot_ms) noexcept { boot_ms_ = since_boot_ms - now_ms_; }

 private:
  std::int64_t now_ms_{5'000'000};
  std::int64_t boot_ms_{0};
  std::int64_t wall_ahead_ms_;
};

}  // namespace janji::simulation
