#include "unit/state/picture.hpp"

#include <cstring>

#include "record/apply.hpp"
#include "record/visit.hpp"

namespace janji::samples {
namespace {

Error wrong(const std::string& words) {
  return Error{Code::damaged, words};
}

bool same(const record::BookingImage& a, const record::BookingImage& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

}  // namespace

Status Picture::on_meta(const state::StateMeta& meta, std::span<const state::EpochRow> epochs) {
  epoch_ = epochs.empty() ? 0 : epochs.back().number;
  loaded_ = last_ = Lsn{meta.applied};
  return epoch_ == meta.epoch ? success() : wrong("epochs");
}

Status Picture::on_lane(LaneId lane, std::string_view key) {
  return lanes_.emplace(lane.value, key).second ? success() : wrong("lane twice");
}

Status Picture::on_day(LaneId lane, Day day, std::span<const state::DayRowSlot> slots,
                       std::span<const record::SlotGrant> grants) {
  if (!grants.empty()) return wrong("a slot was changed");  // the journals here change none
  auto& row = days_[state::day_key(lane, day)];
  for (const auto& slot : slots) {
    row[slot.minute] = PictureSlot{slot.length_and_closed, slot.capacity, slot.taken, slot.planned};
  }
  return success();
}

Status Picture::on_booking(record::Place place, const record::BookingImage& image) {
  return bookings_.emplace(place, image).second ? success() : wrong("place twice");
}

Status Picture::on_block(std::uint32_t cell, const record::BlockImage& image) {
  return blocks_.emplace(cell, image).second ? success() : wrong("cell twice");
}

Status Picture::on_entitlement(std::uint32_t cell, const record::EntitlementImage& image) {
  return entitlements_.emplace(cell, image).second ? success() : wrong("entitlement twice");
}

Status Picture::on_eligible(std::uint32_t cell, const record::EligibleKeys& keys) {
  return eligible_.emplace(cell, keys).second ? success() : wrong("list twice");
}

Status Picture::on_state_loaded() {
  const std::string words = recount();
  return words.empty() ? success() : wrong(words);
}

Status Picture::on_record(Lsn lsn, const record::Header& header) {
  if (lsn.value != last_.value + 1) return wrong("not the next LSN");
  last_ = lsn;
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  if (header.type == record::Type::epoch) {
    const auto& epoch = record::as<record::Epoch>(bytes);
    epoch_ = epoch.number;
    for (auto& [place, image] : bookings_) record::apply(image, epoch);
    return success();
  }
  if (header.type == record::Type::block) {
    const auto& block = record::as<record::Block>(bytes);
    return record::apply(blocks_[block.cell], lsn, block);
  }
  if (header.type == record::Type::forget_block) {
    return blocks_.erase(record::as<record::ForgetBlock>(bytes).cell) == 1 ? success()
                                                                           : wrong("no block");
  }
  if (header.type == record::Type::entitlement || header.type == record::Type::eligible ||
      header.type == record::Type::forget_entitlement) {
    return change_entitlement(lsn, header);
  }
  if (record::booking_of(header) == BookingId{}) return change_days(header);
  Status status = success();
  record::for_each_booking(header, [&](BookingId id) {
    if (status.ok()) status = change_booking(record::place_of(id), lsn, header);
  });
  return status;
}

Status Picture::change_booking(record::Place place, Lsn lsn, const record::Header& header) {
  record::BookingImage& image = bookings_[place];
  const record::BookingImage before = image;
  if (Status status = record::apply_booking(image, place, lsn, header); !status.ok()) {
    return status;
  }
  const record::UnitsMoved units =
      record::units_moved(before.booking, record::units_of(before), image);
  if (units.any()) {
    const EntitlementId of{image.entitlement};
    Status moved = record::move_units(entitlements_[record::cell_of(of)], of, units);
    if (!moved.ok()) return moved;
  }
  const std::int64_t seats =
      std::int64_t{record::seats_taken(image)} - std::int64_t{record::seats_taken(before)};
  if (seats == 0) return success();  // freeing a place: its day may be gone
  const SlotKey slot{image.slot};
  PictureSlot& row = days_.at(state::day_key(slot)).at(slot.minute().value);
  row.taken += seats;
  return row.taken <= row.capacity ? success() : wrong("overbooked");
}

Status Picture::change_entitlement(Lsn lsn, const record::Header& header) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  if (header.type == record::Type::entitlement) {
    const auto& made = record::as<record::Entitlement>(bytes);
    return record::apply(entitlements_[record::cell_of(EntitlementId{made.entitlement})], lsn,
                         made);
  }
  if (header.type == record::Type::eligible) {
    const auto& change = record::as<record::Eligible>(bytes);
    const std::uint32_t cell = record::cell_of(EntitlementId{change.entitlement});
    Status status = record::apply(entitlements_[cell], eligible_[cell], lsn, change);
    if (eligible_[cell].empty()) eligible_.erase(cell);
    return status;
  }
  const auto& forget = record::as<record::ForgetEntitlement>(bytes);
  const std::uint32_t cell = record::cell_of(EntitlementId{forget.entitlement});
  Status status = record::apply(entitlements_[cell], forget);
  entitlements_.erase(cell);
  eligible_.erase(cell);
  return status;
}

Status Picture::change_days(const record::Header& header) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  if (header.type == record::Type::lane) {
    const auto& lane = record::as<record::Lane>(bytes);
    return on_lane(LaneId{lane.lane}, record::key_of(lane));
  }
  if (header.type == record::Type::day) {
    const auto& day = record::as<record::Day>(bytes);
    auto& row = days_[state::day_key(LaneId{day.lane}, Day{day.day})];
    if (!row.empty()) return wrong("day twice");
    for (const auto& slot : record::slots_of(day)) {
      row[slot.minute] = PictureSlot{slot.length_minutes, slot.capacity, 0, slot.capacity};
    }
  }
  if (header.type == record::Type::archive) {
    const auto& archive = record::as<record::Archive>(bytes);
    days_.erase(state::day_key(LaneId{archive.lane}, Day{archive.day}));
  }
  return success();
}

