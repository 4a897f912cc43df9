// A group moves to other slots as a whole: all under its marks (group_change.cpp). The seats that
// it leaves come back with the record's commit (give_back.cpp).
#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/group_change.hpp"

namespace janji::ledger {

Decision Ledger::try_move_group(const GroupMoveRequest& request, Patience& patience) noexcept {
  const std::uint32_t seats = seats_of(request.parts);
  if (seats == 0 || seats > kGroupMembersMax) return refuse(Code::group_invalid);
  const std::uint64_t payload = base::mix(0x676D6F7665ULL + request.group.value,
                                          hash_of(request.lane, request.parts), request.payload);
  return try_change({.type = record::Type::reschedule,
                     .booking = request.group,
                     .operation = request.operation,
                     .payload = payload,
                     .actor = request.actor,
                     .lane = request.lane,
                     .parts = request.parts},
                    patience, &CallerCounters::reschedules);
}

// What the service's rules say, whatever the slots' seats; ok: nothing against it.
Code Ledger::why_group_not_moved(const GroupStep& step) const noexcept {
  const Change& change = step.change;
  const BookingCell& head = bookings_[change.place];
  const SlotKey from{head.slot.load(std::memory_order_relaxed)};
  if (change.lane.value >= days_.lanes()) return Code::slot_not_found;
  const LaneRules& rules = days_.rules(change.lane);
  const LaneRules& old = days_.rules(from.lane());
  if (rules.catalogue_index == kNoLane) return Code::slot_not_found;
  if (old.catalogue_index == kNoLane) return Code::slot_not_allowed;
  const LaneSpec& there = catalogue_.lanes()[rules.catalogue_index];
  const LaneSpec& here = catalogue_.lanes()[old.catalogue_index];
  if (there.service != here.service || there.pool != here.pool ||
      (there.branch != here.branch && !rules.reschedule_elsewhere)) {
    return Code::slot_not_allowed;
  }
  bool displaced = false, late = false;
  for (const auto& one : step.members.ones()) {
    const SlotKey slot{bookings_[one.place].slot.load(std::memory_order_relaxed)};
    displaced = displaced || one.before.state() == BookingState::displaced;
    const auto covers = [&](const GroupPart& part) {
      return slot.lane() == change.lane && slot.day() == part.day && slot.minute() >= part.first &&
             slot.minute() <= part.last;
    };
    if (std::any_of(change.parts.begin(), change.parts.end(), covers)) {
      return Code::slot_not_allowed;
    }
    DayView view;
    const std::uint32_t i = live_slot(slot, view);
    late = late || slot_start(view, i).value - old.reschedule_cutoff_ms <= step.moment.civil.value;
  }
  // As for a booking by itself: who was displaced may move whatever the rules of moves say.
  if (!may_move_to(entitlement_of(head), change.parts.front().day, change.parts.back().day)) {
    return Code::entitlement_not_valid;
  }
  const std::uint32_t moves = times(head, record::Type::reschedule);
  const std::uint32_t moves_max =
      displaced ? kMaxReschedules + kDisplacedMoves : std::uint32_t{rules.reschedules_max};
  if (moves >= moves_max) return Code::changes_exceeded;
  return late && !displaced ? Code::change_too_late : Code::ok;
}

Decision Ledger::move_members(GroupStep& step) noexcept {
  Change& change = step.change;
  const auto ones = step.members.ones();
  if (const Code why = why_group_not_moved(step); why != Code::ok) {
    return refuse_members(step, why);
  }
  if (seats_of(change.parts) != ones.size()) return refuse_members(step, Code::group_invalid);
  GroupSeats seats(*this);
  const NewSeat got = seats.take(change.lane, change.parts, step.moment.civil);
  if (!got.taken()) {
    switch (got.attempt) {
      case Attempt::decided: return refuse_members(step, got.code);
      case Attempt::full: return refuse_members(step, Code::slot_full);
      case Attempt::closed: return refuse_members(step, Code::closed);
      case Attempt::late: return refuse_members(step, Code::too_late);
      case Attempt::early:  // only a walk-in is
      case Attempt::pending: break;
    }
    step.unmark();
    return wait(change.patience);
  }
  const std::uint32_t entitlement = entitlement_of(bookings_[change.place]);
  if (const Code why = take_move(entitlement, change.parts.front().day, change.parts.back().day);
      why != Code::ok) {
    seats.undo();
    if (why != Code::retry) return refuse_members(step, why);
    step.unmark();
    return wait(change.patience);
  }
  if (const Decision entered = enter_step(step);
      entered.verdict != Verdict::granted || entered.replayed) {
    undo_move(entitlement);
    return entered;
  }
  journal::RecordBlock& block = journal_.blocks[step.block];
  auto& made = block.begin<record::GroupMove>(sizeof(record::GroupMove) +
                                              ones.size() * sizeof(record::MovedMember));
  made.header.actor = change.actor.value;
  made.booking = change.booking.value;
  made.operation_hi = change.operation.hi;
  made.operation_lo = change.operation.lo;
  made.payload = change.payload;
  made.decided_ms = step.moment.now.value;
  made.moved_ms = step.moment.civil.value;
  made.members = static_cast<std::uint32_t>(ones.size());
  made.header.flags = later_flag_of(step);
  block.details = kNothing;
  auto* moved = reinterpret_cast<record::MovedMember*>(&made + 1);
  std::size_t seat = 0;
  for (const auto& one : ones) {
    BookingCell& cell = bookings_[one.place];
    const GroupSeats::Taken& to = seats.of_seat(seat++);
    *moved++ = {one.before.id(one.place).value, cell.slot.load(std::memory_order_relaxed),
                to.slot.value};
    cell.slot.store(to.slot.value, std::memory_order_release);
    cell.slot_index.store(static_cast<std::uint32_t>(to.index), std::memory_order_release);
  }
  seats.keep();
  return publish_step(step, [](BookingCell&, BookingState) {});
}

}  // namespace janji::ledger
