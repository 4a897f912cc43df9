// What a client wrote down of one call, from its first try to its final answer.
#pragma once

#include <cstdint>

#include <janji/block.hpp>
#include <janji/booking.hpp>
#include <janji/decision.hpp>
#include <janji/waitlist.hpp>

#include "model/group_calls.hpp"

namespace janji::model {

enum class Kind : std::uint8_t {
  claim,
  confirm,
  cancel,
  reschedule,
  act,
  next,
  find,
  claim_group,
  move_group,
  block,
  join,
  walk_in,
  join_group
};

struct Call {
  Kind kind{};
  std::int64_t called_ns{};  // of one clock that all clients share
  std::int64_t returned_ns{};
  Lsn durable_before;  // read before the call
  Lsn durable_after;   // read after it
  OperationId operation;
  BookingId booking;                    // of all but claims; it may be a group
  std::uint64_t payload{0};             // of all changes
  std::uint8_t issue{kAnyIssue};        // likewise: of the token that was looked at
  ActRequest act;                       // of an act
  NextRequest next;                     // of a next
  LaneId lane;                          // likewise: the only one of its branch
  SlotKey slot;                         // of a reschedule: where to
  ClaimRequest claim;                   // of a claim
  GroupClaimCall group;                 // of a claim_group
  GroupMoveCall move;                   // of a move_group
  BlockRequest block;                   // of a block, or a lift
  JoinRequest join;                     // of a join
  WalkInRequest walk_in;                // of a walk_in
  GroupJoinCall group_join;             // of a join_group
  CivilTime civil_before, civil_after;  // when the wall clock matters
  Decision decision;                    // of all but find
  Booking found;                        // of a find that found something
};

}  // namespace janji::model
