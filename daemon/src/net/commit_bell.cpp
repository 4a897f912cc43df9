#include "net/commit_bell.hpp"

namespace janjid {

void CommitBell::begin(janji::Lsn durable) noexcept {
  durable_.store(durable.value, std::memory_order_seq_cst);
}

void CommitBell::on_progress(const janji::Progress& progress) noexcept {
  durable_.store(progress.durable.value, std::memory_order_seq_cst);
  rounds_.store(progress.rounds, std::memory_order_seq_cst);
  if (progress.failed) failed_.store(true, std::memory_order_seq_cst);
  for (Ear* ear : ears_) {
    if (ear->wish_.exchange(false, std::memory_order_seq_cst)) ear->ring();
  }
}

janji::Progress CommitBell::latest() const noexcept {
  janji::Progress progress;
  progress.durable = janji::Lsn{durable_.load(std::memory_order_seq_cst)};
  progress.rounds = rounds_.load(std::memory_order_seq_cst);
  progress.failed = failed_.load(std::memory_order_seq_cst);
  return progress;
}

void CommitBell::wish(Ear& ear) noexcept {
  ear.wish_.store(true, std::memory_order_seq_cst);
}

}  // namespace janjid
