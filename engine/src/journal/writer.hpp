// The one thread that owns the journal.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <janji/options.hpp>
#include <janji/result.hpp>
#include <janji/types.hpp>

#include "base/threads.hpp"
#include "base/time_keeper.hpp"
#include "journal/chunk.hpp"
#include "journal/listeners.hpp"
#include "journal/publish_list.hpp"
#include "journal/record_blocks.hpp"
#include "journal/round_work.hpp"
#include "journal/rounds.hpp"
#include "store/journal_store.hpp"

namespace janji::journal {

// Where the writer starts, and by what rules.
struct WriterSettings {
  Durability durability{Durability::strict};
  std::int64_t flush_ms{20};
  // What relaxed rounds may leave unflushed; the one that goes past it is flushed. All of it is one
  // transaction, which must fit in the room that the low-water mark keeps.
  std::size_t unflushed_bytes_max{std::size_t{16} << 20};
  ChainPoint chain;        // the journal's end as recovered
  std::uint64_t epoch{0};  // of the records to come
  LedgerTime ledger_time;  // the greatest durable value
};

// Problem: make decisions durable, many at a time, in the order of their LSNs.
// Operation: rounds. Each takes the whole published list, lays it down in chunks, commits once,
// gives back what the records freed, and only then publishes the new durable LSN (hazard 5). Each
// also trims a little of what the state has. When there is nothing to do, it sleeps on a futex
// until a publisher wakes it. A commit that fails ends it all: nothing more is acknowledged (hazard
// 13). Concurrency: run() on its own thread; step() instead of run() where a test or a simulation
// drives. The rest before and after.
class Writer {
 public:
  Writer(store::JournalStore& store, RecordBlocks& blocks, PublishList& list, Rounds& rounds,
         RoundWork& work, const base::TimeKeeper& time, WriterSettings settings);
  ~Writer();

  // `keep_from`: the first LSN that must stay in the journal; asked once a round. Unset: everything
  // stays. `alone`: whether room is so short that rounds which write nothing are to trim too.
  void set_trim(std::function<Lsn()> keep_from, std::function<bool()> alone) {
    keep_from_ = std::move(keep_from);
    trim_alone_ = std::move(alone);
  }
  Listeners& listeners() noexcept { return listeners_; }

  void start(Threads& threads = system_threads());
  // Finishes what is published, then ends the thread. Idempotent.
  void stop();

  // One round on the calling thread. False: there was nothing to write.
  bool step() noexcept;

  // Why the writer failed; meaningful once Rounds::failed().
  const Error& failure() const noexcept { return failure_; }
  std::uint64_t commits() const noexcept { return commits_.load(std::memory_order_relaxed); }

 private:
  void run() noexcept;
  void take_in_order(const PublishList::Taken& taken) noexcept;
  Status write_batch(Lsn first);
  Result<std::size_t> write_chunk(std::size_t from, Lsn first);
  Status write_details(Lsn first);
  Status erase_details(const RecordBlock& block, std::optional<Lsn>& oldest);
  bool flush_is_due() const noexcept;
  bool trim_is_due() const;
  void fail(const Error& error) noexcept;
  void tell() noexcept;

  // constant
  store::JournalStore& store_;
  RecordBlocks& blocks_;
  PublishList& list_;
  Rounds& rounds_;
  RoundWork& work_;
  const base::TimeKeeper& time_;
  const Durability durability_;
  const std::int64_t flush_ms_;
  const std::size_t unflushed_bytes_max_;
  std::function<Lsn()> keep_from_;
  std::function<bool()> trim_alone_;

  // the writer's thread
  std::vector<std::uint32_t> batch_;  // blocks of this round, in LSN order from batch_begin_ on
  std::size_t batch_begin_{0};
  ChainPoint chain_;
  std::uint64_t epoch_;
  LedgerTime ledger_time_;
  Lsn committed_, durable_;
  std::int64_t flushed_ms_{0};
  std::size_t unflushed_bytes_{0};
  bool on_own_thread_{false};
  bool flush_wanted_{false};
  bool trims_only_{false};  // the round writes nothing
  std::size_t last_batch_{0};
  std::size_t chunks_written_{0};
  Error failure_;

  // shared
  Listeners listeners_;
  std::atomic<std::uint64_t> commits_{0};
  std::unique_ptr<Threads::Thread> thread_;
};

}  // namespace janji::journal
