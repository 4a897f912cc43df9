#include "catalogue/time_zone.hpp"

#include <algorithm>
#include <exception>

#include <date/tz.h>

#include <janji/catalogue.hpp>

namespace janji::catalogue {
namespace {

constexpr std::int64_t kDayS = 86'400;
// More than any offset from UTC that ever was.
constexpr std::int64_t kOffsetBoundS = 16 * 3600;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::int64_t seconds_of(date::sys_seconds t) {
  return t.time_since_epoch().count();
}

}  // namespace

Result<TimeZone> TimeZone::load(const std::string& name) {
  TimeZone zone;
  zone.name_ = name;
  try {
    const date::time_zone* source = date::locate_zone(name);
    const std::int64_t end_s = (kLastPlannedDay.value + 2LL) * kDayS;
    std::int64_t at_s = (kFirstPlannedDay.value - 2LL) * kDayS;
    while (at_s < end_s) {
      const date::sys_info info = source->get_info(date::sys_seconds{std::chrono::seconds{at_s}});
      const auto offset_s = static_cast<std::int32_t>(info.offset.count());
      if (zone.periods_.empty() || zone.periods_.back().offset_s != offset_s) {
        zone.periods_.push_back({at_s, offset_s});
      }
      if (seconds_of(info.end) <= at_s) break;  // damaged zone file: don't turn for ever
      at_s = seconds_of(info.end);
    }
  } catch (const std::exception& e) {
    return Error{Code::invalid_argument, e.what()};
  }
  zone.find_irregular_days();
  return zone;
}

std::size_t TimeZone::period_at(std::int64_t utc_s) const noexcept {
  const auto after =
      std::upper_bound(periods_.begin(), periods_.end(), utc_s,
                       [](std::int64_t t, const Period& p) { return t < p.begin_s; });
  return after == periods_.begin() ? 0 : static_cast<std::size_t>(after - periods_.begin()) - 1;
}

int TimeZone::offset_s(std::int64_t utc_s) const noexcept {
  return periods_[period_at(utc_s)].offset_s;
}

Day TimeZone::local_day(std::int64_t utc_s) const noexcept {
  return Day{static_cast<std::int32_t>(floor_div(utc_s + offset_s(utc_s), kDayS))};
}

std::int64_t TimeZone::midnight_s(Day day) const noexcept {
  const std::int64_t wall_s = day.value * kDayS;
  // The first period whose wall clock gets past midnight: either midnight lies in it, or it
  // began after the jump that skipped midnight.
  std::size_t i = period_at(wall_s - kOffsetBoundS);
  while (i + 1 < periods_.size() && periods_[i + 1].begin_s + periods_[i].offset_s <= wall_s) ++i;
  const std::int64_t in_period_s = wall_s - periods_[i].offset_s;
  return i == 0 ? in_period_s : std::max(periods_[i].begin_s, in_period_s);
}

std::vector<DaySegment> TimeZone::segments(Day day) const {
  const std::int64_t wall_begin_s = day.value * kDayS;
  const std::int64_t begin_s = midnight_s(day);
  const std::int64_t end_s = midnight_s(Day{day.value + 1});
  std::vector<DaySegment> result;
  std::int64_t at_s = begin_s;
  for (std::size_t i = period_at(begin_s); at_s < end_s; ++i) {
    const std::int64_t period_end_s =
        i + 1 < periods_.size() ? std::min(periods_[i + 1].begin_s, end_s) : end_s;
    // A jump back over midnight shows the day before once more: that part is of no use.
    const std::int64_t wall_s = at_s + periods_[i].offset_s - wall_begin_s;
    const std::int64_t from_s = at_s + std::max<std::int64_t>(0, -wall_s);
    const std::int64_t wall_from_s = from_s + periods_[i].offset_s - wall_begin_s;
    const std::int64_t to_s = std::min(period_end_s, from_s + (kDayS - wall_from_s));
    if (from_s < to_s) {
      result.push_back({static_cast<std::uint16_t>((from_s - begin_s) / 60),
                        static_cast<std::uint16_t>(wall_from_s / 60),
                        static_cast<std::uint16_t>((to_s - from_s) / 60)});
    }
    at_s = period_end_s;
  }
  return result;
}

void TimeZone::find_irregular_days() {
  const std::vector<DaySegment> regular{{0, 0, kDayS / 60}};
  for (std::size_t i = 1; i < periods_.size(); ++i) {
    const Day jump = local_day(periods_[i].begin_s);
    // The jump may cut the day before or after as well: midnight itself may be skipped.
    for (std::int32_t d = jump.value - 1; d <= jump.value + 1; ++d) {
      const Day day{d};
      if (day < kFirstPlannedDay || day > kLastPlannedDay) continue;
      if (!irregular_days_.empty() && irregular_days_.back().first >= day) continue;
      IrregularKind kind{weekday_of(day), segments(day)};
      if (kind.segments == regular) continue;
      const auto known = std::find(irregular_kinds_.begin(), irregular_kinds_.end(), kind);
      irregular_days_.emplace_back(day,
                                   static_cast<std::uint32_t>(known - irregular_kinds_.begin()));
      if (known == irregular_kinds_.end()) irregular_kinds_.push_back(std::move(kind));
    }
  }
}

std::uint32_t TimeZone::irregular_kind(Day day) const noexcept {
  const auto it = std::lower_bound(irregular_days_.begin(), irregular_days_.end(), day,
                                   [](const auto& entry, Day d) { return entry.first < d; });
  return it != irregular_days_.end() && it->first == day ? it->second : kRegular;
}

}  // namespace janji::catalogue
