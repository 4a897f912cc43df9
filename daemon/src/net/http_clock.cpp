#include "net/http_clock.hpp"

#include <ctime>

#include <fmt/chrono.h>

namespace janjid {

void HttpClock::refresh() {
  const std::time_t now = std::time(nullptr);
  if (now == second_) return;
  second_ = now;
  date_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
}

}  // namespace janjid
