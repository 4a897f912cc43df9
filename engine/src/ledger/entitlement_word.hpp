// The state of one entitlement in one 64-bit word, so that each change of it is one atomic step.
#pragma once

#include <cstdint>

#include <janji/entitlement.hpp>

namespace janji::ledger {

// Fields from the lowest bit: used, pending, quota, version, staff-busy, granted.
//
// used: units of members that wait or are booked, and of those that have used theirs up. Above the
// quota
//   only after that was lowered: never subtract unguarded.
// pending: what isn't durable yet of claims' units, and one for each move under way, which rests on
//   the dates. While it isn't 0 staff can't change the entitlement (rule 6), and no refusal for
//   want of units is final (hazard 3).
// version: raised by the writer whenever anything but the two counts changed, so that what was read
//   of the cell holds while the version is the same, and a CAS that compares it rests on that.
// staff-busy: a change by staff is on its way; only whoever marked it, then the writer, goes on.
// granted: somebody has it. Else the cell is free, or its grant is on its way.
struct EntitlementWord {
  static constexpr int kCountBits = 17;
  static constexpr int kVersionBits = 11;
  static constexpr int kPendingShift = kCountBits;
  static constexpr int kQuotaShift = 2 * kCountBits;
  static constexpr int kVersionShift = 3 * kCountBits;
  static constexpr int kFlagShift = kVersionShift + kVersionBits;
  static_assert(kFlagShift + 2 == 64);

  static constexpr std::uint64_t kCountMask = (1ULL << kCountBits) - 1;
  static_assert(kCountMask == kEntitlementUnitsMax);
  static constexpr std::uint64_t kPendingOne = 1ULL << kPendingShift;
  static constexpr std::uint64_t kStaffBusy = 1ULL << kFlagShift;
  static constexpr std::uint64_t kGranted = 1ULL << (kFlagShift + 1);
  // All but the two counts.
  static constexpr std::uint64_t kTerms = ~((1ULL << kQuotaShift) - 1);

  std::uint64_t bits{};

  static constexpr EntitlementWord make(std::uint32_t quota, std::uint32_t used) {
    return EntitlementWord{kGranted | std::uint64_t{quota} << kQuotaShift | used};
  }
  constexpr std::uint32_t used() const { return static_cast<std::uint32_t>(bits & kCountMask); }
  constexpr std::uint32_t pending() const {
    return static_cast<std::uint32_t>(bits >> kPendingShift & kCountMask);
  }
  constexpr std::uint32_t quota() const {
    return static_cast<std::uint32_t>(bits >> kQuotaShift & kCountMask);
  }
  constexpr bool staff_busy() const { return (bits & kStaffBusy) != 0; }
  constexpr bool granted() const { return (bits & kGranted) != 0; }
  constexpr bool same_terms(EntitlementWord other) const {
    return ((bits ^ other.bits) & kTerms) == 0;
  }
  constexpr std::uint32_t left() const { return used() >= quota() ? 0 : quota() - used(); }
  // Moves may make pending more than what is used: it has a bound of its own.
  constexpr bool has_room(std::uint32_t units) const {
    return left() >= units && pending() + units <= kCountMask;
  }
  constexpr bool has_room_for_move() const { return pending() < kCountMask; }
  constexpr EntitlementWord with_taken(std::uint32_t units) const {
    return EntitlementWord{bits + units * (kPendingOne + 1)};
  }
  constexpr EntitlementWord with_move() const { return EntitlementWord{bits + kPendingOne}; }
  constexpr EntitlementWord with_staff_busy() const { return EntitlementWord{bits | kStaffBusy}; }
  // The next version, with another quota, no longer staff's.
  constexpr EntitlementWord changed_to(std::uint32_t quota, bool granted) const {
    const std::uint64_t version = ((bits >> kVersionShift) + 1) & ((1ULL << kVersionBits) - 1);
    const std::uint64_t counts = bits & ((1ULL << kQuotaShift) - 1);
    return EntitlementWord{(granted ? kGranted : 0) | version << kVersionShift |
                           std::uint64_t{quota} << kQuotaShift | counts};
  }

  // What to subtract: units became durable, or a move did; units came back; a claim was undone.
  static constexpr std::uint64_t made_durable(std::uint32_t units) { return units * kPendingOne; }
  static constexpr std::uint64_t given_back(std::uint32_t units) { return units; }
  static constexpr std::uint64_t undone(std::uint32_t units) { return units * (kPendingOne + 1); }
};
static_assert(sizeof(EntitlementWord) == 8);

}  // namespace janji::ledger
