// A change of a slot that was granted under an operation id, as its day keeps it (hazard 12).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace janji::record {

// The slot isn't told: the payload's hash is of it too. Kept until the day is archived.
struct SlotGrant {
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::uint64_t lsn;

  bool operator==(const SlotGrant&) const = default;
};
static_assert(sizeof(SlotGrant) == 32);
static_assert(std::is_trivially_copyable_v<SlotGrant>);

// Of all slots of one day of one lane: past these they can't be changed under an id, the last ones
// being there to close slots.
inline constexpr std::size_t kSlotGrantsPerDay = 1536, kSlotGrantsToClose = 512;

}  // namespace janji::record
