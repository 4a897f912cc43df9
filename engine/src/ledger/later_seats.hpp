// Seats that were given up and come back later.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <janji/types.hpp>

namespace janji::ledger {

// Problem: a seat that was given up stays taken for a time that only the writer knows, though
// nobody has it; then it is to be given back, by a record.
// Operation: a heap of what is on its way, by when it is due, and how many seats of each slot that
// are. Room in the heap is kept by whoever decides, before his record says that seats come later:
// without room they come at once.
// Concurrency: reserve(), release() and of() by any thread; the rest by the writer alone, or before
// serving. Nothing allocates after construction. With no room, no memory.
class LaterSeats {
 public:
  struct Entry {
    std::int64_t due_ms;  // ledger time
    std::uint64_t slot_index;
    SlotKey slot;
    std::uint32_t seats;
  };

  LaterSeats(std::uint32_t entries_max, std::uint32_t slots_max);

  // Room for so many entries, until each was given back. False: there isn't so much.
  bool reserve(std::uint32_t entries) noexcept;
  void release(std::uint32_t entries) noexcept;
  // Seats of the slot that come later: a hint while others change it.
  std::uint32_t of(std::uint64_t slot_index) const noexcept {
    return seats_ == nullptr ? 0 : seats_[slot_index].load(std::memory_order_relaxed);
  }

  // Of all slots, likewise.
  std::uint64_t total() const noexcept { return total_.load(std::memory_order_relaxed); }

  bool empty() const noexcept { return heap_.empty(); }
  // There is room, which reserve() kept.
  void enter(const Entry& entry) noexcept;
  // The entry that is due first, if it is by now. Its seats count until they have come.
  bool pop_due(LedgerTime now, Entry& entry) noexcept;
  // They have.
  void come(std::uint64_t slot_index, std::uint32_t seats) noexcept;

 private:
  const std::uint32_t entries_max_;
  std::vector<Entry> heap_;
  std::unique_ptr<std::atomic<std::uint16_t>[]> seats_;  // by slot
  std::atomic<std::uint32_t> reserved_{0};
  std::atomic<std::uint64_t> total_{0};
};

}  // namespace janji::ledger
