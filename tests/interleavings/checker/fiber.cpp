#include "checker/fiber.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace janji::interleavings {

namespace {

constexpr std::size_t kStack = std::size_t{256} << 10;

}  // namespace

Fiber::Fiber() {
  void* memory =
      mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  stack_ = static_cast<std::byte*>(memory);
}

Fiber::~Fiber() {
  munmap(stack_, kStack);
}

void Fiber::begin(std::function<void()> body) {
  body_ = std::move(body);
  getcontext(&context_);
  context_.uc_stack.ss_sp = stack_;
  context_.uc_stack.ss_size = kStack;
  context_.uc_link = nullptr;
  // makecontext() passes on ints only.
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  makecontext(&context_, reinterpret_cast<void (*)()>(&Fiber::enter), 2,
              static_cast<unsigned>(self >> 32), static_cast<unsigned>(self));
}

void Fiber::enter(unsigned high, unsigned low) {
  reinterpret_cast<Fiber*>((std::uintptr_t{high} << 32) | low)->body_();
  std::abort();  // begin() forbids it
}

}  // namespace janji::interleavings
