// Visits that nobody ended: the writer's thread only.
#include <algorithm>
#include <utility>

#include "base/step.hpp"
#include "ledger/group_turn.hpp"

namespace janji::ledger {

namespace {

constexpr std::size_t kPlacesARound = 4096;
constexpr std::int64_t kMinuteMs = 60'000;
// Who checked in was served, if nobody said so in that time behind the end of check-in.
constexpr std::int64_t kForgottenMs = 12 * 3'600'000;

}  // namespace

// Once a minute, and when a door was closed or opened, all places are walked past, some in each
// round: at a few nanoseconds a place that costs less than to keep every confirmed booking in a
// list that each move, cancel and change of the calendar would have to mend. A visit ends up to a
// minute late, and as long as a walk takes.
void Ledger::patrol(CivilTime civil, LedgerTime now, std::size_t budget, bool visits_end) noexcept {
  if (gate() == Gate::failed || gate() == Gate::read_only) return;
  const std::int64_t minute = civil.value / kMinuteMs;
  // acquire: pairs with SlotChange::unmark(); the patrol that follows finds the mark gone.
  if (staff_left_.load(std::memory_order_relaxed) &&
      staff_left_.exchange(false, std::memory_order_acquire)) {
    doors_changed_ = true;
  }
  if (patrol_at_ == 0) {
    if (!doors_changed_ && (!visits_end || minute == patrol_minute_)) return;
    if (visits_end) patrol_minute_ = minute;
    patrol_doors_ = std::exchange(doors_changed_, false);
  }
  const std::size_t end = std::min(bookings_.size(), patrol_at_ + kPlacesARound);
  for (; patrol_at_ < end; ++patrol_at_) {
    BookingCell& cell = bookings_[patrol_at_];
    // relaxed: the CAS below looks again.
    BookingWord word{cell.word.load(std::memory_order_relaxed)};
    // Busy: a patrol to come will see what became of it, which may be confirmed already. What has
    // ended is only freed, which takes a commit: it must not keep the patrol on its feet.
    if (word.busy()) {
      doors_changed_ = doors_changed_ || (patrol_doors_ && is_active(word.state()));
      continue;
    }
    if (word.state() == BookingState::group) {
      const auto head = static_cast<Place>(patrol_at_);
      if (!visits_end || !waitlist_.waits(head)) continue;
      GroupTurn turn(*this, head);
      if (!turn.waits_in_vain(civil)) continue;
      if (budget == 0 || journal_.blocks.large_left() == 0) return;
      --budget;
      turn.give_up(now);  // met in the middle of a step, it does so at the next patrol
      continue;
    }
    if (word.state() != BookingState::confirmed && word.state() != BookingState::checked_in &&
        word.state() != BookingState::displaced && word.state() != BookingState::waiting) {
      continue;
    }
    const record::Type what = due(cell, word.state(), civil, visits_end);
    if (what == record::Type::none) continue;
    if (budget == 0 || journal_.blocks.small_left() == 0) return;  // goes on here in the next round
    const BookingWord before = word;
    // acq_rel: as in change(). It was still the same when its slot was read, if this succeeds.
    if (!cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                           std::memory_order_acq_rel, std::memory_order_relaxed)) {
      doors_changed_ = doors_changed_ || patrol_doors_;
      continue;
    }
    JANJI_STEP("patrol_marked");
    --budget;
    const std::uint32_t block = journal_.blocks.take_small();
    JANJI_CHECK(block != kNothing);
    decide_by_rule(what, static_cast<Place>(patrol_at_), before, block, now);
  }
  if (patrol_at_ == bookings_.size()) patrol_at_ = 0;
}

void Ledger::decide_by_rule(record::Type what, Place place, BookingWord before, std::uint32_t block,
                            LedgerTime now) noexcept {
  switch (what) {
    case record::Type::lapse:
      publish_by_rule<record::Lapse>(place, before, block, now);
      counts_.lapsed.store(counts_.lapsed.load(std::memory_order_relaxed) + 1,
                           std::memory_order_relaxed);
      return;
    case record::Type::displace:
      publish_by_rule<record::Displace>(place, before, block, now);
      return;
    case record::Type::reinstate:
      publish_by_rule<record::Reinstate>(place, before, block, now);
      return;
    default: check_failed("something that the patrol does", __FILE__, __LINE__);
  }
}

// What is to become of a booking by rule now; none: nothing. Its slot may be read while another
// changes it: then the word changes too, and nothing is made of what is said here.
record::Type Ledger::due(const BookingCell& cell, BookingState state, CivilTime civil,
                         bool visits_end) const noexcept {
  // acquire: pairs with whoever moved the booking; a torn look is found out by the CAS.
  const SlotKey slot{cell.slot.load(std::memory_order_acquire)};
  DayView view;
  if (!slot.valid() || !days_.find(slot.lane(), slot.day(), view)) return record::Type::none;
  const std::uint16_t i = view.shape->index_of_minute[slot.minute().value];
  if (i == DayShape::kNoSlot) return record::Type::none;
  if (state == BookingState::waiting && is_of_group(cell)) return record::Type::none;  // its head's
  if (state == BookingState::waiting) {  // in vain: no slot can be claimed, now or later
    // acquire: as above.
    const std::uint64_t last = cell.time_ms.load(std::memory_order_acquire) % DayShape::kMinutes;
    const std::uint16_t end = last == 0 ? i : view.shape->index_of_minute[last];
    if (end == DayShape::kNoSlot) return record::Type::none;
    const LaneRules& rules = days_.rules(slot.lane());
    // What a catalogue lost at a start stays lost while the engine is open.
    const bool over = rules.catalogue_index == kNoLane ||
                      civil.value >= slot_start(view, end).value - rules.lead_ms;
    return visits_end && over ? record::Type::lapse : record::Type::none;
  }
  const std::int64_t after = state == BookingState::checked_in ? kForgottenMs : 0;
  const std::int64_t over = slot_start(view, i).value + days_.rules(slot.lane()).no_show_ms + after;
  if (visits_end && civil.value >= over) return record::Type::lapse;
  if (!patrol_doors_ || state == BookingState::checked_in) return record::Type::none;
  // relaxed: doors are this thread's to change.
  const SlotWord word{days_.word(view.first_slot + i).load(std::memory_order_relaxed)};
  if (word.staff_busy()) return record::Type::none;  // its change comes, and another patrol
  const bool is_displaced = state == BookingState::displaced;
  if (word.closed() == is_displaced) return record::Type::none;
  return is_displaced ? record::Type::reinstate : record::Type::displace;
}

}  // namespace janji::ledger
