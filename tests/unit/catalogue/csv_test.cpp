#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "catalogue/csv.hpp"

namespace {

using janji::catalogue::CsvRecord;
using janji::catalogue::parse_csv;
using Cells = std::vector<std::string>;

std::vector<CsvRecord> parsed(std::string_view text) {
  std::vector<CsvRecord> records;
  const auto error = parse_csv(text, records);
  if (error) FAIL(error->line << ": " << error->problem);
  return records;
}

janji::catalogue::CsvError refused(std::string_view text) {
  std::vector<CsvRecord> records;
  const auto error = parse_csv(text, records);
  REQUIRE(error.has_value());
  CHECK_FALSE(error->remedy.empty());
  return *error;
}

TEST_CASE("csv: lines end with CRLF or LF, the last one need not") {
  const auto records = parsed("a,b\r\n1,2\n3,4");
  REQUIRE(records.size() == 3);
  CHECK(records[0].cells == Cells{"a", "b"});
  CHECK(records[1].cells == Cells{"1", "2"});
  CHECK(records[2].cells == Cells{"3", "4"});
  CHECK(records[2].line == 3);
}

TEST_CASE("csv: quoted cells keep commas, quotes, line breaks and space") {
  const auto records = parsed("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",\" x \"\r\nnext,,,\r\n");
  REQUIRE(records.size() == 2);
  CHECK(records[0].cells == Cells{"a,b", "say \"hi\"", "two\r\nlines", " x "});
  CHECK(records[1].cells == Cells{"next", "", "", ""});
  CHECK(records[1].line == 3);
}

TEST_CASE("csv: a byte order mark, empty lines and space around cells are dropped") {
  const auto records = parsed("\xEF\xBB\xBF a , b\t\n\n\n \"c\" ,d\n\n");
  REQUIRE(records.size() == 2);
  CHECK(records[0].cells == Cells{"a", "b"});
  CHECK(records[1].cells == Cells{"c", "d"});
  CHECK(records[1].line == 4);
}

TEST_CASE("csv: a trailing comma is an empty cell") {
  CHECK(parsed("a,\n")[0].cells == Cells{"a", ""});
  CHECK(parsed("a,")[0].cells == Cells{"a", ""});
  CHECK(parsed(",")[0].cells == Cells{"", ""});
}

TEST_CASE("csv: what isn't CSV is refused at its line") {
  CHECK(refused("a\n\"b\nc\nd").line == 2);
  CHECK(refused("a\nb\"c\n").line == 2);
  CHECK(refused("a\n\n\"b\"c\n").line == 3);
  CHECK(refused("a\nb\rc\n").line == 2);
  CHECK(refused("a\nb\r").line == 2);
  CHECK(refused(std::string("a\nb\0c", 5)).line == 2);
  CHECK(refused(std::string(200, ',')).line == 1);
  CHECK(refused("a\n" + std::string(20'000, 'x')).line == 2);
  CHECK(refused("a\n\"" + std::string(20'000, '\n')).line == 2);
}

TEST_CASE("csv: text must be well-formed UTF-8") {
  CHECK(parsed("Jos\xC3\xA9,\xE2\x82\xAC,\xF0\x9F\x98\x80")[0].cells.size() == 3);
  for (const char* bad : {"\xE9", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80",
                          "\xE2\x82", "\xF8\x88\x80\x80\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80"}) {
    CHECK(refused(std::string("ok\nok\n") + bad).line == 3);
  }
}

}  // namespace
