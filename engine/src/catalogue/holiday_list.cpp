#include "catalogue/holiday_list.hpp"

#include <array>
#include <set>
#include <tuple>

#include "catalogue/table.hpp"

namespace janji::catalogue {
namespace {

enum : int { kDate, kStateCode, kName, kType, kSource };
constexpr std::array<Column, 5> kColumns{
    {{"date"}, {"state_code"}, {"name"}, {"type", false}, {"source", false}}};

}  // namespace

std::vector<HolidayRow> read_holidays(const std::filesystem::path& directory,
                                      const Offices& offices, IssueLog& log) {
  std::vector<HolidayRow> holidays;
  std::set<std::tuple<Day, std::string, std::string>> seen;
  const Table table = read_table(directory, "holidays.csv", kColumns, log);
  for (const Table::Row& cells : table.rows) {
    const RowReader row(table, cells, log);
    const auto day = row.needed_day(kDate);
    const auto state = row.needed_text(kStateCode);
    const auto name = row.needed_text(kName);
    const bool state_known = state && check_state_code(offices, row, kStateCode);
    if (!row.empty(kType) && row.cell(kType) != "public") {
      row.error(kType, "not public", "Keep only days on which the offices are closed");
      continue;
    }
    if (!day || !state_known || !name) continue;
    if (!seen.emplace(*day, *state, *name).second) {
      row.error(kDate, "the holiday stands twice", "Take one out");
      continue;
    }
    holidays.push_back({*day, *state, *name});
  }
  return holidays;
}

}  // namespace janji::catalogue
