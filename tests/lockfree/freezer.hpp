// Stops a thread at a named step of the protocol.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "base/step.hpp"
#include "support/engine_threads.hpp"

namespace janji::test {

// Holds the first thread that comes to the named step and may be held. One at a time; what it is
// made of outlives it, so that threads which are just coming or going find it there.
class Freezer {
 public:
  explicit Freezer(std::string step) {
    const std::lock_guard lock(mutex);
    step_of_interest = std::move(step);
    frozen = open = false;
    base::step_hook.store(&Freezer::hook);
  }
  ~Freezer() {
    thaw();
    std::unique_lock lock(mutex);
    changed.wait(lock, [] { return !inside; });
    step_of_interest.clear();
    base::step_hook.store(nullptr);
  }
  Freezer(const Freezer&) = delete;
  Freezer& operator=(const Freezer&) = delete;

  // True once somebody stands still; false when `done` comes first.
  bool wait_frozen(const std::atomic<bool>& done) {
    std::unique_lock lock(mutex);
    while (!frozen && !done) changed.wait_for(lock, std::chrono::milliseconds(1));
    return frozen;
  }
  // Lets the frozen one go on to a later step, where it stands still again: wait_frozen() as
  // before.
  void move_on_to(std::string step) {
    const std::lock_guard lock(mutex);
    step_of_interest = std::move(step);
    frozen = false;
    changed.notify_all();
  }
  void thaw() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }

  static inline thread_local bool may_freeze = false;  // this thread is the one
  // Called by this thread at each of its steps, for what has to happen just then.
  static inline thread_local std::function<void(const std::string&)> interlude;
  // The threads of an engine on EngineThreads may: the writer, where there is no checkpointer.
  static inline std::atomic<bool> writer_may_freeze{false};

 private:
  static void hook(const char* name) {
    if (interlude) interlude(name);
    if (EngineThreads::here ? !writer_may_freeze.load() : !may_freeze) return;
    std::unique_lock lock(mutex);
    if (step_of_interest != name || open || frozen) return;
    frozen = inside = true;
    changed.notify_all();
    changed.wait(lock, [&] { return open || step_of_interest != name; });
    inside = false;
    changed.notify_all();
  }

  static inline std::mutex mutex;
  static inline std::condition_variable changed;
  static inline std::string step_of_interest;
  static inline bool frozen = false, inside = false, open = false;
};

}  // namespace janji::test
