#include <catch2/catch.hpp>

#include "http/entity_tag.hpp"
#include "http/query.hpp"

using namespace janjid;

TEST_CASE("percent-decoding undoes what it can and refuses the rest") {
  REQUIRE(percent_decode("a%20b%2Fc") == "a b/c");
  REQUIRE(percent_decode("plain") == "plain");
  for (const char* bad : {"%", "%2", "%zz", "a%0d", "%00", "%7f"}) {
    CAPTURE(bad);
    REQUIRE_FALSE(percent_decode(bad));
  }
}

TEST_CASE("a query is read by names, and all that is wrong is reported") {
  FieldErrors errors;
  QueryReader query{"from=2026-11-24&&pool=gen%65ral&to=&x=1&from=2&bad=%zz", errors};
  REQUIRE(query.get("pool") == "general");
  REQUIRE(query.get("to") == "");
  REQUIRE_FALSE(query.get("absent"));
  REQUIRE(query.get("from") == "2026-11-24");
  query.finish();
  REQUIRE(errors.all().size() == 3);
  REQUIRE(errors.all()[0].where == "bad");
  REQUIRE(errors.all()[0].fault == Fault::bad_format);
  REQUIRE(errors.all()[1].where == "from");
  REQUIRE(errors.all()[1].fault == Fault::duplicate);
  REQUIRE(errors.all()[2].where == "x");
  REQUIRE(errors.all()[2].fault == Fault::unknown);
}

TEST_CASE("names that aren't UTF-8 are shown as something that is") {
  FieldErrors errors;
  QueryReader query{"%ff%fe=1", errors};
  query.finish();
  REQUIRE(errors.all().size() == 1);
  REQUIRE(errors.all()[0].where == "??");
}

TEST_CASE("the number of parameters is bounded") {
  FieldErrors errors;
  QueryReader query{"a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&a&b", errors};
  REQUIRE(errors.all().size() == 1);
  REQUIRE(errors.all()[0].where == "b");
}

TEST_CASE("entity tags tell contents apart and match as HTTP says") {
  const std::string tag = make_entity_tag("abc");
  REQUIRE(tag.size() == 34);
  REQUIRE(tag == make_entity_tag("abc"));
  REQUIRE(tag != make_entity_tag("abd"));
  REQUIRE(matches_entity_tag("*", tag));
  REQUIRE(matches_entity_tag(tag, tag));
  REQUIRE(matches_entity_tag("\"x\", W/" + tag, tag));
  REQUIRE_FALSE(matches_entity_tag("\"x\"", tag));
  REQUIRE_FALSE(matches_entity_tag("", tag));
}
