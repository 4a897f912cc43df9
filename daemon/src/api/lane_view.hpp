// A lane with what it stands for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <janji/catalogue.hpp>
#include <janji/engine.hpp>

namespace janjid {

// Points into the catalogue that this thread goes by: valid until the end of the request.
struct LaneView {
  const janji::Catalogue* catalogue{nullptr};
  std::uint32_t index{0};
  const janji::LaneSpec* spec{nullptr};
  const janji::Branch* branch{nullptr};
  const janji::Service* service{nullptr};
  janji::LaneId id;

  // The branch's date at a moment.
  janji::Day local_day(janji::CivilTime at) const noexcept {
    return catalogue->local_day(spec->branch, at);
  }
  janji::CivilTime instant(janji::Day day, janji::Minute minute) const noexcept {
    return catalogue->instant(spec->branch, day, minute);
  }
  int utc_offset_seconds(janji::CivilTime at) const noexcept {
    return catalogue->utc_offset_seconds(spec->branch, at);
  }
};

LaneView view_lane(const janji::Engine& engine, std::uint32_t index);
// Nothing when no lane has these three.
std::optional<LaneView> find_lane(const janji::Engine& engine, std::string_view branch,
                                  std::string_view service, janji::Pool pool);
// Nothing when the catalogue doesn't have the lane (any more).
std::optional<LaneView> find_lane(const janji::Engine& engine, janji::LaneId id);
// The rules of the lane's service; of none when the lane left the catalogue.
const janji::ServiceRules& rules_of(const janji::Engine& engine, janji::LaneId id);

}  // namespace janjid
