// What is asked of an engine in a run of operations: drawn so that every answer comes up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <janji/decision.hpp>

#include "model/group_calls.hpp"
#include "model/random.hpp"
#include "model/watched_engine.hpp"

namespace janji::model {

// Mostly sensible requests for the small town, now and then the same again, an id that was used
// for something else, a booking or a slot that doesn't exist. Remembers what was granted.
class SomeRequests {
 public:
  SomeRequests(Random& random, WatchedEngine& watched) : random_(random), watched_(watched) {}

  ClaimRequest claim();
  // Without details; some_details() are drawn next.
  ConfirmRequest confirm();
  std::vector<std::byte> some_details();
  CancelRequest cancel();
  RescheduleRequest reschedule();
  ActRequest act() { return act(random_.percent(50) ? someone_in_the_hall() : some_booking()); }
  ActRequest act(BookingId booking);
  NextRequest next();
  SlotChangeRequest change_slot();
  EraseRequest erase();
  BlockRequest block();
  EntitlementGrantRequest grant_entitlement();
  EntitlementChangeRequest change_entitlement();
  EligibleCall change_eligible();
  JoinRequest join();
  WalkInRequest walk_in();
  GroupJoinCall join_group();
  GroupClaimCall claim_group();
  GroupMoveCall move_group();
  OperationId new_operation();

  void granted(const ClaimRequest& request, BookingId booking) {
    claims_.push_back(request);
    bookings_.push_back(booking);
  }
  void granted(const ConfirmRequest& request) { confirms_.push_back(request); }
  void granted(const CancelRequest& request) { cancels_.push_back(request); }
  void granted(const RescheduleRequest& request) { moves_.push_back(request); }
  void granted(const ActRequest& request) { acts_.push_back(request); }
  void granted(const NextRequest& request) { nexts_.push_back(request); }
  void granted(const BlockRequest& request) { blocks_.push_back(request); }
  void granted(const SlotChangeRequest& request) { slot_changes_.push_back(request); }
  void granted(const EntitlementGrantRequest& request) { grants_.push_back(request); }
  void granted(const EntitlementChangeRequest& request) { terms_.push_back(request); }
  void granted(const EligibleCall& request) { lists_.push_back(request); }
  void granted(const WalkInRequest& request, BookingId booking) {
    walk_ins_.push_back(request);
    bookings_.push_back(booking);
  }
  void granted(const JoinRequest& request, BookingId booking) {
    joins_.push_back(request);
    bookings_.push_back(booking);
  }
  // The group can be asked for whatever a booking can, and so can its members.
  void granted(const GroupClaimCall& request, const ModelGroup& group) {
    group_claims_.push_back(request);
    groups_.push_back(group.id);
    bookings_.push_back(group.members.front());
    bookings_.push_back(group.id);
  }
  void granted(const GroupJoinCall& call, const ModelGroup& group) {
    group_joins_.push_back(call);
    groups_.push_back(group.id);
    bookings_.push_back(group.members.front());
    bookings_.push_back(group.id);
  }
  void granted(const GroupMoveCall& request) { group_moves_.push_back(request); }

 private:
  OperationId some_operation();
  LaneId some_lane();
  LaneId lane_of(ServiceKey service, LaneId otherwise);
  Day some_day();
  SlotKey some_slot();
  EntitlementId some_entitlement();
  std::vector<ApplicantKey> some_people();
  std::vector<GroupPart> some_parts(std::uint16_t members);
  ClaimRequest new_claim();
  BookingId some_booking();
  BookingId someone_in_the_hall();
  Act some_act(const ModelBooking* booking);

  Random& random_;
  WatchedEngine& watched_;
  std::uint64_t ids_{0};
  std::vector<BookingId> bookings_;
  std::vector<ClaimRequest> claims_;
  std::vector<ConfirmRequest> confirms_;  // without their details
  std::vector<CancelRequest> cancels_;
  std::vector<RescheduleRequest> moves_;
  std::vector<ActRequest> acts_;
  std::vector<BookingId> groups_;
  std::vector<GroupClaimCall> group_claims_;
  std::vector<GroupMoveCall> group_moves_;
  std::vector<BlockRequest> blocks_;
  std::vector<SlotChangeRequest> slot_changes_;
  std::vector<EntitlementGrantRequest> grants_;
  std::vector<EntitlementChangeRequest> terms_;
  std::vector<EligibleCall> lists_;
  std::vector<NextRequest> nexts_;
  std::vector<JoinRequest> joins_;
  std::vector<WalkInRequest> walk_ins_;
  std::vector<GroupJoinCall> group_joins_;
};

}  // namespace janji::model
