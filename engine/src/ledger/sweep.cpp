// What falls due: the writer's thread only. Everything it decides is a record like any other,
// published from blocks of the writer's own, so callers' room is never touched (hazard 18).
#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

void Ledger::sweep(LedgerTime now, std::size_t budget) noexcept {
  if (gate() == Gate::failed || gate() == Gate::read_only) return;
  Place place = 0;
  while (budget > 0 && journal_.blocks.small_left() > 0 && wheel_.pop_due(now, place)) {
    --budget;
    // Busy: whoever changes it now may be slow; look again a second later.
    if (!sweep_hold(place, now)) wheel_.link(place, now.value + 1000);
  }
  while (budget > 0 && journal_.blocks.small_left() > 0 && retention_.pop_due(now, place)) {
    --budget;
    if (!sweep_ended(place)) retention_.push(place, now);
  }
}

// A place whose second is over. False: ask again later.
bool Ledger::sweep_hold(Place place, LedgerTime now) noexcept {
  BookingCell& cell = bookings_[place];
  BookingWord word{cell.word.load(std::memory_order_acquire)};
  if (word.busy()) return false;
  if (!record::has_deadline(word.state())) {
    // Ended, but not yet given back: then end_booking() will find the place unlinked and queue it.
    const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
    if (!is_active(word.state()) && lsn <= journal_.rounds.committed()) {
      retention_.push(place, now);
    }
    return true;
  }
  const BookingWord before = word;
  if (!cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                         std::memory_order_acq_rel, std::memory_order_relaxed)) {
    return false;
  }
  JANJI_STEP("sweep_marked");
  const auto deadline = static_cast<std::int64_t>(cell.time_ms.load(std::memory_order_relaxed));
  if (now.value < deadline) {  // met early: it was prolonged, or lies beyond the wheel
    cell.word.store(before.bits, std::memory_order_release);
    wheel_.link(place, deadline);
    return true;
  }
  const std::uint32_t block = journal_.blocks.take_small();
  JANJI_CHECK(block != kNothing);  // sweep() saw that there is one
  publish_by_rule<record::Expire>(place, before, block, now);
  swept_.store(swept_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return true;
}

// An ended booking whose retention is over. False: ask again later.
bool Ledger::sweep_ended(Place place) noexcept {
  BookingCell& cell = bookings_[place];
  BookingWord word{cell.word.load(std::memory_order_acquire)};
  if (word.busy()) return false;
  JANJI_CHECK(!is_active(word.state()) && word.state() != BookingState::none);
  const BookingWord before = word;
  // Busy until the record is committed: nobody may meet a booking that is about to go.
  if (!cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                         std::memory_order_acq_rel, std::memory_order_relaxed)) {
    return false;
  }
  const std::uint32_t index = journal_.blocks.take_small();
  JANJI_CHECK(index != kNothing);  // as in sweep_hold()
  journal::RecordBlock& block = journal_.blocks[index];
  block.begin<record::Free>().booking = before.id(place).value;
  block.slot = kNothing;
  block.place = place;
  block.operation = kNothing;
  block.details = kNothing;
  publish(index);
  return true;
}

}  // namespace janji::ledger
