// Stops a thread at a named step of the protocol.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <string>

#include "base/step.hpp"

namespace janji::test {

// Holds the one thread that comes to the named step.
class Freezer {
 public:
  explicit Freezer(std::string step) : step_(std::move(step)) {
    current = this;
    base::step_hook.store(&Freezer::hook);
  }
  ~Freezer() {
    base::step_hook.store(nullptr);
    current = nullptr;
    thaw();
    std::unique_lock lock(mutex_);  // nobody stands in here when it goes
    changed_.wait(lock, [this] { return !inside_; });
  }
  Freezer(const Freezer&) = delete;
  Freezer& operator=(const Freezer&) = delete;

  // True once somebody stands still; false when `done` comes first.
  bool wait_frozen(const std::atomic<bool>& done) {
    std::unique_lock lock(mutex_);
    while (!frozen_ && !done) changed_.wait_for(lock, std::chrono::milliseconds(1));
    return frozen_;
  }
  void thaw() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

  static inline thread_local bool may_freeze = false;  // this thread is the one
  static inline std::atomic<bool> writer_may_freeze{false};

 private:
  static void hook(const char* name) {
    Freezer* freezer = current.load();
    const bool is_writer = std::strncmp(name, "writer_", 7) == 0;
    if (freezer == nullptr || freezer->step_ != name) return;
    if (is_writer ? !writer_may_freeze.load() : !may_freeze) return;
    freezer->freeze();
  }
  void freeze() {
    std::unique_lock lock(mutex_);
    if (open_ || frozen_) return;
    frozen_ = inside_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    inside_ = false;
    changed_.notify_all();
  }

  static inline std::atomic<Freezer*> current{nullptr};
  const std::string step_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool frozen_{false}, inside_{false}, open_{false};
};

}  // namespace janji::test
