#include "state/day_row.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include "record/planned.hpp"

namespace janji::state {
namespace {

constexpr std::size_t kCountBytes = sizeof(std::uint16_t);

std::string name_of(SlotKey slot) {
  return "slot " + std::to_string(slot.value) + " (lane " + std::to_string(slot.lane().value) +
         ", day " + std::to_string(slot.day().value) + ", minute " +
         std::to_string(slot.minute().value) + ")";
}

// As check_record() has it for the records that open a day and change it: a pool whose seats fell
// back may have none.
const char* why_senseless(std::span<const DayRowSlot> slots) {
  if (slots.size() > record::Day::kSlotsMax) return "it has more slots than a day can have";
  constexpr std::uint32_t kMinutes = 1U << SlotKey::kMinuteBits;
  std::uint32_t next = 0;
  for (const DayRowSlot& slot : slots) {
    if (slot.minute < next || slot.minute >= kMinutes) return "its slots aren't in order";
    const std::uint16_t length = slot.length_minutes();
    if (length == 0 || length >= kMinutes) return "a slot has no length";
    if (slot.capacity > record::kSeatsMax) return "a capacity is wrong";
    if (slot.kept > record::kSeatsMax) return "more is kept back than there can be";
    if (slot.taken > record::kSeatsMax) return "more is taken than there can be";
    if (slot.later > slot.taken) return "more comes later than is taken";
    if (!record::Planned{slot.planned}.is_sound()) return "what is planned makes no sense";
    next = slot.minute + 1U;
  }
  return nullptr;
}

const char* why_senseless(std::span<const record::SlotGrant> grants) {
  if (grants.size() > record::kSlotGrantsPerDay) return "more was granted on it than there can be";
  std::uint64_t before = 0;
  for (const record::SlotGrant& grant : grants) {
    if (grant.operation_hi == 0 && grant.operation_lo == 0) return "a change is kept without an id";
    if (grant.lsn <= before) return "its changes aren't in order";
    before = grant.lsn;
  }
  return nullptr;
}

}  // namespace

DayRow::DayRow(std::span<const record::DaySlot> slots) {
  slots_.reserve(slots.size());
  for (const record::DaySlot& slot : slots) {
    slots_.push_back(DayRowSlot::opened(slot));
  }
}

Result<DayRow> DayRow::decode(std::uint64_t key, Bytes row) {
  const auto payload = open_row(StateTable::days, key, row);
  if (!payload) return payload.error();
  // How many slots, the slots, and what was granted on them.
  const std::uint32_t many = slots_in(*payload);
  if (payload->size() < kCountBytes) return damaged_row(StateTable::days, key, "it is cut short");
  const std::size_t slots_end = kCountBytes + many * sizeof(DayRowSlot);
  const std::size_t granted = payload->size() < slots_end ? 1 : payload->size() - slots_end;
  if (granted % sizeof(record::SlotGrant) != 0) {
    return damaged_row(StateTable::days, key, "its size is wrong");
  }
  DayRow day;
  day.slots_.resize(many);
  if (many != 0) {
    std::memcpy(day.slots_.data(), payload->data() + kCountBytes, slots_end - kCountBytes);
  }
  day.grants_.resize(granted / sizeof(record::SlotGrant));
  if (granted != 0) std::memcpy(day.grants_.data(), payload->data() + slots_end, granted);
  if (const char* why = why_senseless(day.slots_)) return damaged_row(StateTable::days, key, why);
  if (const char* why = why_senseless(day.grants_)) return damaged_row(StateTable::days, key, why);
  return day;
}

std::uint32_t DayRow::slots_in(Bytes payload) noexcept {
  std::uint16_t many = 0;
  if (payload.size() >= sizeof many) std::memcpy(&many, payload.data(), sizeof many);
  return many;
}

std::vector<std::byte> DayRow::encode(std::uint64_t key) const {
  const auto many = static_cast<std::uint16_t>(slots_.size());
  const std::size_t slots_begin = kChecksumBytes + kCountBytes;
  const std::size_t slots_end = slots_begin + slots_.size() * sizeof(DayRowSlot);
  std::vector<std::byte> row(slots_end + grants_.size() * sizeof(record::SlotGrant));
  std::memcpy(row.data() + kChecksumBytes, &many, sizeof many);
  if (many != 0) std::memcpy(row.data() + slots_begin, slots_.data(), slots_end - slots_begin);
  if (!grants_.empty()) {
    std::memcpy(row.data() + slots_end, grants_.data(), row.size() - slots_end);
  }
  seal_row(StateTable::days, key, row);
  return row;
}

DayRowSlot* DayRow::find(SlotKey slot) noexcept {
  const auto at = std::lower_bound(
      slots_.begin(), slots_.end(), slot.minute().value,
      [](const DayRowSlot& row, std::uint16_t minute) { return row.minute < minute; });
  return at == slots_.end() || at->minute != slot.minute().value ? nullptr : &*at;
}

Status DayRow::take(SlotKey slot, std::int32_t seats) {
  DayRowSlot* const at = find(slot);
  if (at == nullptr) return Error{Code::damaged, name_of(slot) + ": its day has no such slot"};
  const std::int32_t taken = at->taken + seats;
  if (taken < 0 || (seats > 0 && taken > at->capacity)) {
    return Error{Code::damaged, name_of(slot) + " would have " + std::to_string(taken) + " of " +
                                    std::to_string(at->capacity) + " seats taken"};
  }
  at->taken = static_cast<std::uint16_t>(taken);
  return success();
}

Status DayRow::give_up(SlotKey slot, std::uint32_t seats) {
  DayRowSlot* const at = find(slot);
  if (at == nullptr) return Error{Code::damaged, name_of(slot) + ": its day has no such slot"};
  if (at->later + seats > at->taken) {
    return Error{Code::damaged, name_of(slot) + " would have " + std::to_string(at->later + seats) +
                                    " seats that come later of " + std::to_string(at->taken) +
                                    " that are taken"};
  }
  at->later = static_cast<std::uint16_t>(at->later + seats);
  return success();
}

Status DayRow::give_back(SlotKey slot, std::uint32_t seats) {
  DayRowSlot* const at = find(slot);
  if (at == nullptr) return Error{Code::damaged, name_of(slot) + ": its day has no such slot"};
  if (seats > at->later) {
    return Error{Code::damaged, name_of(slot) + ": " + std::to_string(seats) + " seats come of " +
                                    std::to_string(at->later) + " that are to"};
  }
  at->later = static_cast<std::uint16_t>(at->later - seats);
  at->taken = static_cast<std::uint16_t>(at->taken - seats);
  return success();
}

Status DayRow::change(Lsn lsn, const record::Slot& change) {
  DayRowSlot* const at = find(SlotKey{change.slot});
  if (at == nullptr) {
    return Error{Code::damaged, name_of(SlotKey{change.slot}) + ": its day has no such slot"};
  }
  if (change.operation_hi != 0 || change.operation_lo != 0) {
    if (grants_.size() >= record::kSlotGrantsPerDay) {
      return Error{Code::damaged, name_of(SlotKey{change.slot}) +
                                      ": more was granted on its day than there can be"};
    }
    grants_.push_back({change.operation_hi, change.operation_lo, change.payload, lsn.value});
  }
  at->change(change);
  return success();
}

Status DayRow::resize(SlotKey slot, std::int32_t seats, std::uint32_t capacity) {
  DayRowSlot* const at = find(slot);
  if (at == nullptr) return Error{Code::damaged, name_of(slot) + ": its day has no such slot"};
  const std::int32_t changed = at->capacity + seats;
  if (changed != static_cast<std::int32_t>(capacity) || (seats < 0 && at->taken > changed)) {
    return Error{Code::damaged, name_of(slot) + ": " + std::to_string(seats) + " seats come to " +
                                    std::to_string(at->capacity) + ", of which " +
                                    std::to_string(at->taken) + " are taken"};
  }
  at->capacity = static_cast<std::uint16_t>(changed);
  return success();
}

Status DayRow::bring(const record::Tranche& tranche) {
  DayRowSlot* const at = find(SlotKey{tranche.slot});
  if (at == nullptr) {
    return Error{Code::damaged, name_of(SlotKey{tranche.slot}) + ": its day has no such slot"};
  }
  if (at->capacity + tranche.seats != tranche.capacity ||
      tranche.kept + tranche.seats != at->kept) {
    return Error{Code::damaged, name_of(SlotKey{tranche.slot}) + ": " +
                                    std::to_string(tranche.seats) + " seats come to " +
                                    std::to_string(at->capacity) + " of " +
                                    std::to_string(at->kept) + " that are kept back"};
  }
  at->capacity = tranche.capacity;
  at->kept = tranche.kept;
  return success();
}

}  // namespace janji::state
