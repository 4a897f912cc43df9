// Time as the engine sees it: a seam, so that tests and simulations can own it.
#pragma once

#include <cstdint>

namespace janji {

// Both clocks in milliseconds. Thread-safe; neither call blocks or allocates.
class Clock {
 public:
  virtual ~Clock() = default;

  // A monotonic clock that counts suspend; its zero means nothing. Never runs backwards.
  virtual std::int64_t monotonic_ms() const noexcept = 0;

  // The same clock, cheaper: up to some milliseconds late, and up to a second late in counting a
  // suspend. Never ahead of monotonic_ms().
  virtual std::int64_t coarse_monotonic_ms() const noexcept { return monotonic_ms(); }

  // Milliseconds since the Unix epoch by the wall clock; may jump either way.
  virtual std::int64_t civil_ms() const noexcept = 0;
};

// The operating system's clocks (CLOCK_BOOTTIME and CLOCK_REALTIME). Lives for ever.
const Clock& system_clock() noexcept;

}  // namespace janji
