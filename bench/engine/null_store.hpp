// A disk that forgets: for figures in which the disk has no part.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "record/record.hpp"
#include "store/store_factory.hpp"

namespace janji::bench {

// A gate in front of every commit. While it is shut, the writer stands in its commit, so nothing
// but the callers' own work happens.
class CommitGate {
 public:
  void shut() noexcept { open_.store(0, std::memory_order_release); }
  void open() noexcept {
    open_.store(1, std::memory_order_release);
    open_.notify_all();
  }
  void pass() noexcept { open_.wait(0, std::memory_order_acquire); }

 private:
  std::atomic<int> open_{1};
};

// Takes chunks into one buffer, again and again, counts them, and keeps nothing.
class NullFactory final : public StoreFactory {
 public:
  Result<std::unique_ptr<store::Stores>> open(const store::Location& location) override;
  CommitGate& gate() noexcept { return gate_; }

 private:
  CommitGate gate_;
};

}  // namespace janji::bench
