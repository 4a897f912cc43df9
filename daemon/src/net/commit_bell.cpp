#include "net/commit_bell.hpp"

namespace janjid {

void CommitBell::begin(janji::Lsn durable) noexcept {
  raise(durable_, durable.value);
}

void CommitBell::raise(std::atomic<std::uint64_t>& cell, std::uint64_t value) noexcept {
  std::uint64_t known = cell.load(std::memory_order_seq_cst);
  while (known < value && !cell.compare_exchange_weak(known, value, std::memory_order_seq_cst)) {
  }
}

void CommitBell::on_progress(const janji::Progress& progress) noexcept {
  // Rounds first: who sees a record durable sees that its round is complete.
  raise(rounds_, progress.rounds);
  raise(durable_, progress.durable.value);
  if (progress.failed) failed_.store(true, std::memory_order_seq_cst);
  for (Ear* ear : ears_) {
    if (ear->wish_.exchange(false, std::memory_order_seq_cst)) ear->ring();
  }
}

janji::Progress CommitBell::latest() const noexcept {
  janji::Progress progress;
  progress.failed = failed_.load(std::memory_order_seq_cst);
  progress.durable = janji::Lsn{durable_.load(std::memory_order_seq_cst)};
  progress.rounds = rounds_.load(std::memory_order_seq_cst);
  return progress;
}

void CommitBell::wish(Ear& ear) noexcept {
  ear.wish_.store(true, std::memory_order_seq_cst);
}

}  // namespace janjid
