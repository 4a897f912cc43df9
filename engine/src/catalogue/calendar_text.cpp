#include "catalogue/calendar_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include <janji/catalogue.hpp>

namespace janji::catalogue {
namespace {

namespace chrono = std::chrono;

chrono::year_month_day calendar_date(Day day) {
  return chrono::sys_days{chrono::days{day.value}};
}

Day day_of(const chrono::year_month_day& date) {
  return Day{static_cast<std::int32_t>(chrono::sys_days{date}.time_since_epoch().count())};
}

}  // namespace

std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t min,
                                         std::int64_t max) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (number < min || number > max) return std::nullopt;
  return number;
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = parse_number(text.substr(0, 4), 0, 9999);
  const auto month = parse_number(text.substr(5, 2), 1, 12);
  const auto day = parse_number(text.substr(8, 2), 1, 31);
  if (!year || !month || !day) return std::nullopt;
  const chrono::year_month_day date{chrono::year{static_cast<int>(*year)},
                                    chrono::month{static_cast<unsigned>(*month)},
                                    chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  const Day result = day_of(date);
  if (result < kFirstPlannedDay || result > kLastPlannedDay) return std::nullopt;
  return result;
}

std::string day_text(Day day) {
  const chrono::year_month_day date = calendar_date(day);
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

std::optional<std::uint16_t> parse_time_of_day(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 1 || colon > 2) return std::nullopt;
  if (text.size() != colon + 3) return std::nullopt;
  const auto hour = parse_number(text.substr(0, colon), 0, 24);
  const auto minute = parse_number(text.substr(colon + 1), 0, 59);
  if (!hour || !minute || (*hour == 24 && *minute != 0)) return std::nullopt;
  return static_cast<std::uint16_t>(*hour * 60 + *minute);
}

Day last_day_of_year(Day day) {
  return day_of({calendar_date(day).year(), chrono::December, chrono::day{31}});
}

std::optional<int> parse_weekday(std::string_view text) {
  constexpr std::array<std::string_view, 7> kWeekdays{"mon", "tue", "wed", "thu",
                                                      "fri", "sat", "sun"};
  const auto found = std::find(kWeekdays.begin(), kWeekdays.end(), text);
  if (found == kWeekdays.end()) return std::nullopt;
  return static_cast<int>(found - kWeekdays.begin());
}

}  // namespace janji::catalogue
