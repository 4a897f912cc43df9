// The slots of one day of one lane, as they lie in the state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/record.hpp"
#include "state/row.hpp"

namespace janji::state {

struct DayRowSlot {
  std::uint16_t minute;
  std::uint16_t length_minutes;
  std::uint16_t capacity;
  std::uint16_t taken;  // seats of active bookings
};
static_assert(sizeof(DayRowSlot) == 8);

class DayRow {
 public:
  // As a day is opened: nothing taken.
  explicit DayRow(std::span<const record::DaySlot> slots);

  // Errors: damaged.
  static Result<DayRow> decode(std::uint64_t key, Bytes row);
  std::vector<std::byte> encode(std::uint64_t key) const;

  std::span<const DayRowSlot> slots() const noexcept { return slots_; }

  // Takes (or gives back) seats. Errors: damaged, when there is no such slot, when it would have
  // more taken than its capacity, or less than none.
  Status take(SlotKey slot, std::int32_t seats);

 private:
  DayRow() = default;
  std::vector<DayRowSlot> slots_;  // in ascending minutes
};

}  // namespace janji::state
