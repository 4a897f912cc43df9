// Which lane has which number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <janji/catalogue.hpp>
#include <janji/types.hpp>

namespace janji {

// Numbers are given once, journalled, and never reused: a lane that the catalogue lost keeps its
// number, so that its bookings keep their meaning.
// Concurrency: filled before serving, read by any thread afterwards.
class LaneBook {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // From the journal or the state. False: the number or the key is taken by another.
  bool restore(LaneId lane, std::string_view key) {
    const auto [at, added] = by_key_.emplace(std::string(key), lane);
    if (!added) return at->second == lane;
    if (lane.value >= keys_.size()) keys_.resize(lane.value + 1);
    if (!keys_[lane.value].empty()) return false;
    keys_[lane.value] = key;
    return true;
  }
  // The number for a key that has none yet.
  LaneId next() const noexcept { return LaneId{static_cast<std::uint32_t>(keys_.size())}; }
  bool knows(std::string_view key) const { return by_key_.contains(std::string(key)); }

  // After all numbers are known: ties them to the catalogue's indexes.
  void bind(const Catalogue& catalogue) {
    index_of_.assign(keys_.size(), kNone);
    lane_of_.clear();
    for (std::size_t i = 0; i < catalogue.lanes().size(); ++i) {
      const auto found = by_key_.find(catalogue.lanes()[i].key);
      lane_of_.push_back(found == by_key_.end() ? LaneId{~0U} : found->second);
      if (found != by_key_.end()) index_of_[found->second.value] = i;
    }
  }

  std::size_t size() const noexcept { return keys_.size(); }
  LaneId lane(std::size_t catalogue_index) const noexcept {
    return catalogue_index < lane_of_.size() ? lane_of_[catalogue_index] : LaneId{~0U};
  }
  std::size_t catalogue_index(LaneId lane) const noexcept {
    return lane.value < index_of_.size() ? index_of_[lane.value] : kNone;
  }

 private:
  std::vector<std::string> keys_;  // by number
  std::unordered_map<std::string, LaneId> by_key_;
  std::vector<std::size_t> index_of_;  // by number
  std::vector<LaneId> lane_of_;        // by catalogue index
};

}  // namespace janji
