#include <algorithm>
#include <array>

#include "catalogue/calendar_text.hpp"
#include "catalogue/ids.hpp"
#include "catalogue/table.hpp"
#include "catalogue/utf8.hpp"

namespace janji::catalogue {
namespace {

constexpr std::size_t kMaxTextBytes = 4096;

}  // namespace

CatalogueIssue RowReader::issue(int column, std::string problem, std::string remedy) const {
  const std::string_view name = table_.columns[static_cast<std::size_t>(column)].name;
  return {table_.file,       row_.line, std::string(name), cell(column), std::move(problem),
          std::move(remedy), false};
}

void RowReader::error(int column, std::string problem, std::string remedy) const {
  log_.add(issue(column, std::move(problem), std::move(remedy)));
}

void RowReader::warning(int column, std::string problem, std::string remedy) const {
  CatalogueIssue warning = issue(column, std::move(problem), std::move(remedy));
  warning.warning = true;
  log_.add(std::move(warning));
}

void RowReader::unknown(int column, std::string problem, std::string remedy) const {
  log_.add_once(issue(column, std::move(problem), std::move(remedy)));
}

bool RowReader::needed(int column) const {
  if (!empty(column)) return true;
  error(column, "the cell is empty", "Fill it in");
  return false;
}

std::optional<std::string> RowReader::needed_text(int column) const {
  if (!needed(column)) return std::nullopt;
  if (has_control_character(cell(column))) {
    error(column, "a line break or another control character", "Write it on one line");
    return std::nullopt;
  }
  if (cell(column).size() > kMaxTextBytes) {
    error(column, "more than 4096 bytes", "Shorten it");
    return std::nullopt;
  }
  return cell(column);
}

std::optional<std::string> RowReader::id(int column) const {
  if (empty(column)) return std::nullopt;
  if (!valid_id(cell(column))) {
    error(column, "not an id", "Use a to z, 0 to 9 and -, not at the ends, at most 64 characters");
    return std::nullopt;
  }
  return cell(column);
}

std::optional<std::string> RowReader::needed_id(int column) const {
  return needed(column) ? id(column) : std::nullopt;
}

std::optional<Day> RowReader::day(int column) const {
  if (empty(column)) return std::nullopt;
  const auto day = parse_day(cell(column));
  if (!day) {
    error(column, "not a date", "Write YYYY-MM-DD, from 2020-01-01 to 2099-12-31");
  }
  return day;
}

std::optional<Day> RowReader::needed_day(int column) const {
  return needed(column) ? day(column) : std::nullopt;
}

std::optional<std::uint16_t> RowReader::needed_time(int column) const {
  if (!needed(column)) return std::nullopt;
  const auto time = parse_time_of_day(cell(column));
  if (!time) error(column, "not a time of day", "Write HH:MM, from 00:00 to 24:00");
  return time;
}

std::optional<int> RowReader::needed_weekday(int column) const {
  if (!needed(column)) return std::nullopt;
  const auto weekday = parse_weekday(cell(column));
  if (weekday) return weekday;
  error(column, "not a weekday", "Write mon, tue, wed, thu, fri, sat or sun");
  return std::nullopt;
}

std::optional<std::int64_t> RowReader::number(int column, std::int64_t min,
                                              std::int64_t max) const {
  if (empty(column)) return std::nullopt;
  const auto number = parse_number(cell(column), min, max);
  if (!number) {
    error(column, "not a whole number within the bounds",
          "Write a number from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return number;
}

std::vector<std::string> RowReader::list(int column) const {
  std::vector<std::string> parts;
  std::string_view rest = cell(column);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

}  // namespace janji::catalogue
