// The model's frame: order of records, epochs, time, lanes and days. What concerns bookings is
// in booking_rules.cpp.
#include "model/ledger_model.hpp"

#include <algorithm>

#include <janji/catalogue.hpp>

#include "model/names.hpp"
#include "record/booking_id.hpp"

namespace janji::model {

Violation LedgerModel::breaks(Promise promise, std::string words) const {
  return Violation{now_, promise, std::move(words)};
}

Finding LedgerModel::apply(Lsn lsn, std::span<const std::byte> record) {
  now_ = lsn;
  if (lsn.value != last_lsn_.value + 1) {
    return breaks(Promise::order,
                  "it follows LSN " + std::to_string(last_lsn_.value) + ": not dense");
  }
  auto parsed = parse(record);
  if (auto* words = std::get_if<std::string>(&parsed)) return breaks(Promise::form, *words);
  const auto& what = std::get<Parsed>(parsed);
  if (epoch_ == 0 && !std::holds_alternative<record::Epoch>(what)) {
    return breaks(Promise::state, "no epoch was begun before it");
  }
  Finding verdict = std::visit([this](const auto& one) { return on(one); }, what);
  if (!verdict) last_lsn_ = lsn;
  return verdict;
}

Finding LedgerModel::check_time(std::int64_t decided_ms) const {
  if (decided_ms < opened_ms_) {
    return breaks(Promise::deadline, "decided at " + std::to_string(decided_ms) +
                                         " ms, before its epoch began at " +
                                         std::to_string(opened_ms_));
  }
  return {};
}

Finding LedgerModel::on(const record::Epoch& epoch) {
  if (epoch.number != epoch_ + 1) {
    return breaks(Promise::state, "epoch " + std::to_string(epoch.number) + " follows epoch " +
                                      std::to_string(epoch_));
  }
  if (epoch.random >> record::kEpochBits != 0) {
    return breaks(Promise::form, "the epoch's random part is too wide");
  }
  if (epoch.ledger_ms < ledger_ms_) {
    return breaks(Promise::deadline, "ledger time ran back from " + std::to_string(ledger_ms_) +
                                         " to " + std::to_string(epoch.ledger_ms) + " ms");
  }
  if (epoch.grace_ms < 0) return breaks(Promise::deadline, "the grace is negative");
  epoch_ = epoch.number;
  epoch_random_ = epoch.random;
  ledger_ms_ = opened_ms_ = epoch.ledger_ms;
  for (auto& [id, booking] : bookings_) {
    if (!lasts_until_deadline(booking.state)) continue;
    booking.deadline_ms = std::max(booking.deadline_ms, epoch.ledger_ms + epoch.grace_ms);
  }
  return {};
}

Finding LedgerModel::on(const record::Tick& tick) {
  if (auto wrong = check_time(tick.ledger_ms)) return wrong;
  ledger_ms_ = std::max(ledger_ms_, tick.ledger_ms);
  return {};
}

Finding LedgerModel::on(const LaneRecord& lane) {
  if (lane.lane.value >= kMaxLanes) {
    return breaks(Promise::form, "lane " + std::to_string(lane.lane.value) + " is out of range");
  }
  if (lane.key.empty() || lane.key.size() > record::Lane::kKeyMax) {
    return breaks(Promise::form, "a lane's key has 1 to 200 bytes");
  }
  if (lanes_.contains(lane.lane)) {
    return breaks(Promise::state, "lane " + std::to_string(lane.lane.value) + " already is \"" +
                                      lanes_[lane.lane] + "\"");
  }
  if (lane_keys_.contains(lane.key)) {
    return breaks(Promise::state, "lane \"" + lane.key + "\" already has a number");
  }
  // The engine counts on it: its tables have a place for each lane, and no more.
  if (lane.lane.value != lanes_.size()) {
    return breaks(Promise::state,
                  "lane " + std::to_string(lane.lane.value) + " has another number than the next");
  }
  lanes_[lane.lane] = lane.key;
  lane_keys_.insert(lane.key);
  return {};
}

Finding LedgerModel::check_slots(const DayRecord& day) const {
  int last_end = 0;
  for (const record::DaySlot& slot : day.slots) {
    if (slot.minute < last_end || slot.minute >> SlotKey::kMinuteBits != 0) {
      return breaks(Promise::form, "minute " + std::to_string(slot.minute) + " is out of order");
    }
    if (slot.length_minutes == 0 || slot.capacity == 0 ||
        slot.capacity + slot.kept > kMaxSlotCapacity) {
      return breaks(Promise::form,
                    "minute " + std::to_string(slot.minute) + " has no length or no capacity");
    }
    last_end = slot.minute + slot.length_minutes;
  }
  return {};
}

Finding LedgerModel::on(const DayRecord& day) {
  if (!lanes_.contains(day.lane)) {
    return breaks(Promise::state, "lane " + std::to_string(day.lane.value) + " has no number yet");
  }
  if (const auto known = days_.find({day.lane, day.day}); known != days_.end()) {
    const std::string words =
        "day " + std::to_string(day.day.value) + " of lane " + std::to_string(day.lane.value);
    if (!known->second) return breaks(Promise::state, words + " was opened before");
    // A caller that has stood still since may be about to take a seat of it (hazard 7): under
    // another opening there is none.
    if (archived_in_[known->first] == epoch_) {
      return breaks(Promise::state, words + " was archived under this opening");
    }
  }
  if (auto wrong = check_slots(day)) return wrong;
  days_[{day.lane, day.day}] = false;
  for (const record::DaySlot& slot : day.slots) {
    slots_[SlotKey{day.lane, day.day, Minute{slot.minute}}] =
        ModelSlot{slot.length_minutes,
                  slot.capacity,
                  0,
                  0,
                  slot.kept,
                  false,
                  record::Planned::of(slot.capacity + std::uint32_t{slot.kept}, false),
                  {}};
  }
  return {};
}

Finding LedgerModel::on(const record::Archive& archive) {
  const std::pair key{LaneId{archive.lane}, Day{archive.day}};
  const auto day = days_.find(key);
  if (day == days_.end() || day->second) {
    return breaks(Promise::state, "day " + std::to_string(archive.day) + " of lane " +
                                      std::to_string(archive.lane) + " isn't open");
  }
  const auto of_day = [&](SlotKey slot) {
    return slot.lane() == key.first && slot.day() == key.second;
  };
  for (const auto& [id, booking] : bookings_) {
    if (of_day(booking.slot)) {
      return breaks(Promise::state, "the day is archived, but " + name(id) + " is " +
                                        name(booking.state) + " in " + name(booking.slot));
    }
  }
  for (const auto& [slot, has] : slots_) {
    if (of_day(slot) && has.later != 0) {
      return breaks(Promise::state,
                    "the day is archived, but seats of " + name(slot) + " were to come back");
    }
  }
  day->second = true;
  archived_in_[key] = epoch_;
  std::erase_if(slots_, [&](const auto& entry) { return of_day(entry.first); });
  for (const OperationId operation : slot_operations_[key]) operations_.erase(operation);
  slot_operations_.erase(key);
  return {};
}

}  // namespace janji::model
