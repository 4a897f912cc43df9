// An office that keeps back some of its seats.
#pragma once

#include <vector>

#include "engine_fixture.hpp"

namespace janji::test {

// Lane 0 has slots of an hour with four seats: one comes at nine the day before, and one at noon;
// unless said otherwise. Lane 1 is another office's with the same slots and all their seats, opened
// by `other`.
inline Options tranche_options(const ManualClock& clock,
                               std::vector<Tranche> tranches = {{25, 9 * 60, 1}, {30, 12 * 60, 1}},
                               std::int64_t lead_ms = 0, ReleaseRule other = {},
                               std::uint16_t capacity = 4) {
  CatalogueBuilder builder;
  Service service;
  service.id = "s";
  service.name = {"s", "s", "s"};
  service.categories = category_bit(Category::citizen);
  service.rules.horizon_days = 7;
  service.rules.seats_max = 4;
  service.rules.lead_ms = lead_ms;
  service.rules.hold_ms = service.rules.offer_ms = 24 * 3'600'000LL;
  CatalogueBuilder::Lane lane;
  lane.service = builder.add_service(std::move(service));
  lane.week = builder.add_week(OpeningWeek::every_day(0, 24 * 60));
  lane.slot_minutes = 60;
  lane.capacity = capacity;
  for (const char* id : {"b0", "b1"}) {
    lane.branch =
        builder.add_branch({id, id, "state", "state", "branch", "city", "Asia/Kuala_Lumpur"});
    lane.tranches = id[1] == '0' ? tranches : std::vector<Tranche>{};
    lane.release = id[1] == '0' ? ReleaseRule{} : other;
    builder.add_lane(lane);
  }
  auto made = builder.build();
  REQUIRE(made.ok());
  Options options = small_options(clock);
  options.catalogue = *made;
  options.waiters_max = 64;
  return options;
}

}  // namespace janji::test
