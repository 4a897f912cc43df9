#include "engine/day_archiver.hpp"

#include <algorithm>

#include <janji/check.hpp>

namespace janji {

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;
// How far a zone can be ahead of UTC; more, for good measure.
constexpr std::int64_t kZoneMs = 18 * 3'600'000;

}  // namespace

bool DayArchiver::archive_due(CivilTime civil, LedgerTime now) noexcept {
  using ledger::Gate;
  const std::int64_t minute = civil.value / kMinuteMs;
  if (!looking_ && minute == minute_) return false;
  // Nothing can be written, or there is hardly room for what must be.
  const Gate gate = ledger_.gate();
  if (gate == Gate::failed || gate == Gate::read_only || !clock_.believes(civil, now)) return false;
  if (!looking_) {
    minute_ = minute;
    row_ = 0;
    kept_now_ = 0;
    looking_ = true;
  }
  const ledger::DayTable& days = ledger_.day_table();
  const std::size_t end = std::min(days.rows(), row_ + kRowsARound);
  for (int archives = 0; row_ < end; ++row_) {
    LaneId lane;
    Day day;
    ledger::DayView view;
    if (!days.day_at(row_, lane, day) || !is_over(lane, day, civil, view)) continue;
    if (archives == kArchivesARound) return true;
    const auto done = ledger_.try_archive(lane, day);
    if (done == ledger::Ledger::Archiving::no_room) return true;
    if (done == ledger::Ledger::Archiving::published) {
      ++archives;
      archived_.fetch_add(1, std::memory_order_relaxed);
    } else {
      ++kept_now_;
    }
  }
  if (row_ < days.rows()) return true;
  looking_ = false;
  kept_.store(kept_now_, std::memory_order_relaxed);
  return false;
}

std::uint64_t DayArchiver::slots_due(CivilTime civil) const noexcept {
  const ledger::DayTable& days = ledger_.day_table();
  std::uint64_t slots = 0;
  for (std::size_t row = 0; row < days.rows(); ++row) {
    LaneId lane;
    Day day;
    ledger::DayView view;
    if (!days.day_at(row, lane, day) || !is_over(lane, day, civil, view)) continue;
    if (days.bookings(lane, day) == 0) slots += view.slots;
  }
  return slots;
}

bool DayArchiver::is_over(LaneId lane, Day day, CivilTime civil,
                          ledger::DayView& view) const noexcept {
  // Most days lie ahead, wherever they are: that needs no look at their row.
  const std::int64_t by = civil.value - after_ms_;
  if ((std::int64_t{day.value} + 1) * kDayMs - kZoneMs > by) return false;
  const ledger::DayTable& days = ledger_.day_table();
  JANJI_CHECK(days.find(lane, day, view));
  std::int64_t ended = view.midnight_ms + kDayMs;
  if (view.slots != 0) {
    const std::int64_t last = view.shape->start.back() + view.shape->length.back();
    ended = std::max(ended, view.midnight_ms + last * kMinuteMs);
  }
  // Of an office that the catalogue lost, the zone isn't known any more: midnight is UTC's.
  if (days.rules(lane).catalogue_index == ledger::kNoLane) ended += kZoneMs;
  return ended <= by;
}

}  // namespace janji
