// Blocks: applicants who may claim nothing until a time.
#pragma once

#include <cstdint>

#include <janji/types.hpp>

namespace janji {

// Blocks an applicant until a time of the wall clock, in place of an earlier block; or, with
// `until` 0, lifts the block that there is. A blocked applicant can't claim, nor be a member of a
// group's claim or the one who claims it; what was booked before stays, and staff may cancel it.
//
// A block is remembered for Options::retention_ms after it is over; it can be changed seven times
// until then, and lifted once more.
struct BlockRequest {
  ApplicantKey applicant;    // not empty
  CivilTime until;           // later than now; 0: no longer blocked
  std::uint32_t reason{0};   // the portal's number of it
  OperationId operation;     // empty: no protection against acting twice
  std::uint64_t payload{0};  // the caller's hash of whatever else stood in its request
  ActorId actor{};
};

// A block that is in force.
struct Block {
  ApplicantKey applicant;
  CivilTime until;
  CivilTime since;  // when it was decided
  std::uint32_t reason{0};
  ActorId actor;  // who did
  Lsn lsn;        // by which record
};

// Where a walk over all blocks stands. A block keeps its place while it is there: a walk in pages
// meets each that was there all the time once.
struct BlockCursor {
  std::uint32_t cell{0};  // the next one to be looked at
  bool at_end{false};
};

}  // namespace janji
