// Entitlements: counted rights, e.g. an employer's approved quota of workers.
//
// An entitlement belongs to one applicant, its holder, and is for one service, at any branch. Each
// member of a group that is claimed under it uses one unit, in the same step as the seats, and only
// its holder may claim so. A group that joins a waitlist under it takes its units then, and keeps
// them while it waits. A member that ends cancelled, expired or refused gives its unit back; one
// that was served, or that didn't come (its seat was kept and went to nobody else), has used it up.
//
// Its dates are compared with the date of a member's slot, in the branch's time zone: an approval
// that is valid until 30 June is good for an appointment on 30 June, whenever it was booked. A move
// must land within them, too. What was booked, or joined, before the dates were changed stays.
//
// Its list, if it has one, says which applicants it is for. Whoever is taken off the list keeps
// what was booked, or joined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <janji/types.hpp>

namespace janji {

// Units of one entitlement: what 17 bits count. A holder with more has several.
inline constexpr std::uint32_t kEntitlementUnitsMax = (1U << 17) - 1;
// Applicants that one request may put on a list and take off it, together.
inline constexpr std::size_t kEligibleAtOnce = 200;

// A new entitlement. The decision names it.
struct EntitlementGrantRequest {
  ApplicantKey holder;       // not empty
  std::uint32_t service{0};  // index of Catalogue::services()
  std::uint32_t quota{0};    // units
  Day from;                  // the first and the last date of a slot that it is good for
  Day until;
  bool listed{false};        // good only for applicants on its list, which is empty at first
  OperationId operation;     // empty: no protection against acting twice
  std::uint64_t payload{0};  // the caller's hash of whatever else stood in its request
  ActorId actor{};
};

// Changes what is named and leaves the rest. A quota may be set below what is used: then nothing
// more is granted until it is below.
struct EntitlementChangeRequest {
  EntitlementId entitlement;
  std::optional<std::uint32_t> quota;
  std::optional<Day> from, until;
  std::optional<bool> listed;
  OperationId operation;
  std::uint64_t payload{0};
  ActorId actor{};
};

// Puts applicants on an entitlement's list and takes others off. Those that are there already, or
// aren't there, stay so.
struct EligibleRequest {
  EntitlementId entitlement;
  std::span<const ApplicantKey> add, remove;  // together at most kEligibleAtOnce, none twice
  OperationId operation;
  std::uint64_t payload{0};
  ActorId actor{};
};

// What the engine knows of one, as a value copied at one moment.
struct Entitlement {
  EntitlementId id;
  ApplicantKey holder;
  std::uint32_t service{0};  // index of Catalogue::services(); kNoService: it lacks that one now
  std::uint32_t quota{0};
  std::uint32_t used{0};   // by members that wait or are booked, and for good; above the quota only
                           // after that was lowered
  std::uint32_t spent{0};  // of these, for good
  Day from, until;
  bool listed{false};
  std::size_t eligible{0};  // applicants on its list
  CivilTime since;          // when it was last changed by staff
  ActorId actor;            // by whom
  Lsn lsn;                  // by which record
  static constexpr std::uint32_t kNoService = ~0U;
};

// Where a walk over all entitlements, or over one's list, stands; as BlockCursor.
struct EntitlementCursor {
  std::uint32_t cell{0};
  bool at_end{false};
};

}  // namespace janji
