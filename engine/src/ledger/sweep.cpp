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
  // Holds first: a seat that comes later may come later still, a hold may not.
  sweep_later(now, budget);
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
    // Ended: queued when all of it is given back, and kept in the wheel until then. What is changed
    // behind its end, too, isn't given back yet. A group's members are freed with it.
    if (!has_ended(word.state()) || is_of_group(cell)) return true;
    const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
    if (lsn > journal_.rounds.committed()) return false;
    retention_.push(place, now);
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
  counts_.swept.store(counts_.swept.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return true;
}

// Whether a booking that has ended is kept once more: it made progress since it was queued, or is
// about to be told that it did.
bool Ledger::is_kept_on(Place place) noexcept {
  const Lsn lsn{bookings_[place].lsn.load(std::memory_order_acquire)};
  if (lsn > journal_.rounds.committed()) return true;
  const bool kept = kept_on_[place];
  kept_on_[place] = false;
  return kept;
}

// An ended booking whose retention is over. False: ask again later.
bool Ledger::sweep_ended(Place place) noexcept {
  BookingCell& cell = bookings_[place];
  BookingWord word{cell.word.load(std::memory_order_acquire)};
  if (word.busy()) return false;
  if (word.state() == BookingState::group) return sweep_group(place, word);
  JANJI_CHECK(has_ended(word.state()));
  if (is_kept_on(place) || is_remembered(place)) return false;
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

// Marks the members of a group, from the first on, all of which have ended. False, and nothing is
// marked: one of them makes progress at this moment.
bool Ledger::mark_ended(Place first) noexcept {
  const auto next = [&](Place at) {
    return static_cast<Place>(bookings_[at].payload.load(std::memory_order_relaxed));
  };
  for (Place at = first; at != record::kNoPlace; at = next(at)) {
    BookingCell& cell = bookings_[at];
    BookingWord word{cell.word.load(std::memory_order_relaxed)};
    const Lsn lsn{cell.lsn.load(std::memory_order_relaxed)};
    // acq_rel: as in change().
    const bool marked =
        !word.busy() && lsn <= journal_.rounds.committed() &&
        cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                          std::memory_order_acq_rel, std::memory_order_relaxed);
    if (marked) continue;
    for (Place back = first; back != at; back = next(back)) {
      bookings_[back].word.fetch_and(~BookingWord::kBusy, std::memory_order_release);
    }
    return false;
  }
  return true;
}

// A group all of whose members have ended, with these. False: ask again later.
bool Ledger::sweep_group(Place head, BookingWord before) noexcept {
  BookingCell& cell = bookings_[head];
  // relaxed: the writer's own, and constant.
  const GroupLife life{cell.time_ms.load(std::memory_order_relaxed)};
  JANJI_CHECK(life.live() == 0);
  const auto next = [&](Place at) {
    return static_cast<Place>(bookings_[at].payload.load(std::memory_order_relaxed));
  };
  bool kept_on = false;
  for (Place at = life.first(); at != record::kNoPlace; at = next(at)) {
    // Its second in the wheel is still to come, or who changes it is slow to let it go.
    const BookingWord member{bookings_[at].word.load(std::memory_order_acquire)};
    if (timers_.linked(at) || member.busy() || !has_ended(member.state())) return false;
    kept_on = is_kept_on(at) || is_remembered(at) || kept_on;  // each of them is asked
  }
  if (kept_on) return false;
  if (journal_.blocks.large_left() == 0) return false;
  BookingWord word = before;
  // Busy until the record is committed, as above; acq_rel: as in change().
  if (!cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                         std::memory_order_acq_rel, std::memory_order_relaxed)) {
    return false;
  }
  if (!mark_ended(life.first())) {
    cell.word.store(before.bits, std::memory_order_release);
    return false;
  }
  const std::uint32_t index = journal_.blocks.take_large();
  JANJI_CHECK(index != kNothing);
  journal::RecordBlock& block = journal_.blocks[index];
  const std::size_t many = cell.seats.load(std::memory_order_relaxed);
  auto& made =
      block.begin<record::GroupChange>(sizeof(record::GroupChange) + many * sizeof(std::uint64_t));
  made.booking = before.id(head).value;
  made.members = static_cast<std::uint16_t>(many);
  made.step = record::Type::free;
  auto* member = reinterpret_cast<std::uint64_t*>(&made + 1);
  for (Place at = life.first(); at != record::kNoPlace; at = next(at)) {
    // relaxed: it is ours.
    const BookingWord ended{bookings_[at].word.load(std::memory_order_relaxed)};
    JANJI_CHECK(has_ended(ended.state()) && ended.busy());
    *member++ = ended.id(at).value;
  }
  block.slot = kNothing;
  block.place = head;
  block.operation = kNothing;
  block.details = kNothing;
  publish(index);
  return true;
}

}  // namespace janji::ledger
