// Who runs next: the whole engine and its callers on one thread, in an order drawn from a seed.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/threads.hpp"
#include "model/random.hpp"
#include "simulation/clock.hpp"
#include "simulation/fiber.hpp"

namespace janji::simulation {

// How wild the order is.
struct Order {
  int switch_percent{30};  // at a step of the protocol, somebody else goes on
  int freeze_permille{5};  // at a step, the caller stands still for long
  int freeze_turns{200};   // how long: so many turns of others
  int drift_permille{20};  // at a turn, time passes by itself
  std::int64_t drift_ms{5};
};

// Problem: a schedule that a seed repeats exactly, and that comes upon every corner in time.
// Operation: every thread is a fiber. It runs until it waits, or comes to a step of the protocol
// (base/step.hpp) at which the dice say that others go on. When nobody can, the clock jumps to the
// next moment at which somebody can; when there is none either, that is a wait which nothing ends
// (hazard 6), and run() says who waits. With `prompt_waits`, so is a wait of a caller that only the
// clock would end: somebody forgot to wake somebody (hazard 17).
// Concurrency: one thread. One scheduler at a time, as the steps' hook is one for the process.
class Scheduler final : public Threads {
 public:
  Scheduler(std::uint64_t seed, Order order, SimulatedClock& clock);
  ~Scheduler() override;

  // ---- from outside ----

  // Until all fibers have ended. Words of a wait that nothing ends, or none; after words the
  // scheduler and what its fibers use can't be destroyed any more.
  std::string run();

  // Before that turn, once; the last one that was asked for.
  void at_turn(std::uint64_t turn, std::function<void()> action) {
    action_turn_ = turn;
    action_ = std::move(action);
  }

  // ---- anywhere ----

  // A fiber that isn't the engine's own.
  std::unique_ptr<Thread> spawn(std::string name, std::function<void()> body);

  // Called at each step of the protocol, by whoever comes to it.
  void set_step_watcher(std::function<void(const char*)> watcher) { watcher_ = std::move(watcher); }
  void set_prompt_waits(bool prompt) { prompt_waits_ = prompt; }
  // While calm, steps of the protocol let nobody else go on.
  void set_calm(bool calm) { calm_ = calm; }
  // The turns taken until now: a fiber that reads the same number twice was alone in between.
  std::uint64_t turns() const { return turns_; }
  // A number that two runs have in common only if they did the same things in the same order.
  std::uint64_t digest() const { return digest_; }

  // ---- within a fiber ----

  void step(const char* name);
  // Others go on until `ms` have passed.
  void sleep(std::int64_t ms);
  // Others go on until `done()`, which they bring about without waking anybody.
  void wait_until(std::function<bool()> done);

  // ---- Threads ----

  std::unique_ptr<Thread> start(std::function<void()> body) override;
  void wait(const Word& word, std::uint32_t expected, std::int64_t timeout_ms) noexcept override;
  void wake_all(const Word& word) noexcept override;
  std::int64_t steady_ms() const noexcept override { return clock_.now_ms(); }

 private:
  struct Task;
  class Handle;

  std::unique_ptr<Thread> add(std::string name, bool engines_own, std::function<void()> body);
  void give_way();
  bool can_run(Task& task) const;
  Task* next();
  bool jump();
  std::string who_waits() const;
  void note(std::uint64_t what);

  model::Random random_;
  const Order order_;
  SimulatedClock& clock_;
  std::list<std::unique_ptr<Task>> tasks_;
  std::vector<Task*> ready_, frozen_;  // as of the last turn
  Task* running_{nullptr};
  bool prompt_waits_{false};
  bool calm_{false};
  std::string overslept_;
  std::uint64_t turns_{0};
  std::uint64_t action_turn_{0};
  std::function<void()> action_;
  std::function<void(const char*)> watcher_;
  std::uint64_t digest_{0};
  std::uint64_t tasks_made_{0};
};

}  // namespace janji::simulation
