// Slots that staff has asked for: nobody takes a seat there until staff has had its turn.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include <janji/types.hpp>

namespace janji::ledger {

// Problem: staff changes a slot when nothing is pending there, which may never be while one claim
// comes behind the other. So it marks the word `asked`, and what is pending comes to its end. But
// whoever asked may not come back, and his mark must go.
// Operation: who marked a word notes its slot here; the writer takes each mark away that has had
// its time. It is a hint: without it nothing goes wrong, but staff may have to ask again.
// Concurrency: add() by any thread, lock-free; look() by the writer only.
// Limits: kMost slots at a time.
class AskedSlots {
 public:
  static constexpr std::size_t kMost = 64;
  // Whoever asked waits for one round, or two when he is unlucky, and must get to run behind it.
  static constexpr int kLooks = 3;
  static constexpr std::int64_t kTurnMs = 100;

  // The word is marked. False: there is no room, so whoever marked it must take the mark away.
  bool add(std::uint64_t slot_index) noexcept {
    for (std::atomic<std::uint64_t>& entry : entries_) {
      std::uint64_t none = 0;
      // release: pairs with look(), whose change of the word comes behind the mark.
      if (entry.compare_exchange_strong(none, slot_index + 1, std::memory_order_release,
                                        std::memory_order_relaxed)) {
        // relaxed: the writer that overlooks it now sees it in a round to come.
        count_.fetch_add(1, std::memory_order_relaxed);
        return true;
      }
    }
    return false;
  }

  // Calls `unmark(slot_index)` for each whose time is over. Once a round.
  template <class Unmark>
  void look(LedgerTime now, Unmark unmark) noexcept {
    if (count_.load(std::memory_order_relaxed) == 0) return;
    for (std::size_t i = 0; i < kMost; ++i) {
      const std::uint64_t entry = entries_[i].load(std::memory_order_acquire);
      if (entry == 0) continue;
      Turn& turn = turns_[i];
      if (turn.looks++ == 0) turn.since = now;
      if (turn.looks <= kLooks || now.value - turn.since.value < kTurnMs) continue;
      unmark(entry - 1);
      turn = {};
      count_.fetch_sub(1, std::memory_order_relaxed);
      // relaxed: whoever takes the entry next brings nothing that this could get before.
      entries_[i].store(0, std::memory_order_relaxed);
    }
  }

 private:
  struct Turn {
    int looks{0};
    LedgerTime since{};
  };

  std::array<std::atomic<std::uint64_t>, kMost> entries_{};  // slot index + 1, or 0
  std::atomic<std::uint32_t> count_{0};
  std::array<Turn, kMost> turns_{};  // the writer's
};

}  // namespace janji::ledger
