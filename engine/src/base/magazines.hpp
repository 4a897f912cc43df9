// Handing out places of a table in small chains, so that callers seldom meet on one word.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/index_stack.hpp"
#include "base/stock.hpp"

namespace janji::base {

// Small enough that the stock which idle callers keep, a magazine each, starves nobody.
constexpr std::uint32_t magazine_size(std::uint32_t places, std::uint32_t callers) noexcept {
  return std::clamp<std::uint32_t>(places / (callers * 8), 1, Stock::kMax);
}

// Problem: callers need free places without a lock, and one stack's head would be the hottest word
// of all.
// Operation: chains of up to `size` places on a stack of chains. `Links` has next(place) and
// set_next(place, next), a place's link in its chain, plain since the stack hands it over; and
// chain(place), its atomic link to the next chain.
// Concurrency: refill() and put_back() by any thread, lock-free; give_back() and end_round() by the
// writer only.
class Magazines {
 public:
  explicit Magazines(std::uint32_t size) : size_(size) {}

  // Into an empty stock. False: there are no free places.
  template <class Links>
  bool refill(Stock& stock, Links&& links) noexcept {
    const std::uint32_t first =
        stack_.pop([&](std::uint32_t p) -> auto& { return links.chain(p); });
    if (first == Stock::kNone) return false;
    stock.fill(first, [&](std::uint32_t p) { return links.next(p); });
    return true;
  }

  // Places that refill() gave and nobody used.
  template <class Links>
  void put_back(const std::uint32_t* places, std::size_t many, Links&& links) noexcept {
    while (many != 0) {
      std::uint32_t first = Stock::kNone;
      for (std::uint32_t i = 0; i < size_ && many != 0; ++i) {
        links.set_next(places[--many], first);
        first = places[many];
      }
      stack_.push(
          first, [&](std::uint32_t p) -> auto& { return links.chain(p); });
    }
  }

  template <class Links>
  void give_back(std::uint32_t place, Links&& links) noexcept {
    links.set_next(place, first_);
    first_ = place;
    if (++count_ == size_) end_round(links);
  }
  template <class Links>
  void end_round(Links&& links) noexcept {
    if (count_ == 0) return;
    // Releases the chain's links.
    stack_.push(
        first_, [&](std::uint32_t p) -> auto& { return links.chain(p); });
    first_ = Stock::kNone;
    count_ = 0;
  }

 private:
  IndexStack stack_;                              // shared
  std::uint32_t size_;                            // constant
  std::uint32_t first_{Stock::kNone}, count_{0};  // the writer's
};
static_assert(Stock::kNone == IndexStack::kNone);

}  // namespace janji::base
