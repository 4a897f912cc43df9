// CSV as RFC 4180 has it, from memory.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace janji::catalogue {

struct CsvRecord {
  int line{};  // where it begins, from 1
  std::vector<std::string> cells;
};

struct CsvError {
  int line{};
  std::string problem;
  std::string remedy;
};

inline constexpr std::size_t kMaxCsvRecords = 1'000'000;
inline constexpr std::size_t kMaxCsvColumns = 64;
inline constexpr std::size_t kMaxCsvCellBytes = 16'384;

// Reads records until the end or the first error: what follows an open quote can't be trusted.
//
// Comma, double quotes, a quote inside quotes doubled, line breaks inside quotes kept. Ends of
// line are CRLF or LF, mixed if need be; a byte order mark is skipped, and so are empty lines.
// Space around a cell that is not quoted is dropped. The text must be UTF-8 without NUL.
std::optional<CsvError> parse_csv(std::string_view text, std::vector<CsvRecord>& records);

}  // namespace janji::catalogue
