// GET /metrics: the Prometheus text of everything that is counted.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <janji/engine.hpp>

#include "metrics/request_stats.hpp"

namespace janjid {

struct MetricsInput {
  std::vector<std::string> route_names;      // by the number under which they are counted
  std::vector<const RequestStats*> threads;  // one per io thread
  const janji::Engine* engine{nullptr};      // null while it recovers
  std::string_view version;
  std::size_t lane_streams{0};  // that are open
  std::size_t feed_streams{0};  // likewise
};

std::string metrics_text(const MetricsInput& input);

}  // namespace janjid
