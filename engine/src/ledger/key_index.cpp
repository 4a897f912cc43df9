#include "ledger/key_index.hpp"

#include <janji/check.hpp>

namespace janji::ledger {

KeyIndex::KeyIndex(std::uint64_t keys_max, bool huge_pages)
    : buckets_(keys_max / kKeysPerBucket + 8, huge_pages),
      // Poisson with mean 4: 11 % of the buckets hold more than six keys.
      overflow_(buckets_.size() / 7 + 64, huge_pages),
      overflow_next_(overflow_.size()) {
  for (std::size_t i = overflow_.size(); i-- > 0;) {
    free_overflow_.push(
        static_cast<std::uint32_t>(i), [this](std::uint32_t at) -> auto& {
          return overflow_next_[at];
        });
  }
}

std::atomic<std::uint64_t>* KeyIndex::cell_at(const Bucket& line, int i) const noexcept {
  if (i < kCells) return const_cast<std::atomic<std::uint64_t>*>(&line.cell[i]);
  // acquire: pairs with attach_overflow(). Without a line (it was detached since the control word
  // was read) any cell will do: the walk or the CAS that asked is void.
  const std::uint64_t link = line.overflow.load(std::memory_order_acquire);
  return &overflow_[link == 0 ? 0 : link - 1].cell[i - kCells];
}

std::uint64_t KeyIndex::overflow_candidates(const Bucket& line, std::uint64_t hash) const noexcept {
  std::uint64_t same = 0;
  for (int i = kCells; i < kAllCells; ++i) {
    const std::uint64_t cell = cell_at(line, i)->load(std::memory_order_acquire);
    same |= static_cast<std::uint64_t>(same_tag(cell, hash)) << i;
  }
  return same;
}

KeyIndex::Reserved KeyIndex::reserve_cell(Bucket& line, std::uint64_t control,
                                          std::uint64_t value) noexcept {
  // Cells whose bits were clear at the walk, the nearest first; the others can't be empty.
  for (std::uint64_t clear = ~control & kCellBits; clear != 0; clear &= clear - 1) {
    const int i = __builtin_ctzll(clear);
    if (i >= kCells &&
        ((control & kDetaching) != 0 ||
         (line.overflow.load(std::memory_order_acquire) == 0 && !attach_overflow(line)))) {
      break;
    }
    std::atomic<std::uint64_t>* at = cell_at(line, i);
    std::uint64_t empty = at->load(std::memory_order_relaxed);
    // acquire: pairs with the release that emptied the cell.
    if (empty == 0 && at->compare_exchange_strong(empty, value, std::memory_order_acq_rel,
                                                  std::memory_order_relaxed)) {
      return {at, 1ULL << i};
    }
  }
  return {nullptr, 0};
}

bool KeyIndex::attach_overflow(Bucket& line) noexcept {
  const auto links = [this](std::uint32_t i) -> std::atomic<std::uint32_t>& {
    return overflow_next_[i];
  };
  const std::uint32_t mine = free_overflow_.pop(links);
  if (mine == base::IndexStack::kNone) {
    return line.overflow.load(std::memory_order_acquire) != 0;
  }
  std::uint64_t none = 0;
  // release: nothing to publish but what pop() acquired; acquire on failure: another was quicker.
  if (!line.overflow.compare_exchange_strong(
          none, std::uint64_t{mine} + 1, std::memory_order_acq_rel, std::memory_order_acquire)) {
    free_overflow_.push(mine, links);
  }
  return true;
}

// Returns the control word as it is now. Callers insert meanwhile, so it is a loop.
std::uint64_t KeyIndex::change_control(Bucket& line, std::uint64_t clear,
                                       std::uint64_t set) noexcept {
  std::uint64_t control = line.control.load(std::memory_order_acquire);
  std::uint64_t next = 0;
  do {
    next = ((control & ~clear) | set) + kVersionOne;
  } while (!line.control.compare_exchange_weak(control, next, std::memory_order_acq_rel,
                                               std::memory_order_acquire));
  return next;
}

bool KeyIndex::remove(std::uint64_t hash, std::uint32_t reference) noexcept {
  Bucket& line = bucket(hash);
  const std::uint64_t value = make_cell(hash, reference);
  const std::uint64_t control = line.control.load(std::memory_order_acquire);
  // Only the writer clears bits, so a bit that is found stays set until here.
  for (std::uint64_t bits = control & kCellBits; bits != 0; bits &= bits - 1) {
    const int i = __builtin_ctzll(bits);
    std::atomic<std::uint64_t>* at = cell_at(line, i);
    if (at->load(std::memory_order_acquire) != value) continue;
    change_control(line, 1ULL << i, 0);
    at->store(0, std::memory_order_release);  // pairs with reserve_cell()
    if (line.overflow.load(std::memory_order_relaxed) != 0) {
      if (i < kCells) move_home(line, i);
      detach_overflow(line);
    }
    return true;
  }
  return false;
}

// Moves one key from the overflow line into the bucket's own, so that few buckets need one.
void KeyIndex::move_home(Bucket& line, int free_cell) noexcept {
  const std::uint64_t far =
      line.control.load(std::memory_order_acquire) & kCellBits & ~((1ULL << kCells) - 1);
  if (far == 0) return;
  const int from = __builtin_ctzll(far);
  std::atomic<std::uint64_t>* old_cell = cell_at(line, from);
  const std::uint64_t value = old_cell->load(std::memory_order_acquire);
  std::uint64_t empty = 0;
  // Somebody may have reserved it first: then the key stays where it is.
  if (!line.cell[free_cell].compare_exchange_strong(empty, value, std::memory_order_acq_rel,
                                                    std::memory_order_relaxed)) {
    return;
  }
  change_control(line, 1ULL << from, 1ULL << free_cell);
  old_cell->store(0, std::memory_order_release);
}

void KeyIndex::detach_overflow(Bucket& line) noexcept {
  const std::uint64_t beyond = kCellBits & ~((1ULL << kCells) - 1);
  if ((line.control.load(std::memory_order_acquire) & beyond) != 0) return;
  // From here on every insert that walked before fails its CAS, and no new one looks at the line.
  const std::uint64_t marked = change_control(line, 0, kDetaching);
  const std::uint64_t link = line.overflow.load(std::memory_order_acquire);
  bool empty = (marked & beyond) == 0;
  for (int i = 0; i < kOverflowCells && empty; ++i) {
    empty = overflow_[link - 1].cell[i].load(std::memory_order_acquire) == 0;
  }
  if (empty) {
    line.overflow.store(0, std::memory_order_release);
    free_overflow_.push(
        static_cast<std::uint32_t>(link - 1), [this](std::uint32_t i) -> auto& {
          return overflow_next_[i];
        });
  }
  change_control(line, kDetaching, 0);
}

}  // namespace janji::ledger
