// Plans of lanes: every distinct day is made once and shared by all that have it.
#include <map>
#include <tuple>

#include "catalogue/builder_parts.hpp"
#include "catalogue/day_slots.hpp"

namespace janji {
namespace {

using Shape = CatalogueData::Shape;
using Timetable = CatalogueData::Timetable;

class ShapeStore {
 public:
  explicit ShapeStore(CatalogueData& data) : data_(data) {
    data_.shapes.push_back({});  // shape 0: no slots
  }

  // The number of the shape with these slots.
  std::uint32_t intern(std::vector<SlotPlan> slots) {
    if (slots.empty()) return 0;
    // Equal length and capacity within a day: the starts, the length and the capacity say all.
    std::vector<std::uint16_t> key{slots.front().length_minutes, slots.front().capacity};
    for (const SlotPlan& slot : slots) key.push_back(slot.start.value);
    const auto id = static_cast<std::uint32_t>(data_.shapes.size());
    const auto [known, added] = ids_.emplace(std::move(key), id);
    if (!added) return known->second;
    data_.shapes.push_back(
        {static_cast<std::uint32_t>(data_.slots.size()), static_cast<std::uint32_t>(slots.size())});
    data_.slots.insert(data_.slots.end(), slots.begin(), slots.end());
    return id;
  }

 private:
  CatalogueData& data_;
  std::map<std::vector<std::uint16_t>, std::uint32_t> ids_;
};

Timetable make_timetable(const OpeningWeek& week, std::uint16_t slot_minutes,
                         std::uint16_t capacity, const catalogue::TimeZone& zone,
                         ShapeStore& shapes) {
  Timetable result;
  const auto shape_of = [&](const OpeningDay& hours,
                            std::span<const catalogue::DaySegment> segments) {
    auto slots = catalogue::day_slots(hours, segments, slot_minutes, capacity);
    result.max_slots = std::max(result.max_slots, static_cast<std::uint32_t>(slots.size()));
    return shapes.intern(std::move(slots));
  };
  for (std::size_t d = 0; d < week.days.size(); ++d) {
    result.has_hours[d] = !week.days[d].open.empty();
    result.weekday_shape[d] = shape_of(week.days[d], catalogue::regular_day());
  }
  for (const auto& kind : zone.irregular_kinds()) {
    const OpeningDay& hours = week.days[static_cast<std::size_t>(kind.weekday)];
    result.irregular_shape.push_back(shape_of(hours, kind.segments));
  }
  return result;
}

}  // namespace

Status CatalogueBuilder::Parts::plan_lanes(CatalogueData& data) const {
  ShapeStore shapes(data);
  using Key = std::tuple<std::uint32_t, std::uint16_t, std::uint16_t, std::uint32_t>;
  std::map<Key, std::uint32_t> timetables;
  data.timetable_of_lane.reserve(lanes.size());
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const Lane& lane = lanes[i];
    const std::uint32_t zone = data.zone_of_branch[lane.branch];
    const auto id = static_cast<std::uint32_t>(data.timetables.size());
    const auto [known, added] =
        timetables.emplace(Key{lane.week, lane.slot_minutes, lane.capacity, zone}, id);
    data.timetable_of_lane.push_back(known->second);
    if (!added) continue;
    data.timetables.push_back(make_timetable(weeks[lane.week], lane.slot_minutes, lane.capacity,
                                             data.zones[zone], shapes));
    if (data.timetables.back().max_slots > kMaxSlotsPerDay) {
      return Error{Code::invalid_argument,
                   "lane " + data.lanes[i].key + ": " +
                       std::to_string(data.timetables.back().max_slots) +
                       " slots on one day; at most " + std::to_string(kMaxSlotsPerDay) +
                       " are possible: lengthen the slots or shorten the hours"};
    }
  }
  return success();
}

}  // namespace janji
