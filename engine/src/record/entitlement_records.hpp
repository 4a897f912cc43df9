// Records about entitlements. What claims take of one, and what comes back, is said by the records
// of groups and of their members.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <janji/entitlement.hpp>
#include <janji/types.hpp>

#include "record/booking_id.hpp"
#include "record/record.hpp"

namespace janji::record {

// As many as are told apart by a number, and applicants on all lists together.
inline constexpr std::uint32_t kEntitlementsMax = 1U << 24;
inline constexpr std::uint32_t kEligibleMax = 1U << 28;

// An id is made like a booking's: the cell, how often that was used, and the opening.
constexpr std::uint32_t cell_of(EntitlementId id) {
  return place_of(BookingId{id.value});
}
constexpr EntitlementId make_entitlement_id(std::uint32_t cell, std::uint32_t generation,
                                            std::uint32_t epoch) {
  return EntitlementId{make_booking_id(cell, generation, epoch).value};
}

// It is all this from now on; the holder and the service never change.
struct Entitlement {
  static constexpr Type kType = Type::entitlement;
  Header header;
  std::uint64_t entitlement;
  std::uint64_t holder_hi, holder_lo;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t acted_ms;  // civil time
  std::uint32_t service;  // ServiceKey
  std::uint32_t quota;
  std::int32_t from, until;  // dates of slots, both included
  std::uint32_t listed;      // 0 or 1: good only for those on its list
  std::uint32_t granted;     // 0 or 1: this record begins it
};

// Behind it the keys that come, then those that go: none that is there already, or isn't there.
struct Eligible {
  static constexpr Type kType = Type::eligible;
  Header header;
  std::uint64_t entitlement;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t acted_ms;  // civil time
  std::uint32_t added, removed;
};

struct ForgetEntitlement {
  static constexpr Type kType = Type::forget_entitlement;
  Header header;
  std::uint64_t entitlement;
  std::int64_t decided_ms;
  std::int64_t ended_ms;  // civil time
};

static_assert(sizeof(Entitlement) == 96 && sizeof(Eligible) == 64);
static_assert(sizeof(ForgetEntitlement) == 32 && sizeof(ApplicantKey) == 16);
static_assert(sizeof(Eligible) + kEligibleAtOnce * sizeof(ApplicantKey) <= kRecordMax);

// What stands behind the fixed part: for records in place, as key_of() in visit.hpp.
inline std::span<const ApplicantKey> added_in(const Eligible& change) noexcept {
  return {reinterpret_cast<const ApplicantKey*>(&change + 1), change.added};
}
inline std::span<const ApplicantKey> removed_in(const Eligible& change) noexcept {
  return {reinterpret_cast<const ApplicantKey*>(&change + 1) + change.added, change.removed};
}

}  // namespace janji::record
