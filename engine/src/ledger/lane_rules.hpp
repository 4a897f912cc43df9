// What a lane's bookings go by.
#pragma once

#include <array>
#include <cstdint>

#include <janji/catalogue.hpp>
#include <janji/types.hpp>

namespace janji::ledger {

inline constexpr std::uint32_t kNoLane = ~0U;

// What holds for every booking of a lane: plain, and never changed. Another catalogue gives the
// lane another of them, but for `catalogue_index`, `branch`, `service` and `general`, which stay
// while the engine is open.
struct LaneRules {
  std::uint32_t catalogue_index{kNoLane};  // kNoLane: the catalogue no longer has the lane
  std::uint32_t branch{0};
  std::int64_t hold_ms{0};
  std::int64_t lead_ms{0};
  std::int32_t horizon_days{0};
  Day first_day{kFirstPlannedDay};
  Day last_day{kLastPlannedDay};
  std::uint16_t seats_max{0};
  std::uint16_t group_max{0};
  ScopeId scope;
  std::uint8_t categories{0};
  std::uint8_t reschedules_max{0};
  bool reschedule_elsewhere{true};
  std::int64_t reschedule_cutoff_ms{0};
  std::uint8_t extensions_max{0};
  std::int64_t approval_ms{0};
  std::int64_t offer_ms{0};
  FreedSeats freed_seats{};
  // Of a lane that the catalogue lost, the usual: who has booked there may come.
  std::int64_t check_in_ms{ServiceRules{}.check_in_ms};
  std::int64_t no_show_ms{ServiceRules{}.no_show_ms};
  ServiceKey service;
  bool needs_entitlement{false};
  std::array<ProgressId, kMaxProgress> progress{};  // the service's stages in order, then zeros
  // So long before a slot starts its free seats become those of the lane `general`, if that isn't
  // kNoLane.
  std::int64_t fall_back_ms{0};
  std::uint32_t general{kNoLane};

  // Whether somebody who waits there can still be offered a seat; `entitled`: as a group under an
  // entitlement.
  bool takes_waiters(bool entitled) const noexcept {
    return catalogue_index != kNoLane && (entitled || !needs_entitlement);
  }

  friend bool operator==(const LaneRules&, const LaneRules&) = default;
};

}  // namespace janji::ledger
