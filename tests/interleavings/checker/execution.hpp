// One execution of a scene: its threads, in one order, under one seed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "checker/fiber.hpp"
#include "checker/memory.hpp"
#include "checker/random.hpp"
#include "checker/scene.hpp"

namespace janji::interleavings {

// Problem: run a scene's threads in an order that a seed decides, with memory that shows them what
// the standard allows, and say what went wrong.
// Operation: threads are fibers. Before each atomic access it is drawn whether another thread goes
// on; how often is drawn for each execution, so that some have many switches and some have few. A
// failure anywhere ends the execution: the fibers are left where they are.
// Concurrency: one execution at a time, on one thread.
class Execution {
 public:
  // Makes the scene that run() will run.
  void prepare(const MakeScene& make);
  // What went wrong, or "".
  std::string run(std::uint64_t seed);

  // ---- from the scene and the production code in it ----

  // The execution that runs now; null in set-up, at the end, and outside.
  static Execution* current() { return current_; }

  std::uint64_t load(const void* at, std::size_t size, const Place& place);
  void store(void* at, std::size_t size, std::uint64_t value, const Place& place);
  bool compare_exchange(void* at, std::size_t size, std::uint64_t& expected, std::uint64_t next,
                        bool weak, const Place& good, const Place& bad);
  std::uint64_t modify(void* at, std::size_t size, std::uint64_t operand, const Place& place);

  void plain_read(const void* at, std::size_t size);
  void plain_write(const void* at, std::size_t size);

  // Sleeps while the newest value is `expected`, until woken. With a time limit: also until
  // nobody else can go on.
  // A negative limit is none. Time passes only where a limit is reached.
  void futex_wait(const void* at, std::uint32_t expected, std::int64_t timeout_ms);
  std::int64_t steady_ms() const { return steady_ms_; }
  void futex_wake_all(const void* at);

  // Ends the execution; doesn't return.
  [[noreturn]] void fail(const std::string& what);

 private:
  enum class State : std::uint8_t { absent, ready, asleep, asleep_for_a_while, finished };
  struct Thread {
    State state{State::absent};
    const void* sleeps_on{nullptr};
    bool timed_out{false};
  };
  static constexpr std::uint32_t kStepsMax = 50'000;

  struct Failed {};  // thrown where no fiber runs

  void alone(const std::function<void()>& step);
  void begin_thread(std::size_t thread);
  void step();
  void leave();
  std::size_t choose();
  void go_to(std::size_t thread);

  static Execution* current_;
  Scene* scene_{nullptr};  // in the arena
  std::vector<std::byte> image_;
  Random random_;
  Memory memory_{random_};
  std::array<Thread, kThreadsMax> threads_;
  std::array<std::unique_ptr<Fiber>, kThreadsMax> fibers_;
  ucontext_t outside_{};
  std::size_t running_{0};
  std::uint32_t steps_{0};
  std::int64_t steady_ms_{0};
  std::uint32_t switches_{0};  // of 256 accesses, about how many are followed by a switch
  std::string failure_;
};

}  // namespace janji::interleavings
