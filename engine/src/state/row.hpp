// Rows of the state: each behind a checksum that is bound to its table and key, so that a row that
// was changed, cut or put in another's place is found when it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/booking_id.hpp"
#include "store/state_store.hpp"

namespace janji::state {

using Bytes = std::span<const std::byte>;
using store::StateTable;

// Keys: meta 0; epochs by number; lanes by lane; days and bookings as below; details by LSN;
// blocks, entitlements and their lists by cell.
inline constexpr std::uint64_t kMetaKey = 0;
constexpr std::uint64_t day_key(LaneId lane, Day day) {
  return SlotKey(lane, day, Minute{0}).value >> SlotKey::kMinuteBits;
}
constexpr std::uint64_t day_key(SlotKey slot) {
  return slot.value >> SlotKey::kMinuteBits;
}
constexpr SlotKey first_slot_of(std::uint64_t key) {
  return SlotKey{key << SlotKey::kMinuteBits};
}

inline constexpr std::size_t kChecksumBytes = 8;

// Fills in the checksum of a row whose first kChecksumBytes are left for it.
void seal_row(StateTable table, std::uint64_t key, std::span<std::byte> row) noexcept;

// What stands behind the checksum. Errors: damaged, with table and key.
Result<Bytes> open_row(StateTable table, std::uint64_t key, Bytes row);

Error damaged_row(StateTable table, std::uint64_t key, const char* why);

// A row that is one plain struct.
template <class T>
std::vector<std::byte> encode_row(StateTable table, std::uint64_t key, const T& value) {
  static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
  std::vector<std::byte> row(kChecksumBytes + sizeof value);
  std::memcpy(row.data() + kChecksumBytes, &value, sizeof value);
  seal_row(table, key, row);
  return row;
}
template <class T>
Result<T> decode_row(StateTable table, std::uint64_t key, Bytes row) {
  const auto payload = open_row(table, key, row);
  if (!payload) return payload.error();
  if (payload->size() != sizeof(T)) return damaged_row(table, key, "its size is wrong");
  T value;
  std::memcpy(&value, payload->data(), sizeof value);
  return value;
}

}  // namespace janji::state
