// Visits that nobody ended: the writer's thread only.
#include <algorithm>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

constexpr std::size_t kPlacesARound = 4096;
constexpr std::int64_t kMinuteMs = 60'000;
// Who checked in was served, if nobody said so in that time behind the end of check-in.
constexpr std::int64_t kForgottenMs = 12 * 3'600'000;

}  // namespace

// Once a minute all places are walked past, some in each round: at a few nanoseconds a place that
// costs less than to keep every confirmed booking in a list that each move, cancel and change of
// the calendar would have to mend. A visit ends up to a minute late, and as long as a walk takes.
void Ledger::patrol(CivilTime civil, LedgerTime now, std::size_t budget) noexcept {
  if (gate() == Gate::failed || gate() == Gate::read_only) return;
  const std::int64_t minute = civil.value / kMinuteMs;
  if (patrol_at_ == 0 && minute == patrol_minute_) return;
  if (patrol_at_ == 0) patrol_minute_ = minute;
  const std::size_t end = std::min(bookings_.size(), patrol_at_ + kPlacesARound);
  for (; patrol_at_ < end; ++patrol_at_) {
    BookingCell& cell = bookings_[patrol_at_];
    // relaxed: the CAS below looks again.
    BookingWord word{cell.word.load(std::memory_order_relaxed)};
    if (word.state() != BookingState::confirmed && word.state() != BookingState::checked_in) {
      continue;
    }
    // Busy: whoever changes it now may be ending it; the next patrol will see.
    if (word.busy() || !is_over(cell, word.state(), civil)) continue;
    if (budget == 0 || journal_.blocks.small_left() == 0) return;  // goes on here in the next round
    const BookingWord before = word;
    // acq_rel: as in change(). It was still the same when its slot was read, if this succeeds.
    if (!cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                           std::memory_order_acq_rel, std::memory_order_relaxed)) {
      continue;
    }
    JANJI_STEP("patrol_marked");
    --budget;
    const std::uint32_t block = journal_.blocks.take_small();
    JANJI_CHECK(block != kNothing);
    end_by_rule<record::Lapse>(static_cast<Place>(patrol_at_), before, block, now);
    lapsed_.store(lapsed_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  if (patrol_at_ == bookings_.size()) patrol_at_ = 0;
}

// The slot may be read while another changes it: then the word changes too, and nothing is made of
// it.
bool Ledger::is_over(const BookingCell& cell, BookingState state, CivilTime civil) const noexcept {
  // acquire: pairs with whoever moved the booking; a torn look is found out by the CAS.
  const SlotKey slot{cell.slot.load(std::memory_order_acquire)};
  DayView view;
  if (!slot.valid() || !days_.find(slot.lane(), slot.day(), view)) return false;
  const std::uint16_t i = view.shape->index_of_minute[slot.minute().value];
  if (i == DayShape::kNoSlot) return false;
  const std::int64_t after = state == BookingState::checked_in ? kForgottenMs : 0;
  return civil.value >= slot_start(view, i).value + days_.rules(slot.lane()).no_show_ms + after;
}

}  // namespace janji::ledger
