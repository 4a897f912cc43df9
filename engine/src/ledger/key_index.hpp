// Which place holds the thing with this key: the applicant index and the operation index.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/mix.hpp"
#include "base/region.hpp"
#include "base/step.hpp"

namespace janji::ledger {

// Problem: find by key, and insert unless the key is there, from any number of threads, with one
// cache miss. Two inserts of one key must never both succeed (hazard 8).
//
// Operation: a bucket is one cache line: seven cells, and a count of the keys that went beyond it.
// A cell is {32 bits of the key's hash, reference}; the key itself lies in what the reference
// names, and is only looked at when the 32 bits agree. A key's path is its home bucket, the other
// one of the pair, and the pairs behind. It stands in one cell of its path, and never moves.
//   walk:   the buckets of the path, as far as their counts say that keys went beyond them.
//   insert: walk; take an empty cell by CAS, the counts of full buckets on the way raised before;
//           then look again: if the key stands in another cell of the path, take the own one back.
//   remove: empty the cell, then lower the counts that were raised for it.
// So two inserts of one key that don't see each other at their walks do so at their second looks:
// the CAS of one of them is the earlier in the single order of all seq_cst operations, as are the
// counts that it raised before, and the other's second look comes after its own CAS, hence after
// both. It sees that cell, whichever empty cell each had found, and whatever was removed meanwhile.
// Both may see the other, and then neither succeeds: the callers wait for a round and try again.
//
// Concurrency: walk(), insert() and retract() by any thread, without loops but over the path;
// remove() by the writer only. A stopped inserter keeps one cell and nothing else. What a reference
// names must be complete before insert() (released by its CAS, acquired by walk()).
//
// Limits: a path has 64 buckets, or all there are. With four and a half keys for seven cells on
// average and a keyed hash, a path that is full has odds far below 1e-12; then insert() says
// `full`.
class KeyIndex {
 public:
  static constexpr std::uint32_t kNone = ~0U;

  KeyIndex(std::uint64_t keys_max, bool huge_pages);

  // What a walk found; insert() begins with what it says of empty cells.
  struct Walk {
    std::uint32_t found{kNone};  // reference of the key, or kNone
    std::uint32_t step{kNone};   // of the first bucket with an empty cell, and which cell
    std::uint32_t cell{0};
  };

  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&bucket(hash, 0), 1, 3); }

  // `matches(reference)` says whether the key lies there.
  template <class Matches>
  Walk walk(std::uint64_t hash, Matches&& matches) const noexcept;

  // A cell that insert() took, for retract().
  struct Spot {
    std::uint32_t step{0}, cell{0};
  };

  // The reference of the key, or kNone: as walk(), but in the single order of all seq_cst
  // operations, so that of two threads, one of which inserts the key and looks elsewhere, and the
  // other of which writes there and looks for the key, at least one sees the other.
  template <class Matches>
  std::uint32_t find_latest(std::uint64_t hash, Matches&& matches) const noexcept {
    return look_again(hash, Spot{kNone, kNone}, matches);
  }

  enum class Insert : std::uint8_t { done, exists, full };
  struct Inserted {
    Insert outcome;
    std::uint32_t found;  // when `exists`: it was there, or came at the same time
    Spot spot;            // when `done`
  };
  // `walked`: of this key, at any time before.
  template <class Matches>
  Inserted insert(std::uint64_t hash, std::uint32_t reference, const Walk& walked,
                  Matches&& matches) noexcept;

  // Undoes an insert() that was `done`, before anybody was told of it: the thread that made it.
  void retract(std::uint64_t hash, Spot spot) noexcept;

  // The writer only. False when it isn't there.
  bool remove(std::uint64_t hash, std::uint32_t reference) noexcept;

  std::size_t bytes() const noexcept { return buckets_.size() * sizeof(Bucket); }
  // The sum of all counts: 0 when every key stands in its home bucket. Of one moment only while
  // nothing changes.
  std::uint64_t keys_beyond() const noexcept;

 private:
  static constexpr std::uint32_t kCells = 7;
  static constexpr std::uint64_t kPathMax = 64;

  struct alignas(64) Bucket {
    std::atomic<std::uint64_t> cell[kCells];  // 0: empty
    std::atomic<std::uint64_t> beyond;        // keys whose path leads past this bucket
  };
  static_assert(sizeof(Bucket) == 64);

  // The home bucket, the other one of its pair, then the same in the pairs behind.
  const Bucket& bucket(std::uint64_t hash, std::uint32_t step) const noexcept {
    std::uint64_t at = base::scale(hash, buckets_.size());
    if (step != 0) [[unlikely]] {
      at = (at ^ (step & 1)) + (step & ~1U);
      if (at >= buckets_.size()) at -= buckets_.size();  // their number is even
    }
    return buckets_[at];
  }
  Bucket& bucket(std::uint64_t hash, std::uint32_t step) noexcept {
    return const_cast<Bucket&>(static_cast<const KeyIndex*>(this)->bucket(hash, step));
  }
  // Multiply-shift above uses the hash's high bits, the tag its low ones.
  static constexpr std::uint64_t make_cell(std::uint64_t hash, std::uint32_t reference) {
    return (hash << 32) | (std::uint64_t{reference} + 1);
  }
  static constexpr std::uint32_t reference_in(std::uint64_t cell) {
    return static_cast<std::uint32_t>(cell) - 1;
  }

  // The key in a cell of this bucket, but for the cell `own`. The tags of all cells are compared
  // without a branch, as the smallest difference: how many cells are in use can't be predicted.
  template <class Matches>
  static std::uint32_t find_in(const Bucket& line, std::uint64_t hash, std::uint32_t own,
                               std::memory_order order, Matches&& matches) noexcept {
    const std::uint64_t tag = hash << 32;
    std::uint64_t nearest = ~std::uint64_t{0};
#pragma GCC unroll 8
    for (std::uint32_t i = 0; i < kCells; ++i) {
      nearest = std::min(nearest, (i == own ? ~tag : line.cell[i].load(order)) ^ tag);
    }
    if (nearest >> 32 != 0) [[likely]]
      return kNone;
    for (std::uint32_t i = 0; i < kCells; ++i) {
      const std::uint64_t cell = line.cell[i].load(order);
      if (cell == 0 || i == own || (cell ^ tag) >> 32 != 0) continue;
      if (matches(reference_in(cell))) return reference_in(cell);
    }
    return kNone;
  }
  // One bit for each empty cell.
  static std::uint32_t empty_cells(const Bucket& line) noexcept {
    std::uint32_t empty = 0;
#pragma GCC unroll 8
    for (std::uint32_t i = 0; i < kCells; ++i) {
      // relaxed: the CAS of take_cell() looks again.
      const bool is_empty = line.cell[i].load(std::memory_order_relaxed) == 0;
      empty |= static_cast<std::uint32_t>(is_empty) << i;
    }
    return empty;
  }
  template <class Matches>
  std::uint32_t look_again(std::uint64_t hash, Spot own, Matches&& matches) const noexcept;
  bool take_cell(std::uint64_t hash, std::uint64_t value, const Walk& walked, Spot& spot) noexcept;
  void lower_counts(std::uint64_t hash, std::uint32_t steps) noexcept;

  base::Region<Bucket> buckets_;
  std::uint32_t path_;  // buckets of one
};

