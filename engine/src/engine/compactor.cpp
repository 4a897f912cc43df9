#include "engine/compactor.hpp"

namespace janji {

namespace {

constexpr std::int64_t kRetryMs = 60'000;

}  // namespace

void Compactor::start(Lsn newest, LedgerTime since) noexcept {
  if (newest == Lsn{}) return;
  since_.store(since.value, std::memory_order_relaxed);  // before the threads
}

void Compactor::look(LedgerTime now, Lsn newest, Lsn durable, Lsn applied,
                     state::CheckpointThread& checkpoints) noexcept {
  // acquire: pairs with finish().
  if (running_.load(std::memory_order_acquire)) return;
  // relaxed, here and below: the writer's own.
  if (covered_ != Lsn{} && !failed_.load(std::memory_order_relaxed) && complete_ != covered_) {
    complete_ = covered_;
    since_.store(kNever, std::memory_order_relaxed);
  }
  const bool pending = newest > complete_;
  std::int64_t since = since_.load(std::memory_order_relaxed);
  if (pending && since == kNever) {
    since = now.value;
    since_.store(since, std::memory_order_relaxed);
  }
  const bool due = pending && now.value - since >= within_ms_ && now >= retry_at_;
  // acquire: pairs with ask(): what its caller had erased is committed, or comes in this round.
  const std::uint32_t asked = asked_.load(std::memory_order_acquire);
  if (!due && asked == done_.load(std::memory_order_relaxed)) return;
  if (durable < newest || applied < newest) return;  // they are on their way
  turn_ = asked;
  retry_at_ = LedgerTime{now.value + kRetryMs};
  begin(durable, checkpoints);
}

// The journal first: the state says that something is pending until both are done.
void Compactor::begin(Lsn durable, state::CheckpointThread& checkpoints) noexcept {
  covered_ = durable;
  running_.store(true, std::memory_order_relaxed);
  Status journal = journal_.compact();
  if (!journal.ok()) return finish(journal);
  checkpoints.compact(durable, [this](const Status& state) { finish(state); });
}

void Compactor::finish(const Status& status) noexcept {
  {
    const std::lock_guard guard(mutex_);
    status_ = status;
  }
  failed_.store(!status.ok(), std::memory_order_relaxed);
  if (status.ok()) count_.fetch_add(1, std::memory_order_relaxed);
  const std::uint32_t turn = turn_;
  running_.store(false, std::memory_order_release);  // pairs with look(): and all of the above
  done_.store(turn, std::memory_order_release);      // pairs with wait()
  threads_.wake_all(done_);
}

std::uint32_t Compactor::ask() noexcept {
  return asked_.fetch_add(1, std::memory_order_release) + 1;  // pairs with look()
}

Status Compactor::wait(std::uint32_t asked, std::int64_t timeout_ms) const {
  const std::int64_t until = threads_.steady_ms() + timeout_ms;
  for (;;) {
    // acquire: pairs with finish().
    const std::uint32_t done = done_.load(std::memory_order_acquire);
    if (static_cast<std::int32_t>(done - asked) >= 0) {
      const std::lock_guard guard(mutex_);
      return status_;
    }
    const std::int64_t left_ms = until - threads_.steady_ms();
    if (left_ms <= 0) return Error{Code::retry, "the files aren't written anew yet"};
    threads_.wait(done_, done, left_ms);
  }
}

std::int64_t Compactor::pending_ms(LedgerTime now) const noexcept {
  const std::int64_t since = since_.load(std::memory_order_relaxed);
  return since == kNever ? 0 : now.value - since;
}

std::string Compactor::problem() const {
  const std::lock_guard guard(mutex_);
  return status_.ok() ? std::string{} : status_.error().detail;
}

}  // namespace janji
