// Archiving the days that are finished.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <janji/types.hpp>

#include "engine/clock_watch.hpp"
#include "ledger/ledger.hpp"

namespace janji {

// Problem: the horizon rolls for years, and the memory of the days behind it is wanted for those
// ahead.
// Operation: once a minute of civil time begins to look over all open days. One whose last slot and
// midnight lie `after_ms` behind, and in which no booking is left, not even an ended one within its
// retention, is archived by a record; the ledger uses its row and words again when it gives that
// back. Looks at so many rows in a round, and archives so many, that a round isn't held up; the
// rest in the next. Nothing is past while the wall clock isn't believed. If the clock was wrong all
// the same, no seat is lost: only days without any booking go, and the next opening of the engine
// opens those that are due after all.
// Concurrency: the writer's thread; the counters by any.
class DayArchiver {
 public:
  DayArchiver(ledger::Ledger& ledger, ClockWatch& clock, std::int64_t after_ms)
      : ledger_(ledger), clock_(clock), after_ms_(after_ms) {}

  // True: there is more to look at.
  bool archive_due(CivilTime civil, LedgerTime now) noexcept;
  // Slots of the days that it would archive, were it asked now.
  std::uint64_t slots_due(CivilTime civil) const noexcept;

  std::uint64_t archived() const noexcept { return archived_.load(std::memory_order_relaxed); }
  // Days that could go but for bookings in them, as of the last look over all.
  std::uint64_t kept() const noexcept { return kept_.load(std::memory_order_relaxed); }

  static constexpr std::size_t kRowsARound = std::size_t{1} << 16;
  static constexpr int kArchivesARound = 64;

 private:
  bool is_over(LaneId lane, Day day, CivilTime civil, ledger::DayView& view) const noexcept;

  // constant
  ledger::Ledger& ledger_;
  ClockWatch& clock_;
  const std::int64_t after_ms_;

  // the writer's
  std::int64_t minute_{-1};  // in which the last look began
  std::size_t row_{0};       // where it goes on
  bool looking_{false};
  std::uint64_t kept_now_{0};

  // shared
  std::atomic<std::uint64_t> archived_{0}, kept_{0};
};

}  // namespace janji
