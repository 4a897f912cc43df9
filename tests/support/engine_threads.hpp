// The operating system's threads, told apart from the test's own, and never woken by time.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "base/threads.hpp"

namespace janji::test {

// An engine on these sleeps until somebody wakes it: a wake-up that is missing is not made good by
// the end of a time limit.
class EngineThreads final : public Threads {
 public:
  static inline thread_local bool here = false;  // this thread is one of an engine's

  std::unique_ptr<Thread> start(std::function<void()> body) override {
    return system_threads().start([run = std::move(body)] {
      here = true;
      run();
    });
  }
  void wait(const Word& word, std::uint32_t expected, std::int64_t timeout_ms) noexcept override {
    system_threads().wait(word, expected, here ? -1 : timeout_ms);
  }
  void wake_all(const Word& word) noexcept override { system_threads().wake_all(word); }
  std::int64_t steady_ms() const noexcept override { return system_threads().steady_ms(); }
};

}  // namespace janji::test
