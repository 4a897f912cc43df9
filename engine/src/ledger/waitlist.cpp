#include "ledger/waitlist.hpp"

#include <algorithm>

namespace janji::ledger {

Waitlist::Waitlist(std::uint32_t waiters_max, std::uint32_t bookings_max, std::uint32_t slots_max)
    : cells_(waiters_max),
      given_up_(waiters_max),
      lists_(waiters_max),
      cell_of_(waiters_max == 0 ? 0 : bookings_max, kEnd),
      list_of_(waiters_max == 0 ? 0 : slots_max, kEnd),
      days_list_(list_of_.size(), kEnd),
      wanted_(list_of_.size()),
      left_(list_of_.size()),
      marks_(list_of_.size()) {
  for (std::uint32_t i = waiters_max; i-- > 0;) {
    cells_[i] = Cell{0, kEnd, free_cell_, kEnd, 0, {}};
    lists_[i] = List{{}, {}, free_list_, kEnd, false};
    free_cell_ = free_list_ = i;
  }
}

std::uint32_t Waitlist::new_list(SlotKey key, Span slots) noexcept {
  JANJI_CHECK(free_list_ != kEnd);  // there are as many as cells
  const std::uint32_t made = free_list_;
  List& list = lists_[made];
  free_list_ = list.first;
  list = List{key, slots, kEnd, kEnd, true};
  std::vector<std::uint32_t>& index = index_of(list);
  for (std::uint64_t slot = slots.first; slot <= slots.last; ++slot) index[slot] = made;
  return made;
}

void Waitlist::drop(std::uint32_t dropped) noexcept {
  List& list = lists_[dropped];
  std::vector<std::uint32_t>& index = index_of(list);
  for (std::uint64_t slot = list.slots.first; slot <= list.slots.last; ++slot) index[slot] = kEnd;
  list.used = false;
  list.first = free_list_;
  free_list_ = dropped;
}

void Waitlist::enter(Place place, SlotKey key, Span slots, Span day) noexcept {
  JANJI_CHECK(!full() && cell_of_[place] == kEnd);
  const bool several = slots.first != slots.last;
  JANJI_CHECK(slots.last - slots.first < kWords * 64);
  const std::uint32_t there = (several ? days_list_ : list_of_)[slots.first];
  const std::uint32_t at = there != kEnd ? there : new_list(key, several ? day : slots);
  List& list = lists_[at];
  const std::uint32_t made = free_cell_;
  free_cell_ = cells_[made].behind;
  cells_[made] = Cell{place, list.last, kEnd, at, joined_++, slots};
  given_up_[made].fill(0);
  if (list.last == kEnd) {
    list.first = made;
  } else {
    cells_[list.last].behind = made;
  }
  list.last = made;
  cell_of_[place] = made;
  ++waiting_;
  for (std::uint64_t slot = slots.first; several && slot <= slots.last; ++slot) ++wanted_[slot];
}

void Waitlist::leave(Place place) noexcept {
  JANJI_CHECK(waits(place));
  const std::uint32_t at = cell_of_[place];
  const Cell cell = cells_[at];
  List& list = lists_[cell.list];
  (cell.before == kEnd ? list.first : cells_[cell.before].behind) = cell.behind;
  (cell.behind == kEnd ? list.last : cells_[cell.behind].before) = cell.before;
  const bool several = wants_several(place);
  for (std::uint64_t slot = cell.slots.first; several && slot <= cell.slots.last; ++slot) {
    if (!has_given_up(at, slot)) --wanted_[slot];
  }
  cells_[at] = Cell{0, kEnd, free_cell_, kEnd, 0, {}};
  free_cell_ = at;
  cell_of_[place] = kEnd;
  --waiting_;
  if (list.first == kEnd) drop(cell.list);
}

void Waitlist::give_up(Place place, std::uint64_t slot) noexcept {
  if (!slots_of(place).has(slot) || gave_up(place, slot)) return;
  const std::uint64_t bit = slot - slots_of(place).first;
  given_up_[cell_of_[place]][bit / 64] |= 1ULL << bit % 64;
  if (wants_several(place)) --wanted_[slot];
}

bool Waitlist::has_given_up(std::uint32_t cell, std::uint64_t slot) const noexcept {
  const std::uint64_t bit = slot - cells_[cell].slots.first;
  return (given_up_[cell][bit / 64] >> bit % 64 & 1) != 0;
}

void Waitlist::note_all() noexcept {
  for (const List& list : lists_) {
    if (!list.used) continue;
    for (std::uint64_t slot = list.slots.first; slot <= list.slots.last; ++slot) note(slot);
  }
}

std::uint64_t Waitlist::take_noted() noexcept {
  std::uint64_t slot = marks_.take(look_at_);
  if (slot == SlotMarks::kNone) slot = marks_.take(0);
  JANJI_CHECK(slot != SlotMarks::kNone);
  look_at_ = slot + 1;
  return slot;
}

// ---- a line ----

Waitlist::Line::Line(const Waitlist& list, std::uint64_t slot) noexcept : list_(list), slot_(slot) {
  if (!list.anyone(slot)) return;
  if (list.list_of_[slot] != kEnd) own_ = list.lists_[list.list_of_[slot]].first;
  if (list.wanted_[slot] != 0) days_ = list.lists_[list.days_list_[slot]].first;
  find_next_of_day();
}

// Of those who wait for several slots of the day, the next who wants this one.
void Waitlist::Line::find_next_of_day() noexcept {
  while (days_ != kEnd &&
         (!list_.cells_[days_].slots.has(slot_) || list_.has_given_up(days_, slot_))) {
    days_ = list_.cells_[days_].behind;
  }
}

std::uint32_t Waitlist::Line::front() const noexcept {
  if (own_ == kEnd || days_ == kEnd) return std::min(own_, days_);
  return list_.cells_[own_].number < list_.cells_[days_].number ? own_ : days_;
}

void Waitlist::Line::move_on() noexcept {
  std::uint32_t& at = front() == own_ ? own_ : days_;
  at = list_.cells_[at].behind;
  find_next_of_day();
}

}  // namespace janji::ledger
