// branches.csv: the offices.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <janji/catalogue.hpp>

#include "catalogue/issue_log.hpp"

namespace janji::catalogue {

struct Offices {
  std::vector<Branch> branches;
  std::map<std::string, std::uint32_t, std::less<>> by_id;
  // What other files may refer to. Rows with an error elsewhere count, so that one mistake
  // isn't reported in every file.
  std::set<std::string, std::less<>> kinds;
  std::set<std::string, std::less<>> state_codes;
  std::set<std::pair<std::string, std::string>> kinds_in_states;
  bool readable{};  // false: nothing can be said of references
};

Offices read_offices(const std::filesystem::path& directory, IssueLog& log);

class RowReader;

// References from other files. They log what is unknown, and return false then.
bool check_kind(const Offices& offices, const RowReader& row, int column);
bool check_state_code(const Offices& offices, const RowReader& row, int column);
// The index, or nothing.
std::optional<std::uint32_t> find_office(const Offices& offices, const RowReader& row, int column);

}  // namespace janji::catalogue
