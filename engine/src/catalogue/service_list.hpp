// services.csv: what can be booked.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <janji/catalogue.hpp>

#include "catalogue/issue_log.hpp"

namespace janji::catalogue {

class RowReader;

struct ServiceList {
  std::vector<Service> services;  // without their rules: those are in schedule.csv
  std::map<std::string, std::uint32_t, std::less<>> by_id;
  bool readable{};

  // The index, or nothing; logs a reference to an unknown one.
  std::optional<std::uint32_t> find(const RowReader& row, int column) const;
};

ServiceList read_services(const std::filesystem::path& directory, IssueLog& log);

}  // namespace janji::catalogue
