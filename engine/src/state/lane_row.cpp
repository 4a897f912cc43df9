#include "state/lane_row.hpp"

#include <cstring>

namespace janji::state {

std::vector<std::byte> encode_lane_row(LaneId lane, std::string_view key) {
  std::vector<std::byte> row(kChecksumBytes + key.size());
  std::memcpy(row.data() + kChecksumBytes, key.data(), key.size());
  seal_row(StateTable::lanes, lane.value, row);
  return row;
}

Result<std::string_view> decode_lane_row(LaneId lane, Bytes row) {
  const auto payload = open_row(StateTable::lanes, lane.value, row);
  if (!payload) return payload.error();
  return std::string_view(reinterpret_cast<const char*>(payload->data()), payload->size());
}

}  // namespace janji::state
