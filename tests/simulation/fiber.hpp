// A thread of the simulation: a stack of its own, run in turns on one real thread.
#pragma once

#include <boost/context/fiber.hpp>
#include <functional>

namespace janji::simulation {

// Concurrency: all fibers of one real thread; resume() from outside of them, suspend() inside one.
// A fiber is destroyed before it was resumed or after it ended: what lies on its stack in between
// can't be cleared away by anybody else.
class Fiber {
 public:
  explicit Fiber(std::function<void()> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs it until it suspends itself or ends.
  void resume();
  // Goes back to whoever resumed the running fiber.
  static void suspend();

  bool ended() const { return ended_; }

 private:
  void enter();

  std::function<void()> body_;
  boost::context::fiber here_;   // where it goes on
  boost::context::fiber there_;  // who resumed it
  bool begun_{false};
  bool ended_{false};

  // Of the address sanitizer: the stacks between which it goes to and fro.
  void* own_shadow_{nullptr};
  const void* stack_{nullptr};
  const void* outer_stack_{nullptr};
  std::size_t outer_size_{0};
};

}  // namespace janji::simulation
