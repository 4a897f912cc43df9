// The operating system's threads as the engine uses them: a seam, so that a simulation can run the
// whole engine on one thread and own the order in which things happen.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

namespace janji {

// Starting a thread, and sleeping until a 32-bit word changes: the one way in which the engine's
// threads wait. Nothing of it is on the decision path but wake_all(), to wake an idle writer.
class Threads {
 public:
  using Word = std::atomic<std::uint32_t>;

  // A running thread. To be joined once, before it is destroyed.
  class Thread {
   public:
    virtual ~Thread() = default;
    virtual void join() = 0;
  };

  virtual ~Threads() = default;

  // Calls `body` once, beside the caller.
  virtual std::unique_ptr<Thread> start(std::function<void()> body) = 0;

  // Sleeps while `word` holds `expected`, at most `timeout_ms` (negative: no limit), or until
  // woken, or for no reason: callers look again.
  virtual void wait(const Word& word, std::uint32_t expected, std::int64_t timeout_ms) noexcept = 0;
  virtual void wake_all(const Word& word) noexcept = 0;

  // The time that limits of waiting run by; its zero means nothing.
  virtual std::int64_t steady_ms() const noexcept = 0;
};

// Threads and futexes of the operating system. Lives for ever.
Threads& system_threads() noexcept;

}  // namespace janji
