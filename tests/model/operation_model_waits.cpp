// What whoever joins a waitlist must be told.
#include <algorithm>

#include "model/expected_parts.hpp"

namespace janji::model {

// Of the slots that he would wait for the first and the last, without those that come too late.
std::set<Code> OperationModel::against(const JoinRequest& request, std::size_t members,
                                       CivilTime civil, SlotKey& first, SlotKey& last) const {
  const std::size_t wanted = std::max<std::size_t>(request.seats, members);
  if (request.slot.value != 0) {
    first = last = request.slot;
    if (const std::set<Code> why = against(request.slot, civil); !why.empty()) return why;
    const bool small = wanted > ledger_.find_slot(request.slot)->capacity;
    return small ? std::set<Code>{Code::seats_exceeded} : std::set<Code>{};
  }
  const auto day = ledger_.days().find({request.lane, request.day});
  if (day == ledger_.days().end() || day->second) {
    return {why_not_open(request.lane, request.day, civil)};
  }
  std::size_t room = 0;
  bool any = false, any_of_span = false, any_in_time = false, any_open = false, any_large = false;
  for (const auto& [key, slot] : ledger_.slots()) {
    if (key.lane() != request.lane || key.day() != request.day) continue;
    any = true;
    if (key.minute() < request.from || key.minute() > request.until) continue;
    any_of_span = true;
    if (too_late(key, civil)) continue;
    if (!any_in_time) first = key;
    last = key;
    any_in_time = true;
    any_open = any_open || !slot.closed;
    if (!slot.closed) room = slot.capacity + (members == 0 ? 0 : room);
    any_large = any_large || (!slot.closed && wanted <= room);
  }
  if (!any_of_span) return {any ? Code::slot_not_found : Code::closed};
  if (!any_in_time) return {Code::too_late};
  if (any_large) return {};
  return {any_open ? Code::seats_exceeded : Code::closed};
}

Expected OperationModel::join(const JoinRequest& request, CivilTime civil) const {
  Expected expected;
  const bool acted = replay(request.operation, request, expected);
  if (acted && expected.granted) return expected;
  std::set<Code> wrong;
  // Told so before its id is looked up: it can't be what was granted.
  if (request.applicant.empty()) wrong.insert(Code::invalid_argument);
  const bool by_slot = request.slot.value != 0;
  const bool is_valid = !by_slot || request.slot.valid();
  const Service* of = is_valid ? service(by_slot ? request.slot.lane() : request.lane) : nullptr;
  if (of == nullptr) wrong.insert(Code::slot_not_found);
  if (acted) wrong.insert(Code::operation_mismatch);
  if (!wrong.empty()) return refuse(wrong);
  if (request.seats == 0 || request.seats > of->rules.seats_max) {
    return refuse({Code::seats_exceeded});
  }
  if (!of->allows(request.category)) return refuse({Code::category_not_allowed});
  if (of->rules.needs_entitlement) return refuse({Code::entitlement_not_found});
  SlotKey first, last;
  if (const std::set<Code> why = against(request, 0, civil, first, last); !why.empty()) {
    return refuse(why);
  }
  if (ledger_.is_blocked(request.applicant, civil.value)) return refuse({Code::blocked});
  if (ledger_.active_booking(request.applicant, of->rules.scope).value != 0) {
    return refuse({Code::already_booked});
  }
  if (ledger_.waiting_booking(request.applicant, wait_key(first, first != last)).value != 0) {
    return refuse({Code::already_waiting});
  }
  return grant();
}

Expected OperationModel::join_group(const GroupJoinCall& call, CivilTime civil) const {
  const GroupJoinRequest& request = call.asked;
  Expected expected;
  const bool acted = replay(request.operation, call, expected);
  if (acted && expected.granted) return expected;
  const std::set<ApplicantKey> members(call.members.begin(), call.members.end());
  std::set<Code> wrong;
  // Told so before its id is looked up, as of one applicant.
  if (call.members.empty() || call.members.size() > kGroupMembersMax ||
      members.size() != call.members.size() || members.contains(ApplicantKey{})) {
    wrong.insert(Code::group_invalid);
  }
  if (request.applicant.empty()) wrong.insert(Code::invalid_argument);
  const bool by_slot = request.slot.value != 0;
  const bool is_valid = !by_slot || request.slot.valid();
  const Service* of = is_valid ? service(by_slot ? request.slot.lane() : request.lane) : nullptr;
  if (of == nullptr) wrong.insert(Code::slot_not_found);
  if (acted) wrong.insert(Code::operation_mismatch);
  if (!wrong.empty()) return refuse(wrong);
  if (call.members.size() > of->rules.group_max) return refuse({Code::seats_exceeded});
  if (!of->allows(request.category)) return refuse({Code::category_not_allowed});
  JoinRequest where;
  where.slot = request.slot;
  where.lane = request.lane;
  where.day = request.day;
  where.from = request.from;
  where.until = request.until;
  SlotKey first, last;
  if (const std::set<Code> why = against(where, call.members.size(), civil, first, last);
      !why.empty()) {
    return refuse(why);
  }
  const auto any = [&](auto&& is_so) {
    return std::any_of(call.members.begin(), call.members.end(), is_so);
  };
  const auto is_blocked = [&](ApplicantKey who) { return ledger_.is_blocked(who, civil.value); };
  if (is_blocked(request.applicant) || any(is_blocked)) return refuse({Code::blocked});
  if (Expected under = entitled(request.entitlement, request.applicant, call.members, first.lane(),
                                first.day(), first.day());
      !under.granted) {
    return under;
  }
  if (any([&](ApplicantKey who) {
        return ledger_.active_booking(who, of->rules.scope).value != 0;
      })) {
    return refuse({Code::already_booked});
  }
  if (any([&](ApplicantKey who) {
        return ledger_.waiting_booking(who, wait_key(first, first != last)).value != 0;
      })) {
    return refuse({Code::already_waiting});
  }
  return grant();
}

}  // namespace janji::model
