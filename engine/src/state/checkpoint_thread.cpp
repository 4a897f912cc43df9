#include "state/checkpoint_thread.hpp"

#include <utility>

#include "base/step.hpp"

namespace janji::state {

CheckpointThread::CheckpointThread(Checkpointer& checkpointer, std::uint64_t start_backlog,
                                   Threads& threads)
    : checkpointer_(checkpointer),
      threads_(threads),
      start_backlog_(start_backlog),
      durable_(checkpointer.applied().value),
      thread_(threads.start([this] { run(); })) {}

CheckpointThread::~CheckpointThread() {
  if (thread_ != nullptr) (void)stop(false);
}

void CheckpointThread::notify(Lsn durable) noexcept {
  // seq_cst with run(): the thread sets `idle_` and then looks at `durable_`; here `durable_` is
  // set and then `idle_` looked at. One of the two sees the other.
  durable_.store(durable.value, std::memory_order_seq_cst);
  if (has_work() && idle_.load(std::memory_order_seq_cst) != 0) wake();
}

Status CheckpointThread::stop(bool finish) {
  finishing_.store(finish, std::memory_order_seq_cst);
  stopping_.store(true, std::memory_order_seq_cst);
  wake();
  thread_->join();
  thread_.reset();
  return status_;
}

bool CheckpointThread::has_work() const noexcept {
  const std::uint64_t durable = durable_.load(std::memory_order_seq_cst);
  const std::uint64_t applied = checkpointer_.applied().value;
  return durable > applied && durable - applied >= start_backlog_;
}

void CheckpointThread::wake() noexcept {
  // Only who turns the flag off needs to call the system.
  if (idle_.exchange(0, std::memory_order_seq_cst) != 0) threads_.wake_all(idle_);
}

void CheckpointThread::run() noexcept {
  for (;;) {
    const bool stopping = stopping_.load(std::memory_order_seq_cst);
    const bool finishing = stopping && finishing_.load(std::memory_order_seq_cst);
    if (stopping && !finishing) return;
    if (has_work() || finishing) {
      auto stepped = checkpointer_.step(Lsn{durable_.load(std::memory_order_seq_cst)});
      if (!stepped) {
        status_ = stepped.error();
        failed_.store(true, std::memory_order_release);  // pairs with failed()
        return;
      }
      if (finishing && !*stepped) return;
      continue;
    }
    JANJI_STEP("checkpointer_tired");
    idle_.store(1, std::memory_order_seq_cst);
    JANJI_STEP("checkpointer_idle");
    if (has_work() || stopping_.load(std::memory_order_seq_cst)) {
      idle_.store(0, std::memory_order_seq_cst);
      continue;
    }
    threads_.wait(idle_, 1, -1);
  }
}

}  // namespace janji::state
