// hours.csv and breaks.csv: when each kind of office in each state is open.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include <janji/catalogue_builder.hpp>

#include "catalogue/issue_log.hpp"
#include "catalogue/offices.hpp"

namespace janji::catalogue {

struct OpeningHours {
  using Key = std::pair<std::string, std::string>;  // kind, state code
  std::map<Key, OpeningWeek> weeks;                 // spans sorted and disjoint
  bool readable{};                                  // hours.csv
};

OpeningHours read_opening_hours(const std::filesystem::path& directory, const Offices& offices,
                                IssueLog& log);

}  // namespace janji::catalogue
