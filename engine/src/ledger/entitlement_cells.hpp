// Entitlements, and who is on their lists: cells in two slabs.
#pragma once

#include <atomic>
#include <cstdint>

#include <janji/check.hpp>
#include <janji/types.hpp>

#include "base/index_stack.hpp"
#include "base/region.hpp"
#include "ledger/entitlement_word.hpp"
#include "ledger/key_index.hpp"

namespace janji::ledger {

// One entitlement. All fields are atomics, since readers copy them and then compare the terms of
// `word` (acquire loads, release stores). But for the counts in the word they change only while it
// is staff-busy, by the writer; of a cell that isn't granted, by whoever took it.
struct alignas(64) EntitlementCell {
  using Word64 = std::atomic<std::uint64_t>;
  using Word32 = std::atomic<std::uint32_t>;

  Word64 word;
  Word64 id;
  Word64 holder_hi, holder_lo;
  Word64 lsn;         // of the last change by staff
  Word64 decided_ms;  // likewise, ledger time
  Word64 acted_ms;    // likewise, civil time
  Word32 actor;       // likewise
  Word32 service;     // ServiceKey
  std::atomic<std::int32_t> from, until;
  Word32 listed;
  Word32 spent;       // units that don't come back; the writer's, at any time
  Word32 groups;      // heads in the booking slab that name it; the writer's, at any time
  Word32 operations;  // first entry in OperationSlab
  Word32 changes;     // how many there are
  Word32 eligible;    // first on its list
  Word32 many;        // how many are
  Word32 generation;  // how often the cell was freed since the opening
  Word32 next;        // of the free cells
};
static_assert(sizeof(EntitlementCell) == 128);

// One applicant on one list. Key and cell are set by whoever enters it, before it can be found;
// `owner` and the links by the writer.
struct EligibleCell {
  std::atomic<std::uint64_t> hi, lo;
  std::atomic<std::uint64_t> owner;  // EntitlementId, from the commit on; 0: not on the list
  std::atomic<std::uint32_t> cell;   // whose list
  std::atomic<std::uint32_t> prev;   // on the list; kNone: the first
  std::atomic<std::uint32_t> next;   // likewise; free: the next free one
};
static_assert(sizeof(EligibleCell) == 40);

// Problem: a claim asks whether an applicant is on an entitlement's list, which may have thousands.
// Operation: a slab of keys, an index over list and key, each list chained for whoever forgets it.
// Concurrency: any thread finds; whoever has an entitlement marked staff-busy takes cells, enters
// and retracts keys of its list; the writer links, unlinks and removes. No claim relies on what it
// found unless the entitlement's terms are the same behind it, and under the mark they change.
// Limits: Options::eligible_max.
class EligibleKeys {
  auto links() noexcept {
    return [this](std::uint32_t i) -> std::atomic<std::uint32_t>& { return cells_[i].next; };
  }

 public:
  static constexpr std::uint32_t kNone = KeyIndex::kNone;

  EligibleKeys(std::uint32_t size, bool huge_pages)
      : cells_(size, huge_pages), index_(size, huge_pages) {
    for (std::uint32_t i = size; i-- > 0;) free_.push(i, links());
  }

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(cells_.size()); }
  EligibleCell& operator[](std::uint32_t i) noexcept { return cells_[i]; }
  const EligibleCell& operator[](std::uint32_t i) const noexcept { return cells_[i]; }

  // Whether the cell has this key on the list of `of`; acquire: pairs with enter().
  bool is(std::uint32_t at, std::uint32_t of, ApplicantKey key) const noexcept {
    constexpr auto acquire = std::memory_order_acquire;
    const EligibleCell& cell = cells_[at];
    return cell.hi.load(acquire) == key.hi && cell.lo.load(acquire) == key.lo &&
           cell.cell.load(acquire) == of;
  }
  std::uint32_t find(std::uint64_t hash, std::uint32_t of, ApplicantKey key) const noexcept {
    return index_.walk(hash, [&](std::uint32_t at) { return is(at, of, key); }).found;
  }

