// Who is blocked: a cell for each applicant, found by key.
#pragma once

#include <atomic>
#include <cstdint>

#include <janji/check.hpp>
#include <janji/result.hpp>
#include <janji/types.hpp>

#include "base/index_stack.hpp"
#include "base/region.hpp"
#include "ledger/key_index.hpp"

namespace janji::ledger {

// Whose cell it is to change, and whether anybody's. From the highest bit: a version, which each
// mark and each change raises; the mark, two bits; used, one.
//
// asked: somebody wants to block the applicant and waits for the decisions that were under way;
//   who asked, or the writer when he doesn't come back, takes the mark away.
// decided: a record about it is on its way; the writer alone goes on, after the commit.
struct BlockWord {
  static constexpr std::uint64_t kUsed = 1, kAsked = 2, kDecided = 4, kVersion = 8;

  std::uint64_t bits{};

  constexpr bool used() const { return (bits & kUsed) != 0; }
  constexpr bool marked() const { return (bits & (kAsked | kDecided)) != 0; }
  constexpr bool asked() const { return (bits & kAsked) != 0; }
  constexpr bool decided() const { return (bits & kDecided) != 0; }
  constexpr BlockWord with(std::uint64_t mark) const {
    return BlockWord{(bits & ~(kVersion - 1)) + kVersion + kUsed + mark};
  }
  constexpr BlockWord unmarked() const { return with(0); }
  constexpr BlockWord freed() const { return BlockWord{(bits & ~(kVersion - 1)) + kVersion}; }
};

// One applicant who is blocked, was, or is about to be. All fields are atomics, since readers copy
// them and then compare `word` (acquire loads, release stores). The key is set by whoever takes the
// cell, before it can be found; all others change only under `decided`, by the writer.
struct alignas(64) BlockCell {
  using Word64 = std::atomic<std::uint64_t>;

  Word64 word;
  Word64 applicant_hi, applicant_lo;
  Word64 until_ms;                        // civil time; 0: lifted, or never blocked
  Word64 lsn;                             // of the last change; 0: none yet
  Word64 decided_ms;                      // of the last change, ledger time
  Word64 acted_ms;                        // likewise, civil time
  Word64 asked_ms;                        // of the mark, ledger time
  std::atomic<std::uint32_t> reason;      // of the last change
  std::atomic<std::uint32_t> actor;       // likewise
  std::atomic<std::uint32_t> operations;  // first entry in OperationSlab
  std::atomic<std::uint32_t> changes;     // how many there are
  std::atomic<std::uint32_t> next;        // of the free cells
};
static_assert(sizeof(BlockCell) == 128);

// Problem: every claim asks whether its applicant is blocked, and hardly anybody is.
// Operation: cells in a slab, free ones on a stack; a key index of their own; and one count of the
// cells in use, which a claim reads first.
// Concurrency: any thread finds, takes and enters; the writer alone removes.
// Limits: Options::blocks_max.
class BlockCells {
  // Of the free cells, as base::IndexStack wants them.
  auto links() noexcept {
    return [this](std::uint32_t i) -> std::atomic<std::uint32_t>& { return cells_[i].next; };
  }

 public:
  static constexpr std::uint32_t kNone = KeyIndex::kNone;

  BlockCells(std::uint32_t size, bool huge_pages)
      : cells_(size, huge_pages), index_(size, huge_pages) {}

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(cells_.size()); }
  BlockCell& operator[](std::uint32_t i) noexcept { return cells_[i]; }
  const BlockCell& operator[](std::uint32_t i) const noexcept { return cells_[i]; }

  // seq_cst: in one order with take() and with whoever waits for the decisions under way, see
  // CallerSlots; a claim that reads none looks no further.
  bool none() const noexcept { return in_use_.load(std::memory_order_seq_cst) == 0; }

  bool is_of(std::uint32_t cell, ApplicantKey key) const noexcept {
    return cells_[cell].applicant_hi.load(std::memory_order_acquire) == key.hi &&
           cells_[cell].applicant_lo.load(std::memory_order_acquire) == key.lo;
  }
  // The applicant's cell, or kNone. In one order with take(), as none().
  std::uint32_t find(std::uint64_t hash, ApplicantKey key) const noexcept {
    return index_.find_latest(hash, [&](std::uint32_t cell) { return is_of(cell, key); });
  }

  // A free cell, counted as used; kNone: there is none.
  std::uint32_t take() noexcept {
    const std::uint32_t cell = free_.pop(links());
    // seq_cst: before the cell enters the index, see none().
    if (cell != kNone) in_use_.fetch_add(1, std::memory_order_seq_cst);
    return cell;
  }
  // Its key is filled in. A later find() by anybody finds it. done: nobody had the key.
  KeyIndex::Insert enter(std::uint64_t hash, std::uint32_t cell, ApplicantKey key) noexcept {
    const auto same = [&](std::uint32_t other) { return is_of(other, key); };
    return index_.insert(hash, cell, index_.walk(hash, same), same).outcome;
  }
  // Free again: it never entered the index, or has left it.
  void put_back(std::uint32_t cell) noexcept {
    free_.push(cell, links());
    in_use_.fetch_sub(1, std::memory_order_seq_cst);
  }
  // The writer's.
  void remove(std::uint64_t hash, std::uint32_t cell) noexcept {
    JANJI_CHECK(index_.remove(hash, cell));
  }

  // Before serving: in the order in which they are to be taken last.
  void add_free(std::uint32_t cell) noexcept { free_.push(cell, links()); }
  void count_used() noexcept { in_use_.fetch_add(1, std::memory_order_relaxed); }

 private:
  base::Region<BlockCell> cells_;
  KeyIndex index_;
  base::IndexStack free_;
  alignas(64) std::atomic<std::uint64_t> in_use_{0};
};

// What a look for an applicant's block found.
struct Blocked {
  Code code;
  Lsn lsn;
};

}  // namespace janji::ledger
