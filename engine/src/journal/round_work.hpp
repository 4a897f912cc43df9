// What the writer's rounds are for, seen from the writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "journal/record_blocks.hpp"

namespace janji::journal {

// The ledger's half of a round. All of it is called on the writer's thread.
class RoundWork {
 public:
  virtual ~RoundWork() = default;

  // Before the list is taken: publishes what has fallen due, about `budget` records at most.
  virtual void fall_due(LedgerTime now, std::size_t budget) noexcept = 0;

  // The details that go to the disk with the record in `block`; empty: none.
  virtual std::span<const std::byte> details(const RecordBlock& block) const noexcept = 0;

  // LSNs of the details that are nobody's any more with the record in `block`: erased, or of a
  // booking whose place it frees. Those before `first` need not be told.
  static constexpr std::size_t kGoneMax = kGroupMembersMax + 1;
  virtual std::size_t gone(const RecordBlock& block, Lsn first,
                           std::span<Lsn, kGoneMax> out) const noexcept = 0;

  // Fetches what give_back() of this block will touch. First, some blocks earlier, prefetch_far():
  // what prefetch() itself must read for that.
  virtual void prefetch_far(const RecordBlock& block) const noexcept = 0;
  virtual void prefetch(const RecordBlock& block) const noexcept = 0;

  // After the commit, in LSN order: gives back what the record took or freed, then its block.
  virtual void give_back(Lsn lsn, std::uint32_t block) noexcept = 0;

  // After the last of them, before the durable LSN is published.
  virtual void end_round() noexcept = 0;

  // A round failed, and there will be none after it. Before anybody hears of it.
  virtual void failed(const Error& error) noexcept = 0;

  // How long the writer may sleep when nobody wakes it.
  virtual std::int64_t sleep_ms() const noexcept = 0;
};

}  // namespace janji::journal
