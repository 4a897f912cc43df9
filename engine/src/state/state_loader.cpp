#include "state/state_loader.hpp"

#include <utility>

#include "record/check_image.hpp"
#include "state/block_rows.hpp"
#include "state/booking_block.hpp"
#include "state/entitlement_rows.hpp"
#include "state/lane_row.hpp"

namespace janji::state {
namespace {

Status load_lanes(const store::StateStore& state, RecoverySink& sink) {
  return state.scan(StateTable::lanes, 0, [&](std::uint64_t key, Bytes row) -> Status {
    const LaneId lane{static_cast<std::uint32_t>(key)};
    if (key >= kMaxLanes) return damaged_row(StateTable::lanes, key, "there is no such lane");
    const auto text = decode_lane_row(lane, row);
    if (!text) return text.error();
    return sink.on_lane(lane, *text);
  });
}

Status load_days(const store::StateStore& state, RecoverySink& sink, std::uint64_t& days) {
  return state.scan(StateTable::days, 0, [&](std::uint64_t key, Bytes row) -> Status {
    const SlotKey first = first_slot_of(key);
    if (!first.valid()) return damaged_row(StateTable::days, key, "there is no such day");
    const auto day = DayRow::decode(key, row);
    if (!day) return day.error();
    ++days;
    return sink.on_day(first.lane(), first.day(), day->slots(), day->grants());
  });
}

Status load_block(std::uint64_t key, const BookingBlock& block, const EpochTable& epochs,
                  RecoverySink& sink, std::uint64_t& places) {
  for (std::uint32_t index = 0; index < kPlacesPerBlock; ++index) {
    if (!block.used(index)) continue;
    auto image = block.image(index);
    if (!image) return image.error();
    if (const char* why = record::why_senseless(*image)) {
      return damaged_row(StateTable::bookings, key, why);
    }
    epochs.settle(*image);
    ++places;
    const auto place = static_cast<record::Place>(key * kPlacesPerBlock + index);
    if (Status status = sink.on_booking(place, *image); !status.ok()) return status;
  }
  return success();
}

Status load_bookings(const store::StateStore& state, const EpochTable& epochs, RecoverySink& sink,
                     std::uint64_t& places) {
  return state.scan(StateTable::bookings, 0, [&](std::uint64_t key, Bytes row) -> Status {
    if (key > block_of(record::kPlacesMax)) {
      return damaged_row(StateTable::bookings, key, "there are no such places");
    }
    const auto block = BookingBlock::decode(key, row);
    if (!block) return block.error();
    return load_block(key, *block, epochs, sink, places);
  });
}

}  // namespace

Result<LoadedState> load_state(const store::StateStore& state, RecoverySink& sink) {
  LoadedState loaded;
  const auto meta = read_meta(state);
  if (!meta) return meta.error();
  loaded.meta = *meta;
  const auto epochs = EpochTable::load(state);
  if (!epochs) return epochs.error();
  if (epochs->rows().size() != meta->epoch) {
    return damaged_row(StateTable::epochs, meta->epoch, "the table doesn't have every epoch");
  }
  if (!epochs->rows().empty() && epochs->rows().back().lsn > meta->applied) {
    return damaged_row(StateTable::epochs, meta->epoch, "it lies behind what the state has");
  }
  Status status = sink.on_meta(*meta, epochs->rows());
  if (status.ok()) status = load_lanes(state, sink);
  if (status.ok()) status = load_days(state, sink, loaded.days);
  if (status.ok()) status = load_entitlements(state, sink);
  if (status.ok()) status = load_bookings(state, *epochs, sink, loaded.places);
  if (status.ok()) status = load_blocks(state, sink);
  if (status.ok()) status = sink.on_state_loaded();
  if (!status.ok()) return status.error();
  return loaded;
}

}  // namespace janji::state
