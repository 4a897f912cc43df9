// The slots of one day of one lane, as they lie in the state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/planned.hpp"
#include "record/record.hpp"
#include "record/slot_grant.hpp"
#include "state/row.hpp"

namespace janji::state {

struct DayRowSlot {
  static constexpr std::uint16_t kClosed = 0x8000;

  std::uint16_t minute;
  std::uint16_t length_and_closed;  // in minutes; the highest bit: nobody may book it
  std::uint16_t capacity;
  // Seats of active bookings, and those that come later; above the capacity only if that was
  // lowered.
  std::uint16_t taken;
  std::uint16_t later;    // of these: given up, and not yet to be claimed
  std::uint16_t planned;  // what the catalogue gives it, as in record::Planned
  std::uint16_t kept;     // beside the capacity: kept back

  std::uint16_t length_minutes() const noexcept {
    return static_cast<std::uint16_t>(length_and_closed & ~kClosed);
  }
  bool closed() const noexcept { return (length_and_closed & kClosed) != 0; }
  // As a day is opened: nothing taken.
  static DayRowSlot opened(const record::DaySlot& slot) noexcept {
    const auto planned = static_cast<std::uint16_t>(slot.capacity + slot.kept);
    return {slot.minute, slot.length_minutes, slot.capacity, 0, 0, planned, slot.kept};
  }
  void change(const record::Slot& change) noexcept {
    kept = record::kept_behind(kept, capacity, change.capacity, record::Planned{planned},
                               record::Planned{change.planned});
    capacity = static_cast<std::uint16_t>(change.capacity);
    length_and_closed =
        static_cast<std::uint16_t>(length_minutes() | (change.closed != 0 ? kClosed : 0));
    if (change.planned != 0) planned = change.planned;
  }
};
static_assert(sizeof(DayRowSlot) == 14);

class DayRow {
 public:
  // As a day is opened: nothing taken.
  explicit DayRow(std::span<const record::DaySlot> slots);

  // Errors: damaged.
  static Result<DayRow> decode(std::uint64_t key, Bytes row);
  std::vector<std::byte> encode(std::uint64_t key) const;
  // How many slots an opened row has, unless it is damaged.
  static std::uint32_t slots_in(Bytes payload) noexcept;

  std::span<const DayRowSlot> slots() const noexcept { return slots_; }
  // What was granted on them under operation ids, in the order of the LSNs.
  std::span<const record::SlotGrant> grants() const noexcept { return grants_; }

  // Takes (or gives back) seats. Errors: damaged, when there is no such slot, when taking them
  // would leave more than its capacity taken, or giving them back less than none.
  Status take(SlotKey slot, std::int32_t seats);
  // Seats were given up that come later, or came. Errors: damaged, when there is no such slot, or
  // so many aren't taken, or aren't to come.
  Status give_up(SlotKey slot, std::uint32_t seats);
  Status give_back(SlotKey slot, std::uint32_t seats);
  // Errors: damaged, when there is no such slot, or more was granted on the day than there can be.
  Status change(Lsn lsn, const record::Slot& change);
  // So many seats come, or go if below 0, which leaves `capacity`. Errors: damaged, when there is
  // no such slot, when that isn't what is left, or when more would be taken of it.
  Status resize(SlotKey slot, std::int32_t seats, std::uint32_t capacity);
  // Seats that were kept back come. Errors: damaged, when there is no such slot, or it doesn't come
  // to have what the record says.
  Status bring(const record::Tranche& tranche);

 private:
  DayRow() = default;
  DayRowSlot* find(SlotKey slot) noexcept;
  std::vector<DayRowSlot> slots_;  // in ascending minutes
  std::vector<record::SlotGrant> grants_;
};

}  // namespace janji::state
