// What one io thread counts of its requests.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace janjid {

// Written by one thread, read by any: each cell has one writer, which adds by a load and a store;
// relaxed, because nothing else hangs on a count.
class RequestStats {
 public:
  static constexpr std::size_t kRoutes = 32;  // the last one is for what met no route
  static constexpr std::size_t kStatuses = 24;
  // Upper bounds of the buckets in microseconds; one more bucket has no bound.
  static constexpr std::array<std::uint32_t, 14> kBoundsUs{
      50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 5000000};

  void count(std::uint8_t route, unsigned status, std::int64_t nanoseconds) noexcept;

  // Statuses in the order of their first use are no good for readers: a fixed list.
  static unsigned status_at(std::size_t index) noexcept;

  std::uint64_t requests(std::size_t route, std::size_t status_index) const noexcept {
    return routes_[route].by_status[status_index].load(std::memory_order_relaxed);
  }
  std::uint64_t bucket(std::size_t route, std::size_t index) const noexcept {
    return routes_[route].buckets[index].load(std::memory_order_relaxed);
  }
  std::uint64_t sum_us(std::size_t route) const noexcept {
    return routes_[route].sum_us.load(std::memory_order_relaxed);
  }

  std::atomic<std::uint64_t> connections_opened{0};
  std::atomic<std::uint64_t> connections_closed{0};

 private:
  struct Route {
    std::array<std::atomic<std::uint64_t>, kStatuses> by_status{};
    std::array<std::atomic<std::uint64_t>, kBoundsUs.size() + 1> buckets{};
    std::atomic<std::uint64_t> sum_us{0};
  };
  std::array<Route, kRoutes> routes_;
};

}  // namespace janjid
