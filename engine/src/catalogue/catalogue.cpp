#include <janji/catalogue.hpp>

#include <algorithm>
#include <utility>

#include "catalogue/catalogue_data.hpp"

namespace janji {
namespace {

template <class Map, class Key>
std::optional<std::uint32_t> find_in(const Map& map, const Key& key) noexcept {
  const auto it = map.find(key);
  if (it == map.end()) return std::nullopt;
  return it->second;
}

DayPlan closed(Closure closure, std::string_view reason) {
  DayPlan plan;
  plan.closure = closure;
  plan.reason = reason;
  return plan;
}

}  // namespace

Catalogue::Catalogue(std::unique_ptr<const CatalogueData> data) : data_(std::move(data)) {
  JANJI_CHECK(data_ != nullptr);
}
Catalogue::~Catalogue() = default;

std::span<const Branch> Catalogue::branches() const noexcept {
  return data_->branches;
}
std::span<const Service> Catalogue::services() const noexcept {
  return data_->services;
}
std::span<const LaneSpec> Catalogue::lanes() const noexcept {
  return data_->lanes;
}
std::span<const State> Catalogue::states() const noexcept {
  return data_->states;
}

std::span<const std::uint32_t> Catalogue::services_at(std::uint32_t branch) const noexcept {
  JANJI_CHECK(branch < data_->branches.size());
  const std::uint32_t begin = data_->services_begin[branch];
  return std::span(data_->services_at).subspan(begin, data_->services_begin[branch + 1] - begin);
}

std::optional<std::uint32_t> Catalogue::find_branch(std::string_view id) const noexcept {
  return find_in(data_->branch_by_id, id);
}

std::optional<std::uint32_t> Catalogue::find_service(std::string_view id) const noexcept {
  return find_in(data_->service_by_id, id);
}

std::optional<std::uint32_t> Catalogue::find_lane(std::uint32_t branch, std::uint32_t service,
                                                  Pool pool) const noexcept {
  return find_in(data_->lane_by_parts, CatalogueData::lane_parts(branch, service, pool));
}

std::optional<std::uint32_t> Catalogue::find_lane(std::string_view key) const noexcept {
  return find_in(data_->lane_by_key, key);
}

std::string_view Catalogue::progress_name(ProgressId id) const noexcept {
  const auto found = data_->progress_by_id.find(id.value);
  return found == data_->progress_by_id.end() ? std::string_view{} : found->second;
}

DayPlan Catalogue::plan(std::uint32_t lane, Day day) const noexcept {
  JANJI_CHECK(lane < data_->lanes.size());
  const LaneSpec& spec = data_->lanes[lane];
  if (day < spec.first_day || day > spec.last_day) {
    return closed(Closure::not_offered, "not offered on this day");
  }
  const auto& holidays = data_->holidays[data_->state_of_branch[spec.branch]];
  const auto holiday =
      std::lower_bound(holidays.begin(), holidays.end(), day,
                       [](const CatalogueData::Holiday& h, Day d) { return h.day < d; });
  if (holiday != holidays.end() && holiday->day == day) {
    return closed(Closure::holiday, holiday->name);
  }

  const CatalogueData::Timetable& timetable = data_->timetables[data_->timetable_of_lane[lane]];
  const auto weekday = static_cast<std::size_t>(catalogue::weekday_of(day));
  if (!timetable.has_hours[weekday]) return closed(Closure::rest_day, "weekly rest day");
  const std::uint32_t kind = data_->zones[data_->zone_of_branch[spec.branch]].irregular_kind(day);
  const std::uint32_t id = kind == catalogue::TimeZone::kRegular ? timetable.weekday_shape[weekday]
                                                                 : timetable.irregular_shape[kind];
  if (id == 0) return closed(Closure::no_slots, "no slot fits the opening hours");

  const CatalogueData::Shape& shape = data_->shapes[id];
  DayPlan plan;
  plan.status = DayPlan::Status::open;
  plan.closure = Closure::none;
  plan.slots = std::span(data_->slots).subspan(shape.begin, shape.count);
  plan.shape = id;
  return plan;
}

std::uint32_t Catalogue::max_slots(std::uint32_t lane) const noexcept {
  JANJI_CHECK(lane < data_->lanes.size());
  return data_->timetables[data_->timetable_of_lane[lane]].max_slots;
}

CivilTime Catalogue::midnight(std::uint32_t branch, Day day) const noexcept {
  JANJI_CHECK(branch < data_->branches.size());
  return CivilTime{data_->zones[data_->zone_of_branch[branch]].midnight_s(day) * 1000};
}

CivilTime Catalogue::instant(std::uint32_t branch, Day day, Minute minute) const noexcept {
  return CivilTime{midnight(branch, day).value + minute.value * 60'000LL};
}

Day Catalogue::local_day(std::uint32_t branch, CivilTime at) const noexcept {
  JANJI_CHECK(branch < data_->branches.size());
  return data_->zones[data_->zone_of_branch[branch]].local_day(catalogue::floor_seconds(at));
}

int Catalogue::utc_offset_seconds(std::uint32_t branch, CivilTime at) const noexcept {
  JANJI_CHECK(branch < data_->branches.size());
  return data_->zones[data_->zone_of_branch[branch]].offset_s(catalogue::floor_seconds(at));
}

std::optional<Day> Catalogue::holidays_until() const noexcept {
  return data_->holidays_until;
}

}  // namespace janji
