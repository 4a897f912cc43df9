// Dates and times of day as the files write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <janji/types.hpp>

namespace janji::catalogue {

// YYYY-MM-DD, a date that exists, within the planned days.
std::optional<Day> parse_day(std::string_view text);
std::string day_text(Day day);

// H:MM or HH:MM from 00:00 to 24:00, in minutes.
std::optional<std::uint16_t> parse_time_of_day(std::string_view text);

// "mon" to "sun": 0 is Monday.
std::optional<int> parse_weekday(std::string_view text);

// 31 December of the day's year.
Day last_day_of_year(Day day);

// A whole decimal number without sign, within the bounds.
std::optional<std::int64_t> parse_number(std::string_view text, std::int64_t min, std::int64_t max);

}  // namespace janji::catalogue
