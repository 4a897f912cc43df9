// A few places of some table that one thread has taken in advance.
#pragma once

#include <array>
#include <cstdint>

namespace janji::base {

// Concurrency: its owner's.
class Stock {
 public:
  static constexpr std::uint32_t kMax = 32;
  static constexpr std::uint32_t kNone = ~0U;

  bool empty() const noexcept { return begin_ == end_; }
  // Not empty.
  std::uint32_t take() noexcept { return place_[begin_++]; }
  // Puts back what take() gave.
  void put(std::uint32_t place) noexcept { place_[--begin_] = place; }
  // What the take after `takes` more ones will give; kNone: that is beyond this stock.
  std::uint32_t ahead(std::uint32_t takes) const noexcept {
    return begin_ + takes < end_ ? place_[begin_ + takes] : kNone;
  }

  // An empty stock becomes the chain that begins with `first`, is linked by `next(place)` and ends
  // with kNone: at most kMax places.
  template <class Next>
  void fill(std::uint32_t first, Next&& next) noexcept {
    begin_ = end_ = 0;
    for (std::uint32_t at = first; at != kNone && end_ < kMax; at = next(at)) place_[end_++] = at;
  }

 private:
  std::uint32_t begin_{0}, end_{0};
  std::array<std::uint32_t, kMax> place_{};
};

}  // namespace janji::base
