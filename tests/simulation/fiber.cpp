#include "simulation/fiber.hpp"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <janji/check.hpp>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace janji::simulation {
namespace {

constexpr std::size_t kStackBytes = 256 * 1024;

thread_local Fiber* running = nullptr;

// Stacks are used again: a simulation makes and ends thousands of fibers.
std::vector<std::unique_ptr<std::byte[]>>& free_stacks() {
  thread_local std::vector<std::unique_ptr<std::byte[]>> stacks;
  return stacks;
}

struct PooledStack {
  boost::context::stack_context allocate() {
    auto& free = free_stacks();
    if (free.empty()) free.push_back(std::make_unique<std::byte[]>(kStackBytes));
    boost::context::stack_context context;
    context.size = kStackBytes;
    context.sp = free.back().release() + kStackBytes;
    free.pop_back();
    return context;
  }
  void deallocate(boost::context::stack_context& context) {
    free_stacks().emplace_back(static_cast<std::byte*>(context.sp) - kStackBytes);
  }
};

// The address sanitizer is told of each change of stacks: before it, and on the other side.
void leaves([[maybe_unused]] void** shadow, [[maybe_unused]] const void* stack,
            [[maybe_unused]] std::size_t size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(shadow, stack, size);
#endif
}
void arrives([[maybe_unused]] void* shadow, [[maybe_unused]] const void** from,
             [[maybe_unused]] std::size_t* size) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(shadow, from, size);
#endif
}

}  // namespace

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)) {
  PooledStack stacks;
  const boost::context::stack_context context = stacks.allocate();
  stack_ = static_cast<std::byte*>(context.sp) - kStackBytes;
  here_ = boost::context::fiber(std::allocator_arg,
                                boost::context::preallocated(context.sp, context.size, context),
                                stacks, [this](boost::context::fiber&& outer) {
                                  there_ = std::move(outer);
                                  enter();
                                  return std::move(there_);
                                });
}

Fiber::~Fiber() {
  JANJI_CHECK(ended_ || !begun_);
}

void Fiber::enter() {
  arrives(nullptr, &outer_stack_, &outer_size_);
  body_();
  ended_ = true;
  leaves(nullptr, outer_stack_, outer_size_);  // null: this stack is left for good
}

void Fiber::resume() {
  JANJI_CHECK(!ended_ && running == nullptr);
  begun_ = true;
  running = this;
  void* shadow = nullptr;
  leaves(&shadow, stack_, kStackBytes);
  here_ = std::move(here_).resume();
  arrives(shadow, nullptr, nullptr);
  running = nullptr;
}

void Fiber::suspend() {
  Fiber& self = *running;
  leaves(&self.own_shadow_, self.outer_stack_, self.outer_size_);
  self.there_ = std::move(self.there_).resume();
  arrives(self.own_shadow_, &self.outer_stack_, &self.outer_size_);
}

}  // namespace janji::simulation
