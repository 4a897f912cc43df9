// Groups: one claim for several applicants, all or nothing. A family, or an employer's workers.
//
// A group has an id of its own, of the same kind as a booking's. Each member is a booking with one
// seat, an applicant and an id of its own, under the service's one-active-booking rule. The group's
// id stands for all of them wherever a booking's does: try_confirm, try_cancel, try_reschedule (by
// GroupMoveRequest) and the acts extend, approve and refuse take it and act on all members that
// haven't ended, in one step: on all or on none, but for a cancel, which leaves out those that
// can't be cancelled any more. A member by itself can be cancelled, can do whatever is done at the
// office, and can move when it was displaced.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <janji/types.hpp>

namespace janji {

// `members` seats in the slots of one day that start from minute `first` to `last`, both included:
// as many as are free in the earliest, then on to the next. One slot: both are its minute.
struct GroupPart {
  Day day;
  Minute first;
  Minute last;
  std::uint16_t members{0};  // at least 1
};

// Takes a seat for each of `members`: the first ones get the first part's seats, and so on. All
// seats or none, in one step.
struct GroupClaimRequest {
  LaneId lane;
  std::span<const GroupPart> parts;  // in the order of their slots, none of which is in two of them
  std::span<const ApplicantKey> members;  // not empty, none twice; as many as the parts have
  ApplicantKey applicant;                 // who claims for them: one of them or not; not empty
  EntitlementId entitlement{};            // of the applicant's, a unit for each member; 0: none
  Category category{Category::citizen};
  OperationId operation;  // as in ClaimRequest, like the next two
  std::uint64_t payload{0};
  bool operation_is_new{false};
  ActorId actor{};
};

// Moves all members that haven't ended, in their order, to other slots of the group's service and
// pool: those of `parts`, in `lane`. None of these may be one that a member is in.
struct GroupMoveRequest {
  BookingId group;
  LaneId lane;
  std::span<const GroupPart> parts;  // as many seats as there are members that haven't ended
  OperationId operation;
  std::uint64_t payload{0};
  ActorId actor{};
};

// What the engine knows of one group, as a value copied at one moment.
struct Group {
  BookingId id;
  std::uint16_t version{};  // 1 when claimed, one more for each step of the whole group
  Category category{Category::citizen};
  LaneId lane;  // in which it was claimed
  ApplicantKey applicant;
  CivilTime created_at;
  std::size_t members{0};     // also those that have ended
  EntitlementId entitlement;  // under which it was claimed, or joined; 0: none
  Lsn lsn;                    // of its last step as a whole
};

}  // namespace janji
