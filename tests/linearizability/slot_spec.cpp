#include "linearizability/slot_spec.hpp"

#include <algorithm>

namespace janji::linearizability {

namespace {

bool active(BookingState state) {
  return state == BookingState::held || state == BookingState::confirmed;
}

// Where the operation leads from `state`; `none`: it isn't allowed there.
BookingState next(Kind kind, BookingState state) {
  if (kind == Kind::confirm && state == BookingState::held) return BookingState::confirmed;
  if (kind == Kind::cancel && active(state)) return BookingState::cancelled;
  return BookingState::none;
}

bool claim(SlotState& slot, const SlotOperation& op) {
  if (slot.bookings.contains(op.booking)) return op.answer == Code::ok && op.replayed;
  const bool room = slot.free() >= op.seats;
  const bool has_one = slot.has_active(op.person);
  switch (op.answer) {
    case Code::ok:
      if (op.replayed || has_one || !room) return false;
      slot.bookings[op.booking] = {op.person, op.seats, BookingState::held, 0, 0};
      return true;
    case Code::slot_full: return !room;
    case Code::already_booked: return has_one;
    default: return false;
  }
}

bool change(SlotState& slot, const SlotOperation& op) {
  const auto found = slot.bookings.find(op.booking);
  if (found == slot.bookings.end()) return false;
  std::uint32_t& done_by =
      op.kind == Kind::confirm ? found->second.confirmed_by : found->second.cancelled_by;
  if (op.id != 0 && op.id == done_by) return op.answer == Code::ok && op.replayed;
  if (op.replayed) return false;
  const BookingState to = next(op.kind, found->second.state);
  if (op.answer == Code::illegal_transition) return to == BookingState::none;
  if (op.answer != Code::ok || to == BookingState::none) return false;
  found->second.state = to;
  done_by = op.id;
  return true;
}

}  // namespace

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::claim: return "claim";
    case Kind::confirm: return "confirm";
    case Kind::cancel: return "cancel";
    case Kind::find: return "find";
  }
  return "?";
}

std::uint32_t SlotState::free() const {
  std::uint32_t taken = 0;
  for (const auto& [name, booking] : bookings) taken += active(booking.state) ? booking.seats : 0;
  return capacity - taken;
}

bool SlotState::has_active(std::uint32_t person) const {
  return std::any_of(bookings.begin(), bookings.end(), [&](const auto& entry) {
    return entry.second.person == person && active(entry.second.state);
  });
}

bool SlotSpec::apply(SlotState& slot, const SlotOperation& op) const {
  switch (op.kind) {
    case Kind::claim: return claim(slot, op);
    case Kind::confirm:
    case Kind::cancel: return change(slot, op);
    case Kind::find: {
      const auto found = slot.bookings.find(op.booking);
      return found != slot.bookings.end() && found->second.state == op.found;
    }
  }
  return false;
}

// An operation that was cut off and took effect was granted, and not as a replay.
bool SlotSpec::apply_pending(SlotState& slot, const SlotOperation& op) const {
  SlotOperation granted = op;
  granted.answer = Code::ok;
  granted.replayed = false;
  return op.kind != Kind::find && apply(slot, granted);
}

}  // namespace janji::linearizability
