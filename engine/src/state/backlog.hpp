// How much of the journal the state doesn't have yet, and the sleep until it is enough.
#pragma once

#include <atomic>
#include <cstdint>

#include <janji/types.hpp>

#include "base/threads.hpp"

namespace janji::state {

// Problem: the checkpointing thread must wake when there is enough to do, and the writer must not
// pay for that more than a load.
// Operation: the writer notes how far the journal is durable; the thread sleeps on `idle_` until
// that is `start` ahead of what was applied, or until it is stopped.
// Concurrency: notify() by one thread, await() by one thread, stop() once, by any; the rest by any.
// The argument is in docs/concurrency.md, hazard 17.
class Backlog {
 public:
  enum class Need : std::uint8_t {
    work,     // there is enough
    compact,  // the files are to be written anew: wanted()
    finish,   // stopped: all up to durable(), then nothing more
    nothing   // stopped
  };

  Backlog(Lsn applied, std::uint64_t start, Threads& threads)
      : threads_(threads), start_(start), durable_(applied.value) {}

  // Everything up to `durable` can be read from the journal. `applied`: what the thread has
  // applied, or had. Never blocks; a system call only when there is enough to do and the thread
  // sleeps.
  void notify(Lsn durable, Lsn applied) noexcept;
  void stop(bool finish) noexcept;

  // What is durable up to `lsn` is to be applied, however little that is. By whoever notifies, and
  // before it does.
  void want(Lsn lsn) noexcept { wanted_.store(lsn.value, std::memory_order_seq_cst); }
  // Makes await() say so, once: `covered` is what compaction() then returns.
  void ask_compaction(Lsn covered) noexcept;
  // 0: none was asked for, or the last one is over.
  Lsn compaction() const noexcept {
    return Lsn{compaction_.load(std::memory_order_seq_cst)};  // pairs with ask_compaction()
  }
  void end_compaction() noexcept {
    compaction_.store(0, std::memory_order_seq_cst);  // pairs with compaction()
  }

  // Sleeps until there is something to do. `applied`: all that the calling thread has.
  Need await(Lsn applied) noexcept;

  // What was notified of last.
  Lsn durable() const noexcept {
    return Lsn{durable_.load(std::memory_order_seq_cst)};  // pairs with notify()
  }

 private:
  bool is_enough(Lsn applied) const noexcept;
  void wake() noexcept;

  Threads& threads_;
  const std::uint64_t start_;
  std::atomic<std::uint64_t> durable_;
  std::atomic<std::uint64_t> wanted_{0};      // to be applied as soon as it is durable
  std::atomic<std::uint64_t> compaction_{0};  // LSN of the newest erasure that it covers; 0: none
  std::atomic<std::uint32_t> idle_{0};        // futex word of the thread
  std::atomic<bool> stopping_{false};
  bool finishing_{false};  // told of by stopping_
};

}  // namespace janji::state
