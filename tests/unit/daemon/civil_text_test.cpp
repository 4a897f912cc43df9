#include <string>

#include <catch2/catch.hpp>

#include "api/civil_text.hpp"

using namespace janjid;

namespace {

std::string moment(std::int64_t ms, int offset) {
  std::string out;
  append_moment(out, janji::CivilTime{ms}, offset);
  return out;
}

}  // namespace

TEST_CASE("moments carry their offset") {
  REQUIRE(moment(0, 0) == "1970-01-01T00:00:00+00:00");
  REQUIRE(moment(1795219200999, 8 * 3600) == "2026-11-21T08:00:00+08:00");
  REQUIRE(moment(1795219200000, -(3 * 3600 + 1800)) == "2026-11-20T20:30:00-03:30");
  REQUIRE(moment(-1, 0) == "1969-12-31T23:59:59+00:00");
}

TEST_CASE("dates come back as they were read") {
  for (const char* text : {"1970-01-01", "2024-02-29", "2026-11-24", "2999-12-31"}) {
    std::string out;
    append_date(out, parse_date(text).value());
    REQUIRE(out == text);
  }
  REQUIRE(parse_date("1970-01-02")->value == 1);
  REQUIRE_FALSE(parse_date("2023-02-29"));
  REQUIRE_FALSE(parse_date("2026-00-10"));
}

TEST_CASE("moments are read strictly, with any offset") {
  for (const char* text : {"1970-01-01T00:00:00+00:00", "2026-11-21T08:00:00+08:00",
                           "2026-11-20T20:30:00-03:30", "2999-12-31T23:59:59+00:00"}) {
    CAPTURE(text);
    const std::string_view offset = std::string_view(text).substr(19);
    const int minutes = (offset[1] - '0') * 600 + (offset[2] - '0') * 60 + (offset[4] - '0') * 10;
    REQUIRE(moment(parse_moment(text)->value, (offset[0] == '-' ? -60 : 60) * minutes) == text);
  }
  REQUIRE(parse_moment("2026-11-21T00:00:00Z")->value == 1795219200000);
  REQUIRE(parse_moment("2026-11-21T08:00:00+08:00")->value == 1795219200000);
  for (const char* text :
       {"", "2026-11-21", "2026-11-21T08:00:00", "2026-11-21 08:00:00Z", "2026-11-21t08:00:00Z",
        "2026-11-21T08:00:00z", "2026-11-21T24:00:00Z", "2026-11-21T08:60:00Z",
        "2026-11-21T08:00:60Z", "2026-13-21T08:00:00Z", "2026-11-21T08:00:00+24:00",
        "2026-11-21T08:00:00+08:60", "2026-11-21T08:00:00+0800", "2026-11-21T08:00:00 08:00",
        "2026-11-21T08:00:00.5Z", "2026-11-21T0a:00:00Z", "2026-11-21T08-00-00Z",
        "2026-11-21T08:00:00+0a:00"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_moment(text));
  }
}
