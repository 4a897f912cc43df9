// The seats of a group: all that its parts ask for, or none.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/group_parts.hpp"

namespace janji::ledger {

std::uint32_t seats_of(std::span<const GroupPart> parts) noexcept {
  std::uint32_t seats = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const GroupPart& part = parts[i];
    if (part.members == 0 || part.last < part.first || part.last.value >= DayShape::kMinutes) {
      return 0;
    }
    if (i != 0) {
      const GroupPart& before = parts[i - 1];
      if (part.day < before.day || (part.day == before.day && part.first <= before.last)) return 0;
    }
    seats += part.members;
  }
  return seats;
}

std::uint64_t hash_of(LaneId lane, std::span<const GroupPart> parts) noexcept {
  std::uint64_t hash = base::mix(0x7061727473ULL, lane.value, parts.size());
  for (const GroupPart& part : parts) {
    const std::uint64_t when = std::uint64_t{part.first.value} << 16 | part.last.value;
    hash = base::mix(hash, word_of(part.day.value) << 32 | when, part.members);
  }
  return hash;
}

// The parts' slots lie in the order of their keys, so two groups that want the same ones meet at
// the first of them (hazard 9). Nothing of this group is pending in a slot that is still to come.
Ledger::NewSeat Ledger::GroupSeats::take(LaneId lane, std::span<const GroupPart> parts,
                                         CivilTime civil) noexcept {
  for (int look = 0; look < kLooksMax; ++look) {
    bool changed = false;
    for (const GroupPart& part : parts) {
      // acquire: pairs with the writer's count after each give-back (hazard 9).
      const DayRow& row = ledger_.days_.row(lane, part.day);
      const std::uint64_t before = row.give_backs.load(std::memory_order_acquire);
      Met met;
      if (take_part(lane, part, civil, met) == 0) continue;
      undo();
      if (met.pending) return {Attempt::pending};
      if (met.full) {
        // A seat may have come back, or moved, behind the scan.
        changed = row.give_backs.load(std::memory_order_acquire) != before;
        if (changed) break;
        return {Attempt::full};
      }
      if (met.late) return {Attempt::late};
      if (met.closed) return {Attempt::closed};
      return {Attempt::decided, met.missing};
    }
    if (!changed) return {Attempt::decided};
  }
  return {Attempt::pending};
}

// How many of the part's seats are still wanted when all its slots were tried.
std::uint32_t Ledger::GroupSeats::take_part(LaneId lane, const GroupPart& part, CivilTime civil,
                                            Met& met) noexcept {
  std::uint32_t wanted = part.members;
  DayView view;
  if (!ledger_.days_.find(lane, part.day, view)) {
    met.missing = ledger_.why_no_day(civil, lane, part.day);
    return wanted;
  }
  met.closed = view.slots == 0;
  met.missing = Code::slot_not_found;
  const std::int64_t lead_ms = ledger_.days_.rules(lane).lead_ms;
  for (std::uint32_t i = 0; i < view.slots && wanted != 0; ++i) {
    const Minute minute{view.shape->start[i]};
    if (minute < part.first || minute > part.last) continue;
    if (slot_start(view, i).value - lead_ms <= civil.value) {
      met.late = true;
      continue;
    }
    const std::uint64_t index = view.first_slot + i;
    const std::uint32_t seats = take_slot(part.day, index, wanted, met);
    if (seats == 0) continue;
    taken_[count_++] = {SlotKey(lane, part.day, minute), index, seats};
    wanted -= seats;
  }
  JANJI_STEP("group_part_scanned");
  return wanted;
}

// As many as there are, up to `wanted`.
std::uint32_t Ledger::GroupSeats::take_slot(Day day, std::uint64_t index, std::uint32_t wanted,
                                            Met& met) noexcept {
  std::atomic<std::uint64_t>& at = ledger_.days_.word(index);
  // acquire: pairs with the writer's give-backs, as in take_at().
  SlotWord word{at.load(std::memory_order_acquire)};
  JANJI_STEP("group_slot_read");
  std::uint32_t seats = 0;
  do {
    seats = std::min(wanted, word.free());
    const Attempt attempt = judge(word, day, seats == 0 ? 1 : seats);
    met.closed = met.closed || attempt == Attempt::closed;
    if (attempt == Attempt::full) met.full = true;
    // With fewer than wanted, what is pending there may come back (hazard 3).
    if (attempt == Attempt::pending) met.pending = true;
    if (attempt != Attempt::decided) return 0;
    // acq_rel: as in take_at(): linearization point of these seats.
  } while (!at.compare_exchange_weak(word.bits, word.with_taken(seats).bits,
                                     std::memory_order_acq_rel, std::memory_order_acquire));
  if (seats < wanted) {
    met.full = true;
    met.pending = met.pending || word.pending() != 0;
  }
  JANJI_STEP("group_seats_taken");
  return seats;
}

bool Ledger::GroupSeats::take_free(SlotKey slot, std::uint64_t index,
                                   std::uint32_t seats) noexcept {
  std::atomic<std::uint64_t>& at = ledger_.days_.word(index);
  // acquire: as in take_slot().
  SlotWord word{at.load(std::memory_order_acquire)};
  do {
    if (word.is_staffs() || word.closed() || !word.has_room(seats)) return false;
    // acq_rel: as in take_at(): linearization point of these seats.
  } while (!at.compare_exchange_weak(word.bits, word.with_taken(seats).bits,
                                     std::memory_order_acq_rel, std::memory_order_acquire));
  taken_[count_++] = {slot, index, seats};
  JANJI_STEP("turn_seats_taken");
  return true;
}

void Ledger::GroupSeats::undo() noexcept {
  while (count_ != 0) {
    --count_;
    ledger_.undo_seats(taken_[count_].seats, taken_[count_].index);
  }
}

const Ledger::GroupSeats::Taken& Ledger::GroupSeats::of_seat(std::size_t n) const noexcept {
  std::size_t i = 0;
  for (; n >= taken_[i].seats; ++i) n -= taken_[i].seats;
  return taken_[i];
}

}  // namespace janji::ledger
