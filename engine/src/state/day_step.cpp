#include "state/day_step.hpp"

#include <algorithm>
#include <string>

#include "record/visit.hpp"
#include "state/block_rows.hpp"
#include "state/entitlement_step.hpp"
#include "state/epochs.hpp"
#include "state/lane_row.hpp"

namespace janji::state {
namespace {

Error at_lsn(Lsn lsn, const std::string& words) {
  return Error{Code::damaged, "record at LSN " + std::to_string(lsn.value) + ": " + words};
}

template <class R>
const R& record_at(const Batch& batch, std::uint32_t seq) {
  return record::as<R>(reinterpret_cast<const std::byte*>(&batch.header(seq)));
}

std::string name_of_day(std::uint64_t key) {
  const SlotKey slot = first_slot_of(key);
  return "day " + std::to_string(slot.day().value) + " of lane " +
         std::to_string(slot.lane().value);
}

}  // namespace

Status DayStep::run(const Batch& batch, std::vector<SeatChange>& seats) {
  events_.clear();
  for (const std::uint32_t seq : batch.others()) {
    if (Status status = put_other(batch, seq); !status.ok()) return status;
  }
  for (const SeatChange& change : seats) {
    events_.push_back(Event{change.slot, change.seq, change.seats});
  }
  std::sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
    return a.day() != b.day() ? a.day() < b.day() : a.seq < b.seq;
  });
  for (auto first = events_.begin(); first != events_.end();) {
    const auto last = std::find_if(first, events_.end(),
                                   [&](const Event& event) { return event.day() != first->day(); });
    if (Status status = change_day(batch, {first, last}); !status.ok()) return status;
    first = last;
  }
  return success();
}

// Lanes, epochs and blocks go straight into their tables; days wait for their turn among the
// claims.
Status DayStep::put_other(const Batch& batch, std::uint32_t seq) {
  const record::Header& header = batch.header(seq);
  if (header.type == record::Type::lane) {
    const auto& lane = record_at<record::Lane>(batch, seq);
    const auto there = state_.get(StateTable::lanes, lane.lane);
    if (!there) return there.error();
    if (there->has_value()) {
      return at_lsn(batch.lsn(seq), "lane " + std::to_string(lane.lane) + " has a key already");
    }
    return state_.put(StateTable::lanes, lane.lane,
                      encode_lane_row(LaneId{lane.lane}, record::key_of(lane)));
  }
  if (header.type == record::Type::epoch) {
    const auto row = make_epoch_row(batch.lsn(seq), record_at<record::Epoch>(batch, seq));
    return state_.put(StateTable::epochs, row.number,
                      encode_row(StateTable::epochs, row.number, row));
  }
  if (header.type == record::Type::block || header.type == record::Type::forget_block) {
    Status applied = apply_block(state_, batch.lsn(seq), header);
    if (applied.code() != Code::damaged) return applied;
    return at_lsn(batch.lsn(seq), applied.error().detail);
  }
  if (is_of_entitlement(header.type)) return success();          // EntitlementStep's
  if (header.type == record::Type::catalogue) return success();  // see advance()
  const auto at = [&](std::uint32_t lane, std::int32_t day) {
    events_.push_back(Event{SlotKey(LaneId{lane}, Day{day}, Minute{0}), seq, 0});
  };
  if (header.type == record::Type::day) {
    const auto& day = record_at<record::Day>(batch, seq);
    at(day.lane, day.day);
  } else if (header.type == record::Type::slot) {
    events_.push_back(Event{SlotKey{record_at<record::Slot>(batch, seq).slot}, seq, 0});
  } else if (header.type == record::Type::give_back) {
    events_.push_back(Event{SlotKey{record_at<record::GiveBack>(batch, seq).slot}, seq, 0});
  } else if (header.type == record::Type::tranche) {
    events_.push_back(Event{SlotKey{record_at<record::Tranche>(batch, seq).slot}, seq, 0});
  } else if (header.type == record::Type::fall_back) {
    const auto& fall = record_at<record::FallBack>(batch, seq);
    events_.push_back(Event{SlotKey{fall.from}, seq, 0});
    events_.push_back(Event{SlotKey{fall.slot}, seq, 0});
  } else {
    const auto& archive = record_at<record::Archive>(batch, seq);
    at(archive.lane, archive.day);
  }
  return success();
}

Status DayStep::change_day(const Batch& batch, std::span<const Event> events) {
  const std::uint64_t key = events.front().day();
  const auto row = state_.get(StateTable::days, key);
  if (!row) return row.error();
  std::optional<DayRow> day;
  if (row->has_value()) {
    auto decoded = DayRow::decode(key, **row);
    if (!decoded) return decoded.error();
    day = std::move(*decoded);
  }
  for (const Event& event : events) {
    if (Status status = apply(batch, event, day); !status.ok()) {
      return at_lsn(batch.lsn(event.seq), status.error().detail);
    }
  }
  if (!day) return state_.erase(StateTable::days, key);
  return state_.put(StateTable::days, key, day->encode(key));
}

Status DayStep::apply(const Batch& batch, const Event& event, std::optional<DayRow>& day) {
  const record::Header& header = batch.header(event.seq);
  if (event.seats != 0 && day) {
    const bool later = event.seats < 0 && (header.flags & record::Header::kLater) != 0;
    return later ? day->give_up(event.slot, static_cast<std::uint32_t>(-event.seats))
                 : day->take(event.slot, event.seats);
  }
  if (event.seats == 0 && header.type == record::Type::day) {
    if (day) return Error{Code::damaged, name_of_day(event.day()) + " is open already"};
    day.emplace(record::slots_of(record_at<record::Day>(batch, event.seq)));
    return success();
  }
  if (!day) return Error{Code::damaged, name_of_day(event.day()) + " isn't open"};
  if (header.type == record::Type::slot) {
    return day->change(batch.lsn(event.seq), record_at<record::Slot>(batch, event.seq));
  }
  if (header.type == record::Type::give_back) {
    const auto& made = record_at<record::GiveBack>(batch, event.seq);
    return day->give_back(SlotKey{made.slot}, made.seats);
  }
  if (header.type == record::Type::tranche) {
    return day->bring(record_at<record::Tranche>(batch, event.seq));
  }
  if (header.type == record::Type::fall_back) {
    const auto& fall = record_at<record::FallBack>(batch, event.seq);
    const bool leaves = event.slot == SlotKey{fall.from};
    return day->resize(event.slot, leaves ? -std::int32_t{fall.seats} : fall.seats,
                       leaves ? fall.from_capacity : fall.capacity);
  }
  const auto slots = day->slots();
  if (std::any_of(slots.begin(), slots.end(), [](const auto& slot) { return slot.taken != 0; })) {
    return Error{Code::damaged, name_of_day(event.day()) + " still has active bookings"};
  }
  day.reset();
  return success();
}

}  // namespace janji::state
