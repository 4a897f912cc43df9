// What one io thread counts of its requests and streams.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace janjid {

// Why a stream ended.
enum class StreamEnd : std::uint8_t {
  told,    // by itself: there is no more, or it couldn't go on
  left,    // its reader closed, or is gone
  slow,    // its reader took nothing for too long
  server,  // the daemon ends, or the engine failed
};
inline constexpr std::size_t kStreamEnds = 4;
// The name of a reason, as a metric's label.
const char* to_string(StreamEnd why) noexcept;

// Written by one thread, read by any: each cell has one writer, which adds by a load and a store;
// relaxed, because nothing else hangs on a count.
class RequestStats {
 public:
  static constexpr std::size_t kRoutes = 96;  // the last one is for what met no route
  static constexpr std::size_t kStatuses = 25;
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

  void count_stream_events(std::uint64_t events) noexcept;
  void count_stream_end(StreamEnd why) noexcept;
  std::uint64_t stream_events() const noexcept {
    return stream_events_.load(std::memory_order_relaxed);
  }
  std::uint64_t stream_ends(StreamEnd why) const noexcept {
    return stream_ends_[static_cast<std::size_t>(why)].load(std::memory_order_relaxed);
  }

 private:
  struct Route {
    std::array<std::atomic<std::uint64_t>, kStatuses> by_status{};
    std::array<std::atomic<std::uint64_t>, kBoundsUs.size() + 1> buckets{};
    std::atomic<std::uint64_t> sum_us{0};
  };
  std::array<Route, kRoutes> routes_;
  std::atomic<std::uint64_t> stream_events_{0};
  std::array<std::atomic<std::uint64_t>, kStreamEnds> stream_ends_{};
};

}  // namespace janjid
