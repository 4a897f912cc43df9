// Whether what was said about groups was true at some moment.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "model/judge.hpp"
#include "model/judge_parts.hpp"

namespace janji::model {

bool Judge::parts_lacked(const Call& call, LaneId lane, const std::vector<GroupPart>& parts,
                         Moments moments) const {
  return std::any_of(parts.begin(), parts.end(), [&](const GroupPart& part) {
    const auto lacked = [&](CivilTime civil) {
      return timeline_.part_lacked(lane, part, moments.low, moments.high,
                                   [&](SlotKey slot) { return too_late_(slot, civil); });
    };
    return lacked(call.civil_before) || lacked(call.civil_after);
  });
}

bool Judge::group_claim_explained(const Call& call, Code code, Moments moments) const {
  const GroupClaimCall& asked = call.group;
  if (code == Code::slot_full) return parts_lacked(call, asked.lane, asked.parts, moments);
  // Which of the part's slots was closed isn't looked up.
  if (code == Code::closed) return timeline_.any_was_closed();
  if (code == Code::blocked) {
    return was_blocked(call, asked.applicant, moments) ||
           std::any_of(asked.members.begin(), asked.members.end(),
                       [&](ApplicantKey member) { return was_blocked(call, member, moments); });
  }
  if (is_of_entitlement(code)) {
    return entitlement_explained(call,
                                 {asked.entitlement, asked.applicant, &asked.members, asked.lane,
                                  asked.parts.front().day, asked.parts.back().day},
                                 moments);
  }
  if (code != Code::already_booked) return false;
  return std::any_of(asked.members.begin(), asked.members.end(), [&](ApplicantKey member) {
    return timeline_.applicant_had_one(member, scope_id("person"), moments.low, moments.high);
  });
}

bool Judge::entitlement_explained(const Call& call, const Entitled& asked, Moments moments) const {
  const auto terms_were = [&](auto&& so) {
    return timeline_.entitlement_was(asked.id, so, moments.low, moments.high);
  };
  switch (call.decision.code) {
    case Code::entitlement_exhausted:
      return timeline_.units_lacked(asked.id, asked.members->size(), moments.low, moments.high);
    case Code::entitlement_not_found:
      return terms_were(
          [&](const ModelEntitlement* of) { return of == nullptr || of->holder != asked.holder; });
    case Code::entitlement_not_valid:
      return terms_were([&](const ModelEntitlement* of) {
        const bool is_anothers = of != nullptr && services_.at(asked.lane) != of->service;
        return is_anothers || (of != nullptr && (asked.first < of->from || asked.last > of->until));
      });
    default: break;
  }
  const std::uint32_t first = call.decision.member;
  return first < asked.members->size() && terms_were([&](const ModelEntitlement* of) {
           return of != nullptr && of->listed && !of->eligible.contains((*asked.members)[first]);
         });
}

// The group's entitlement wasn't for the day of some part.
bool Judge::not_valid_there(const Call& call, Moments moments) const {
  const auto under = entitlement_of_.find(call.booking);
  if (under == entitlement_of_.end()) return false;
  return timeline_.entitlement_was(
      under->second,
      [&](const ModelEntitlement* of) {
        return of != nullptr && std::any_of(call.move.parts.begin(), call.move.parts.end(),
                                            [&](const GroupPart& part) {
                                              return part.day < of->from || part.day > of->until;
                                            });
      },
      moments.low, moments.high);
}

bool Judge::group_step_was_done(const Call& call, Moments moments) const {
  return std::any_of(acted_.begin(), acted_.end(), [&](const auto& act) {
    return act.first <= moments.high && act.second.booking == call.booking &&
           is_of(act.second.type, call);
  });
}

bool Judge::group_explained(const Call& call, Code code, Moments moments) const {
  const auto& members = groups_.at(call.booking);
  const auto any_was = [&](auto&& asked) {
    return std::any_of(members.begin(), members.end(), [&](BookingId member) {
      return timeline_.booking_was(member, asked, moments.low, moments.high);
    });
  };
  switch (code) {
    case Code::booking_not_found:
      return timeline_.booking_was(
          call.booking, [](BookingState state) { return state == BookingState::none; }, moments.low,
          moments.high);
    case Code::hold_expired:
      return any_was([](BookingState state) { return state == BookingState::expired; });
    case Code::illegal_transition: {
      const Act act = call.act.act;
      const bool at_office =
          call.kind == Kind::act && act != Act::extend && act != Act::approve && act != Act::refuse;
      return at_office || any_was([&](BookingState state) { return !allows(call, state); });
    }
    case Code::changes_exceeded: return group_step_was_done(call, moments);
    case Code::closed: return timeline_.any_was_closed();
    case Code::wrong_branch:
      return call.kind == Kind::act && call.act.branch != ActRequest::kAnyBranch;
    case Code::slot_full:
      return call.kind == Kind::move_group &&
             parts_lacked(call, call.move.lane, call.move.parts, moments);
    case Code::entitlement_not_valid:
      return call.kind == Kind::move_group && not_valid_there(call, moments);
    // How many of them have ended, and where they are, changes with each record.
    case Code::group_invalid:
    case Code::slot_not_allowed:
      return call.kind == Kind::move_group || call.kind == Kind::reschedule;
    default: return false;
  }
}

}  // namespace janji::model
