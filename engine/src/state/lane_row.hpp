// A lane's key under the lane's number.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "state/row.hpp"

namespace janji::state {

std::vector<std::byte> encode_lane_row(LaneId lane, std::string_view key);

// Valid as long as the row. Errors: damaged.
Result<std::string_view> decode_lane_row(LaneId lane, Bytes row);

}  // namespace janji::state
