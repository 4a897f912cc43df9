#include "api/civil_text.hpp"

#include <chrono>
#include <cstddef>

namespace janjid {
namespace {

namespace chrono = std::chrono;

void append_digits(std::string& out, unsigned value, int width) {
  char digits[8];
  for (int i = width - 1; i >= 0; --i, value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

chrono::year_month_day civil(janji::Day day) noexcept {
  return chrono::year_month_day{chrono::sys_days{chrono::days{day.value}}};
}

// Digits and nothing else; -1 otherwise.
int number(std::string_view digits) noexcept {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<janji::Day> parse_date(std::string_view text) noexcept {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = number(text.substr(0, 4));
  const int month = number(text.substr(5, 2));
  const int day = number(text.substr(8, 2));
  if (year < 1970 || year > 2999 || month < 0 || day < 0) return std::nullopt;
  const chrono::year_month_day date{chrono::year{year}, chrono::month{static_cast<unsigned>(month)},
                                    chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return janji::Day{static_cast<std::int32_t>(chrono::sys_days{date}.time_since_epoch().count())};
}

std::optional<janji::CivilTime> parse_moment(std::string_view text) noexcept {
  constexpr std::size_t kTime = 19;  // up to the offset
  if (text.size() != kTime + 1 && text.size() != kTime + 6) return std::nullopt;
  const auto day = parse_date(text.substr(0, 10));
  if (!day || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
  const int hour = number(text.substr(11, 2));
  const int minute = number(text.substr(14, 2));
  const int second = number(text.substr(17, 2));
  const auto is_within = [](int value, int end) { return value >= 0 && value < end; };
  if (!is_within(hour, 24) || !is_within(minute, 60) || !is_within(second, 60)) return std::nullopt;
  int offset = 0;  // minutes
  if (text.size() == kTime + 1) {
    if (text[kTime] != 'Z') return std::nullopt;
  } else {
    const int hours = number(text.substr(kTime + 1, 2));
    const int minutes = number(text.substr(kTime + 4, 2));
    const bool has_sign = text[kTime] == '+' || text[kTime] == '-';
    if (!has_sign || text[kTime + 3] != ':' || !is_within(hours, 24) || !is_within(minutes, 60)) {
      return std::nullopt;
    }
    offset = (text[kTime] == '-' ? -1 : 1) * (hours * 60 + minutes);
  }
  const std::int64_t minutes = std::int64_t{day->value} * 1440 + hour * 60 + minute - offset;
  return janji::CivilTime{(minutes * 60 + second) * 1000};
}

void append_date(std::string& out, janji::Day day) {
  const chrono::year_month_day date = civil(day);
  append_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
}

void append_compact_date(std::string& out, janji::Day day) {
  const chrono::year_month_day date = civil(day);
  append_digits(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  append_digits(out, static_cast<unsigned>(date.day()), 2);
}

void append_moment(std::string& out, janji::CivilTime at, int utc_offset_seconds) {
  constexpr std::int64_t kDay = 86400;
  const std::int64_t utc = at.value >= 0 ? at.value / 1000 : (at.value - 999) / 1000;
  const std::int64_t local = utc + utc_offset_seconds;
  const std::int64_t day = local >= 0 ? local / kDay : (local - kDay + 1) / kDay;
  const auto second = static_cast<unsigned>(local - day * kDay);
  append_date(out, janji::Day{static_cast<std::int32_t>(day)});
  out += 'T';
  append_digits(out, second / 3600, 2);
  out += ':';
  append_digits(out, second / 60 % 60, 2);
  out += ':';
  append_digits(out, second % 60, 2);
  out += utc_offset_seconds < 0 ? '-' : '+';
  const auto offset =
      static_cast<unsigned>(utc_offset_seconds < 0 ? -utc_offset_seconds : utc_offset_seconds);
  append_digits(out, offset / 3600, 2);
  out += ':';
  append_digits(out, offset / 60 % 60, 2);
}

}  // namespace janjid
