// Ledger time and civil time, from one clock seam.
#pragma once

#include <algorithm>
#include <cstdint>

#include <janji/clock.hpp>
#include <janji/types.hpp>

namespace janji::base {

// Ledger time = the greatest durable value at opening + what the monotonic clock has advanced
// since. It never looks at the wall clock (hazard 11). Constant after start(): any thread may ask.
class TimeKeeper {
 public:
  explicit TimeKeeper(const Clock& clock) : clock_(&clock) {}

  // `durable`: the greatest ledger time found in the journal or the state. Before serving.
  void start(LedgerTime durable) noexcept {
    started_ = durable;
    offset_ms_ = durable.value - clock_->monotonic_ms();
  }

  LedgerTime ledger_now() const noexcept { return LedgerTime{clock_->monotonic_ms() + offset_ms_}; }
  // For a new hold, which may as well begin some milliseconds ago; never for judging one.
  LedgerTime ledger_now_coarse() const noexcept {
    // Not before the start: the coarse clock may lag behind it.
    return std::max(started_, LedgerTime{clock_->coarse_monotonic_ms() + offset_ms_});
  }
  CivilTime civil_now() const noexcept { return CivilTime{clock_->civil_ms()}; }

 private:
  const Clock* clock_;
  LedgerTime started_;
  std::int64_t offset_ms_{0};
};

}  // namespace janji::base
