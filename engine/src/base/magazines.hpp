// Handing out places of a table in small chains, so that callers seldom meet on one word.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/index_stack.hpp"

namespace janji::base {

// Small enough that the stock which idle callers keep, a magazine each, starves nobody.
constexpr std::uint32_t magazine_size(std::uint32_t places, std::uint32_t callers) noexcept {
  return std::clamp<std::uint32_t>(places / (callers * 8), 1, 32);
}

// Problem: callers need free places without a lock, and one stack's head would be the hottest word
// of all.
// Operation: chains of up to `size` places (`inner` links) on a stack of chains (`outer` links);
// both link functions give the atomic link of a place.
// Concurrency: pop() by any thread, lock-free; give_back() and end_round() by the writer only.
class Magazines {
 public:
  static constexpr std::uint32_t kNone = IndexStack::kNone;

  explicit Magazines(std::uint32_t size) : size_(size) {}

  // The first place of a chain linked by `inner` and ended by kNone; or kNone.
  template <class Outer>
  std::uint32_t pop(Outer&& outer) noexcept {
    return stack_.pop(outer);
  }

  template <class Inner, class Outer>
  void give_back(std::uint32_t place, Inner&& inner, Outer&& outer) noexcept {
    // relaxed: published by the release in IndexStack::push().
    inner(place).store(first_, std::memory_order_relaxed);
    first_ = place;
    if (++count_ == size_) end_round(outer);
  }
  template <class Outer>
  void end_round(Outer&& outer) noexcept {
    if (count_ == 0) return;
    stack_.push(first_, outer);
    first_ = kNone;
    count_ = 0;
  }

 private:
  IndexStack stack_;                       // shared
  std::uint32_t size_;                     // constant
  std::uint32_t first_{kNone}, count_{0};  // the writer's
};

}  // namespace janji::base
