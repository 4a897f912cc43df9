#include "metrics/request_stats.hpp"

#include <algorithm>

namespace janjid {
namespace {

// The last one stands for all that isn't in the list.
constexpr std::array<unsigned, RequestStats::kStatuses> kStatusList{
    200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 408, 409, 410,
    413, 415, 422, 428, 429, 431, 500, 501, 502, 503, 504, 0};

void add(std::atomic<std::uint64_t>& cell, std::uint64_t value) noexcept {
  cell.store(cell.load(std::memory_order_relaxed) + value, std::memory_order_relaxed);
}

}  // namespace

unsigned RequestStats::status_at(std::size_t index) noexcept {
  return kStatusList[index];
}

void RequestStats::count(std::uint8_t route, unsigned status, std::int64_t nanoseconds) noexcept {
  Route& counted = routes_[std::min<std::size_t>(route, kRoutes - 1)];
  const auto found = std::find(kStatusList.begin(), kStatusList.end() - 1, status);
  add(counted.by_status[static_cast<std::size_t>(found - kStatusList.begin())], 1);
  const auto us = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0) / 1000);
  const auto bound = std::lower_bound(kBoundsUs.begin(), kBoundsUs.end(), us);
  add(counted.buckets[static_cast<std::size_t>(bound - kBoundsUs.begin())], 1);
  add(counted.sum_us, us);
}

const char* to_string(StreamEnd why) noexcept {
  switch (why) {
    case StreamEnd::told: return "told";
    case StreamEnd::left: return "left";
    case StreamEnd::slow: return "slow";
    case StreamEnd::server: return "server";
  }
  return "unknown";
}

void RequestStats::count_stream_events(std::uint64_t events) noexcept {
  add(stream_events_, events);
}

void RequestStats::count_stream_end(StreamEnd why) noexcept {
  add(stream_ends_[static_cast<std::size_t>(why)], 1);
}

}  // namespace janjid
