#include <catch2/catch.hpp>

#include "http/language.hpp"

using janjid::Language;
using janjid::negotiate_language;

TEST_CASE("the highest quality wins, of equal ones the first") {
  REQUIRE(negotiate_language("ms") == Language::ms);
  REQUIRE(negotiate_language("id-ID, en;q=0.5") == Language::id);
  REQUIRE(negotiate_language("en;q=0.2, ms-MY;q=0.9, id;q=0.8") == Language::ms);
  REQUIRE(negotiate_language("id, ms") == Language::id);
  REQUIRE(negotiate_language("ms;q=0.001, id;q=0.002") == Language::id);
  REQUIRE(negotiate_language("MS ; Q=1.000") == Language::ms);
}

TEST_CASE("what isn't spoken or isn't wanted is passed over") {
  REQUIRE(negotiate_language("") == janjid::kDefaultLanguage);
  REQUIRE(negotiate_language("fr, de;q=0.9") == janjid::kDefaultLanguage);
  REQUIRE(negotiate_language("fr, id;q=0.1") == Language::id);
  REQUIRE(negotiate_language("ms;q=0, id;q=0.1") == Language::id);
  REQUIRE(negotiate_language("ms;q=2, id;q=0.1") == Language::id);
  REQUIRE(negotiate_language("ms;q=x, id;q=0.1") == Language::id);
  REQUIRE(negotiate_language("msx, id;q=0.1") == Language::id);
  REQUIRE(negotiate_language("*, id;q=0.1") == janjid::kDefaultLanguage);
}
