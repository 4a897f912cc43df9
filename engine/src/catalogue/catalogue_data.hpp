// What a Catalogue holds: vectors that are filled once by the builder, and tables into them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <janji/catalogue.hpp>

#include "catalogue/time_zone.hpp"

namespace janji {

struct CatalogueData {
  // Slots of a day, shared by all days and lanes that have the same: a part of `slots`.
  // Shape 0 is the empty one.
  struct Shape {
    std::uint32_t begin{};
    std::uint32_t count{};
  };

  // The shapes of lanes with equal week, slot length, capacity and zone.
  struct Timetable {
    std::array<std::uint32_t, 7> weekday_shape{};
    std::array<bool, 7> has_hours{};
    std::vector<std::uint32_t> irregular_shape;  // by TimeZone::irregular_kinds()
    std::uint32_t max_slots{};
  };

  struct Holiday {
    Day day;
    std::string name;
  };

  std::vector<Branch> branches;
  std::vector<Service> services;
  std::vector<LaneSpec> lanes;
  std::vector<State> states;

  std::vector<catalogue::TimeZone> zones;
  std::vector<std::uint32_t> zone_of_branch;
  std::vector<std::uint32_t> state_of_branch;

  // The services at branch b: services_at[services_begin[b] .. services_begin[b + 1]).
  std::vector<std::uint32_t> services_at;
  std::vector<std::uint32_t> services_begin;

  std::vector<SlotPlan> slots;
  std::vector<Shape> shapes;
  std::vector<Timetable> timetables;
  std::vector<std::uint32_t> timetable_of_lane;

  std::vector<std::vector<Holiday>> holidays;  // by state, each sorted by day, one a day
  std::optional<Day> holidays_until;

  // Keys are views of the strings above, which never move again.
  std::unordered_map<std::string_view, std::uint32_t> branch_by_id;
  std::unordered_map<std::string_view, std::uint32_t> service_by_id;
  std::unordered_map<std::string_view, std::uint32_t> lane_by_key;
  std::unordered_map<std::uint64_t, std::uint32_t> lane_by_parts;
  std::unordered_map<std::uint32_t, std::string_view> progress_by_id;

  static std::uint64_t lane_parts(std::uint32_t branch, std::uint32_t service, Pool pool) {
    return (static_cast<std::uint64_t>(branch) << 32) | (static_cast<std::uint64_t>(service) << 8) |
           static_cast<std::uint64_t>(pool);
  }
};

}  // namespace janji
