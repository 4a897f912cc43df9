// Which place holds the thing with this key: the applicant index and the operation index.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "base/index_stack.hpp"
#include "base/mix.hpp"
#include "base/region.hpp"

namespace janji::ledger {

// Problem: find by key, and insert unless the key is there, from any number of threads, with one
// cache miss. Two inserts of one key must never both succeed (hazard 8).
//
// Operation: a bucket is one cache line: a control word, six cells, a link to sixteen overflow
// cells. A cell is {32 bits of the key's hash, reference}; the key itself lies in what the
// reference names, and is only looked at when the 32 bits agree. The control word holds one bit
// per cell and a version. A cell counts if and only if its bit is set.
//   walk:   read control, look at the cells whose bits are set, read control again; the walk
//           counts only if it did not change.
//   insert: walk; reserve an empty cell by CAS; CAS control from the walked value to one with the
//           cell's bit and the next version. The CAS fails when anything was inserted or removed
//           since the walk: then walk again. So two inserts of one key meet on the control word,
//           and the second one's new walk finds the first (linearization point: that CAS).
//   remove: clear the bit and raise the version by CAS, then empty the cell. Only then can the
//           cell be reserved again, so a cell never changes under a set bit and one version.
//           Then, if there are overflow cells in use, one moves into the free place (one CAS that
//           clears a bit and sets the other); if none is in use, the overflow line is given back.
//   detach: by CAS mark the bucket as detaching; if all cells are empty, unlink the line; unmark.
//           An insert that had reserved a cell there fails its CAS, since the version changed, and
//           empties the cell by its address; meanwhile it only takes up room in the line.
//
// Concurrency: walk() and insert() by any thread, lock-free: a CAS fails only because another
// succeeded. A stopped inserter keeps one reserved cell of a bucket and nothing else. remove() by
// the writer only. What a reference names must be complete before insert() (released by its CAS,
// acquired by walk()).
//
// Limits: 22 keys a bucket. With 4 keys a bucket on average and a keyed hash, a bucket of 23 in
// 10 million has odds below 1e-6 per fill; then insert() says `full`. One bucket in nine has more
// than six keys and needs an overflow line; there is one for each seven. The version has 40 bits: a
// walk would have to sleep through 2^40 changes of one bucket to be fooled.
class KeyIndex {
 public:
  static constexpr std::uint32_t kNone = ~0U;
  // What one bucket holds on average when as many keys are in as were asked for.
  static constexpr std::uint32_t kKeysPerBucket = 4;

  KeyIndex() = default;
  KeyIndex(std::uint64_t keys_max, bool huge_pages);

