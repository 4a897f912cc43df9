// The time, read as seldom as the purpose allows.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace janjid {

inline std::int64_t monotonic_ns() noexcept {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
inline std::int64_t monotonic_ms() noexcept {
  return monotonic_ns() / 1'000'000;
}

// The Date header's value, written anew only when it was refreshed in another second. One thread.
class HttpClock {
 public:
  void refresh();
  std::string_view date() const noexcept { return date_; }

 private:
  std::int64_t second_{-1};
  std::string date_;
};

}  // namespace janjid
