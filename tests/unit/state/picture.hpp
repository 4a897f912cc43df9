// What a journal means, kept in maps: the plain way, to hold the real one against.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "record/image.hpp"
#include "state/recovery_sink.hpp"

namespace janji::samples {

struct PictureSlot {
  std::uint16_t length_minutes{};
  std::uint16_t capacity{};
  std::int64_t taken{};
  std::uint16_t planned{};
  friend bool operator==(const PictureSlot&, const PictureSlot&) = default;
};

// Takes in a state and records, as a ledger would, and says where two of them differ.
class Picture final : public state::RecoverySink {
 public:
  Status on_meta(const state::StateMeta& meta, std::span<const state::EpochRow> epochs) override;
  Status on_lane(LaneId lane, std::string_view key) override;
  Status on_day(LaneId lane, Day day, std::span<const state::DayRowSlot> slots,
                std::span<const record::SlotGrant> grants) override;
  Status on_booking(record::Place place, const record::BookingImage& image) override;
  Status on_block(std::uint32_t cell, const record::BlockImage& image) override;
  Status on_entitlement(std::uint32_t cell, const record::EntitlementImage& image) override;
  Status on_eligible(std::uint32_t cell, const record::EligibleKeys& keys) override;
  Status on_state_loaded() override;
  Status on_record(Lsn lsn, const record::Header& header) override;

  // Empty when they are the same; else what differs first.
  std::string difference(const Picture& other) const;

  // Seats of active bookings, slot by slot, compared with what the days say.
  std::string recount() const;

  const std::map<record::Place, record::BookingImage>& bookings() const { return bookings_; }
  const std::map<std::uint32_t, record::BlockImage>& blocks() const { return blocks_; }
  const std::map<std::uint32_t, record::EntitlementImage>& entitlements() const {
    return entitlements_;
  }
  const record::EligibleKeys& eligible(std::uint32_t cell) const {
    static const record::EligibleKeys kNone;
    const auto at = eligible_.find(cell);
    return at == eligible_.end() ? kNone : at->second;
  }
  std::uint64_t epoch() const { return epoch_; }
  Lsn last() const { return last_; }
  // How far the state had come when this was loaded, and how many records came on top.
  Lsn loaded() const { return loaded_; }

 private:
  Status change_booking(record::Place place, Lsn lsn, const record::Header& header);
  Status change_days(const record::Header& header);
  Status change_entitlement(Lsn lsn, const record::Header& header);

  std::uint64_t epoch_{0};
  Lsn last_;
  Lsn loaded_;
  std::map<std::uint32_t, std::string> lanes_;
  std::map<std::uint64_t, std::map<std::uint16_t, PictureSlot>> days_;  // by day_key
  std::map<std::uint32_t, record::BlockImage> blocks_;
  std::map<std::uint32_t, record::EntitlementImage> entitlements_;
  std::map<std::uint32_t, record::EligibleKeys> eligible_;
  std::map<record::Place, record::BookingImage> bookings_;  // freed ones with their generation
};

}  // namespace janji::samples
