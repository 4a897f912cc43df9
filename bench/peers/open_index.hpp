// A hash table for one thread: the plain counterpart of ledger::KeyIndex.
#pragma once

#include <cstdint>

#include <janji/check.hpp>

#include "base/region.hpp"

namespace janji::bench::peers {

// Operation: open addressing with linear probing over 8-byte cells {32 bits of the hash,
// reference + 1}, half full at most, so that most look-ups end in one cache line. The key itself
// lies in what the reference names. The cell's 32 bits also say where its probing began, so an
// erased cell is closed by shifting the ones behind it back: no tombstones.
// Concurrency: none. Limits: as many keys as asked for; then insert() trips.
class OpenIndex {
 public:
  static constexpr std::uint32_t kNone = ~0U;

  OpenIndex(std::uint64_t keys_max, bool huge_pages)
      : cells_(keys_max * 2 + 64, huge_pages), keys_max_(keys_max) {}

  void prefetch(std::uint64_t hash) const noexcept {
    __builtin_prefetch(&cells_[home(tag_of(hash))], 1, 3);
  }

  // The reference of the key, or kNone.
  template <class Matches>
  std::uint32_t find(std::uint64_t hash, Matches&& matches) const noexcept {
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t at = home(tag);; at = next(at)) {
      const std::uint64_t cell = cells_[at];
      if (cell == 0) return kNone;
      if (tag_in(cell) == tag && matches(reference_in(cell))) return reference_in(cell);
    }
  }

  // The key isn't there: find() has just said so.
  void insert(std::uint64_t hash, std::uint32_t reference) noexcept {
    JANJI_CHECK(keys_ < keys_max_);
    ++keys_;
    std::size_t at = home(tag_of(hash));
    while (cells_[at] != 0) at = next(at);
    cells_[at] = (std::uint64_t{tag_of(hash)} << 32) | (std::uint64_t{reference} + 1);
  }

  // False when it isn't there.
  bool erase(std::uint64_t hash, std::uint32_t reference) noexcept {
    const std::uint64_t wanted =
        (std::uint64_t{tag_of(hash)} << 32) | (std::uint64_t{reference} + 1);
    std::size_t at = home(tag_of(hash));
    while (cells_[at] != wanted) {
      if (cells_[at] == 0) return false;
      at = next(at);
    }
    --keys_;
    close_gap(at);
    return true;
  }

  std::uint64_t size() const noexcept { return keys_; }
  std::size_t bytes() const noexcept { return cells_.size() * sizeof(std::uint64_t); }

 private:
  static constexpr std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32);
  }
  static constexpr std::uint32_t tag_in(std::uint64_t cell) {
    return static_cast<std::uint32_t>(cell >> 32);
  }
  static constexpr std::uint32_t reference_in(std::uint64_t cell) {
    return static_cast<std::uint32_t>(cell) - 1;
  }
  std::size_t home(std::uint32_t tag) const noexcept {
    return static_cast<std::size_t>((std::uint64_t{tag} * cells_.size()) >> 32);
  }
  std::size_t next(std::size_t at) const noexcept { return at + 1 == cells_.size() ? 0 : at + 1; }

  // Knuth's algorithm R: moves back whatever may stand at `gap` by where its probing began.
  void close_gap(std::size_t gap) noexcept {
    for (std::size_t at = next(gap); cells_[at] != 0; at = next(at)) {
      const std::size_t begin = home(tag_in(cells_[at]));
      const bool stays = gap <= at ? gap < begin && begin <= at : gap < begin || begin <= at;
      if (stays) continue;
      cells_[gap] = cells_[at];
      gap = at;
    }
    cells_[gap] = 0;
  }

  base::Region<std::uint64_t> cells_;
  std::uint64_t keys_max_;
  std::uint64_t keys_{0};
};

}  // namespace janji::bench::peers
