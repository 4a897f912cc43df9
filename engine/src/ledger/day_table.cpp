#include "ledger/day_table.hpp"

#include <algorithm>

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
      kept_(slots_max, huge_pages),
      planned_(slots_max, huge_pages),
      rows_(std::size_t{lanes_max} * ring_days, huge_pages),
      rules_(std::make_unique<std::atomic<const LaneRules*>[]>(lanes_max)),
      kept_rules_(lanes_max),
      runs_(slots_max),
      notes_(rows_.size()),
      forgotten_(lanes_max, Day{kNoDay}) {
  JANJI_CHECK(ring_days != 0 && (ring_days & (ring_days - 1)) == 0);
  static const LaneRules kNone;
  // relaxed: nobody else is there yet.
  for (std::uint32_t i = 0; i < lanes_max; ++i) rules_[i].store(&kNone, std::memory_order_relaxed);
}

bool DayTable::find(LaneId lane, Day day, DayView& out) const noexcept {
  if (lane.value >= lanes()) return false;
  const DayRow& row = rows_[row_index(lane, day)];
  const std::uint64_t wanted = DayRow::tag_of(day);
  // acquire: pairs with the release that ends open_day(). That forget_day() took the tag away needs
  // no release: whoever sees what open_day() stored afterwards sees at the second look that it did.
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
  auto& kept = kept_rules_[lane.value];
  auto at = std::find_if(kept.begin(), kept.end(), [&](const auto& one) { return *one == rules; });
  if (at == kept.end()) at = kept.insert(at, std::make_unique<const LaneRules>(rules));
  // seq_cst: pairs with rules(), M there.
  rules_[lane.value].store(at->get(), std::memory_order_seq_cst);
  if (lane.value >= lanes()) lanes_.store(lane.value + 1, std::memory_order_release);
  return true;
}

Status DayTable::can_open(LaneId lane, Day day, std::uint32_t slots) const {
  if (lane.value >= lanes()) {
    return Error{Code::damaged,
                 base::words("day ", day.value, " is of lane ", lane.value, ", which is unknown")};
  }
  if (!runs_.fits(slots)) {
    return Error{
        Code::limit_reached,
        base::words("slots_max: no room for another day's ", slots, " slots beside ", runs_.used(),
                    " of ", slots_max_, "; raise it, or leave it 0 and open again")};
  }
  // relaxed: only the writer, who asks, changes it.
  const std::uint64_t tag = rows_[row_index(lane, day)].tag.load(std::memory_order_relaxed);
  if (tag != 0) {
    return Error{Code::retry,
                 base::words("day ", static_cast<std::uint32_t>(tag),
                             " still has its row, in a ring of ", ring_days_,
                             ": end its bookings, or close the engine and open it again (restart "
                             "janjid), which makes room for the days to come")};
  }
  return success();
}

void DayTable::open_day(LaneId lane, Day day, std::int64_t midnight_ms,
                        std::span<const record::DaySlot> slots) {
  open_day(lane, day, midnight_ms, slots, reserve(static_cast<std::uint32_t>(slots.size())));
}

void DayTable::open_day(LaneId lane, Day day, std::int64_t midnight_ms,
                        std::span<const record::DaySlot> slots, std::uint64_t first) {
  JANJI_CHECK(can_open(lane, day, 0).ok() && first + slots.size() <= slots_max_);
  DayRow& row = rows_[row_index(lane, day)];
  for (std::size_t i = 0; i < slots.size(); ++i) {
    words_[first + i].store(SlotWord::make(day, slots[i].capacity).bits, std::memory_order_relaxed);
    // release: pairs with Ledger::slots(): who reads it finds the new word at its second look.
    kept_[first + i].store(slots[i].kept, std::memory_order_release);
    plan(first + i, record::Planned::of(slots[i].capacity + std::uint32_t{slots[i].kept}, false));
  }
  // release: a reader who sees one of these sees, at its second look, that the tag had changed.
  row.first_slot.store(first, std::memory_order_release);
  row.slots.store(slots.size(), std::memory_order_release);
  row.shape.store(shape_for(slots), std::memory_order_release);
  row.midnight_ms.store(midnight_ms, std::memory_order_release);
  row.grants.store(0, std::memory_order_relaxed);  // the tag releases both
  row.granted.store(0, std::memory_order_relaxed);
  row.tag.store(DayRow::tag_of(day), std::memory_order_release);  // pairs with find()
  notes_[row_index(lane, day)] = Note{day.value, 0, {}, kNothing};
  ++opens_;
}

void DayTable::forget_day(LaneId lane, Day day) {
  const std::size_t index = row_index(lane, day);
  JANJI_CHECK(is_open(lane, day) && notes_[index].bookings == 0);
  DayRow& row = rows_[index];
  // relaxed: the fields are the writer's own stores; of the tag, see find().
  const std::uint64_t first = row.first_slot.load(std::memory_order_relaxed);
  const auto slots = static_cast<std::uint32_t>(row.slots.load(std::memory_order_relaxed));
  row.tag.store(0, std::memory_order_relaxed);
  runs_.give_back(first, slots);
  notes_[index] = Note{};
  forgotten_[lane.value] = std::max(forgotten_[lane.value], day);
  ++forgets_;
}

void DayTable::count_booking(SlotKey slot, int by) noexcept {
  Note& note = notes_[row_index(slot.lane(), slot.day())];
  JANJI_CHECK(note.day == slot.day().value && (by > 0 || note.bookings != 0));
  note.bookings += static_cast<std::uint32_t>(by);
  // relaxed: as in bookings().
  const std::uint64_t before = bookings_.load(std::memory_order_relaxed);
  bookings_.store(before + static_cast<std::uint64_t>(by), std::memory_order_relaxed);
}

void DayTable::count_no_bookings() noexcept {
  bookings_.store(0, std::memory_order_relaxed);
  for (Note& note : notes_) note.bookings = 0;
}

void DayTable::begin_serving() noexcept {
  std::fill(forgotten_.begin(), forgotten_.end(), Day{kNoDay});
}

bool DayTable::day_at(std::size_t row, LaneId& lane, Day& day) const noexcept {
  lane = LaneId{static_cast<std::uint32_t>(row / ring_days_)};
  day = Day{notes_[row].day};
  return notes_[row].day != kNoDay;
}

bool DayTable::is_open(LaneId lane, Day day) const noexcept {
  return lane.value < lanes() &&
         rows_[row_index(lane, day)].tag.load(std::memory_order_acquire) == DayRow::tag_of(day);
}

bool DayTable::keeps_any(LaneId lane) const noexcept {
  for (std::uint32_t i = 0; i < ring_days_; ++i) {
    DayView view;
    const std::size_t row = std::size_t{lane.value} * ring_days_ + i;
    if (notes_[row].day == kNoDay || !find(lane, Day{notes_[row].day}, view)) continue;
    for (std::uint32_t slot = 0; slot < view.slots; ++slot) {
      // relaxed: the writer's own.
      if (kept_[view.first_slot + slot].load(std::memory_order_relaxed) != 0) return true;
    }
  }
  return false;
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
