#include "catalogue/release.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include <janji/check.hpp>

#include "base/words.hpp"
#include "catalogue/calendar_text.hpp"
#include "catalogue/catalogue_data.hpp"
#include "catalogue/time_zone.hpp"

namespace janji {
namespace catalogue {
namespace {

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(by, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// The whole text is the number.
template <class Number>
bool read_number(std::string_view digits, Number& number) {
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, number);
  return error == std::errc{} && end == last;
}

constexpr std::uint16_t kMinutesOfDay = 1440;

std::optional<std::uint16_t> parse_minute(std::string_view text) {
  const auto minute = parse_time_of_day(text);
  return minute && *minute < kMinutesOfDay ? minute : std::nullopt;
}

// When the wall clock of the day shows the minute.
CivilTime wall_instant(const TimeZone& zone, Day day, std::uint16_t minute) noexcept {
  std::int64_t elapsed = minute;
  // Most days have no jump; for the few others the table of a day is made anew.
  if (zone.irregular_kind(day) != TimeZone::kRegular) {
    elapsed = 0;
    for (const DaySegment& segment : zone.segments(day)) {
      elapsed = segment.elapsed + std::max(0, minute - segment.wall);
      if (minute < segment.wall + segment.length) break;
    }
  }
  return CivilTime{(zone.midnight_s(day) + elapsed * 60) * 1000};
}

}  // namespace

std::optional<ReleaseRule> parse_release(std::string_view text) {
  const std::vector<std::string_view> words = split(text, ' ');
  ReleaseRule rule;
  if (text == "midnight") return rule;
  if (words.size() == 2 && words[0] == "daily") {
    const auto minute = parse_minute(words[1]);
    if (!minute) return std::nullopt;
    rule.minute = *minute;
    return rule;
  }
  if (words.size() != 4 || words[0] != "weekly") return std::nullopt;
  const auto weekday = parse_weekday(words[1]);
  const auto minute = parse_minute(words[2]);
  if (!weekday || !minute || !read_number(words[3], rule.weeks)) return std::nullopt;
  rule.kind = ReleaseRule::Kind::weekly;
  rule.weekday = static_cast<std::uint8_t>(*weekday);
  rule.minute = *minute;
  return rule;
}

int horizon_for(const ReleaseRule& rule) noexcept {
  return rule.kind == ReleaseRule::Kind::weekly ? 7 * (rule.weeks + 1) - rule.weekday : 1;
}

std::string check_release(const ReleaseRule& rule, int horizon_days) {
  if (rule.kind > ReleaseRule::Kind::weekly || rule.minute >= kMinutesOfDay || rule.weekday > 6) {
    return "no such rule";
  }
  const bool weekly = rule.kind == ReleaseRule::Kind::weekly;
  if (weekly && (rule.weeks < 1 || rule.weeks > kMaxReleaseWeeks)) {
    return base::words("weeks out of bounds: 1 to ", kMaxReleaseWeeks);
  }
  if (horizon_for(rule) <= horizon_days) return {};
  return base::words("releases days past the horizon of ", horizon_days,
                     " days: horizon_days must be ", horizon_for(rule), " at least");
}

std::optional<std::vector<Tranche>> parse_tranches(std::string_view text) {
  std::vector<Tranche> tranches;
  if (text == "none") return tranches;
  for (std::string_view part : split(text, ';')) {
    if (part.starts_with(' ')) part.remove_prefix(1);
    const std::vector<std::string_view> words = split(part, ' ');
    Tranche tranche;
    if (words.size() != 4 || words[1] != "daily") return std::nullopt;
    const auto minute = parse_minute(words[2]);
    if (!minute || !read_number(words[0], tranche.percent) ||
        !read_number(words[3], tranche.days)) {
      return std::nullopt;
    }
    tranche.minute = *minute;
    tranches.push_back(tranche);
  }
  return tranches;
}

std::string check_tranches(std::span<const Tranche> tranches, int horizon_days) {
  if (tranches.size() > kMaxTranches) {
    return base::words("more than ", kMaxTranches, " of one lane");
  }
  int percent = 0;
  for (const Tranche& tranche : tranches) {
    if (tranche.minute >= kMinutesOfDay) return "no such time of day";
    if (tranche.percent < 1) return "percent out of bounds: 1 to 99";
    if (tranche.days >= horizon_days) {
      return base::words("seats are kept back until ", tranche.days,
                         " days before, past the horizon of ", horizon_days,
                         " days: they must come out later than the day is opened");
    }
    percent += tranche.percent;
  }
  if (percent <= 99) return {};
  return base::words(percent, " percent are kept back together: 99 at most");
}

}  // namespace catalogue

using Kind = ReleaseRule::Kind;

Day Catalogue::last_released(std::uint32_t lane, CivilTime at) const noexcept {
  JANJI_CHECK(lane < data_->lanes.size());
  const LaneSpec& spec = data_->lanes[lane];
  const catalogue::TimeZone& zone = data_->zones[data_->zone_of_branch[spec.branch]];
  const Day today = zone.local_day(catalogue::floor_seconds(at));
  const ReleaseRule& rule = spec.release;
  if (rule.kind == Kind::daily) {
    const bool today_is_due =
        rule.minute == 0 || at >= catalogue::wall_instant(zone, today, rule.minute);
    return Day{today.value + data_->services[spec.service].rules.horizon_days -
               (today_is_due ? 1 : 2)};
  }
  const std::int32_t monday = today.value - catalogue::weekday_of(today);
  const bool week_is_due =
      at >= catalogue::wall_instant(zone, Day{monday + rule.weekday}, rule.minute);
  return Day{monday + 7 * (rule.weeks + (week_is_due ? 1 : 0)) - 1};
}

CivilTime Catalogue::releases_at(std::uint32_t lane, Day day) const noexcept {
  JANJI_CHECK(lane < data_->lanes.size());
  const LaneSpec& spec = data_->lanes[lane];
  const catalogue::TimeZone& zone = data_->zones[data_->zone_of_branch[spec.branch]];
  const ReleaseRule& rule = spec.release;
  if (rule.kind == Kind::daily) {
    const int horizon = data_->services[spec.service].rules.horizon_days;
    return catalogue::wall_instant(zone, Day{day.value - horizon + 1}, rule.minute);
  }
  const std::int32_t monday = day.value - catalogue::weekday_of(day) - 7 * rule.weeks;
  return catalogue::wall_instant(zone, Day{monday + rule.weekday}, rule.minute);
}

KeptBack Catalogue::kept_back(std::uint32_t lane, Day day, CivilTime at) const noexcept {
  JANJI_CHECK(lane < data_->lanes.size());
  const LaneSpec& spec = data_->lanes[lane];
  const catalogue::TimeZone& zone = data_->zones[data_->zone_of_branch[spec.branch]];
  KeptBack kept;
  for (const Tranche& tranche : spec.tranches) {
    const int seats = spec.capacity * tranche.percent / 100;
    const CivilTime due =
        catalogue::wall_instant(zone, Day{day.value - tranche.days}, tranche.minute);
    if (seats == 0 || due <= at) continue;
    if (kept.seats == 0 || due < kept.until) kept.until = due;
    kept.seats = static_cast<std::uint16_t>(kept.seats + seats);
  }
  return kept;
}

}  // namespace janji
