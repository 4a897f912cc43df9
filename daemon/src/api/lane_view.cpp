#include "api/lane_view.hpp"

#include "api/catalogue_pin.hpp"

namespace janjid {

LaneView view_lane(const janji::Engine& engine, std::uint32_t index) {
  const janji::Catalogue& catalogue = CataloguePin::of(engine);
  const janji::LaneSpec& spec = catalogue.lanes()[index];
  return {&catalogue,
          index,
          &spec,
          &catalogue.branches()[spec.branch],
          &catalogue.services()[spec.service],
          engine.lane(index)};
}

std::optional<LaneView> find_lane(const janji::Engine& engine, std::string_view branch,
                                  std::string_view service, janji::Pool pool) {
  const janji::Catalogue& catalogue = CataloguePin::of(engine);
  const auto branch_index = catalogue.find_branch(branch);
  const auto service_index = catalogue.find_service(service);
  if (!branch_index || !service_index) return std::nullopt;
  const auto lane = catalogue.find_lane(*branch_index, *service_index, pool);
  return lane ? std::optional{view_lane(engine, *lane)} : std::nullopt;
}

std::optional<LaneView> find_lane(const janji::Engine& engine, janji::LaneId id) {
  const std::size_t index = engine.catalogue_index(id);
  if (index == janji::Engine::npos) return std::nullopt;
  return view_lane(engine, static_cast<std::uint32_t>(index));
}

const janji::ServiceRules& rules_of(const janji::Engine& engine, janji::LaneId id) {
  static const janji::ServiceRules kNoRules;
  const auto lane = find_lane(engine, id);
  return lane ? lane->service->rules : kNoRules;
}

}  // namespace janjid
