#include "ledger/key_index.hpp"

#include <algorithm>

#include <janji/check.hpp>

namespace janji::ledger {

namespace {

// Four and a half keys a bucket, and an even number of buckets.
std::uint64_t buckets_for(std::uint64_t keys_max) {
  return keys_max / 9 * 2 + 8;
}

}  // namespace

KeyIndex::KeyIndex(std::uint64_t keys_max, bool huge_pages)
    : buckets_(buckets_for(keys_max), huge_pages),
      path_(static_cast<std::uint32_t>(std::min<std::uint64_t>(kPathMax, buckets_.size()))) {}

// False: the whole path is full, and nothing has changed.
bool KeyIndex::take_cell(std::uint64_t hash, std::uint64_t value, const Walk& walked,
                         Spot& spot) noexcept {
  const auto take = [&](Bucket& line, std::uint32_t cell) {
    std::uint64_t empty = 0;
    // seq_cst: the linearization point, see the class's comment; releases what the reference names.
    return line.cell[cell].compare_exchange_strong(empty, value, std::memory_order_seq_cst,
                                                   std::memory_order_relaxed);
  };
  for (std::uint32_t step = 0; step < path_; ++step) {
    Bucket& line = bucket(hash, step);
    if (step == walked.step && take(line, walked.cell)) [[likely]] {
      spot = {step, walked.cell};
      return true;
    }
    for (std::uint32_t cell = 0; cell < kCells; ++cell) {
      // relaxed: the CAS looks again.
      if (line.cell[cell].load(std::memory_order_relaxed) == 0 && take(line, cell)) {
        spot = {step, cell};
        return true;
      }
    }
    // seq_cst, before the CAS in a bucket behind: whoever looks for the key goes on past this one.
    line.beyond.fetch_add(1, std::memory_order_seq_cst);
  }
  lower_counts(hash, path_);
  return false;
}

void KeyIndex::lower_counts(std::uint64_t hash, std::uint32_t steps) noexcept {
  for (std::uint32_t step = 0; step < steps; ++step) {
    // release: after the cell was emptied; pairs with walk().
    const std::uint64_t before = bucket(hash, step).beyond.fetch_sub(1, std::memory_order_release);
    JANJI_CHECK(before != 0);
  }
}

void KeyIndex::retract(std::uint64_t hash, Spot spot) noexcept {
  // relaxed: it is this thread that entered the key, or the writer that found it.
  const std::uint64_t cell =
      bucket(hash, spot.step).cell[spot.cell].load(std::memory_order_relaxed);
  JANJI_CHECK(cell != 0 && (cell ^ (hash << 32)) >> 32 == 0);
  // release: pairs with whoever takes the cell next.
  bucket(hash, spot.step).cell[spot.cell].store(0, std::memory_order_release);
  lower_counts(hash, spot.step);
}

std::uint64_t KeyIndex::keys_beyond() const noexcept {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    sum += buckets_[i].beyond.load(std::memory_order_relaxed);
  }
  return sum;
}

bool KeyIndex::remove(std::uint64_t hash, std::uint32_t reference) noexcept {
  const std::uint64_t value = make_cell(hash, reference);
  for (std::uint32_t step = 0; step < path_; ++step) {
    const Bucket& line = bucket(hash, step);
    for (std::uint32_t cell = 0; cell < kCells; ++cell) {
      // acquire: pairs with the CAS that put it there.
      if (line.cell[cell].load(std::memory_order_acquire) != value) continue;
      retract(hash, {step, cell});
      return true;
    }
    if (line.beyond.load(std::memory_order_acquire) == 0) return false;
  }
  return false;
}

}  // namespace janji::ledger
