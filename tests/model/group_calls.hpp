// Requests about groups that own what they ask for, so that a diary can keep them.
#pragma once

#include <cstdint>
#include <vector>

#include <janji/group.hpp>
#include <janji/waitlist.hpp>

namespace janji::model {

struct GroupClaimCall {
  LaneId lane;
  std::vector<GroupPart> parts;
  std::vector<ApplicantKey> members;
  ApplicantKey applicant;
  EntitlementId entitlement;
  Category category{Category::citizen};
  OperationId operation;
  std::uint64_t payload{0};

  // As long as this lives.
  GroupClaimRequest request() const {
    GroupClaimRequest made;
    made.lane = lane;
    made.parts = parts;
    made.members = members;
    made.applicant = applicant;
    made.entitlement = entitlement;
    made.category = category;
    made.operation = operation;
    made.payload = payload;
    return made;
  }
};

struct GroupMoveCall {
  BookingId group;
  LaneId lane;
  std::vector<GroupPart> parts;
  OperationId operation;
  std::uint64_t payload{0};

  GroupMoveRequest request() const {
    GroupMoveRequest made;
    made.group = group;
    made.lane = lane;
    made.parts = parts;
    made.operation = operation;
    made.payload = payload;
    return made;
  }
};

struct GroupJoinCall {
  GroupJoinRequest asked;  // but for the members
  std::vector<ApplicantKey> members;

  GroupJoinRequest request() const {
    GroupJoinRequest made = asked;
    made.members = members;
    return made;
  }
};

inline bool same(const GroupJoinCall& a, const GroupJoinCall& b) {
  const GroupJoinRequest& one = a.asked;
  const GroupJoinRequest& other = b.asked;
  const bool same_day = one.lane == other.lane && one.day == other.day && one.from == other.from &&
                        one.until == other.until;
  return one.slot == other.slot && (one.slot.value != 0 || same_day) && a.members == b.members &&
         one.applicant == other.applicant && one.entitlement == other.entitlement &&
         one.category == other.category && one.payload == other.payload;
}

inline bool same(const std::vector<GroupPart>& a, const std::vector<GroupPart>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].day != b[i].day || a[i].first != b[i].first || a[i].last != b[i].last ||
        a[i].members != b[i].members) {
      return false;
    }
  }
  return true;
}

inline bool same(const GroupClaimCall& a, const GroupClaimCall& b) {
  return a.lane == b.lane && same(a.parts, b.parts) && a.members == b.members &&
         a.applicant == b.applicant && a.entitlement == b.entitlement && a.category == b.category &&
         a.payload == b.payload;
}

inline bool same(const GroupMoveCall& a, const GroupMoveCall& b) {
  return a.group == b.group && a.lane == b.lane && same(a.parts, b.parts) && a.payload == b.payload;
}

}  // namespace janji::model
