// Clocks that a test owns.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include <janji/clock.hpp>

namespace janji::model {

// Stands still until it is moved. Any thread may read or move it.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t civil_ms) : civil_ms_(civil_ms) {}

  std::int64_t monotonic_ms() const noexcept override {
    return monotonic_ms_.load(std::memory_order_seq_cst);
  }
  std::int64_t civil_ms() const noexcept override {
    return civil_ms_.load(std::memory_order_seq_cst);
  }
  void advance(std::int64_t ms) noexcept {
    monotonic_ms_.fetch_add(ms, std::memory_order_seq_cst);
    civil_ms_.fetch_add(ms, std::memory_order_seq_cst);
  }
  // The wall clock is corrected; intervals must not notice.
  void set_civil(std::int64_t civil_ms) noexcept {
    civil_ms_.store(civil_ms, std::memory_order_seq_cst);
  }

 private:
  std::atomic<std::int64_t> monotonic_ms_{5'000'000};
  std::atomic<std::int64_t> civil_ms_;
};

// Runs `factor` times as fast as the steady clock, from a given wall time on, until it is stopped;
// from then on it is moved by hand.
class FastClock final : public Clock {
 public:
  FastClock(std::int64_t civil_ms, int factor)
      : civil_base_ms_(civil_ms), factor_(factor), begin_(std::chrono::steady_clock::now()) {}

  std::int64_t monotonic_ms() const noexcept override {
    const std::int64_t stopped = stopped_ms_.load(std::memory_order_acquire);
    return stopped >= 0 ? stopped : running_ms();
  }
  std::int64_t civil_ms() const noexcept override { return civil_base_ms_ + monotonic_ms(); }
  void stop() noexcept {
    std::int64_t running = -1;
    stopped_ms_.compare_exchange_strong(running, running_ms(), std::memory_order_acq_rel);
  }
  // After stop().
  void advance(std::int64_t ms) noexcept { stopped_ms_.fetch_add(ms, std::memory_order_acq_rel); }

 private:
  std::int64_t running_ms() const noexcept {
    const auto since = std::chrono::steady_clock::now() - begin_;
    return std::chrono::duration_cast<std::chrono::milliseconds>(since * factor_).count();
  }

  const std::int64_t civil_base_ms_;
  const int factor_;
  const std::chrono::steady_clock::time_point begin_;
  std::atomic<std::int64_t> stopped_ms_{-1};
};

}  // namespace janji::model
