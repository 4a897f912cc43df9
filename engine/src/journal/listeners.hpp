// Who is told of each round.
#pragma once

#include <algorithm>
#include <mutex>
#include <vector>

#include <janji/progress.hpp>

namespace janji::journal {

// Concurrency: add and remove by any thread; tell() by the writer. remove() returns when no call
// of that listener runs. The lock is the writer's and theirs alone, never a decision's.
class Listeners {
 public:
  void add(ProgressListener& listener) {
    const std::lock_guard lock(mutex_);
    listeners_.push_back(&listener);
  }
  void remove(ProgressListener& listener) {
    const std::lock_guard lock(mutex_);
    std::erase(listeners_, &listener);
  }
  void tell(const Progress& progress) noexcept {
    const std::lock_guard lock(mutex_);
    for (ProgressListener* listener : listeners_) listener->on_progress(progress);
  }

 private:
  std::mutex mutex_;
  std::vector<ProgressListener*> listeners_;
};

}  // namespace janji::journal