std::string Picture::difference(const Picture& other) const {
  if (epoch_ != other.epoch_) return "epoch";
  if (last_ != other.last_) return "last LSN";
  if (lanes_ != other.lanes_) return "lanes";
  if (days_ != other.days_) return "days";
  if (bookings_.size() != other.bookings_.size()) return "number of places";
  for (const auto& [place, image] : bookings_) {
    const auto there = other.bookings_.find(place);
    if (there == other.bookings_.end() || !same(image, there->second)) {
      return "place " + std::to_string(place);
    }
  }
  if (eligible_ != other.eligible_) return "lists of entitlements";
  if (entitlements_.size() != other.entitlements_.size()) return "number of entitlements";
  for (const auto& [cell, image] : entitlements_) {
    const auto there = other.entitlements_.find(cell);
    if (there == other.entitlements_.end() ||
        std::memcmp(&image, &there->second, sizeof image) != 0) {
      return "entitlement in cell " + std::to_string(cell);
    }
  }
  if (blocks_.size() != other.blocks_.size()) return "number of blocks";
  for (const auto& [cell, image] : blocks_) {
    const auto there = other.blocks_.find(cell);
    if (there == other.blocks_.end() || std::memcmp(&image, &there->second, sizeof image) != 0) {
      return "block in cell " + std::to_string(cell);
    }
  }
  return "";
}

std::string Picture::recount() const {
  std::map<std::uint64_t, std::int64_t> taken;
  for (const auto& [place, image] : bookings_) taken[image.slot] += record::seats_taken(image);
  for (const auto& [key, day] : days_) {
    for (const auto& [minute, slot] : day) {
      const SlotKey first = state::first_slot_of(key);
      const SlotKey name(first.lane(), first.day(), Minute{minute});
      if (taken[name.value] != slot.taken) return "slot " + std::to_string(name.value);
    }
  }
  return "";
}

}  // namespace janji::samples
