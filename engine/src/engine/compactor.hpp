// When the files are written anew, so that erasures are complete.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "base/threads.hpp"
#include "state/checkpoint_thread.hpp"
#include "store/journal_store.hpp"

namespace janji {

// Problem: what was erased is in no row any more, but in the files until these are written anew;
// by a stated deadline, and whoever can't wait may ask for it.
// Operation: the writer looks in every round. When it is due, or asked for, and the state has
// applied all erasures that are durable, the writer has the journal written anew, between two
// rounds, then the checkpointer the state, between two steps. The state's row `meta` says that
// erasures are pending until that is done, so a crash on the way only begins it again.
// Concurrency: look() and begin() by the writer's thread; ask() and wait() by any. The
// checkpointer's thread tells when it is through.
class Compactor {
 public:
  Compactor(store::JournalStore& journal, Threads& threads, std::int64_t within_ms)
      : journal_(journal), threads_(threads), within_ms_(within_ms) {}

  // Before the first look: erasures since that ledger time weren't complete when the last life
  // ended.
  void start(Lsn newest, LedgerTime since) noexcept;

  // `newest`: the newest erasure that is committed. `durable`: what both files have by now.
  void look(LedgerTime now, Lsn newest, Lsn durable, Lsn applied,
            state::CheckpointThread& checkpoints) noexcept;
  // Whether look() is to be called soon.
  bool is_asked() const noexcept {
    return asked_.load(std::memory_order_acquire) != done_.load(std::memory_order_acquire);
  }

  // Returns what to wait for.
  std::uint32_t ask() noexcept;
  // Until what was asked for is done. Errors: as compact() of the stores; retry, when it isn't yet
  // in `timeout_ms`.
  Status wait(std::uint32_t asked, std::int64_t timeout_ms) const;

  // For Counters; of another thread's moment.
  std::uint64_t compactions() const noexcept { return count_.load(std::memory_order_relaxed); }
  std::int64_t pending_ms(LedgerTime now) const noexcept;
  std::string problem() const;

 private:
  void begin(Lsn durable, state::CheckpointThread& checkpoints) noexcept;
  void finish(const Status& status) noexcept;

  store::JournalStore& journal_;
  Threads& threads_;
  const std::int64_t within_ms_;

  // the writer's
  Lsn covered_;            // of the one that runs, or of the last
  Lsn complete_;           // erasures up to here are
  std::uint32_t turn_{0};  // of asked_, that the one that runs is for
  LedgerTime retry_at_{};  // not before: the last one failed

  // shared
  static constexpr std::int64_t kNever = -1;
  std::atomic<std::int64_t> since_{
      kNever};                           // the writer's: when the oldest that isn't complete was
  std::atomic<std::uint32_t> asked_{0};  // how often, by any
  std::atomic<std::uint32_t> done_{0};   // futex word: up to which of them it is
  std::atomic<bool> running_{false};     // set by the writer, cleared by who ends it
  std::atomic<bool> failed_{false};      // likewise: the last one did
  std::atomic<std::uint64_t> count_{0};
  mutable std::mutex mutex_;
  Status status_{success()};  // of the last one
};

}  // namespace janji
