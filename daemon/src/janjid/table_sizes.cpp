#include "janjid/table_sizes.hpp"

#include <algorithm>

namespace janjid {
namespace {

constexpr std::uint64_t kLeast = std::uint64_t{1} << 16;
// Below what ids and the engine's tables can count.
constexpr std::uint64_t kSlotsMost = std::uint64_t{1} << 31;
constexpr std::uint64_t kBookingsMost = std::uint64_t{1} << 28;
constexpr std::uint64_t kPastDays = 400;

}  // namespace

TableSizes sizes_for(const janji::Catalogue& catalogue, janji::CivilTime now) {
  std::uint64_t slots = kLeast;
  std::uint64_t seats = 0;
  const auto lanes = static_cast<std::uint32_t>(catalogue.lanes().size());
  for (std::uint32_t i = 0; i < lanes; ++i) {
    const janji::LaneSpec& lane = catalogue.lanes()[i];
    const janji::Day today = catalogue.local_day(lane.branch, now);
    const auto horizon = static_cast<std::uint64_t>(
        std::max(1, catalogue.services()[lane.service].rules.horizon_days));
    std::uint64_t of_lane = 0;
    for (std::int32_t d = 0; d < static_cast<std::int32_t>(horizon); ++d) {
      const janji::DayPlan plan = catalogue.plan(i, janji::Day{today.value + d});
      of_lane += plan.slots.size();
      for (const janji::SlotPlan& slot : plan.slots) seats += slot.capacity;
    }
    slots += of_lane + of_lane * kPastDays / horizon;
  }
  const std::uint64_t bookings = seats + seats / 4 + kLeast;
  return TableSizes{static_cast<std::uint32_t>(std::min(slots, kSlotsMost)),
                    static_cast<std::uint32_t>(std::min(bookings, kBookingsMost - 1))};
}

}  // namespace janjid
