#include "janjid/table_sizes.hpp"

#include <algorithm>

namespace janjid {
namespace {

constexpr std::uint64_t kLeast = std::uint64_t{1} << 16;
// Below what ids can count.
constexpr std::uint64_t kBookingsMost = std::uint64_t{1} << 28;

}  // namespace

std::uint32_t bookings_for(const janji::Catalogue& catalogue, janji::CivilTime now) {
  std::uint64_t seats = 0;
  const auto lanes = static_cast<std::uint32_t>(catalogue.lanes().size());
  for (std::uint32_t i = 0; i < lanes; ++i) {
    const janji::LaneSpec& lane = catalogue.lanes()[i];
    const janji::Day today = catalogue.local_day(lane.branch, now);
    const std::int32_t horizon = std::max(1, catalogue.services()[lane.service].rules.horizon_days);
    for (std::int32_t d = 0; d < horizon; ++d) {
      const janji::DayPlan plan = catalogue.plan(i, janji::Day{today.value + d});
      for (const janji::SlotPlan& slot : plan.slots) seats += slot.capacity;
    }
  }
  return static_cast<std::uint32_t>(std::min(seats + seats / 4 + kLeast, kBookingsMost - 1));
}

}  // namespace janjid
