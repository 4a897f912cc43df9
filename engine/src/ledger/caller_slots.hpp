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
  std::atomic<std::uint64_t> claims, walk_ins, confirms, cancels, reschedules, acts, joins,
      erasures, expiries, replays, refusals, retries, waits;
};

// One deciding thread's stock. Plain fields belong to whoever has the slot.
struct alignas(64) CallerSlot {
  std::atomic<std::uint64_t> taken{0};  // 0: free; else the phase in which it was taken, and 1
  std::uint32_t operation{kNothing};    // one spare entry of the operation slab
  base::Stock blocks;                   // for records
  base::Stock reserve_blocks;           // for confirm and cancel only
  base::Stock places;                   // free bookings
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
// Waiting for the decisions under way (rule 6): whoever forbids something makes that visible (M),
// begins a phase (F), and may rely on it when no slot is taken from before that phase (S). A
// decision takes its slot (T) and looks at what is forbidden later (L). M, F, S, T, L are seq_cst.
// If L misses M, then T before L before M before F before S in their single order; so T took the
// slot in an earlier phase, for reading F's (acquire) would have put T behind F; and S reads what T
// wrote, or something later: then that decision is over, and S, by the release in between, comes
// behind all that it published. So either a decision sees what is forbidden, or who forbids sees
// the decision.
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
    // acquire: pairs with begin_phase(): whoever takes it for a later phase comes behind that.
    const std::uint64_t phase = phase_.load(std::memory_order_acquire) + 1;
    for (std::uint32_t i = 0; i < size_; ++i) {
      CallerSlot& slot = slots_[at];
      std::uint64_t free = 0;
      // seq_cst: T above; acquires what release() left: the stock of the last owner.
      if (slot.taken.load(std::memory_order_relaxed) == 0 &&
          slot.taken.compare_exchange_strong(free, phase, std::memory_order_seq_cst,
                                             std::memory_order_relaxed)) {
        last = at;
        return &slot;
      }
      if (++at == size_) at = 0;
    }
    return nullptr;
  }
  void release(CallerSlot& slot) noexcept { slot.taken.store(0, std::memory_order_release); }

  // Whoever forbids something: begins a phase, after that was made visible. Returns its number.
  std::uint64_t begin_phase() noexcept {
    return phase_.fetch_add(1, std::memory_order_seq_cst) + 1;  // F above
  }
  // Whether every decision that had begun before that phase is over, but for the caller's `own`;
  // null: who asks decides nothing.
  bool ended_before(std::uint64_t phase, const CallerSlot* own) const noexcept {
    for (std::uint32_t i = 0; i < size_; ++i) {
      if (&slots_[i] == own) continue;
      // seq_cst: S above.
      const std::uint64_t taken = slots_[i].taken.load(std::memory_order_seq_cst);
      if (taken != 0 && taken <= phase) return false;
    }
    return true;
  }

  std::uint32_t size() const noexcept { return size_; }
  const CallerSlot& operator[](std::uint32_t i) const noexcept { return slots_[i]; }

 private:
  static std::uint32_t next_start() noexcept {
    static std::atomic<std::uint32_t> starts{0};
    return starts.fetch_add(1, std::memory_order_relaxed);
  }

  alignas(64) std::atomic<std::uint64_t> phase_{0};  // read by all, changed by few
  alignas(64) std::uint32_t size_;
  std::unique_ptr<CallerSlot[]> slots_;
};

}  // namespace janji::ledger
