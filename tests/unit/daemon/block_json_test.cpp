#include <string>

#include <catch2/catch.hpp>

#include "api/block_json.hpp"

using namespace janjid;

namespace {

std::string text_of(const janji::Block& block) {
  std::string out;
  JsonWriter json{out};
  write_block(json, block);
  return out;
}

}  // namespace

TEST_CASE("a key is read as it is written, and nothing else is one") {
  const janji::ApplicantKey key{0x12, 0xFEDC'BA98'7654'3210};
  REQUIRE(text_of({key, {}, {}, 0, {}, {}}) ==
          R"({"key":"0000000000000012fedcba9876543210","until":null,"reason":0})");
  REQUIRE(parse_applicant_key("0000000000000012fedcba9876543210") == key);
  for (const char* text :
       {"", "0000000000000012fedcba987654321", "0000000000000012fedcba98765432100",
        "000000000000001gfedcba9876543210", "0000000000000012fedcba987654321-",
        "00000000000000000000000000000000", "0x00000000000012fedcba9876543210"}) {
    CAPTURE(text);
    REQUIRE_FALSE(parse_applicant_key(text));
  }
}

TEST_CASE("a block says until when, since when, why and by whom") {
  REQUIRE(text_of({{0, 1},
                   janji::CivilTime{1795219200000},
                   janji::CivilTime{1795219199000},
                   7,
                   janji::ActorId{3},
                   {}}) ==
          R"({"key":"00000000000000000000000000000001","until":"2026-11-21T00:00:00+00:00",)"
          R"("since":"2026-11-20T23:59:59+00:00","reason":7,"actor":3})");
}
