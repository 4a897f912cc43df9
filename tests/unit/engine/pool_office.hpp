// An office with pools, of which one falls back.
#pragma once

#include <utility>

#include "engine_fixture.hpp"

namespace janji::test {

inline constexpr std::uint32_t kGeneral = 0, kPool = 1, kOther = 2;  // lanes

struct PoolOffice {
  std::int64_t lead_ms{0};
  std::int64_t fall_back_ms{2 * 3'600'000};
  Day general_until{kLastPlannedDay};
};

// An office whose slots of an hour have two general seats and two kept for the old, which fall back
// two hours before; and two kept for employers, which never do.
inline Options pool_options(const ManualClock& clock, PoolOffice of = {}) {
  CatalogueBuilder builder;
  Service service;
  service.id = "s";
  service.name = {"s", "s", "s"};
  service.categories = category_bit(Category::citizen);
  service.rules.horizon_days = 7;
  service.rules.seats_max = 2;
  service.rules.lead_ms = of.lead_ms;
  service.rules.hold_ms = service.rules.offer_ms = 24 * 3'600'000LL;
  CatalogueBuilder::Lane lane;
  lane.service = builder.add_service(std::move(service));
  lane.branch =
      builder.add_branch({"b", "b", "state", "state", "branch", "city", "Asia/Kuala_Lumpur"});
  lane.week = builder.add_week(OpeningWeek::every_day(0, 24 * 60));
  lane.slot_minutes = 60;
  lane.capacity = 2;
  lane.last_day = of.general_until;
  builder.add_lane(lane);
  lane.last_day = kLastPlannedDay;
  lane.pool = Pool::priority;
  lane.fall_back_ms = of.fall_back_ms;
  builder.add_lane(lane);
  lane.pool = Pool::employer;
  lane.fall_back_ms = 0;
  builder.add_lane(lane);
  auto made = builder.build();
  REQUIRE(made.ok());
  Options options = small_options(clock);
  options.catalogue = *made;
  options.waiters_max = 64;
  return options;
}

}  // namespace janji::test
