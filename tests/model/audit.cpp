// The model's questions, and its recount of itself.
#include <algorithm>

#include "model/ledger_model.hpp"
#include "model/names.hpp"
#include "record/booking_id.hpp"

namespace janji::model {

const ModelSlot* LedgerModel::find_slot(SlotKey key) const {
  const auto found = slots_.find(key);
  return found == slots_.end() ? nullptr : &found->second;
}

const ModelBooking* LedgerModel::find_booking(BookingId id) const {
  const auto found = bookings_.find(id);
  return found == bookings_.end() ? nullptr : &found->second;
}

const ModelOperation* LedgerModel::find_operation(OperationId id) const {
  const auto found = operations_.find(id);
  return found == operations_.end() ? nullptr : &found->second;
}

const ModelGroup* LedgerModel::find_group(BookingId id) const {
  const auto found = groups_.find(id);
  return found == groups_.end() ? nullptr : &found->second;
}

bool LedgerModel::group_lives(BookingId id) const {
  const ModelGroup* group = find_group(id);
  return group != nullptr &&
         std::any_of(group->members.begin(), group->members.end(),
                     [&](BookingId member) { return !has_ended(bookings_.at(member).state); });
}

BookingId LedgerModel::active_booking(ApplicantKey applicant, ScopeId scope) const {
  const auto found = active_.find({applicant, scope});
  return found == active_.end() ? BookingId{} : found->second;
}

Finding LedgerModel::audit() const {
  std::map<SlotKey, std::uint32_t> taken;
  std::map<SlotKey, std::size_t> waiting;  // for the slot alone
  std::map<std::pair<ApplicantKey, SlotKey>, BookingId> waits;
  std::map<std::pair<ApplicantKey, ScopeId>, BookingId> active;
  std::set<OperationId> operations;
  for (const auto& [id, booking] : bookings_) {
    for (const OperationId operation : booking.operations) {
      if (!operations.insert(operation).second) {
        return Violation{{}, Promise::operation, name(operation) + " acted twice"};
      }
    }
    if (booking.state == BookingState::waiting) {
      waits.emplace(
          std::pair{booking.applicant, wait_key(booking.slot, booking.wants_until.value != 0)}, id);
      if (booking.wants_until.value == 0) ++waiting[booking.slot];
    }
    if (!is_active(booking.state)) continue;
    taken[booking.slot] += booking.seats;
    if (booking.scope == kNoScope) continue;
    const auto [other, fresh] = active.insert({{booking.applicant, booking.scope}, id});
    if (!fresh) {
      return Violation{
          {},
          Promise::applicant,
          name(booking.applicant) + " has " + name(other->second) + " and " + name(id)};
    }
  }
  for (const auto& [id, group] : groups_) {
    for (const OperationId operation : group.operations) {
      if (!operations.insert(operation).second) {
        return Violation{{}, Promise::operation, name(operation) + " acted twice"};
      }
    }
    for (const BookingId member : group.members) {
      const ModelBooking* booking = find_booking(member);
      if (booking == nullptr || booking->group != id) {
        return Violation{{}, Promise::state, "group " + name(id) + " lost " + name(member)};
      }
    }
  }
  for (const auto& [applicant, block] : blocks_) {
    for (const OperationId operation : block.operations) {
      if (!operations.insert(operation).second) {
        return Violation{{}, Promise::operation, name(operation) + " acted twice"};
      }
    }
  }
  for (const auto& [day, granted] : slot_operations_) {
    for (const OperationId operation : granted) {
      if (!operations.insert(operation).second) {
        return Violation{{}, Promise::operation, name(operation) + " acted twice"};
      }
    }
  }
  for (const auto& [id, entitlement] : entitlements_) {
    for (const OperationId operation : entitlement.operations) {
      if (!operations.insert(operation).second) {
        return Violation{{}, Promise::operation, name(operation) + " acted twice"};
      }
    }
  }
  for (const auto& [key, slot] : slots_) {
    std::size_t alone = 0;
    bool sound = true;
    for (const auto& [joined, id] : slot.waiting) {
      const ModelWaiter who = waiter(id);
      if (who.from == who.until) alone += who.is_group ? who.seats : 1;
      sound = sound && who.waits && who.from <= key && key <= who.until;
    }
    if (!sound || alone != waiting[key]) {
      return Violation{
          {}, Promise::state, name(key) + " has others who wait than its bookings say"};
    }
    if (slot.taken != taken[key] + slot.later) {
      return Violation{{},
                       Promise::capacity,
                       name(key) + " says " + std::to_string(slot.taken) + " of " +
                           std::to_string(slot.capacity) + " seats are taken, its bookings " +
                           std::to_string(taken[key]) + ", later " + std::to_string(slot.later)};
    }
  }
  if (active != active_ || waits != waits_ || operations.size() != operations_.size() ||
      places_.size() != bookings_.size() + groups_.size()) {
    return Violation{{}, Promise::state, "the model's own indexes disagree with its bookings"};
  }
  return {};
}

}  // namespace janji::model
