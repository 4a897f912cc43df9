#include "catalogue/day_slots.hpp"

#include <algorithm>

namespace janji::catalogue {
namespace {

// Elapsed minutes since midnight, from included, to excluded.
struct Stretch {
  int from;
  int to;
};

// Minutes of a day that SlotKey can name.
constexpr int kMinuteBound = 1 << SlotKey::kMinuteBits;

// The moments at which the wall clock is within the span, stretches that touch joined.
void add_stretches(const WallSpan& span, std::span<const DaySegment> segments,
                   std::vector<Stretch>& out) {
  const std::size_t first = out.size();
  for (const DaySegment& segment : segments) {
    const int from = std::max<int>(span.from, segment.wall);
    const int to = std::min<int>(span.to, segment.wall + segment.length);
    if (from >= to) continue;
    const int shift = segment.elapsed - segment.wall;
    if (out.size() > first && out.back().to == from + shift) {
      out.back().to = to + shift;
    } else {
      out.push_back({from + shift, to + shift});
    }
  }
}

}  // namespace

std::span<const DaySegment> regular_day() {
  static constexpr DaySegment kRegular{0, 0, 1440};
  return {&kRegular, 1};
}

std::vector<SlotPlan> day_slots(const OpeningDay& hours, std::span<const DaySegment> segments,
                                std::uint16_t slot_minutes, std::uint16_t capacity) {
  std::vector<Stretch> open;
  for (const WallSpan& span : hours.open) add_stretches(span, segments, open);
  std::vector<Stretch> breaks;
  for (const WallSpan& span : hours.breaks) add_stretches(span, segments, breaks);

  std::vector<SlotPlan> slots;
  for (const Stretch& stretch : open) {
    for (int from = stretch.from; from + slot_minutes <= stretch.to; from += slot_minutes) {
      const int to = from + slot_minutes;
      const bool in_break = std::any_of(breaks.begin(), breaks.end(), [&](const Stretch& b) {
        return from < b.to && b.from < to;
      });
      if (in_break || from >= kMinuteBound) continue;
      slots.push_back({Minute{static_cast<std::uint16_t>(from)}, slot_minutes, capacity});
    }
  }
  std::sort(slots.begin(), slots.end(),
            [](const SlotPlan& a, const SlotPlan& b) { return a.start < b.start; });
  return slots;
}

std::uint32_t slots_of_longest_day(const OpeningWeek& week, std::uint16_t slot_minutes) {
  std::size_t most = 0;
  for (const OpeningDay& day : week.days) {
    most = std::max(most, day_slots(day, regular_day(), slot_minutes, 1).size());
  }
  return static_cast<std::uint32_t>(most);
}

}  // namespace janji::catalogue
