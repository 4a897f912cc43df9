// What an operation must answer, worked out slowly from the model of the ledger.
//
// It judges one operation at a time, with nothing else going on: what holds between threads is
// the business of Timeline and check_order().
#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <janji/block.hpp>
#include <janji/catalogue.hpp>
#include <janji/decision.hpp>
#include <janji/erasure.hpp>
#include <janji/waitlist.hpp>

#include "model/entitlement_calls.hpp"
#include "model/group_calls.hpp"
#include "model/ledger_model.hpp"

namespace janji::model {

// Either granted, or refused with one of `codes` (several when several reasons are true at once
// and none is bound to come before the others).
struct Expected {
  bool granted{false};
  bool replayed{false};
  BookingId booking;  // when replayed, and whom a next must call
  SlotKey slot;       // when a claim is granted: which one must be taken
  std::set<Code> codes;
  EntitlementId entitlement;  // when staff's is replayed
  std::uint32_t member{0};    // not_eligible: which must be named

  bool allows(const Decision& decision) const;
  std::string words() const;
};

class OperationModel {
 public:
  // `lanes[i]` is the number of catalogue.lanes()[i].
  OperationModel(const LedgerModel& ledger, const Catalogue& catalogue, std::vector<LaneId> lanes)
      : ledger_(ledger), catalogue_(catalogue), lanes_(std::move(lanes)) {}

  // The times are those of the moment of the call.
  Expected claim(const ClaimRequest& request, CivilTime civil) const;
  Expected walk_in(const WalkInRequest& request, CivilTime civil) const;
  Expected confirm(const ConfirmRequest& request, LedgerTime now) const;
  Expected cancel(const CancelRequest& request, LedgerTime now) const;
  Expected reschedule(const RescheduleRequest& request, CivilTime civil, LedgerTime now) const;
  Expected act(const ActRequest& request, CivilTime civil, LedgerTime now) const;

  // `seats`: when granted anew, the slot of each member in its order.
  Expected claim_group(const GroupClaimCall& request, CivilTime civil,
                       std::vector<SlotKey>& seats) const;
  Expected move_group(const GroupMoveCall& request, CivilTime civil, LedgerTime now,
                      std::vector<SlotKey>& seats) const;
  Expected next(const NextRequest& request, CivilTime civil) const;

  // Granted, without an id as a replay when it is so already.
  Expected change_slot(const SlotChangeRequest& request) const;

  // Blocks an applicant, or lifts the block.
  Expected block(const BlockRequest& request, CivilTime civil) const;

  // Of staff: a new entitlement, other terms of one, its list.
  Expected grant_entitlement(const EntitlementGrantRequest& request) const;
  Expected change_entitlement(const EntitlementChangeRequest& request) const;
  Expected change_eligible(const EligibleCall& request) const;
  Expected join(const JoinRequest& request, CivilTime civil) const;
  Expected join_group(const GroupJoinCall& call, CivilTime civil) const;
  // Granted, as a replay when nothing is left to be erased.
  Expected erase(const EraseRequest& request) const;

  // Why nobody can move to the slot now, whoever asks; empty: somebody can, if it has room.
  std::set<Code> against(SlotKey to, CivilTime civil) const;
  // `members`: of a group, whom all slots together must hold; 0: one of them must.
  std::set<Code> against(const JoinRequest& request, std::size_t members, CivilTime civil,
                         SlotKey& first, SlotKey& last) const;

  // Tell it of every request that was granted and not replayed.
  void granted(const ClaimRequest& request) { remember(request.operation, request); }
  void granted(const WalkInRequest& request) { remember(request.operation, request); }
  void granted(const ConfirmRequest& request) { remember(request.operation, request); }
  void granted(const CancelRequest& request) { remember(request.operation, request); }
  void granted(const RescheduleRequest& request) { remember(request.operation, request); }
  void granted(const ActRequest& request) { remember(request.operation, request); }
  void granted(const GroupClaimCall& request) { remember(request.operation, request); }
  void granted(const GroupMoveCall& request) { remember(request.operation, request); }
  void granted(const NextRequest& request) { remember(request.operation, request); }
  void granted(const BlockRequest& request) { remember(request.operation, request); }
  void granted(const SlotChangeRequest& request) { remember(request.operation, request); }
  void granted(const EntitlementGrantRequest& request) { remember(request.operation, request); }
  void granted(const EntitlementChangeRequest& request) { remember(request.operation, request); }
  void granted(const EligibleCall& request) { remember(request.operation, request); }
  void granted(const JoinRequest& request) { remember(request.operation, request); }
  void granted(const GroupJoinCall& call) { remember(call.asked.operation, call); }

