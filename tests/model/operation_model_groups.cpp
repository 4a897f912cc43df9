// What a group must be told, read off the design.
#include <algorithm>

#include "model/acts.hpp"
#include "model/expected_parts.hpp"

namespace janji::model {
namespace {

// How many seats the parts have; 0: they are none that can be.
std::size_t seats_of(const std::vector<GroupPart>& parts) {
  std::size_t seats = 0;
  const GroupPart* before = nullptr;
  for (const GroupPart& part : parts) {
    if (part.members == 0 || part.first > part.last || part.last.value >= 2048) return 0;
    if (before != nullptr) {
      const bool later =
          part.day > before->day || (part.day == before->day && part.first > before->last);
      if (!later) return 0;
    }
    seats += part.members;
    before = &part;
  }
  return seats;
}

}  // namespace

// The seats that a part gets, one slot for each; fewer: it is refused for `why`.
std::vector<SlotKey> OperationModel::seats_in(LaneId lane, const GroupPart& part, CivilTime civil,
                                              std::set<Code>& why) const {
  std::vector<SlotKey> seats;
  const auto open = ledger_.days().find({lane, part.day});
  if (open == ledger_.days().end() || open->second) {
    why = {why_not_open(lane, part.day, civil)};
    return seats;
  }
  bool full = false, late = false, closed = false;
  bool any_slot = false;
  const auto begin = ledger_.slots().lower_bound(SlotKey(lane, part.day, Minute{0}));
  for (auto slot = begin;
       slot != ledger_.slots().end() && slot->first.day() == part.day && slot->first.lane() == lane;
       ++slot) {
    any_slot = true;
    const Minute minute = slot->first.minute();
    if (minute < part.first || minute > part.last || seats.size() == part.members) continue;
    if (too_late(slot->first, civil)) {
      late = true;
    } else if (slot->second.closed) {
      closed = true;
    } else {
      const std::size_t wanted = part.members - seats.size();
      const std::size_t got = std::min<std::size_t>(wanted, slot->second.free());
      seats.insert(seats.end(), got, slot->first);
      full = full || got < wanted;
    }
  }
  if (seats.size() == part.members) return seats;
  why = {full                  ? Code::slot_full
         : late                ? Code::too_late
         : closed || !any_slot ? Code::closed
                               : Code::slot_not_found};
  return seats;
}

Expected OperationModel::seat(LaneId lane, const std::vector<GroupPart>& parts, CivilTime civil,
                              std::vector<SlotKey>& seats) const {
  seats.clear();
  for (const GroupPart& part : parts) {
    std::set<Code> why;
    const auto some = seats_in(lane, part, civil, why);
    if (some.size() < part.members) return refuse(why);
    seats.insert(seats.end(), some.begin(), some.end());
  }
  return grant();
}

Expected OperationModel::claim_group(const GroupClaimCall& request, CivilTime civil,
                                     std::vector<SlotKey>& seats) const {
  std::set<ApplicantKey> members(request.members.begin(), request.members.end());
  const bool fits = !request.members.empty() && request.members.size() <= kGroupMembersMax &&
                    members.size() == request.members.size() &&
                    seats_of(request.parts) == request.members.size() &&
                    !members.contains(ApplicantKey{});
  Expected replayed;
  if (replay(request.operation, request, replayed)) {
    if (!replayed.granted && !fits) replayed.codes.insert(Code::group_invalid);
    if (!replayed.granted && request.applicant.empty()) {
      replayed.codes.insert(Code::invalid_argument);
    }
    if (!replayed.granted && lane_spec(request.lane) == nullptr) {
      replayed.codes.insert(Code::slot_not_found);
    }
    return replayed;
  }
  std::set<Code> wrong;
  if (!fits) wrong.insert(Code::group_invalid);
  const Service* service = this->service(request.lane);
  if (service == nullptr) wrong.insert(Code::slot_not_found);
  if (request.applicant.empty()) wrong.insert(Code::invalid_argument);
  if (service != nullptr) {
    if (request.members.size() > service->rules.group_max) wrong.insert(Code::seats_exceeded);
    if (!service->allows(request.category)) wrong.insert(Code::category_not_allowed);
  }
  if (!wrong.empty()) return refuse(wrong);
  // Who is blocked, or has booked already, is looked for before seats are.
  const auto is_blocked = [&](ApplicantKey applicant) {
    return ledger_.is_blocked(applicant, civil.value);
  };
  if (is_blocked(request.applicant) ||
      std::any_of(request.members.begin(), request.members.end(), is_blocked)) {
    return refuse({Code::blocked});
  }
  if (Expected under = entitled(request.entitlement, request.applicant, request.members,
                                request.lane, request.parts.front().day, request.parts.back().day);
      !under.granted) {
    return under;
  }
  const ScopeId scope = service->rules.scope;
  for (const ApplicantKey& member : request.members) {
    if (ledger_.active_booking(member, scope).value != 0) return refuse({Code::already_booked});
  }
  return seat(request.lane, request.parts, civil, seats);
}

// What all members that haven't ended are asked at once; those in `from` can do it.
Expected OperationModel::step(const ModelGroup& group, const std::set<BookingState>& from,
                              bool may_leave_out, LedgerTime now) const {
  std::size_t able = 0, unable = 0;
  bool expired = false, due = false;
  for (const BookingId id : group.members) {
    const ModelBooking& member = *ledger_.find_booking(id);
    expired = expired || member.state == BookingState::expired;
    if (has_ended(member.state)) continue;
    if (!from.contains(member.state)) {
      ++unable;
      continue;
    }
    ++able;
    due = due || (lasts_until_deadline(member.state) && now.value >= member.deadline_ms);
  }
  if (due || (expired && (able == 0 || !may_leave_out))) return refuse({Code::hold_expired});
  if (able == 0 || (unable != 0 && !may_leave_out)) return refuse({Code::illegal_transition});
  return grant();
}

Expected OperationModel::confirm_group(const ModelGroup& group, LedgerTime now) const {
  Expected expected = step(group, {BookingState::held}, false, now);
  if (!expected.granted) return expected;
  const bool closed = std::any_of(group.members.begin(), group.members.end(), [&](BookingId id) {
    const ModelBooking& member = *ledger_.find_booking(id);
    return member.state == BookingState::held && ledger_.find_slot(member.slot)->closed;
  });
  return closed ? refuse({Code::closed}) : expected;
}

Expected OperationModel::cancel_group(const ModelGroup& group, LedgerTime now) const {
  return step(group,
              {BookingState::held, BookingState::awaiting, BookingState::confirmed,
               BookingState::displaced, BookingState::waiting},
              true, now);
}

Expected OperationModel::act_on_group(const ModelGroup& group, const ActRequest& request,
                                      LedgerTime now) const {
  const bool of_groups =
      request.act == Act::extend || request.act == Act::approve || request.act == Act::refuse;
  if (!of_groups) return refuse({Code::illegal_transition});
  Expected expected = step(group, states_for(request.act), false, now);
  if (!expected.granted) return expected;
  const LaneSpec* spec = lane_spec(group.lane);
  if (request.branch != ActRequest::kAnyBranch &&
      (spec == nullptr || request.branch != spec->branch)) {
    return refuse({Code::wrong_branch});
  }
  if (request.act == Act::extend && spec != nullptr &&
      group.extensions >= service(group.lane)->rules.extensions_max) {
    return refuse({Code::changes_exceeded});
  }
  return expected;
}

Expected OperationModel::move_group(const GroupMoveCall& request, CivilTime civil, LedgerTime now,
                                    std::vector<SlotKey>& seats) const {
  const std::size_t many = seats_of(request.parts);
  const bool fits = many != 0 && many <= kGroupMembersMax;
  const ModelGroup* group = ledger_.find_group(request.group);
  Expected expected;
  if (replay(request.operation, request, expected)) {
    if (!expected.granted && !fits) expected.codes.insert(Code::group_invalid);
    if (!expected.granted && group == nullptr) expected.codes.insert(Code::booking_not_found);
    return expected;
  }
  if (!fits) return refuse({Code::group_invalid});
  if (group == nullptr) return refuse({Code::booking_not_found});
  expected = step(*group, {BookingState::held, BookingState::confirmed, BookingState::displaced},
                  false, now);
  if (!expected.granted) return expected;
  const LaneSpec* there = lane_spec(request.lane);
  const LaneSpec* here = lane_spec(group->lane);
  if (there == nullptr) return refuse({Code::slot_not_found});
  const ServiceRules& rules = service(request.lane)->rules;
  if (here == nullptr || here->service != there->service || here->pool != there->pool ||
      (here->branch != there->branch && !rules.reschedule_elsewhere)) {
    return refuse({Code::slot_not_allowed});
  }
  std::size_t moving = 0;
  bool displaced = false, late = false;
  for (const BookingId id : group->members) {
    const ModelBooking& member = *ledger_.find_booking(id);
    if (!is_active(member.state)) continue;
    ++moving;
    displaced = displaced || member.state == BookingState::displaced;
    for (const GroupPart& part : request.parts) {
      if (member.slot.lane() == request.lane && member.slot.day() == part.day &&
          member.slot.minute() >= part.first && member.slot.minute() <= part.last) {
        return refuse({Code::slot_not_allowed});
      }
    }
    const LaneSpec* lane = lane_spec(member.slot.lane());
    const CivilTime start =
        catalogue_.instant(lane->branch, member.slot.day(), member.slot.minute());
    late = late || civil.value >= start.value - rules.reschedule_cutoff_ms;
  }
  if (!valid_on(group->id, request.parts.front().day) ||
      !valid_on(group->id, request.parts.back().day)) {
    return refuse({Code::entitlement_not_valid});
  }
  if (group->moves >= (displaced ? 4U : rules.reschedules_max)) {
    return refuse({Code::changes_exceeded});
  }
  if (late && !displaced) return refuse({Code::change_too_late});
  if (many != moving) return refuse({Code::group_invalid});
  return seat(request.lane, request.parts, civil, seats);
}

}  // namespace janji::model
