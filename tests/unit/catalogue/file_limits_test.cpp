// Files, cells and lists that are too large, or can't be read: each is named, with what to do.
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include <sys/resource.h>

#include "catalogue/csv.hpp"
#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

using namespace janji;
using Catch::Contains;
using janji::test::day_at;
using janji::test::SmallCatalogue;

TEST_CASE("limits: a file of more than 64 MiB") {
  SmallCatalogue files;
  std::filesystem::resize_file(files.directory() / "holidays.csv", (64U << 20) + 1);
  CHECK(files.complaints() == "holidays.csv: larger than 64 MiB. Split the catalogue.\n");
}

// Not beside the sanitizers: their check of an object's type opens a pipe to see whether memory
// can be read, and calls it invalid where no file can be opened.
#ifndef __SANITIZE_ADDRESS__

// While it lives, no file can be opened.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit none{0, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;

 private:
  rlimit before_{};
};

TEST_CASE("limits: files that can't be opened are each named") {
  SmallCatalogue files;
  std::string said;
  {
    const NoMoreFiles none;
    said = files.complaints();
  }
  std::string expected;
  for (const char* file : {"branches.csv", "services.csv", "hours.csv", "breaks.csv",
                           "holidays.csv", "offers.csv", "schedule.csv"}) {
    expected +=
        std::string(file) + ": can't be read to its end. Check the file and its permissions.\n";
  }
  CHECK(said == expected);
  CHECK(files.complaints().empty());
}

#endif

TEST_CASE("limits: more than a million rows") {
  std::string text;
  text.reserve(2'000'000);
  for (int i = 0; i < 1'000'000; ++i) text += "a\n";
  std::vector<catalogue::CsvRecord> records;
  CHECK_FALSE(catalogue::parse_csv(text, records).has_value());
  REQUIRE(records.size() == 1'000'000);
  text += "a\n";
  records.clear();
  const auto error = catalogue::parse_csv(text, records);
  REQUIRE(error.has_value());
  CHECK(error->line == 1'000'001);
  CHECK(error->problem == "more than 1000000 rows");
  CHECK(error->remedy == "Split the catalogue");
}

TEST_CASE("limits: more than 4096 services") {
  SmallCatalogue files;
  // Without a scope each: of so many, two names would fall on one number.
  files.put(
      "schedule.csv",
      "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,horizon_days,"
      "seats_max,scope\n,,,30,3,60,0,30,2,none\n");
  std::string rows = "service_id,name_ms,name_en,applicant_categories,needs_group\n";
  rows += "pass,x,x,citizen,no\npermit,x,x,citizen,no\n";
  for (int i = 2; i < 4096; ++i) rows += "s" + std::to_string(i) + ",x,x,citizen,no\n";
  files.put("services.csv", rows);
  REQUIRE(files.complaints().empty());
  files.append("services.csv", "one-more,x,x,citizen,no");
  CHECK(files.complaints() ==
        "services.csv:4098: service_id \"one-more\": more than 4096 services. Split the "
        "catalogue.\n");
}

TEST_CASE("limits: a text of more than 4096 bytes, shown cut short between two characters") {
  SmallCatalogue files;
  std::string name(79, 'a');
  while (name.size() < 4096) name += "é";
  files.append("branches.csv", "x," + name + ",North,N-1,hq,x,UTC");
  CHECK(name.size() == 4097);
  CHECK(files.complaints() == "branches.csv:4: name \"" + std::string(79, 'a') +
                                  "...\": more than 4096 bytes. Shorten it.\n");
  SmallCatalogue others;
  others.append("branches.csv", "x," + std::string(4096, 'b') + ",North,N-1,hq,x,UTC");
  CHECK(others.complaints().empty());
}

TEST_CASE("limits: ids and codes have bounds") {
  const auto branch = [](const std::string& id, const std::string& code) {
    SmallCatalogue files;
    files.append("branches.csv", id + ",x,North," + code + ",hq,x,UTC");
    if (code != "N-1") files.append("hours.csv", "hq," + code + ",mon,08:00,12:00");
    return files.complaints();
  };
  const std::string longest(64, 'i');
  CHECK(branch(longest, "N-1").empty());
  for (const std::string& id : {longest + "i", std::string("-a"), std::string("a-"),
                                std::string("A"), std::string("a_b"), std::string("{")}) {
    CHECK(branch(id, "N-1") ==
          "branches.csv:4: branch_id \"" + id +
              "\": not an id. Use a to z, 0 to 9 and -, not at the ends, at most 64 characters.\n");
  }
  CHECK(branch("x", "N-1-Z-az09-ABCDE").empty());
  CHECK_THAT(branch("x", "N-1-Z-az09-ABCDEF"),
             Contains("branches.csv:4: state_code \"N-1-Z-az09-ABCDEF\": not a state's code. Write "
                      "it as in ISO 3166-2, e.g. MY-14.\n"));
}

TEST_CASE("limits: text that isn't UTF-8, by line") {
  for (const char* bad : {"\xE2\x82\x28", "\xE2\x28\xA1", "\xE2\x82\xFF", "\xF0\x9F\x98\x28",
                          "\xF0\x9F\x28\x80", "\xC3", "\xC0\x80", "\xF5\x80\x80\x80",
                          "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF"}) {
    SmallCatalogue files;
    files.append("holidays.csv", std::string("2027-05-01,N-1,") + bad + ",public");
    CHECK(files.complaints() == "holidays.csv:3: not UTF-8 text. Export the file as UTF-8.\n");
  }
  for (const char* good : {"\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF",
                           "\xC2\x80", "\xEF\xBF\xBF", "\xE0\xA0\x80", "\xF0\x90\x80\x80"}) {
    SmallCatalogue files;
    files.append("holidays.csv", std::string("2027-05-01,N-1,x") + good + ",public");
    CHECK(files.complaints().empty());
  }
}

TEST_CASE("limits: a day on which hours repeat may have too many slots, and is named") {
  SmallCatalogue files;
  files.append("hours.csv", "branch,N-1,sun,00:00,24:00");
  files.append("schedule.csv", ",branch,,3,,,,,");
  CHECK(
      files.complaints() ==
      "lane port/pass/general: 500 slots on one day; at most 480 are possible: lengthen the slots "
      "or shorten the hours. Mend the rows that concern it.\n");
}

}  // namespace
