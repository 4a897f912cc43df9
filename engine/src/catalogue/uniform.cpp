#include <janji/catalogue_builder.hpp>

#include "base/words.hpp"

namespace janji {

Result<std::shared_ptr<const Catalogue>> make_uniform_catalogue(const UniformCatalogue& spec) {
  const int minutes = spec.slots_per_day * spec.slot_minutes;
  if (minutes < 1 || minutes > 1440) {
    return Error{Code::invalid_argument, "slots_per_day × slot_minutes: 1 to 1440 minutes"};
  }
  if (spec.lanes > kMaxBranches) {
    return Error{Code::invalid_argument, base::words("lanes: at most ", kMaxBranches)};
  }
  CatalogueBuilder builder;
  Service service;
  service.id = "s";
  service.name = {"s", "s", "s"};
  service.categories = category_bit(Category::citizen) | category_bit(Category::foreigner) |
                       category_bit(Category::employer);
  service.rules = spec.rules;
  service.progress = spec.progress;
  CatalogueBuilder::Lane lane;
  lane.service = builder.add_service(std::move(service));
  lane.week = builder.add_week(OpeningWeek::every_day(0, static_cast<std::uint16_t>(minutes)));
  lane.slot_minutes = spec.slot_minutes;
  lane.capacity = spec.capacity;
  lane.release = spec.release;
  lane.tranches = spec.tranches;
  for (std::uint32_t i = 0; i < spec.lanes; ++i) {
    const std::string id = base::words("b", i);
    lane.branch = builder.add_branch({id, id, "state", "state", "branch", "city", spec.timezone});
    builder.add_lane(lane);
  }
  return builder.build();
}

}  // namespace janji
