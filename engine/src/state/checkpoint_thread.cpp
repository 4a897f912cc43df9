#include "state/checkpoint_thread.hpp"

namespace janji::state {

CheckpointThread::CheckpointThread(Checkpointer& checkpointer, std::uint64_t start_backlog,
                                   Threads& threads)
    : checkpointer_(checkpointer),
      backlog_(checkpointer.applied(), start_backlog, threads),
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

void CheckpointThread::run() noexcept {
  for (;;) {
    const Backlog::Need need = backlog_.await(checkpointer_.applied());
    if (need == Backlog::Need::nothing) return;
    const Result<bool> stepped = checkpointer_.step(backlog_.durable());
    if (!stepped) {
      status_ = stepped.error();
      failed_.store(true, std::memory_order_release);  // pairs with failed()
      return;
    }
    if (need == Backlog::Need::finish && !*stepped) return;
  }
}

}  // namespace janji::state
