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
