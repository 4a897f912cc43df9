#include "state/checkpoint_thread.hpp"

#include <utility>

#include <janji/check.hpp>

namespace janji::state {

CheckpointThread::CheckpointThread(Checkpointer& checkpointer, std::uint64_t start_backlog,
                                   Threads& threads)
    : checkpointer_(checkpointer),
      backlog_(checkpointer.applied(), start_backlog, threads),
      threads_(threads),
      thread_(threads.start([this] { run(); })) {}

CheckpointThread::~CheckpointThread() {
  if (thread_ != nullptr) (void)stop(false);
}

Status CheckpointThread::stop(bool finish) {
  backlog_.stop(finish);
  thread_->join();
  thread_.reset();
  return status_;
}

void CheckpointThread::compact(Lsn covered, Compacted done) noexcept {
  JANJI_CHECK(covered.value != 0 && backlog_.compaction() == Lsn{});
  compacted_ = std::move(done);
  backlog_.ask_compaction(covered);
}

bool CheckpointThread::wait_applied(Lsn lsn, std::int64_t timeout_ms) const noexcept {
  const std::int64_t until = threads_.steady_ms() + timeout_ms;
  for (;;) {
    // acquire: pairs with told(). Before the look: a step behind it ends the wait.
    const std::uint32_t steps = steps_.load(std::memory_order_acquire);
    if (checkpointer_.applied() >= lsn) return true;
    const std::int64_t left_ms = until - threads_.steady_ms();
    if (failed() || left_ms <= 0) return false;
    threads_.wait(steps_, steps, left_ms);
  }
}

// Whoever waits for a step looks again.
void CheckpointThread::told() noexcept {
  steps_.fetch_add(1, std::memory_order_release);  // pairs with wait_applied()
  threads_.wake_all(steps_);
}

void CheckpointThread::run() noexcept {
  for (;;) {
    const Backlog::Need need = backlog_.await(checkpointer_.applied());
    if (need == Backlog::Need::nothing) return;
    if (need == Backlog::Need::compact) {
      const Status compacted = checkpointer_.compact(backlog_.compaction());
      const Compacted tell = std::exchange(compacted_, nullptr);
      backlog_.end_compaction();
      tell(compacted);
      continue;
    }
    const Result<bool> stepped = checkpointer_.step(backlog_.durable());
    if (!stepped) {
      status_ = stepped.error();
      failed_.store(true, std::memory_order_release);  // pairs with failed()
      told();
      return;
    }
    told();
    if (need == Backlog::Need::finish && !*stepped) return;
  }
}

}  // namespace janji::state