  // Whether it was told of the request that acted under this id, or none did. Otherwise, for a
  // moment, nothing can be expected of the id.
  bool knows(OperationId operation) const {
    return ledger_.find_operation(operation) == nullptr || requests_.contains(operation);
  }

  // When its visit is over by rule, or it has waited in vain, by the wall clock; never, for one
  // that has no visit ahead.
  std::int64_t lapses_at(const ModelBooking& booking) const;

  // The slots of pools whose seats fall back by then, and that can still be claimed; and to which
  // slot each does, if that is there and open, too.
  std::map<SlotKey, SlotKey> due_to_fall_back(CivilTime civil) const;
  // Open slots that keep more seats back than their lane's tranches say; and how many these say.
  std::set<SlotKey> due_tranches(CivilTime civil) const;
  std::uint32_t kept_back(SlotKey slot, CivilTime civil) const;

  // Past, or within the service's lead time.
  CivilTime start_of(SlotKey slot) const;
  bool too_late(SlotKey slot, CivilTime civil) const;
  const LaneSpec* lane_spec(LaneId lane) const;
  const Service* service(LaneId lane) const;
  // What days() and slots() must say.
  DayAvailability day(LaneId lane, Day day, CivilTime civil) const;
  std::vector<SlotAvailability> slots(LaneId lane, Day day, CivilTime civil) const;

 private:
  using Request = std::variant<ClaimRequest, ConfirmRequest, CancelRequest, RescheduleRequest,
                               ActRequest, NextRequest, GroupClaimCall, GroupMoveCall, BlockRequest,
                               EntitlementGrantRequest, EntitlementChangeRequest, EligibleCall,
                               JoinRequest, WalkInRequest, GroupJoinCall, SlotChangeRequest>;

  template <class R>
  void remember(OperationId operation, R request) {
    if (!operation.empty()) requests_[operation] = request;
  }
  // Sets `expected` and returns true when the id acted before.
  bool replay(OperationId operation, const Request& request, Expected& expected) const;
  Expected claim_slot(const ClaimRequest& request, CivilTime civil) const;
  void look_through(LaneId lane, const ClaimRequest& request, CivilTime civil,
                    std::vector<SlotKey>& slots, std::set<Code>& why) const;
  Expected claim_range(const ClaimRequest& request, CivilTime civil) const;
  std::set<Code> static_refusals(const ClaimRequest& request, LaneId lane) const;
  Code why_not_open(LaneId lane, Day day, CivilTime civil) const;
  Expected change(BookingId booking, std::set<BookingState> from, LedgerTime now) const;
  Expected act_on(const ModelBooking& booking, const ActRequest& request, CivilTime civil) const;
  Expected progress(const ModelBooking& booking, std::uint32_t stage) const;
  Code out_of_time(SlotKey slot, CivilTime civil) const;  // operation_model_walk_ins.cpp
  Expected move(const ModelBooking& booking, SlotKey to, CivilTime civil) const;
  // operation_model_entitlements.cpp
  Expected entitled(EntitlementId under, ApplicantKey holder,
                    const std::vector<ApplicantKey>& members, LaneId lane, Day first,
                    Day last) const;
  bool valid_on(BookingId group, Day day) const;
  // operation_model_groups.cpp
  std::vector<SlotKey> seats_in(LaneId lane, const GroupPart& part, CivilTime civil,
                                std::set<Code>& why) const;
  Expected seat(LaneId lane, const std::vector<GroupPart>& parts, CivilTime civil,
                std::vector<SlotKey>& seats) const;
  Expected step(const ModelGroup& group, const std::set<BookingState>& from, bool may_leave_out,
                LedgerTime now) const;
  Expected confirm_group(const ModelGroup& group, LedgerTime now) const;
  Expected cancel_group(const ModelGroup& group, LedgerTime now) const;
  Expected act_on_group(const ModelGroup& group, const ActRequest& request, LedgerTime now) const;
  // Nothing is known under the id: neither a booking nor a group.
  bool is_unknown(BookingId id) const {
    return ledger_.find_booking(id) == nullptr && ledger_.find_group(id) == nullptr;
  }

  const LedgerModel& ledger_;
  const Catalogue& catalogue_;
  std::vector<LaneId> lanes_;
  std::map<OperationId, Request> requests_;  // of the ids that acted
};

}  // namespace janji::model
