// Who takes in what recovery finds.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/block_image.hpp"
#include "record/booking_id.hpp"
#include "record/entitlement_image.hpp"
#include "record/image.hpp"
#include "record/record.hpp"
#include "state/day_row.hpp"
#include "state/epochs.hpp"
#include "state/meta.hpp"

namespace janji::state {

// The calls come on one thread, in the order below: the state as of StateMeta::applied, then every
// record behind it. An error ends the recovery and is its result; `damaged` for a record that
// doesn't apply, `limit_reached` with the option's name for a table that is too small.
class RecoverySink {
 public:
  virtual ~RecoverySink() = default;

  // Once. All zero when there is no state yet.
  virtual Status on_meta(const StateMeta& meta, std::span<const EpochRow> epochs) = 0;

  virtual Status on_lane(LaneId lane, std::string_view key) = 0;

  // A day that is open, with the seats that active bookings have taken, to compare a recount with,
  // and what was granted on its slots under operation ids.
  virtual Status on_day(LaneId lane, Day day, std::span<const DayRowSlot> slots,
                        std::span<const record::SlotGrant> grants) = 0;

  // In ascending order of the cells; then all lists that aren't empty, likewise.
  virtual Status on_entitlement(std::uint32_t cell, const record::EntitlementImage& image) = 0;
  virtual Status on_eligible(std::uint32_t cell, const record::EligibleKeys& keys) = 0;

  // A place that was ever used, in ascending order: a booking, deadlines raised by the openings
  // since its claim; or, with `booking` 0, a free one of which only the generation counts.
  virtual Status on_booking(record::Place place, const record::BookingImage& image) = 0;

  // Who is blocked, or was until lately. In ascending order of the cells.
  virtual Status on_block(std::uint32_t cell, const record::BlockImage& image) = 0;

  // Once, between the state and the journal: what was loaded can be recounted.
  virtual Status on_state_loaded() = 0;

  // A checked record, aligned to 8, of any type. Whether it applies is the sink's to say.
  virtual Status on_record(Lsn lsn, const record::Header& header) = 0;
};

}  // namespace janji::state
