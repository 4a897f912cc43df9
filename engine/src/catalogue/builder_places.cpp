// Moves what was collected to its final place, and makes the tables that find it.
#include <algorithm>
#include <unordered_map>

#include "catalogue/builder_parts.hpp"
#include "catalogue/calendar_text.hpp"

namespace janji {
namespace {

// The services that have a lane at each branch, once each, in the order of their indexes.
void list_services(CatalogueData& data) {
  std::vector<std::uint64_t> pairs;
  pairs.reserve(data.lanes.size());
  for (const LaneSpec& lane : data.lanes) {
    pairs.push_back((static_cast<std::uint64_t>(lane.branch) << 32) | lane.service);
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  data.services_begin.assign(data.branches.size() + 1, 0);
  for (const std::uint64_t pair : pairs) {
    data.services_at.push_back(static_cast<std::uint32_t>(pair));
    ++data.services_begin[(pair >> 32) + 1];
  }
  for (std::size_t b = 0; b < data.branches.size(); ++b) {
    data.services_begin[b + 1] += data.services_begin[b];
  }
}

std::uint32_t state_of(const Branch& branch, std::uint32_t index, CatalogueData& data,
                       std::unordered_map<std::string, std::uint32_t>& known) {
  const auto fresh = static_cast<std::uint32_t>(data.states.size());
  const auto [it, added] = known.emplace(branch.state_code, fresh);
  if (added) data.states.push_back({branch.state_code, branch.state, {}});
  data.states[it->second].branches.push_back(index);
  return it->second;
}

}  // namespace

Status CatalogueBuilder::Parts::place_branches(CatalogueData& data) {
  data.branches = std::move(branches);
  std::unordered_map<std::string, std::uint32_t> zones;
  std::unordered_map<std::string, std::uint32_t> states;
  for (std::size_t i = 0; i < data.branches.size(); ++i) {
    const Branch& branch = data.branches[i];
    const auto [zone, added] =
        zones.emplace(branch.timezone, static_cast<std::uint32_t>(data.zones.size()));
    if (added) {
      auto loaded = catalogue::TimeZone::load(branch.timezone);
      if (!loaded) {
        return Error{Code::invalid_argument, "branch \"" + branch.id + "\": time zone \"" +
                                                 branch.timezone + "\": " + loaded.error().detail};
      }
      data.zones.push_back(std::move(loaded).value());
    }
    data.zone_of_branch.push_back(zone->second);
    data.state_of_branch.push_back(state_of(branch, static_cast<std::uint32_t>(i), data, states));
    data.branch_by_id.emplace(branch.id, static_cast<std::uint32_t>(i));
  }
  data.services = std::move(services);
  for (std::size_t i = 0; i < data.services.size(); ++i) {
    data.service_by_id.emplace(data.services[i].id, static_cast<std::uint32_t>(i));
    for (const std::string& stage : data.services[i].progress) {
      data.progress_by_id.emplace(progress_id(stage).value, stage);
    }
  }
  return success();
}

Status CatalogueBuilder::Parts::place_lanes(CatalogueData& data) {
  data.lanes.reserve(lanes.size());
  data.lane_by_key.reserve(lanes.size());
  data.lane_by_parts.reserve(lanes.size());
  for (const Lane& lane : lanes) {
    std::string key = data.branches[lane.branch].id + "/" + data.services[lane.service].id + "/" +
                      std::string(to_string(lane.pool));
    const auto index = static_cast<std::uint32_t>(data.lanes.size());
    const std::uint64_t place = CatalogueData::lane_parts(lane.branch, lane.service, lane.pool);
    if (!data.lane_by_parts.emplace(place, index).second) {
      return Error{Code::invalid_argument, "lane " + key + " twice"};
    }
    data.lanes.push_back({lane.branch, lane.service, lane.pool, std::move(key), lane.first_day,
                          lane.last_day, lane.slot_minutes, lane.capacity, lane.release,
                          lane.fall_back_ms, lane.tranches});
  }
  // After the last push_back: the keys are views of the strings.
  for (std::size_t i = 0; i < data.lanes.size(); ++i) {
    data.lane_by_key.emplace(data.lanes[i].key, static_cast<std::uint32_t>(i));
  }
  list_services(data);
  return success();
}

void CatalogueBuilder::Parts::place_holidays(CatalogueData& data) {
  data.holidays.resize(data.states.size());
  for (std::size_t s = 0; s < data.states.size(); ++s) {
    const auto known = holidays.find(data.states[s].code);
    if (known == holidays.end()) continue;
    for (auto& [day, name] : known->second) {
      data.holidays[s].push_back({day, std::move(name)});
      const Day until = catalogue::last_day_of_year(day);
      data.holidays_until = std::max(data.holidays_until.value_or(until), until);
    }
  }
}

}  // namespace janji