template <class Matches>
KeyIndex::Walk KeyIndex::walk(std::uint64_t hash, Matches&& matches) const noexcept {
  Walk result;
  for (std::uint32_t step = 0; step < path_; ++step) {
    const Bucket& line = bucket(hash, step);
    // acquire: pairs with the CAS of take_cell(): what the reference names.
    result.found = find_in(line, hash, kNone, std::memory_order_acquire, matches);
    if (result.found != kNone) return result;
    if (result.step == kNone) {
      if (const std::uint32_t empty = empty_cells(line); empty != 0) {
        result.step = step;
        result.cell = static_cast<std::uint32_t>(__builtin_ctz(empty));
      }
    }
    // acquire: pairs with lower_counts(): a key that left is gone before its count is.
    if (line.beyond.load(std::memory_order_acquire) == 0) [[likely]]
      break;
  }
  return result;
}

template <class Matches>
KeyIndex::Inserted KeyIndex::insert(std::uint64_t hash, std::uint32_t reference, const Walk& walked,
                                    Matches&& matches) noexcept {
  if (walked.found != kNone) return {Insert::exists, walked.found, {}};
  Spot spot;
  if (!take_cell(hash, make_cell(hash, reference), walked, spot)) return {Insert::full, kNone, {}};
  JANJI_STEP("key_entered");
  const std::uint32_t other = look_again(hash, spot, matches);
  if (other == kNone) [[likely]]
    return {Insert::done, kNone, spot};
  JANJI_STEP("key_conflict");
  retract(hash, spot);
  return {Insert::exists, other, {}};
}

// The key in another cell than the own one. seq_cst: see the class's comment.
template <class Matches>
std::uint32_t KeyIndex::look_again(std::uint64_t hash, Spot own, Matches&& matches) const noexcept {
  for (std::uint32_t step = 0; step < path_; ++step) {
    const Bucket& line = bucket(hash, step);
    const std::uint32_t found = find_in(line, hash, step == own.step ? own.cell : kNone,
                                        std::memory_order_seq_cst, matches);
    if (found != kNone) return found;
    if (line.beyond.load(std::memory_order_seq_cst) == 0) [[likely]]
      break;
  }
  return kNone;
}

}  // namespace janji::ledger
