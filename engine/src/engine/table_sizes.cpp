#include "engine/table_sizes.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/words.hpp"

namespace janji {

namespace {

using base::words;

constexpr std::uint64_t kSlotsMost = std::uint64_t{1} << 31;
// What a small office needs to grow.
constexpr std::uint64_t kSlotsLeast = std::uint64_t{1} << 16;
constexpr std::uint32_t kRingLeast = 64;
constexpr std::int64_t kDayMs = 86'400'000;

std::uint64_t lanes_for(const Catalogue& catalogue, const state::Survey& found) {
  const std::unordered_set<std::string> known(found.lanes.begin(), found.lanes.end());
  std::uint64_t lanes = found.lanes.size();
  for (const LaneSpec& spec : catalogue.lanes()) {
    if (!known.contains(spec.key)) ++lanes;
  }
  return lanes;
}

// A lane's row for a day is the day modulo the ring's length: no two days that are open at a time
// may share one. The span of the days isn't what counts, or one day opened under a wrong clock
// would ask for decades.
bool each_has_a_row(const std::set<std::int32_t>& days, const std::set<std::int32_t>& gaps,
                    std::uint32_t ring) {
  for (const std::int32_t gap : gaps) {
    if ((static_cast<std::uint32_t>(gap) & (ring - 1)) == 0) return false;
  }
  std::vector<bool> taken(ring, false);
  for (const std::int32_t day : days) {
    const std::uint32_t row = static_cast<std::uint32_t>(day) & (ring - 1);
    if (taken[row]) return false;
    taken[row] = true;
  }
  return true;
}

std::uint32_t ring_days_for(const Options& options, const state::Survey& found, CivilTime now) {
  const Catalogue& catalogue = *options.catalogue;
  std::set<std::int32_t> days = found.days;
  std::int32_t longest = 1;
  for (const Service& service : catalogue.services()) {
    longest = std::max(longest, service.rules.horizon_days);
  }
  // From a day before, and to a day after, for the branches that are ahead of UTC or behind it.
  const auto today = static_cast<std::int32_t>(
      std::clamp<std::int64_t>(now.value / kDayMs, kFirstPlannedDay.value, kLastPlannedDay.value));
  for (std::int32_t d = -1; d <= longest + spare_days(options); ++d) days.insert(today + d);
  std::uint32_t ring = kRingLeast;
  while (!each_has_a_row(days, found.gaps, ring)) ring *= 2;
  return ring;
}

// The days to come are taken to be like those of the horizon.
std::uint64_t slots_for(const Options& options, CivilTime now) {
  const Catalogue& catalogue = *options.catalogue;
  const auto spare = static_cast<std::uint64_t>(spare_days(options));
  std::uint64_t slots = kSlotsLeast;
  for (std::uint32_t i = 0; i < catalogue.lanes().size(); ++i) {
    const LaneSpec& lane = catalogue.lanes()[i];
    const Day today = catalogue.local_day(lane.branch, now);
    const std::int32_t horizon = std::max(1, catalogue.services()[lane.service].rules.horizon_days);
    std::uint64_t of_lane = 0;
    for (std::int32_t d = 0; d < horizon; ++d) {
      of_lane += catalogue.plan(i, Day{today.value + d}).slots.size();
    }
    slots += of_lane + of_lane * spare / static_cast<std::uint64_t>(horizon);
  }
  return slots;
}

}  // namespace

std::int32_t spare_days(const Options& options) {
  constexpr std::int32_t kBeside = 60;
  const auto days = [](std::int64_t ms) {
    return static_cast<std::int32_t>((ms - 1) / kDayMs + 1);
  };
  return kBeside + days(options.archive_after_ms) + days(options.retention_ms);
}

Result<TableSizes> sizes_for(const Options& options, const state::Survey& found, CivilTime now) {
  const Catalogue& catalogue = *options.catalogue;
  TableSizes sizes;
  const std::uint64_t lanes = lanes_for(catalogue, found);
  if (lanes > kMaxLanes) {
    return Error{Code::limit_reached,
                 words("the catalogue's lanes and those of earlier catalogues are ", lanes,
                       " together, but lanes are numbered up to ", kMaxLanes,
                       " and no number is used again: begin a new data directory")};
  }
  sizes.lanes_max = static_cast<std::uint32_t>(lanes);
  sizes.ring_days = ring_days_for(options, found, now);
  sizes.slots_max = options.slots_max;
  if (sizes.slots_max == 0) {
    sizes.slots_max =
        static_cast<std::uint32_t>(std::min(kSlotsMost, found.slots + slots_for(options, now)));
  }
  return sizes;
}

}  // namespace janji
