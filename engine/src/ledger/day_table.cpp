#include "ledger/day_table.hpp"

#include <janji/check.hpp>

#include "base/words.hpp"

namespace janji::ledger {

DayShape::DayShape(std::span<const record::DaySlot> slots) {
  index_of_minute.fill(kNoSlot);
  for (const record::DaySlot& slot : slots) {
    JANJI_CHECK(slot.minute < kMinutes);
    index_of_minute[slot.minute] = static_cast<std::uint16_t>(start.size());
    start.push_back(slot.minute);
    length.push_back(slot.length_minutes);
  }
}

DayTable::DayTable(std::uint32_t slots_max, std::uint32_t lanes_max, std::uint32_t ring_days,
                   bool huge_pages)
    : slots_max_(slots_max),
      lanes_max_(lanes_max),
      ring_days_(ring_days),
      words_(slots_max, huge_pages),
      rows_(std::size_t{lanes_max} * ring_days, huge_pages),
      rules_(lanes_max) {
  JANJI_CHECK(ring_days != 0 && (ring_days & (ring_days - 1)) == 0);
}

bool DayTable::find(LaneId lane, Day day, DayView& out) const noexcept {
  if (lane.value >= lanes()) return false;
  const DayRow& row = rows_[row_index(lane, day)];
  const std::uint64_t wanted = DayRow::tag_of(day);
  // acquire: pairs with the release that ends open_day().
  if (row.tag.load(std::memory_order_acquire) != wanted) return false;
  // acquire: keeps the second look at the tag behind these; pairs with open_day()'s stores.
  out.first_slot = row.first_slot.load(std::memory_order_acquire);
  out.slots = static_cast<std::uint32_t>(row.slots.load(std::memory_order_acquire));
  out.shape = row.shape.load(std::memory_order_acquire);
  out.midnight_ms = row.midnight_ms.load(std::memory_order_acquire);
  out.row = const_cast<DayRow*>(&row);
  return row.tag.load(std::memory_order_relaxed) == wanted;
}

bool DayTable::set_lane(LaneId lane, const LaneRules& rules) {
  if (lane.value >= lanes_max_) return false;
  rules_[lane.value] = rules;
  if (lane.value >= lanes()) lanes_.store(lane.value + 1, std::memory_order_release);
  return true;
}

Status DayTable::can_open(LaneId lane, Day day, std::uint32_t slots) const {
  if (lane.value >= lanes()) {
    return Error{Code::damaged,
                 base::words("day ", day.value, " is of lane ", lane.value, ", which is unknown")};
  }
  if (slots_used_ + slots > slots_max_) {
    return Error{Code::limit_reached,
                 base::words("slots_max: no room for another day's slots beside ", slots_used_,
                             " of ", slots_max_, "; raise it, or leave it 0 and open again")};
  }
  // relaxed: only the writer, who asks, changes it.
  const std::uint64_t tag = rows_[row_index(lane, day)].tag.load(std::memory_order_relaxed);
  if (tag != 0) {
    return Error{Code::retry,
                 base::words("day ", static_cast<std::uint32_t>(tag),
                             " still has its row, in a ring of ", ring_days_,
                             ": close the engine and open it again (restart janjid), which makes "
                             "room for the days to come")};
  }
  return success();
}

void DayTable::open_day(LaneId lane, Day day, std::int64_t midnight_ms,
                        std::span<const record::DaySlot> slots) {
  JANJI_CHECK(can_open(lane, day, static_cast<std::uint32_t>(slots.size())).ok());
  DayRow& row = rows_[row_index(lane, day)];
  const std::uint64_t first = slots_used_;
  slots_used_ += slots.size();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    words_[first + i].store(SlotWord::make(day, slots[i].capacity).bits, std::memory_order_relaxed);
  }
  // release: a reader who sees one of these sees, at its second look, that the tag had changed.
  row.first_slot.store(first, std::memory_order_release);
  row.slots.store(slots.size(), std::memory_order_release);
  row.shape.store(shape_for(slots), std::memory_order_release);
  row.midnight_ms.store(midnight_ms, std::memory_order_release);
  row.give_backs.store(0, std::memory_order_release);
  row.tag.store(DayRow::tag_of(day), std::memory_order_release);  // pairs with find()
}

bool DayTable::is_open(LaneId lane, Day day) const noexcept {
  return lane.value < lanes() &&
         rows_[row_index(lane, day)].tag.load(std::memory_order_acquire) == DayRow::tag_of(day);
}

bool DayTable::row_is_taken(LaneId lane, Day day) const noexcept {
  // relaxed: only the writer, who asks, changes it.
  const std::uint64_t tag = rows_[row_index(lane, day)].tag.load(std::memory_order_relaxed);
  return tag != 0 && tag != DayRow::tag_of(day);
}

const DayShape* DayTable::shape_for(std::span<const record::DaySlot> slots) {
  std::string times;
  for (const record::DaySlot& slot : slots) {
    times.append(reinterpret_cast<const char*>(&slot.minute), sizeof slot.minute);
    times.append(reinterpret_cast<const char*>(&slot.length_minutes), sizeof slot.length_minutes);
  }
  auto& shape = shapes_[times];
  if (!shape) shape = std::make_unique<DayShape>(slots);
  return shape.get();
}

}  // namespace janji::ledger
