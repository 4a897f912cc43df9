// An entitlement as the state keeps it, and what records do to it. Pure, as apply.hpp: the
// checkpointer, the replay of a start and the audit all use it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <set>
#include <type_traits>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/entitlement_records.hpp"
#include "record/group_records.hpp"
#include "record/image.hpp"

namespace janji::record {

// How often one entitlement can be changed before it is forgotten; the last time only to lower its
// quota, so that nobody keeps a right for want of room.
inline constexpr std::size_t kOperationsPerEntitlement = 64;

struct EntitlementImage {
  std::uint64_t entitlement;  // 0: the cell is free
  std::uint64_t holder_hi, holder_lo;
  std::int64_t decided_ms;  // of the last change by staff, ledger time
  std::int64_t acted_ms;    // likewise, civil time
  std::uint64_t lsn;        // likewise
  std::uint32_t actor;      // likewise
  std::uint32_t service;
  std::uint32_t quota;
  std::uint32_t used;   // units of members that wait or are booked, and for good
  std::uint32_t spent;  // of these, for good
  std::int32_t from, until;
  std::uint32_t listed;
  std::uint32_t operations;  // how many of the next are used
  std::uint32_t reserved;
  std::array<OperationImage, kOperationsPerEntitlement> operation;
};
static_assert(sizeof(EntitlementImage) == 6 * 8 + 10 * 4 + kOperationsPerEntitlement * 56);
static_assert(std::is_trivially_copyable_v<EntitlementImage>);

using EligibleKeys = std::set<ApplicantKey>;

// Each returns `damaged` with words when the record doesn't apply; then nothing is touched.
Status apply(EntitlementImage& image, Lsn lsn, const Entitlement& made);
Status apply(EntitlementImage& image, EligibleKeys& keys, Lsn lsn, const Eligible& change);
Status apply(EntitlementImage& image, const ForgetEntitlement& forget);

// What a booking's record does to its entitlement: `booking` had `had` before it. Units of one that
// is forgotten stay used.
struct UnitsMoved {
  std::int32_t used{0}, spent{0};
  bool any() const noexcept { return used != 0 || spent != 0; }
};
UnitsMoved units_moved(std::uint64_t booking, Units had, const BookingImage& after) noexcept;
// Takes units, never past the quota, or gives them back.
Status move_units(EntitlementImage& image, EntitlementId id, UnitsMoved units);

// Why a group can't be claimed so, or wait, whatever is left of it, or null: the record's holder,
// the dates of its slots and its list.
const char* why_not_entitled(const EntitlementImage& image, const EligibleKeys& keys,
                             const GroupClaim& claim) noexcept;
const char* why_not_entitled(const EntitlementImage& image, const EligibleKeys& keys,
                             const GroupJoin& join) noexcept;
// Whether a slot's date lies within.
inline bool is_valid_on(const EntitlementImage& image, SlotKey slot) noexcept {
  return slot.day().value >= image.from && slot.day().value <= image.until;
}

// Which of its parts can't be so in a cell that is used, or null.
const char* why_senseless(const EntitlementImage& image) noexcept;

}  // namespace janji::record
