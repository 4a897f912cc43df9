// Where a booking may move, and the seats that it takes there: all under its busy mark, which
// change.cpp sets and clears. What it leaves comes back with the record's commit (give_back.cpp).
#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

// Where a slot with seats taken stands in its day, which is open for as long.
std::uint32_t Ledger::live_slot(SlotKey slot, DayView& view) const noexcept {
  JANJI_CHECK(days_.find(slot.lane(), slot.day(), view));
  const std::uint16_t i = view.shape->index_of_minute[slot.minute().value];
  JANJI_CHECK(i != DayShape::kNoSlot);
  return i;
}

// What the service's rules say, whatever the slot's seats; ok: nothing against it.
Code Ledger::why_not_moved(const Change& change, CivilTime civil) const noexcept {
  const BookingCell& cell = bookings_[change.place];
  const SlotKey from{cell.slot.load(std::memory_order_relaxed)};
  const LaneId lane = change.to.lane();
  if (!change.to.valid() || lane.value >= days_.lanes()) return Code::slot_not_found;
  const LaneRules& rules = days_.rules(lane);
  const LaneRules& old = days_.rules(from.lane());
  if (rules.catalogue_index == kNoLane) return Code::slot_not_found;
  // An office that is no longer in the catalogue: of which service it was isn't known any more.
  if (old.catalogue_index == kNoLane) return Code::slot_not_allowed;
  const LaneSpec& there = catalogue_.lanes()[rules.catalogue_index];
  const LaneSpec& here = catalogue_.lanes()[old.catalogue_index];
  const bool elsewhere = there.branch != here.branch;
  if (change.to == from || there.service != here.service || there.pool != here.pool ||
      (elsewhere && !rules.reschedule_elsewhere)) {
    return Code::slot_not_allowed;
  }
  // Who was displaced may move whatever the rules of moves say, as long as there is room to
  // remember.
  const std::uint32_t moves = times(cell, record::Type::reschedule);
  const BookingWord word{cell.word.load(std::memory_order_relaxed)};
  const bool displaced = word.state() == BookingState::displaced;
  if (is_of_group(cell) && !displaced) return Code::in_group;
  if (is_of_group(cell) &&
      !may_move_to(entitlement_of(bookings_[head_of(cell)]), change.to.day(), change.to.day())) {
    return Code::entitlement_not_valid;
  }
  if (displaced) {
    return moves < kMaxReschedules + kDisplacedMoves ? Code::ok : Code::changes_exceeded;
  }
  if (moves >= rules.reschedules_max) return Code::changes_exceeded;
  DayView view;
  const std::uint32_t i = live_slot(from, view);
  const bool late = slot_start(view, i).value - rules.reschedule_cutoff_ms <= civil.value;
  return late ? Code::change_too_late : Code::ok;
}

Ledger::NewSeat Ledger::take_new_seat(const Change& change) noexcept {
  const CivilTime civil = time_.civil_now();
  if (const Code why = why_not_moved(change, civil); why != Code::ok) {
    return {Attempt::decided, why};
  }
  const LaneId lane = change.to.lane();
  const Day day = change.to.day();
  DayView view;
  if (!days_.find(lane, day, view)) return {Attempt::decided, why_no_day(civil, lane, day)};
  const std::uint16_t i = view.shape->index_of_minute[change.to.minute().value];
  if (i == DayShape::kNoSlot) {
    return {Attempt::decided, view.slots == 0 ? Code::closed : Code::slot_not_found};
  }
  if (slot_start(view, i).value - days_.rules(lane).lead_ms <= civil.value) {
    return {Attempt::late};
  }
  const std::uint64_t index = view.first_slot + i;
  const std::uint32_t seats = bookings_[change.place].seats.load(std::memory_order_relaxed);
  std::atomic<std::uint64_t>& at = days_.word(index);
  // acquire: pairs with the writer's give-backs, as in take_at().
  SlotWord word{at.load(std::memory_order_acquire)};
  JANJI_STEP("new_slot_read");
  // acq_rel: as in take_at(): linearization point of the seats.
  do {
    const Attempt attempt = judge(word, day, seats);
    if (attempt != Attempt::decided) return {attempt};
  } while (!at.compare_exchange_weak(word.bits, word.with_taken(seats).bits,
                                     std::memory_order_acq_rel, std::memory_order_acquire));
  JANJI_STEP("new_seats_taken");
  const BookingCell& cell = bookings_[change.place];
  if (is_of_group(cell)) {
    const std::uint32_t entitlement = entitlement_of(bookings_[head_of(cell)]);
    if (const Code why = take_move(entitlement, day, day); why != Code::ok) {
      undo_seats(seats, index);
      return why == Code::retry ? NewSeat{Attempt::pending} : NewSeat{Attempt::decided, why};
    }
    return {Attempt::decided, Code::ok, index, seats, entitlement};
  }
  return {Attempt::decided, Code::ok, index, seats};
}

// The mark is off again. Who waits for the booking waits for a round (hazard 6). Whatever the
// reason, it is given to an owner whose booking a crash may still take back: it is told when `lsn`,
// the booking's last record, is durable (hazard 3).
Decision Ledger::refuse_unmarked(Change& change, const NewSeat& seat, Lsn lsn) noexcept {
  journal_.rounds.request_round();
  switch (seat.attempt) {
    case Attempt::decided: {
      const bool by_terms = seat.code == Code::entitlement_not_valid;
      return refuse_change(change, seat.code, by_terms ? std::max(lsn, rests_on()) : lsn);
    }
    case Attempt::full: return refuse_change(change, Code::slot_full, std::max(lsn, rests_on()));
    case Attempt::early:  // only a walk-in is
    case Attempt::pending: break;
    case Attempt::closed: return refuse_change(change, Code::closed, lsn);
    case Attempt::late: return refuse_change(change, Code::too_late, lsn);
  }
  return wait(change.patience);
}

}  // namespace janji::ledger
