// holidays.csv: days on which the offices of a state are closed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <janji/types.hpp>

#include "catalogue/issue_log.hpp"
#include "catalogue/offices.hpp"

namespace janji::catalogue {

struct HolidayRow {
  Day day;
  std::string state_code;
  std::string name;
};

std::vector<HolidayRow> read_holidays(const std::filesystem::path& directory,
                                      const Offices& offices, IssueLog& log);

}  // namespace janji::catalogue
