// Threads that the checker switches itself.
#pragma once

#include <ucontext.h>

#include <cstddef>
#include <functional>

namespace janji::interleavings {

// A stack and what runs on it. All fibers run on the thread that made them; one that was switched
// away from need never be continued: begin() simply starts anew.
class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // From the next switch to it on, it runs `body`, which must not return.
  void begin(std::function<void()> body);
  // Leaves the fiber that runs now, `from`, and goes on in this one.
  void resume_from(ucontext_t& from) { swapcontext(&from, &context_); }
  ucontext_t& context() { return context_; }

 private:
  static void enter(unsigned high, unsigned low);

  ucontext_t context_{};
  std::byte* stack_;
  std::function<void()> body_;
};

}  // namespace janji::interleavings
