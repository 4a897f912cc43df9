#include "ledger/key_index.hpp"

#include <janji/check.hpp>

namespace janji::ledger {

KeyIndex::KeyIndex(std::uint64_t keys_max, bool huge_pages)
    : buckets_(keys_max / kKeysPerBucket + 8, huge_pages),
      // Poisson with mean 4: 11 % of the buckets hold more than six keys.
      overflow_(buckets_.size() / 7 + 64, huge_pages) {}

std::atomic<std::uint64_t>* KeyIndex::cell_at(const Bucket& line, int i) const noexcept {
  if (i < kCells) return const_cast<std::atomic<std::uint64_t>*>(&line.cell[i]);
  // acquire: pairs with attach_overflow(). A set bit beyond kCells implies that it is there.
  const std::uint64_t link = line.overflow.load(std::memory_order_acquire);
  JANJI_CHECK(link != 0);
  return &overflow_[link - 1].cell[i - kCells];
}

std::uint64_t KeyIndex::overflow_candidates(const Bucket& line, std::uint64_t hash) const noexcept {
  std::uint64_t same = 0;
  for (int i = kCells; i < kAllCells; ++i) {
    const std::uint64_t cell = cell_at(line, i)->load(std::memory_order_acquire);
    same |= static_cast<std::uint64_t>(same_tag(cell, hash)) << i;
  }
  return same;
}

int KeyIndex::reserve_cell(Bucket& line, std::uint64_t control, std::uint64_t value) noexcept {
  // Cells whose bits were clear at the walk, the nearest first; the others can't be empty.
  for (std::uint64_t clear = ~control & kCellBits; clear != 0; clear &= clear - 1) {
    const int i = __builtin_ctzll(clear);
    if (i >= kCells && line.overflow.load(std::memory_order_acquire) == 0 &&
        !attach_overflow(line)) {
      return -1;
    }
    std::atomic<std::uint64_t>* at = cell_at(line, i);
    std::uint64_t empty = at->load(std::memory_order_relaxed);
    // acquire: pairs with the release that emptied the cell.
    if (empty == 0 && at->compare_exchange_strong(empty, value, std::memory_order_acq_rel,
                                                  std::memory_order_relaxed)) {
      return i;
    }
  }
  return -1;
}

bool KeyIndex::attach_overflow(Bucket& line) noexcept {
  // relaxed: a number is all that is drawn here. It may run past the end, never wrap.
  const std::uint64_t mine = overflow_used_.fetch_add(1, std::memory_order_relaxed);
  if (mine >= overflow_.size()) return line.overflow.load(std::memory_order_acquire) != 0;
  std::uint64_t none = 0;
  // release: nothing to publish but zeroes; acquire on failure: another attached its own. Ours is
  // then lost: it takes two threads that overflow one bucket at one instant, and lines to spare.
  line.overflow.compare_exchange_strong(none, mine + 1, std::memory_order_acq_rel,
                                        std::memory_order_acquire);
  return true;
}

bool KeyIndex::remove(std::uint64_t hash, std::uint32_t reference) noexcept {
  Bucket& line = bucket(hash);
  const std::uint64_t value = make_cell(hash, reference);
  std::uint64_t control = line.control.load(std::memory_order_acquire);
  for (std::uint64_t bits = control & kCellBits; bits != 0; bits &= bits - 1) {
    const int i = __builtin_ctzll(bits);
    std::atomic<std::uint64_t>* at = cell_at(line, i);
    if (at->load(std::memory_order_acquire) != value) continue;
    // Only the writer clears bits, so the bit found stays set until here.
    while (!line.control.compare_exchange_weak(control, (control & ~(1ULL << i)) + kVersionOne,
                                               std::memory_order_acq_rel,
                                               std::memory_order_relaxed)) {
    }
    at->store(0, std::memory_order_release);  // pairs with reserve_cell()
    return true;
  }
  return false;
}

}  // namespace janji::ledger
