#include "catalogue/offices.hpp"

#include <array>

#include "catalogue/csv.hpp"
#include "catalogue/ids.hpp"
#include "catalogue/table.hpp"
#include "catalogue/time_zone.hpp"

namespace janji::catalogue {
namespace {

enum : int { kId, kName, kState, kStateCode, kKind, kCity, kTimezone, kSource };
constexpr std::array<Column, 8> kColumns{{{"branch_id"},
                                          {"name"},
                                          {"state"},
                                          {"state_code"},
                                          {"kind"},
                                          {"city"},
                                          {"timezone"},
                                          {"source", false}}};

// So a file never has more offices than a catalogue can.
static_assert(kMaxCsvRecords <= kMaxBranches);

class OfficeReader {
 public:
  OfficeReader(Offices& offices, IssueLog& log) : offices_(offices), log_(log) {}

  void read(const Table& table, const Table::Row& cells) {
    const RowReader row(table, cells, log_);
    Branch branch;
    branch.id = row.needed_id(kId).value_or("");
    branch.name = row.needed_text(kName).value_or("");
    branch.state = row.needed_text(kState).value_or("");
    branch.state_code = state_code(row, branch.state);
    branch.kind = row.needed_id(kKind).value_or("");
    branch.city = row.needed_text(kCity).value_or("");
    branch.timezone = row.needed_text(kTimezone).value_or("");
    if (!branch.timezone.empty()) check_timezone(row, branch.timezone);
    if (!branch.kind.empty()) offices_.kinds.insert(branch.kind);
    if (!branch.state_code.empty()) offices_.state_codes.insert(branch.state_code);
    offices_.kinds_in_states.emplace(branch.kind, branch.state_code);
    if (branch.id.empty()) return;
    const auto index = static_cast<std::uint32_t>(offices_.branches.size());
    if (!offices_.by_id.emplace(branch.id, index).second) {
      row.error(kId, "the id stands twice", "Give each office its own");
      return;
    }
    offices_.branches.push_back(std::move(branch));
  }

 private:
  std::string state_code(const RowReader& row, const std::string& state) {
    const auto code = row.needed_text(kStateCode);
    if (!code) return "";
    if (!valid_code(*code)) {
      row.error(kStateCode, "not a state's code", "Write it as in ISO 3166-2, e.g. MY-14");
      return "";
    }
    const auto [known, added] = state_names_.emplace(*code, state);
    if (!added && known->second != state && !state.empty()) {
      row.error(kState, "state " + *code + " is called \"" + known->second + "\" above",
                "Use one name for one code");
    }
    return *code;
  }

  void check_timezone(const RowReader& row, const std::string& name) {
    const auto [known, added] = timezones_.emplace(name, true);
    if (added) known->second = TimeZone::load(name).ok();
    if (known->second) return;
    row.error(kTimezone, "no time zone of this system has this name",
              "Use an IANA name, e.g. Asia/Kuala_Lumpur, and see that tzdata is installed");
  }

  Offices& offices_;
  IssueLog& log_;
  std::map<std::string, std::string> state_names_;
  std::map<std::string, bool> timezones_;
};

}  // namespace

Offices read_offices(const std::filesystem::path& directory, IssueLog& log) {
  Offices offices;
  const Table table = read_table(directory, "branches.csv", kColumns, log);
  offices.readable = table.readable;
  OfficeReader reader(offices, log);
  for (const Table::Row& row : table.rows) reader.read(table, row);
  if (table.readable && table.rows.empty()) {
    log.add({table.file, 0, "", "", "no office", "Add one", false});
  }
  return offices;
}

bool check_kind(const Offices& offices, const RowReader& row, int column) {
  if (!offices.readable || offices.kinds.contains(row.cell(column))) return true;
  row.unknown(column, "no office in branches.csv is of this kind",
              "Correct it, add the office, or take its rows out");
  return false;
}

bool check_state_code(const Offices& offices, const RowReader& row, int column) {
  if (!offices.readable || offices.state_codes.contains(row.cell(column))) return true;
  row.unknown(column, "no office in branches.csv is in this state",
              "Correct it, add the office, or take its rows out");
  return false;
}

std::optional<std::uint32_t> find_office(const Offices& offices, const RowReader& row, int column) {
  const auto known = offices.by_id.find(row.cell(column));
  if (known != offices.by_id.end()) return known->second;
  if (offices.readable) {
    row.unknown(column, "no such office in branches.csv",
                "Correct it, add the office, or take its rows out");
  }
  return std::nullopt;
}

}  // namespace janji::catalogue
