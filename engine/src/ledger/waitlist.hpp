// Who waits for which slot, in the order in which they joined.
#pragma once

#include <cstdint>
#include <vector>

#include <janji/check.hpp>
#include <janji/types.hpp>

#include "record/booking_id.hpp"

namespace janji::ledger {

using record::Place;

// Problem: a seat that comes free goes to whoever has waited longest, and whoever leaves may stand
// anywhere in the list.
// Operation: a doubly linked list of cells for each slot in which somebody waits, and a queue of
// those slots that are to be looked at, because a seat may be free there.
// Concurrency: the writer's thread only, or before serving. Nothing allocates after construction.
// Limits: `waiters_max` cells; as many lists. With none, no memory.
class Waitlist {
 public:
  static constexpr std::uint32_t kEnd = ~0U;

  Waitlist(std::uint32_t waiters_max, std::uint32_t bookings_max, std::uint32_t slots_max);

  std::uint32_t size() const noexcept { return waiting_; }
  bool full() const noexcept { return free_cell_ == kEnd; }
  bool waits(Place place) const noexcept { return waiting_ != 0 && cell_of_[place] != kEnd; }
  bool anyone(std::uint64_t slot) const noexcept { return waiting_ != 0 && list_of_[slot] != kEnd; }

  // Behind all others that wait for the slot. There is room; he doesn't wait yet.
  void enter(Place place, std::uint64_t slot, SlotKey key) noexcept;
  // He waits.
  void leave(Place place) noexcept;

  // For which slot he waits. By then his booking may have been offered a seat and moved.
  SlotKey slot_of(Place place) const noexcept { return lists_[cells_[cell_of_[place]].list].key; }

  // The longest waiting one, and who comes behind `place`; kEnd: nobody.
  Place first(std::uint64_t slot) const noexcept;
  Place next(Place place) const noexcept;

  // He is offered nothing when his turn comes.
  void pass_over(Place place) noexcept { cells_[cell_of_[place]].passed = true; }
  bool is_passed(Place place) const noexcept { return cells_[cell_of_[place]].passed; }

  // Looks at the slot are due: once, however often it is noted, and none if nobody waits there.
  void note(std::uint64_t slot) noexcept;
  void note_all() noexcept;
  std::uint32_t noted() const noexcept { return noted_; }
  // The slot that was noted first, no longer noted. Some are.
  std::uint64_t take_noted() noexcept;

 private:
  struct Cell {
    Place place;
    std::uint32_t before, behind;  // cells; free: `behind` is the next free one
    std::uint32_t list;
    bool passed;
  };
  struct List {
    std::uint64_t slot;
    SlotKey key;
    std::uint32_t first, last;  // cells; free: `first` is the next free one
    bool used, noted;
  };

  std::uint32_t new_list(std::uint64_t slot, SlotKey key) noexcept;

  std::vector<Cell> cells_;
  std::vector<List> lists_;
  std::vector<std::uint32_t> cell_of_;  // by place
  std::vector<std::uint32_t> list_of_;  // by slot
  std::vector<std::uint32_t> queue_;    // a ring of lists that are noted
  std::uint32_t free_cell_{kEnd}, free_list_{kEnd};
  std::uint32_t waiting_{0};
  std::uint32_t queue_at_{0}, noted_{0};
};

}  // namespace janji::ledger
