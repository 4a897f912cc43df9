#include "catalogue/csv.hpp"

#include <algorithm>

#include "catalogue/utf8.hpp"

namespace janji::catalogue {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

class CsvParser {
 public:
  explicit CsvParser(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  std::optional<CsvError> run(std::vector<CsvRecord>& records) {
    while (at_ < text_.size() && !error_) {
      if (records.size() >= kMaxCsvRecords) {
        fail("more than 1000000 rows", "Split the catalogue");
        break;
      }
      CsvRecord record;
      record.line = line_;
      read_record(record);
      const bool blank = record.cells.size() == 1 && record.cells.front().empty();
      if (!error_ && !blank) records.push_back(std::move(record));
    }
    return error_;
  }

 private:
  void fail(std::string problem, std::string remedy) {
    if (!error_) error_ = CsvError{line_, std::move(problem), std::move(remedy)};
  }

  void read_record(CsvRecord& record) {
    do {
      if (record.cells.size() == kMaxCsvColumns) {
        fail("more than 64 columns", "Keep to the columns that the format has");
        return;
      }
      record.cells.push_back(at_quote() ? quoted_cell() : plain_cell());
      if (error_) return;
    } while (take(','));
    if (at_ < text_.size()) end_line();
  }

  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // A quoted cell may have space before its quote.
  bool at_quote() {
    const std::size_t next = text_.find_first_not_of(" \t", at_);
    if (next == std::string_view::npos || text_[next] != '"') return false;
    at_ = next;
    return true;
  }

  std::string plain_cell() {
    const std::size_t end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
    const std::string_view cell = trimmed(text_.substr(at_, end - at_));
    at_ = end;
    if (at_ < text_.size() && text_[at_] == '"') {
      fail("a double quote inside a cell that isn't quoted",
           "Quote the whole cell and double the quotes inside it");
    }
    if (cell.size() > kMaxCsvCellBytes) fail("a cell of more than 16384 bytes", "Shorten it");
    return std::string(cell);
  }

  std::string quoted_cell() {
    const int begin_line = line_;
    std::string cell;
    ++at_;
    for (;;) {
      if (at_ == text_.size()) {
        line_ = begin_line;
        fail("a quoted cell that begins here never ends", "Close the double quote");
        return cell;
      }
      const char c = text_[at_++];
      if (c == '\n') ++line_;
      if (c == '"' && !take('"')) break;
      cell += c;
      if (cell.size() > kMaxCsvCellBytes) {
        line_ = begin_line;
        fail("a cell of more than 16384 bytes", "Shorten it, or close its double quote");
        return cell;
      }
    }
    while (take(' ') || take('\t')) continue;
    if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\r' && text_[at_] != '\n') {
      fail("text after the double quote that ends a cell",
           "Put a comma there, or double the quotes inside the cell");
    }
    return cell;
  }

  void end_line() {
    if (take('\r') && (at_ == text_.size() || text_[at_] != '\n')) {
      fail("a carriage return that ends no line", "End lines with CRLF or LF");
      return;
    }
    take('\n');
    ++line_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::optional<CsvError> error_;
};

}  // namespace

std::optional<CsvError> parse_csv(std::string_view text, std::vector<CsvRecord>& records) {
  if (const std::size_t bad = find_invalid_text(text); bad != text.size()) {
    int line = 1;
    for (const char c : text.substr(0, bad)) line += c == '\n' ? 1 : 0;
    return CsvError{line, "not UTF-8 text", "Export the file as UTF-8"};
  }
  return CsvParser(text).run(records);
}

}  // namespace janji::catalogue
