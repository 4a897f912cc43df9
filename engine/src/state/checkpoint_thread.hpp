// The thread that keeps the state behind the journal.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "base/threads.hpp"
#include "state/backlog.hpp"
#include "state/checkpointer.hpp"

namespace janji::state {

// Problem: checkpoint as the journal grows, without costing the writer more than a load.
// Operation: sleeps until the durable LSN is `start_backlog` ahead of the applied one, then takes
// steps until it no longer is. Leaving that much behind costs a start some milliseconds of replay
// and saves writing blocks that are about to change again.
// Concurrency: notify() by one thread at a time; stop() once, by the owner; the readers by any.
// Failure: the first error ends the thread; failed() and status() tell of it. The engine goes on
// until its bounds on the backlog.
class CheckpointThread {
 public:
  static constexpr std::uint64_t kStartBacklog = 1U << 16;

  // `checkpointer` is open, outlives this, and is used by nobody else meanwhile.
  explicit CheckpointThread(Checkpointer& checkpointer, std::uint64_t start_backlog = kStartBacklog,
                            Threads& threads = system_threads());
  ~CheckpointThread();  // stops without finishing
  CheckpointThread(const CheckpointThread&) = delete;
  CheckpointThread& operator=(const CheckpointThread&) = delete;

  // Everything up to `durable` can be read from the journal. Never blocks; a system call only when
  // there is enough to do and the thread sleeps.
  void notify(Lsn durable) noexcept { backlog_.notify(durable, checkpointer_.applied()); }

  // What is durable up to `lsn` is to be applied at once. By the same thread as notify(), before
  // it.
  void want(Lsn lsn) noexcept { backlog_.want(lsn); }

  // Waits until what is durable up to `lsn` is applied. False: it never will be, or not in
  // `timeout_ms`. Any thread.
  bool wait_applied(Lsn lsn, std::int64_t timeout_ms) const noexcept;

  // Has the state's file written anew; `done` is called on the thread when it is, or why it isn't.
  // One at a time.
  using Compacted = std::function<void(const Status&)>;
  void compact(Lsn covered, Compacted done) noexcept;

  // Ends the thread after the step it is in; with `finish`, after all that was notified. Returns
  // the first error there ever was.
  Status stop(bool finish);

  bool failed() const noexcept {
    return failed_.load(std::memory_order_acquire);  // pairs with run(): status_ is written
  }
  // Only when failed().
  const Error& error() const noexcept { return status_.error(); }

 private:
  void run() noexcept;
  void told() noexcept;

  Checkpointer& checkpointer_;
  Compacted compacted_;  // told of by Backlog::ask_compaction()
  Backlog backlog_;
  Threads& threads_;
  std::atomic<std::uint32_t> steps_{0};  // futex word of those who wait for one
  std::atomic<bool> failed_{false};
  Status status_{success()};  // the thread's until it has ended or failed_ is seen

  std::unique_ptr<Threads::Thread> thread_;  // last: it uses all of the above
};

}  // namespace janji::state
