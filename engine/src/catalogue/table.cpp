#include "catalogue/table.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "catalogue/csv.hpp"

namespace janji::catalogue {
namespace {

constexpr std::size_t kNoColumn = ~std::size_t{0};

class TableReader {
 public:
  TableReader(Table& table, IssueLog& log) : table_(table), log_(log) {}

  void read(const std::filesystem::path& path) {
    std::string text;
    if (!read_text(path, text)) return;
    std::vector<CsvRecord> records;
    if (const auto error = parse_csv(text, records)) {
      issue(error->line, "", "", error->problem, error->remedy);
      return;
    }
    if (records.empty()) {
      issue(0, "", "", "the file is empty", "It needs a header line: " + header_line());
      return;
    }
    if (!read_header(records.front())) return;
    table_.readable = true;
    for (std::size_t i = 1; i < records.size(); ++i) add_row(records[i]);
  }

 private:
  void issue(int line, std::string_view column, std::string value, std::string problem,
             std::string remedy) {
    log_.add({table_.file, line, std::string(column), std::move(value), std::move(problem),
              std::move(remedy), false});
  }

  std::string header_line() const {
    std::string line;
    for (const Column& column : table_.columns) {
      if (!column.required) continue;
      if (!line.empty()) line += ",";
      line += column.name;
    }
    return line;
  }

  bool read_text(const std::filesystem::path& path, std::string& text) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error) {
      issue(0, "", "", "can't be read: " + error.message(),
            "The catalogue's directory needs it, with the header " + header_line());
      return false;
    }
    if (size > kMaxFileBytes) {
      issue(0, "", "", "larger than 64 MiB", "Split the catalogue");
      return false;
    }
    std::ifstream in(path, std::ios::binary);
    text.resize(size);
    in.read(text.data(), static_cast<std::streamsize>(size));
    if (!in) {  // not opened, or shorter than its size
      issue(0, "", "", "can't be read to its end", "Check the file and its permissions");
      return false;
    }
    return true;
  }

  // Finds each known column's place in the file; logs unknown, doubled and missing ones.
  bool read_header(const CsvRecord& header) {
    place_.assign(table_.columns.size(), kNoColumn);
    width_ = header.cells.size();
    bool good = true;
    for (std::size_t i = 0; i < header.cells.size(); ++i) {
      const std::string& name = header.cells[i];
      const auto known = std::find_if(table_.columns.begin(), table_.columns.end(),
                                      [&](const Column& column) { return column.name == name; });
      if (known == table_.columns.end()) {
        issue(header.line, name, "",
              name.empty() ? "column " + std::to_string(i + 1) + " has no name" : "no such column",
              "Known ones: " + all_columns());
        good = false;
        continue;
      }
      auto& place = place_[static_cast<std::size_t>(known - table_.columns.begin())];
      if (place != kNoColumn) {
        issue(header.line, name, "", "the column stands twice", "Keep one of them");
        good = false;
      }
      place = i;
    }
    for (std::size_t c = 0; c < place_.size(); ++c) {
      if (place_[c] != kNoColumn || !table_.columns[c].required) continue;
      issue(header.line, table_.columns[c].name, "", "the column is missing",
            "The header needs at least " + header_line() + ", separated by commas");
      good = false;
    }
    return good;
  }

  std::string all_columns() const {
    std::string text;
    for (const Column& column : table_.columns) {
      if (!text.empty()) text += ", ";
      text += column.name;
    }
    return text;
  }

  void add_row(const CsvRecord& record) {
    if (record.cells.size() != width_) {
      issue(record.line, "", "",
            std::to_string(record.cells.size()) + " cells, but the header has " +
                std::to_string(width_),
            "Quote cells that contain a comma");
      return;
    }
    Table::Row row;
    row.line = record.line;
    for (const std::size_t place : place_) {
      row.cells.push_back(place == kNoColumn ? std::string() : record.cells[place]);
    }
    table_.rows.push_back(std::move(row));
  }

  Table& table_;
  IssueLog& log_;
  std::vector<std::size_t> place_;  // of each known column in the file
  std::size_t width_ = 0;
};

}  // namespace

Table read_table(const std::filesystem::path& directory, std::string_view name,
                 std::span<const Column> columns, IssueLog& log) {
  Table table;
  table.file = name;
  table.columns = columns;
  TableReader(table, log).read(directory / name);
  return table;
}

}  // namespace janji::catalogue