  // A bucket as a walk found it: insert() takes it as its proof that the key is absent.
  struct Walk {
    std::uint32_t found{kNone};  // reference of the key, or kNone
    std::uint64_t control{0};
    bool contended{false};  // gave up: too many changes during the walk
  };

  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&bucket(hash), 1, 3); }

  // `matches(reference)` says whether the key lies there.
  template <class Matches>
  Walk walk(std::uint64_t hash, Matches&& matches) const noexcept;

  enum class Insert : std::uint8_t { done, exists, contended, full };
  struct Inserted {
    Insert outcome;
    std::uint32_t found;  // when `exists`
  };
  // `walk` is the proof from before; it is renewed when it no longer holds.
  template <class Matches>
  Inserted insert(std::uint64_t hash, std::uint32_t reference, Walk walk,
                  Matches&& matches) noexcept;

  // The writer only. False when it isn't there.
  bool remove(std::uint64_t hash, std::uint32_t reference) noexcept;

  std::size_t bytes() const noexcept {
    return buckets_.size() * sizeof(Bucket) + overflow_.size() * sizeof(Overflow);
  }

 private:
  static constexpr int kCells = 6;
  static constexpr int kOverflowCells = 16;
  static constexpr int kAllCells = kCells + kOverflowCells;
  static constexpr int kVersionShift = 24;
  static constexpr std::uint64_t kVersionOne = 1ULL << kVersionShift;
  static constexpr std::uint64_t kCellBits = (1ULL << kAllCells) - 1;
  static constexpr std::uint64_t kDetaching = 1ULL << kAllCells;
  static_assert(kAllCells < kVersionShift);
  static constexpr int kWalksMax = 64;

  struct alignas(64) Bucket {
    std::atomic<std::uint64_t> control;
    std::atomic<std::uint64_t> cell[kCells];
    std::atomic<std::uint64_t> overflow;  // index + 1, 0: none
  };
  static_assert(sizeof(Bucket) == 64);
  struct alignas(64) Overflow {
    std::atomic<std::uint64_t> cell[kOverflowCells];
  };

  const Bucket& bucket(std::uint64_t hash) const noexcept {
    return buckets_[base::scale(hash, buckets_.size())];
  }
  Bucket& bucket(std::uint64_t hash) noexcept {
    return const_cast<Bucket&>(static_cast<const KeyIndex*>(this)->bucket(hash));
  }
  // Multiply-shift above uses the hash's high bits, the tag its low ones.
  static constexpr std::uint64_t make_cell(std::uint64_t hash, std::uint32_t reference) {
    return (hash << 32) | (std::uint64_t{reference} + 1);
  }
  static constexpr bool same_tag(std::uint64_t cell, std::uint64_t hash) {
    return static_cast<std::uint32_t>(cell >> 32) == static_cast<std::uint32_t>(hash);
  }
  static constexpr std::uint32_t reference_in(std::uint64_t cell) {
    return static_cast<std::uint32_t>(cell) - 1;
  }

  // One bit for each counting cell whose 32 bits agree with the hash. Compares all cells of the
  // line whatever their bits: how many are set can't be predicted, and a branch on it would cost
  // more than the comparisons.
  std::uint64_t candidates(const Bucket& line, std::uint64_t control,
                           std::uint64_t hash) const noexcept {
    std::uint64_t same = 0;
    for (int i = 0; i < kCells; ++i) {
      // acquire: as in walk().
      const std::uint64_t cell = line.cell[i].load(std::memory_order_acquire);
      same |= static_cast<std::uint64_t>(same_tag(cell, hash)) << i;
    }
    if ((control & kCellBits) >> kCells != 0) same |= overflow_candidates(line, hash);
    return same & control & kCellBits;
  }
  std::uint64_t overflow_candidates(const Bucket& line, std::uint64_t hash) const noexcept;

  std::atomic<std::uint64_t>* cell_at(const Bucket& line, int i) const noexcept;
  struct Reserved {
    std::atomic<std::uint64_t>* at;  // now holds the value; null: no room
    std::uint64_t bit;
  };
  Reserved reserve_cell(Bucket& line, std::uint64_t control, std::uint64_t value) noexcept;
  bool attach_overflow(Bucket& line) noexcept;
  // The writer only: what remove() does for buckets with overflow.
  void move_home(Bucket& line, int free_cell) noexcept;
  void detach_overflow(Bucket& line) noexcept;
  std::uint64_t change_control(Bucket& line, std::uint64_t clear, std::uint64_t set) noexcept;

  base::Region<Bucket> buckets_;
  mutable base::Region<Overflow> overflow_;
  std::vector<std::atomic<std::uint32_t>> overflow_next_;  // links of the free ones
  base::IndexStack free_overflow_;
};

template <class Matches>
KeyIndex::Walk KeyIndex::walk(std::uint64_t hash, Matches&& matches) const noexcept {
  const Bucket& line = bucket(hash);
  for (int round = 0; round < kWalksMax; ++round) {
    // acquire: pairs with the CAS of insert(), remove() and their kin.
    const std::uint64_t control = line.control.load(std::memory_order_acquire);
    Walk result{kNone, control, false};
    for (std::uint64_t same = candidates(line, control, hash); same != 0; same &= same - 1) {
      // acquire: keeps the second look at control behind it; pairs with remove()'s emptying.
      const std::uint64_t cell =
          cell_at(line, __builtin_ctzll(same))->load(std::memory_order_acquire);
      if (cell != 0 && matches(reference_in(cell))) {
        result.found = reference_in(cell);
        break;
      }
    }
    if (line.control.load(std::memory_order_acquire) == control) return result;
  }
  return Walk{kNone, 0, true};
}

template <class Matches>
KeyIndex::Inserted KeyIndex::insert(std::uint64_t hash, std::uint32_t reference, Walk walked,
                                    Matches&& matches) noexcept {
  Bucket& line = bucket(hash);
  for (int tries = 0; tries < kWalksMax && !walked.contended; ++tries) {
    if (walked.found != kNone) return {Insert::exists, walked.found};
    const Reserved cell = reserve_cell(line, walked.control, make_cell(hash, reference));
    if (cell.at == nullptr) {
      return {(walked.control & kDetaching) != 0 ? Insert::contended : Insert::full, kNone};
    }
    // release: publishes the cell and what it names; the bit is ours alone.
    if (line.control.compare_exchange_strong(
            walked.control, (walked.control | cell.bit) + kVersionOne, std::memory_order_acq_rel,
            std::memory_order_relaxed)) {
      return {Insert::done, kNone};
    }
    // By its address: the overflow line may belong to another bucket by now.
    cell.at->store(0, std::memory_order_release);  // pairs with reserve_cell()'s CAS
    walked = walk(hash, matches);
  }
  return {Insert::contended, kNone};
}

}  // namespace janji::ledger
