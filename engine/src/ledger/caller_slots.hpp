// What a deciding thread needs for itself: record blocks and free places taken in advance.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "base/stock.hpp"

namespace janji::ledger {

inline constexpr std::uint32_t kNothing = ~0U;
static_assert(kNothing == base::Stock::kNone);

// Counts decisions where they are made; summed up by whoever asks.
struct CallerCounters {
  std::atomic<std::uint64_t> claims, confirms, cancels, reschedules, acts, expiries, replays,
      refusals, retries, waits;
};

// One deciding thread's stock. Plain fields belong to whoever has the slot.
struct alignas(64) CallerSlot {
  std::atomic<std::uint32_t> taken{0};
  std::uint32_t operation{kNothing};  // one spare entry of the operation slab
  base::Stock blocks;                 // for records
  base::Stock reserve_blocks;         // for confirm and cancel only
  base::Stock places;                 // free bookings
  CallerCounters count{};

  // Only the slot's owner writes, so no atomic addition is needed; relaxed: a statistic.
  static void add_one(std::atomic<std::uint64_t>& counter) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};

// Problem: give each deciding thread a stock of its own without knowing the threads: no
// registration, nothing to clean up when a thread ends.
// Operation: a fixed number of slots, each with a flag. A thread takes the slot it had before, or
// else the next free one, for the length of one decision.
// Concurrency: any thread; lock-free: a stopped thread keeps its slot, others take another one.
// Limits: as many decisions at one instant as there are slots; then `overloaded`. With nearly as
// many, one look around may miss a slot that came free behind it, and say so a moment too early.
class CallerSlots {
 public:
  explicit CallerSlots(std::uint32_t size)
      : size_(size), slots_(std::make_unique<CallerSlot[]>(size)) {}

  CallerSlot* acquire() noexcept {
    // Where this thread had its last slot, in whichever engine: a hint, so any value will do.
    static thread_local std::uint32_t last = kNothing;
    std::uint32_t at = last;
    if (at >= size_) at = at == kNothing ? next_start() % size_ : 0;
    for (std::uint32_t i = 0; i < size_; ++i) {
      CallerSlot& slot = slots_[at];
      // acquire: pairs with release(): the stock that the last owner left.
      if (slot.taken.load(std::memory_order_relaxed) == 0 &&
          slot.taken.exchange(1, std::memory_order_acquire) == 0) {
        last = at;
        return &slot;
      }
      if (++at == size_) at = 0;
    }
    return nullptr;
  }
  void release(CallerSlot& slot) noexcept { slot.taken.store(0, std::memory_order_release); }

  std::uint32_t size() const noexcept { return size_; }
  const CallerSlot& operator[](std::uint32_t i) const noexcept { return slots_[i]; }

 private:
  static std::uint32_t next_start() noexcept {
    static std::atomic<std::uint32_t> starts{0};
    return starts.fetch_add(1, std::memory_order_relaxed);
  }

  std::uint32_t size_;
  std::unique_ptr<CallerSlot[]> slots_;
};

}  // namespace janji::ledger
