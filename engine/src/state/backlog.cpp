#include "state/backlog.hpp"

#include "base/step.hpp"

namespace janji::state {

void Backlog::notify(Lsn durable, Lsn applied) noexcept {
  // seq_cst with await(): the thread sets `idle_` and then looks at `durable_`; here `durable_` is
  // set and then `idle_` looked at. One of the two sees the other. An `applied` that has grown
  // since makes the backlog look longer: at worst the thread is woken for nothing.
  durable_.store(durable.value, std::memory_order_seq_cst);
  if (is_enough(applied) && idle_.load(std::memory_order_seq_cst) != 0) wake();
}

void Backlog::stop(bool finish) noexcept {
  finishing_ = finish;
  // seq_cst: as in notify(), with `stopping_` for `durable_`.
  stopping_.store(true, std::memory_order_seq_cst);
  wake();
}

void Backlog::ask_compaction(Lsn covered) noexcept {
  // seq_cst: as in notify(), with `compaction_` for `durable_`.
  compaction_.store(covered.value, std::memory_order_seq_cst);
  wake();
}

bool Backlog::is_enough(Lsn applied) const noexcept {
  const Lsn reached = durable();
  // seq_cst: stored before `durable_` was, by the same thread.
  const Lsn wanted{wanted_.load(std::memory_order_seq_cst)};
  if (wanted > applied && reached >= wanted) return true;
  return reached > applied && reached.value - applied.value >= start_;
}

void Backlog::wake() noexcept {
  // Only who turns the flag off needs to call the system. seq_cst: as the load in notify().
  if (idle_.exchange(0, std::memory_order_seq_cst) != 0) threads_.wake_all(idle_);
}

Backlog::Need Backlog::await(Lsn applied) noexcept {
  for (;;) {
    // seq_cst: pairs with stop().
    if (stopping_.load(std::memory_order_seq_cst)) {
      return finishing_ ? Need::finish : Need::nothing;
    }
    if (compaction() != Lsn{}) return Need::compact;
    if (is_enough(applied)) return Need::work;
    JANJI_STEP("checkpointer_tired");
    idle_.store(1, std::memory_order_seq_cst);
    JANJI_STEP("checkpointer_idle");
    if (is_enough(applied) || compaction() != Lsn{} || stopping_.load(std::memory_order_seq_cst)) {
      // seq_cst: with wake(), which may have turned it off already.
      idle_.store(0, std::memory_order_seq_cst);
      continue;
    }
    threads_.wait(idle_, 1, -1);
  }
}

}  // namespace janji::state
