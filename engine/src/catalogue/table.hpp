// One file of the catalogue: its rows by known columns, and cells read as what they should be.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <janji/catalogue.hpp>

#include "catalogue/issue_log.hpp"

namespace janji::catalogue {

struct Column {
  std::string_view name;
  bool required{true};  // whether the header must have it; a missing one reads as empty cells
};

inline constexpr std::uintmax_t kMaxFileBytes = 64U << 20;

struct Table {
  struct Row {
    int line{};
    std::vector<std::string> cells;  // one for each of `columns`
  };
  std::string file;  // its name without the directory
  std::span<const Column> columns;
  std::vector<Row> rows;
  bool readable{};  // false: missing, damaged, or without a needed column; rows are empty
};

// Reads DIRECTORY/NAME; all that is wrong with its form goes to the log.
Table read_table(const std::filesystem::path& directory, std::string_view name,
                 std::span<const Column> columns, IssueLog& log);

// The cells of one row. Every reader logs what it can't read, with the remedy, and returns
// nothing; an empty cell reads as nothing without an issue unless the reader's name says
// otherwise. Columns are given by their index in the table's list.
class RowReader {
 public:
  RowReader(const Table& table, const Table::Row& row, IssueLog& log)
      : table_(table), row_(row), log_(log) {}

  const std::string& cell(int column) const { return row_.cells[static_cast<std::size_t>(column)]; }
  bool empty(int column) const { return cell(column).empty(); }
  int line() const { return row_.line; }

  // Logs an issue if the cell is empty. Otherwise the text, without control characters.
  std::optional<std::string> needed_text(int column) const;
  // The same for an id: a-z, 0-9 and -.
  std::optional<std::string> needed_id(int column) const;
  std::optional<std::string> id(int column) const;
  std::optional<Day> day(int column) const;
  std::optional<Day> needed_day(int column) const;
  std::optional<std::uint16_t> needed_time(int column) const;
  std::optional<int> needed_weekday(int column) const;  // 0 is Monday
  std::optional<std::int64_t> number(int column, std::int64_t min, std::int64_t max) const;
  // `;`-separated, empty parts dropped.
  std::vector<std::string> list(int column) const;

  void error(int column, std::string problem, std::string remedy) const;
  void warning(int column, std::string problem, std::string remedy) const;
  // For a reference that leads nowhere: only the first row with this value is reported.
  void unknown(int column, std::string problem, std::string remedy) const;

 private:
  bool needed(int column) const;
  CatalogueIssue issue(int column, std::string problem, std::string remedy) const;

  const Table& table_;
  const Table::Row& row_;
  IssueLog& log_;
};

}  // namespace janji::catalogue
