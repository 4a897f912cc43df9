// Room for records on their way to the writer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/index_stack.hpp"
#include "base/region.hpp"
#include "base/stock.hpp"
#include "record/record.hpp"

namespace janji::journal {

inline constexpr std::uint32_t kNoIndex = ~0U;
static_assert(kNoIndex == base::Stock::kNone);

// One record, and what the writer needs to give back after its commit. To own a block is to have
// room: whoever fills it can always publish it. Fields are plain: a block has one owner at a time,
// and the publish list hands it over.
struct alignas(64) RecordBlock {
  std::atomic<std::uint32_t> next;           // in the published list
  std::atomic<std::uint32_t> next_magazine;  // in the stack of magazines
  std::uint32_t slot;                        // index of the (day's first) slot, kNoIndex: none
  std::uint32_t place;                       // of the booking
  std::uint32_t operation;                   // of the operation entry, kNoIndex: none
  std::uint32_t details;                     // of the details buffer, kNoIndex: none
  std::byte* bytes;                          // the record: `small`, or a large buffer
  std::byte small[96];

  template <class R>
  R& record() noexcept {
    return *reinterpret_cast<R*>(bytes);
  }
  const record::Header& header() const noexcept { return record::as<record::Header>(bytes); }

  // Starts a record of type R, zeroed but for its header.
  template <class R>
  R& begin(std::size_t size = sizeof(R)) noexcept;
};
static_assert(sizeof(RecordBlock) == 128);
static_assert(sizeof(record::Claim) <= sizeof(RecordBlock::small));

// Problem: callers need room for a record before they touch anything, without a lock and without
// all of them meeting on one word.
// Operation: blocks travel in magazines (short chains). A caller takes a magazine when its stock is
// empty; the writer returns blocks after their commit, without touching them: their links lie
// apart, so that a block's lines stay where they will be written next. A share of the magazines is
// kept for confirm and cancel, so that a stampede of claims can't shut them out. Records about
// groups, and of walk-ins, are long: the few blocks for these lie on stacks of their own, of which
// one is kept likewise. Concurrency: refill_*, take_group() and put_group() by any thread,
// lock-free; give_back() and end_round() by the writer only. Limits: fixed at construction. The
// writer has blocks of its own, beyond those of the callers.
class RecordBlocks {
 public:
  static constexpr std::uint32_t kWriterSmall = 2048;
  static constexpr std::uint32_t kWriterLarge = 64;
  // For groups and walk-ins: those that claims may take, and those that are kept for what comes
  // behind a claim.
  static constexpr std::uint32_t kGroupClaims = 48;
  static constexpr std::uint32_t kGroupChanges = 16;
  static constexpr std::uint32_t kLarge = kWriterLarge + kGroupClaims + kGroupChanges;

  // `magazine`: blocks in a chain, at least 1.
  RecordBlocks(std::uint32_t callers_blocks, std::uint32_t magazine, bool huge_pages);

  RecordBlock& operator[](std::uint32_t index) noexcept { return blocks_[index]; }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(blocks_.size()); }

  // Into an empty stock. False: no room.
  bool refill(base::Stock& stock) noexcept;
  // The same from the share that is kept for confirm and cancel.
  bool refill_reserve(base::Stock& stock) noexcept;

  // A block for a record about a group; kNoIndex: no room.
  std::uint32_t take_group(bool may_use_reserve) noexcept;
  // Puts back one that wasn't published.
  void put_group(std::uint32_t index) noexcept;

  // ---- the writer's thread only ----

  // The writer's own blocks; kNoIndex when all are on their way.
  std::uint32_t take_small() noexcept;
  std::uint32_t take_large() noexcept;
  std::size_t small_left() const noexcept { return writer_small_.size(); }
  std::size_t large_left() const noexcept { return writer_large_.size(); }

  void give_back(std::uint32_t index) noexcept;  // into the magazine being filled
  void end_round() noexcept;                     // hands out what was given back

 private:
  auto magazine_links() noexcept {
    return
        [this](std::uint32_t i) -> std::atomic<std::uint32_t>& { return blocks_[i].next_magazine; };
  }
  bool refill_from(base::IndexStack& stack, base::Stock& stock) noexcept;
  void push_magazine() noexcept;

  // constant
  std::uint32_t callers_blocks_;
  std::uint32_t magazine_;
  std::uint32_t reserve_target_;  // magazines
  std::uint32_t large_begin_;     // of the blocks with large buffers: the writer's, then groups'
  base::Region<RecordBlock> blocks_;
  std::unique_ptr<std::byte[]> large_;

  // shared
  std::vector<std::uint32_t> links_;  // of blocks in magazines; handed over by the stacks
  base::IndexStack general_;
  base::IndexStack reserve_;
  std::atomic<std::uint32_t> reserve_count_{0};
  base::IndexStack group_claims_;
  base::IndexStack group_changes_;

  // the writer's
  std::vector<std::uint32_t> writer_small_, writer_large_;
  std::uint32_t filling_first_{kNoIndex}, filling_count_{0};
};

template <class R>
R& RecordBlock::begin(std::size_t size) noexcept {
  R& made = record<R>();
  made = R{};
  made.header.type = R::kType;
  made.header.size = static_cast<std::uint16_t>(size);
  return made;
}

}  // namespace janji::journal
