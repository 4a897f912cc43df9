#include "ledger/waitlist.hpp"

namespace janji::ledger {

Waitlist::Waitlist(std::uint32_t waiters_max, std::uint32_t bookings_max, std::uint32_t slots_max)
    : cells_(waiters_max),
      lists_(waiters_max),
      cell_of_(waiters_max == 0 ? 0 : bookings_max, kEnd),
      list_of_(waiters_max == 0 ? 0 : slots_max, kEnd),
      queue_(waiters_max) {
  for (std::uint32_t i = waiters_max; i-- > 0;) {
    cells_[i] = Cell{0, kEnd, free_cell_, kEnd, false};
    lists_[i] = List{0, {}, free_list_, kEnd, false, false};
    free_cell_ = free_list_ = i;
  }
}

std::uint32_t Waitlist::new_list(std::uint64_t slot, SlotKey key) noexcept {
  JANJI_CHECK(free_list_ != kEnd);  // there are as many as cells
  const std::uint32_t made = free_list_;
  List& list = lists_[made];
  free_list_ = list.first;
  list.slot = slot;
  list.key = key;
  list.first = list.last = kEnd;
  list.used = true;
  list_of_[slot] = made;
  return made;
}

void Waitlist::enter(Place place, std::uint64_t slot, SlotKey key) noexcept {
  JANJI_CHECK(!full() && cell_of_[place] == kEnd);
  const std::uint32_t at = list_of_[slot] != kEnd ? list_of_[slot] : new_list(slot, key);
  List& list = lists_[at];
  const std::uint32_t made = free_cell_;
  free_cell_ = cells_[made].behind;
  cells_[made] = Cell{place, list.last, kEnd, at, false};
  if (list.last == kEnd) {
    list.first = made;
  } else {
    cells_[list.last].behind = made;
  }
  list.last = made;
  cell_of_[place] = made;
  ++waiting_;
}

void Waitlist::leave(Place place) noexcept {
  JANJI_CHECK(waits(place));
  const std::uint32_t at = cell_of_[place];
  const Cell cell = cells_[at];
  List& list = lists_[cell.list];
  (cell.before == kEnd ? list.first : cells_[cell.before].behind) = cell.behind;
  (cell.behind == kEnd ? list.last : cells_[cell.behind].before) = cell.before;
  cells_[at] = Cell{0, kEnd, free_cell_, kEnd, false};
  free_cell_ = at;
  cell_of_[place] = kEnd;
  --waiting_;
  if (list.first != kEnd) return;
  list_of_[list.slot] = kEnd;
  // It may stand in the queue still, and keeps its mark: whose list it is then is looked at once
  // more than need be.
  list.used = false;
  list.first = free_list_;
  free_list_ = cell.list;
}

Place Waitlist::first(std::uint64_t slot) const noexcept {
  return anyone(slot) ? cells_[lists_[list_of_[slot]].first].place : kEnd;
}

Place Waitlist::next(Place place) const noexcept {
  const std::uint32_t behind = cells_[cell_of_[place]].behind;
  return behind == kEnd ? kEnd : cells_[behind].place;
}

void Waitlist::note(std::uint64_t slot) noexcept {
  if (!anyone(slot)) return;
  List& list = lists_[list_of_[slot]];
  if (list.noted) return;
  list.noted = true;
  queue_[(queue_at_ + noted_) % queue_.size()] = list_of_[slot];
  ++noted_;
}

void Waitlist::note_all() noexcept {
  for (const List& list : lists_) {
    if (list.used) note(list.slot);
  }
}

std::uint64_t Waitlist::take_noted() noexcept {
  JANJI_CHECK(noted_ != 0);
  List& list = lists_[queue_[queue_at_]];
  queue_at_ = static_cast<std::uint32_t>((queue_at_ + 1) % queue_.size());
  --noted_;
  list.noted = false;
  return list.slot;
}

}  // namespace janji::ledger