  // A key that was entered and isn't on the list yet.
  struct Entered {
    std::uint64_t hash;
    std::uint32_t at;
    KeyIndex::Spot spot;
  };
  // full: there is no room. exists: a cell that is just being used again looked like it; ask again.
  KeyIndex::Insert enter(std::uint64_t hash, std::uint32_t of, ApplicantKey key,
                         Entered& made) noexcept {
    const std::uint32_t at = free_.pop(links());
    if (at == kNone) return KeyIndex::Insert::full;
    EligibleCell& cell = cells_[at];
    constexpr auto release = std::memory_order_release;
    cell.hi.store(key.hi, release);
    cell.lo.store(key.lo, release);
    cell.cell.store(of, release);
    const auto same = [&](std::uint32_t other) { return is(other, of, key); };
    const auto inserted = index_.insert(hash, at, index_.walk(hash, same), same);
    made = {hash, at, inserted.spot};
    if (inserted.outcome != KeyIndex::Insert::done) free_.push(at, links());
    return inserted.outcome;
  }
  // By whoever entered it, and told nobody.
  void retract(const Entered& made) noexcept {
    index_.retract(made.hash, made.spot);
    free_.push(made.at, links());
  }

  // ---- the writer's thread, or before serving ----

  // Onto the list, whose first one is in `first`.
  void link(std::uint32_t at, std::atomic<std::uint32_t>& first, EntitlementId owner) noexcept {
    constexpr auto relaxed = std::memory_order_relaxed;  // the links are this thread's
    const std::uint32_t before = first.load(relaxed);
    cells_[at].prev.store(kNone, relaxed);
    cells_[at].next.store(before, relaxed);
    if (before != kNone) cells_[before].prev.store(at, relaxed);
    first.store(at, relaxed);
    // release: pairs with whoever reads the list.
    cells_[at].owner.store(owner.value, std::memory_order_release);
  }
  // Off the list, and its cell is free.
  void remove(std::uint64_t hash, std::uint32_t at, std::atomic<std::uint32_t>& first) noexcept {
    constexpr auto relaxed = std::memory_order_relaxed;  // as in link()
    EligibleCell& cell = cells_[at];
    const std::uint32_t prev = cell.prev.load(relaxed);
    const std::uint32_t next = cell.next.load(relaxed);
    (prev == kNone ? first : cells_[prev].next).store(next, relaxed);
    if (next != kNone) cells_[next].prev.store(prev, relaxed);
    cell.owner.store(0, std::memory_order_release);
    JANJI_CHECK(index_.remove(hash, at));
    free_.push(at, links());
  }

 private:
  base::Region<EligibleCell> cells_;
  KeyIndex index_;
  base::IndexStack free_;
};

// Problem: a claim finds the entitlement that it names by one load.
// Operation: an id has the number of its cell. Free cells are on a stack.
// Concurrency: any thread takes a cell and reads; the writer frees.
// Limits: Options::entitlements_max.
class EntitlementCells {
  auto links() noexcept {
    return [this](std::uint32_t i) -> std::atomic<std::uint32_t>& { return cells_[i].next; };
  }

 public:
  static constexpr std::uint32_t kNone = ~0U;

  EntitlementCells(std::uint32_t size, bool huge_pages) : cells_(size, huge_pages) {}

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(cells_.size()); }
  EntitlementCell& operator[](std::uint32_t i) noexcept { return cells_[i]; }
  const EntitlementCell& operator[](std::uint32_t i) const noexcept { return cells_[i]; }

  std::uint32_t take() noexcept { return free_.pop(links()); }
  void put_back(std::uint32_t at) noexcept { free_.push(at, links()); }

 private:
  base::Region<EntitlementCell> cells_;
  base::IndexStack free_;
};

}  // namespace janji::ledger
