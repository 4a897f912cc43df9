// An office that takes in people without an appointment.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "engine_fixture.hpp"

namespace janji::test {

// Lanes: the general one and the kiosk's of a service, and the kiosks' of one that waits for
// payment and of one that only groups with an entitlement claim.
inline constexpr std::uint32_t kGeneralLane = 0, kKiosk = 1, kPaid = 2, kEntitled = 3;

struct WalkInOffice {
  std::int64_t lead_ms{0};
  std::int64_t check_in_ms{90 * 60'000};
  std::uint16_t capacity{2};
  std::uint16_t slots_a_day{24};  // of an hour, from midnight
};

// Two seats an hour, all day; one active booking per applicant. At eight, when it opens, the slots
// of eight and nine count.
inline Options walk_in_options(const ManualClock& clock, WalkInOffice of = {}) {
  CatalogueBuilder builder;
  const auto add_service = [&](const char* id, std::int64_t approval_ms, bool needs_entitlement) {
    Service service;
    service.id = id;
    service.name = {id, id, id};
    service.categories = category_bit(Category::citizen);
    service.rules.horizon_days = 7;
    service.rules.seats_max = 2;
    service.rules.scope_name = "one";
    service.rules.lead_ms = of.lead_ms;
    service.rules.check_in_ms = of.check_in_ms;
    service.rules.hold_ms = service.rules.offer_ms = 24 * 3'600'000LL;
    service.rules.approval_ms = approval_ms;
    service.rules.needs_entitlement = needs_entitlement;
    return builder.add_service(std::move(service));
  };
  CatalogueBuilder::Lane lane;
  lane.branch =
      builder.add_branch({"b", "b", "state", "state", "branch", "city", "Asia/Kuala_Lumpur"});
  lane.week =
      builder.add_week(OpeningWeek::every_day(0, static_cast<std::uint16_t>(60 * of.slots_a_day)));
  lane.slot_minutes = 60;
  lane.capacity = of.capacity;
  lane.service = add_service("s", 0, false);
  builder.add_lane(lane);
  lane.pool = Pool::kiosk;
  builder.add_lane(lane);
  lane.service = add_service("paid", 3'600'000, false);
  builder.add_lane(lane);
  lane.service = add_service("entitled", 0, true);
  builder.add_lane(lane);
  auto made = builder.build();
  INFO((made.ok() ? std::string() : made.error().detail));
  REQUIRE(made.ok());
  Options options = small_options(clock);
  options.catalogue = *made;
  options.waiters_max = 64;
  return options;
}

inline WalkInRequest walk_in_of(std::uint64_t who, std::uint64_t operation = 0,
                                std::uint32_t lane = kKiosk) {
  WalkInRequest request;
  request.lane = LaneId{lane};
  request.applicant = claim_of(who).applicant;
  if (operation != 0) request.operation = {17, operation};
  return request;
}

inline Decision try_walk_in(Engine& engine, const WalkInRequest& request) {
  Patience patience;
  return engine.try_walk_in(request, patience);
}

}  // namespace janji::test
