// Whether the wall clock can be believed.
#pragma once

#include <cstdint>
#include <string>

#include <janji/types.hpp>

namespace janji {

// Problem: only the wall clock says which days are due and which are past. A clock that is wrong at
// boot, or jumps, would fill the tables with days that nobody wants, and archive those that people
// do.
// Operation: holds civil time against the last one that was believed and what ledger time has
// advanced since. Doubts a clock that goes back behind that last one by more than kBackMs; that has
// leapt ahead of ledger time by more than kLeapMs; or, at an opening, since nobody counts while the
// engine is closed, by more than kAwayMs. Asked again and again, it believes as soon as it can.
// Concurrency: one thread at a time.
// Limits: a first opening has nothing to hold the clock against. After a leap that was believed, a
// clock that is right again is doubted until it has come near.
class ClockWatch {
 public:
  static constexpr std::int64_t kDayMs = 86'400'000;
  static constexpr std::int64_t kBackMs = kDayMs;
  static constexpr std::int64_t kLeapMs = 2 * kDayMs;
  static constexpr std::int64_t kAwayMs = 400 * kDayMs;

  // `last`: civil time when the data was last written, at ledger time `now`. Without this, the
  // first time is believed.
  void begin(CivilTime last, LedgerTime now) noexcept;

  bool believes(CivilTime civil, LedgerTime now);
  // What civil time should be: the last one believed and what has passed since.
  CivilTime expected(LedgerTime now) const noexcept;
  // How far the first clock that was believed was ahead of what the data says, be it wrong or the
  // engine was closed for so long; 0 when there was nothing to hold it against.
  std::int64_t opening_leap_ms() const noexcept { return opening_leap_ms_; }
  // Why the last one asked about isn't believed, and what to do; empty when it is.
  const std::string& doubt() const noexcept { return doubt_; }

 private:
  bool known_{false};     // there is something to hold a clock against
  bool believed_{false};  // since the opening
  std::int64_t opening_leap_ms_{0};
  CivilTime last_;
  LedgerTime last_at_;
  std::string doubt_;
};

}  // namespace janji
