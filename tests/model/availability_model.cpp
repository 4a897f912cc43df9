// What the calendar must say: the reading half of the operation model.
#include "model/operation_model.hpp"

namespace janji::model {

using Status = DayAvailability::Status;

std::vector<SlotAvailability> OperationModel::slots(LaneId lane, Day day, CivilTime civil) const {
  std::vector<SlotAvailability> made;
  const auto begin = ledger_.slots().lower_bound(SlotKey(lane, day, Minute{0}));
  const auto end = ledger_.slots().lower_bound(SlotKey(lane, Day{day.value + 1}, Minute{0}));
  for (auto slot = begin; slot != end; ++slot) {
    SlotAvailability one;
    one.slot = slot->first;
    one.length_minutes = slot->second.length_minutes;
    one.capacity = static_cast<std::uint16_t>(slot->second.capacity);
    one.kept = static_cast<std::uint16_t>(slot->second.kept);
    const bool closed = slot->second.closed;
    one.free = closed ? 0 : static_cast<std::uint16_t>(slot->second.free());
    one.status = closed                         ? Status::closed
                 : too_late(slot->first, civil) ? Status::past
                 : one.free > 0                 ? Status::available
                                                : Status::full;
    made.push_back(one);
  }
  return made;
}

DayAvailability OperationModel::day(LaneId lane, Day day, CivilTime civil) const {
  DayAvailability made;
  made.day = day;
  const Day today = catalogue_.local_day(lane_spec(lane)->branch, civil);
  const auto open = ledger_.days().find({lane, day});
  if (open == ledger_.days().end() || open->second) {
    made.status = day < today ? Status::past : Status::unreleased;
    return made;
  }
  const auto slots = this->slots(lane, day, civil);
  bool ahead = false, open_ahead = false;
  for (const SlotAvailability& slot : slots) {
    made.capacity += slot.capacity;
    if (too_late(slot.slot, civil)) continue;
    ahead = true;
    open_ahead = open_ahead || slot.status != Status::closed;
    made.free += slot.free;
  }
  if (slots.empty()) {
    made.status = day < today ? Status::past : Status::closed;
  } else if (!ahead) {
    made.status = Status::past;
  } else if (!open_ahead) {
    made.status = Status::closed;
  } else {
    made.status = made.free > 0 ? Status::available : Status::full;
  }
  return made;
}

}  // namespace janji::model
