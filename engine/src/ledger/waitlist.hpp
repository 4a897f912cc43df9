// Who waits for which slot, or for any of several of a day, in the order in which they joined.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <janji/check.hpp>
#include <janji/types.hpp>

#include "ledger/slot_marks.hpp"
#include "record/booking_id.hpp"
#include "record/record.hpp"

namespace janji::ledger {

using record::Place;

// What became of somebody's turn: he has had it, or what is free doesn't suffice; or he keeps it
// for the next round.
enum class Turn : std::uint8_t { over, kept };

// One round's looks at who waits: when, and how many records it may still make.
struct HandOut {
  CivilTime civil;
  LedgerTime now;
  std::size_t budget;
  bool clock_is_right;
};

struct OfferedSlot {
  SlotKey key;
  std::uint64_t index;
};

// Problem: a seat that comes free goes to whoever has waited longest, whether for its slot alone or
// for any of several, and whoever leaves may stand anywhere in the list.
// Operation: a doubly linked list of cells for each slot in which somebody waits, and one for each
// day in which somebody waits for several slots. Who waits for a slot stands in its list, or in its
// day's and wants this slot among others; both are in the order of their joins, and a Line goes
// through them as one; a group stands there once, by its head. Marks of those slots that are to be
// looked at, because a seat may be free, and what the last look at each left free.
// Concurrency: the writer's thread only, or before serving. Nothing allocates after construction.
// Limits: `waiters_max` cells; as many lists. With none, no memory.
class Waitlist {
 public:
  static constexpr std::uint32_t kEnd = ~0U;

  // Neighbours in the slot table, both included.
  struct Span {
    std::uint64_t first, last;
    constexpr bool has(std::uint64_t slot) const { return first <= slot && slot <= last; }
  };

  Waitlist(std::uint32_t waiters_max, std::uint32_t bookings_max, std::uint32_t slots_max);

  std::uint32_t size() const noexcept { return waiting_; }
  bool full() const noexcept { return free_cell_ == kEnd; }
  bool waits(Place place) const noexcept { return waiting_ != 0 && cell_of_[place] != kEnd; }
  bool anyone(std::uint64_t slot) const noexcept {
    return waiting_ != 0 && (list_of_[slot] != kEnd || wanted_[slot] != 0);
  }

  // Behind all others. `key`: record::waited_for(); `day`: all slots of the day, if he waits for
  // several of it. There is room; he doesn't wait yet.
  void enter(Place place, SlotKey key, Span slots, Span day) noexcept;
  // He waits.
  void leave(Place place) noexcept;

  // Of one who waits, as he joined: by now his booking may have been offered a seat, and moved.
  SlotKey key_of(Place place) const noexcept { return lists_[cell(place).list].key; }
  Span slots_of(Place place) const noexcept { return cell(place).slots; }
  bool wants_several(Place place) const noexcept {
    return cell(place).slots.first != cell(place).slots.last;
  }

  // Who waits for a slot, the longest first. Nobody may come or go meanwhile.
  class Line {
   public:
    Line(const Waitlist& list, std::uint64_t slot) noexcept;
    bool at_end() const noexcept { return own_ == kEnd && days_ == kEnd; }
    Place place() const noexcept { return list_.cells_[front()].place; }
    void move_on() noexcept;

   private:
    std::uint32_t front() const noexcept;
    void find_next_of_day() noexcept;

    const Waitlist& list_;
    const std::uint64_t slot_;
    std::uint32_t own_{kEnd}, days_{kEnd};  // cells
  };

  // He is no longer offered this one of his slots. Who waits for several no longer waits for it;
  // who waits for it alone does until his turn.
  void give_up(Place place, std::uint64_t slot) noexcept;
  bool gave_up(Place place, std::uint64_t slot) const noexcept {
    return slots_of(place).has(slot) && has_given_up(cell_of_[place], slot);
  }

  // Looks at the slot are due: once, however often it is noted, and none if nobody waits there.
  void note(std::uint64_t slot) noexcept {
    if (anyone(slot)) marks_.set(slot);
  }
  void note_all() noexcept;
  std::uint32_t noted() const noexcept { return marks_.many(); }
  // The next one, no longer noted: the slots of a day from its first on. Some are.
  std::uint64_t take_noted() noexcept;
  // What the last look at the slot, which was at all who wait for it, left free: nobody ahead
  // takes it as it is. 0: another look is due first.
  std::uint32_t left(std::uint64_t slot) const noexcept {
    return marks_.has(slot) ? 0 : left_[slot];
  }
  void leave_free(std::uint64_t slot, std::uint32_t seats) noexcept {
    left_[slot] = static_cast<std::uint16_t>(seats);
  }
  // The next one is the first of all; without this, the first behind the last.
  void begin_anew() noexcept { look_at_ = 0; }

 private:
  static constexpr std::size_t kWords = (record::Day::kSlotsMax + 63) / 64;
  struct Cell {
    Place place;
    std::uint32_t before, behind;  // cells; free: `behind` is the next free one
    std::uint32_t list;
    std::uint64_t number;  // of those who ever joined
    Span slots;
  };
  struct List {
    SlotKey key;
    Span slots;                 // its slot, or all of its day
    std::uint32_t first, last;  // cells; free: `first` is the next free one
    bool used;
  };

  bool has_given_up(std::uint32_t cell, std::uint64_t slot) const noexcept;
  const Cell& cell(Place place) const noexcept { return cells_[cell_of_[place]]; }
  // Where it is kept which list a slot has of its own, and which its day has.
  std::vector<std::uint32_t>& index_of(const List& list) noexcept {
    return list.slots.first == list.slots.last ? list_of_ : days_list_;
  }
  std::uint32_t new_list(SlotKey key, Span slots) noexcept;
  void drop(std::uint32_t list) noexcept;

  std::vector<Cell> cells_;
  std::vector<std::array<std::uint64_t, kWords>> given_up_;  // by cell: a bit for each of its slots
  std::vector<List> lists_;
  std::vector<std::uint32_t> cell_of_;    // by place
  std::vector<std::uint32_t> list_of_;    // by slot
  std::vector<std::uint32_t> days_list_;  // likewise: its day's
  std::vector<std::uint32_t> wanted_;     // likewise: how many want it among others
  std::vector<std::uint16_t> left_;       // likewise
  SlotMarks marks_;
  std::uint64_t look_at_{0};
  std::uint64_t joined_{0};
  std::uint32_t free_cell_{kEnd}, free_list_{kEnd};
  std::uint32_t waiting_{0};
};

}  // namespace janji::ledger
