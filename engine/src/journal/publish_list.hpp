// The list of published records: where a decision gets its place in the journal.
#pragma once

#include <atomic>
#include <cstdint>

#include <janji/check.hpp>
#include <janji/types.hpp>

#include "journal/record_blocks.hpp"

namespace janji::journal {

// Problem: many callers publish, one writer takes all of it, in the order of the LSNs, and nobody
// may be able to stop the writer by being preempted half-way.
// Operation: a linked list whose head word is {block + 1, LSN of that block}. publish() is one CAS
// that puts a block on top and raises the LSN: so a record's LSN is its place in the list, there
// are no reserved places, hence no gaps. take() clears the block and keeps the LSN.
// Concurrency: publish() by any thread, lock-free; it is the linearization point of every granted
// decision. take() by the writer only.
// ABA: the LSN in the head never repeats.
// Limits: 2^20 - 1 blocks; 2^44 records in the life of a data directory (200 days at a million a
// second without a pause); Engine::open refuses a journal that comes near.
class PublishList {
 public:
  static constexpr int kLsnBits = 44;
  static constexpr std::uint64_t kLsnMask = (1ULL << kLsnBits) - 1;
  static constexpr std::uint32_t kBlocksMax = (1U << (64 - kLsnBits)) - 1;

  // `last`: the greatest LSN that was ever given. Before any publish().
  void start_after(Lsn last) noexcept { head_.store(last.value, std::memory_order_seq_cst); }

  Lsn publish(RecordBlocks& blocks, std::uint32_t index) noexcept {
    std::uint64_t head = head_.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
      // relaxed: published by the CAS.
      blocks[index].next.store(block_in(head), std::memory_order_relaxed);
      next = (std::uint64_t{index + 1} << kLsnBits) | ((head & kLsnMask) + 1);
      // seq_cst: releases the block to take(), and stands in one order with the writer's `idle`
      // flag (Rounds), so that a publisher sees an idle writer or the writer sees the record.
    } while (!head_.compare_exchange_weak(head, next, std::memory_order_seq_cst,
                                          std::memory_order_relaxed));
    JANJI_CHECK((next & kLsnMask) != 0);  // or the numbers begin again
    return Lsn{next & kLsnMask};
  }

  // The greatest LSN that was given until now.
  Lsn last() const noexcept { return Lsn{head_.load(std::memory_order_acquire) & kLsnMask}; }

  bool empty() const noexcept {
    return block_in(head_.load(std::memory_order_seq_cst)) == kNoIndex;
  }

  struct Taken {
    std::uint32_t newest;  // linked by `next` towards the oldest; kNoIndex: nothing
    Lsn last;              // LSN of the newest ever published
  };
  Taken take() noexcept {
    // seq_cst: acquires the blocks released by publish().
    const std::uint64_t head = head_.fetch_and(kLsnMask, std::memory_order_seq_cst);
    return Taken{block_in(head), Lsn{head & kLsnMask}};
  }

 private:
  static constexpr std::uint32_t block_in(std::uint64_t head) {
    return static_cast<std::uint32_t>(head >> kLsnBits) - 1;  // 0 wraps to kNoIndex
  }

  alignas(64) std::atomic<std::uint64_t> head_{0};
};
static_assert(static_cast<std::uint32_t>(0) - 1 == kNoIndex);

}  // namespace janji::journal
