#include <string>

#include <catch2/catch.hpp>

#include "http/json_document.hpp"

using janjid::JsonDocument;
using janjid::JsonKind;

TEST_CASE("a document is a tree of its values") {
  JsonDocument json;
  REQUIRE(json.parse(R"({"a": 1, "b": {"c": "x", "d": [true, null, -5]}, "e": "f"})"));
  REQUIRE(json.root().kind == JsonKind::object);
  const auto* a = json.first_child(json.root());
  REQUIRE(a->key == "a");
  REQUIRE(a->integer == 1);
  const auto* b = json.next(*a);
  REQUIRE(b->kind == JsonKind::object);
  const auto* c = json.first_child(*b);
  REQUIRE(c->text == "x");
  const auto* d = json.next(*c);
  REQUIRE(d->kind == JsonKind::array);
  REQUIRE(json.next(*json.next(*json.first_child(*d)))->integer == -5);
  REQUIRE(json.next(*d) == nullptr);
  const auto* e = json.next(*b);
  REQUIRE(e->key == "e");
  REQUIRE(e->text == "f");
  REQUIRE(json.next(*e) == nullptr);
}

TEST_CASE("escapes are undone, in names and in strings") {
  JsonDocument json;
  REQUIRE(json.parse(R"({"\u0061b\n": "\ud83d\ude00 \"q\"", "plain": "y\/z"})"));
  const auto* first = json.first_child(json.root());
  REQUIRE(first->key == "ab\n");
  REQUIRE(first->text == "\xF0\x9F\x98\x80 \"q\"");
  const auto* second = json.next(*first);
  REQUIRE(second->key == "plain");
  REQUIRE(second->text == "y/z");
  const std::string big(5000, 'x');
  const std::string text = "{\"k\\u0065y\": \"\\n" + big + "\"}";
  REQUIRE(json.parse(text));
  REQUIRE(json.first_child(json.root())->key == "key");
  REQUIRE(json.first_child(json.root())->text == "\n" + big);
}

TEST_CASE("a member that stands twice is known") {
  JsonDocument json;
  REQUIRE(json.parse(R"({"a": 1, "b": 2, "\u0061": 3, "c": {"a": 4}})"));
  const auto* a = json.first_child(json.root());
  const auto* b = json.next(*a);
  const auto* again = json.next(*b);
  const auto* c = json.next(*again);
  REQUIRE_FALSE(a->duplicate);
  REQUIRE_FALSE(b->duplicate);
  REQUIRE(again->duplicate);
  REQUIRE_FALSE(c->duplicate);
  REQUIRE_FALSE(json.first_child(*c)->duplicate);
}

TEST_CASE("integers are what has no fraction, no exponent, and fits") {
  JsonDocument json;
  const auto kind = [&](const char* text) {
    REQUIRE(json.parse(text));
    return json.root().kind;
  };
  REQUIRE(kind("7") == JsonKind::integer);
  REQUIRE(kind("-9223372036854775808") == JsonKind::integer);
  REQUIRE(kind("1.0") == JsonKind::other_number);
  REQUIRE(kind("1e2") == JsonKind::other_number);
  REQUIRE(kind("9223372036854775808") == JsonKind::other_number);
  REQUIRE(kind("123456789012345678901234567890") == JsonKind::other_number);
}

TEST_CASE("what isn't JSON is refused with a reason") {
  JsonDocument json;
  for (const char* text :
       {"", " ", "{", "{\"a\":1,}", "{'a':1}", "{\"a\":01}", "[1] x", "nul", "\"\x01\"", "NaN",
        "// no\n1", "\"\xC3\x28\"", "\"\xED\xA0\x80\"", "\xEF\xBB\xBF{}", "\"\\ud800\""}) {
    CAPTURE(text);
    REQUIRE_FALSE(json.parse(text));
    REQUIRE_FALSE(json.error().empty());
  }
  REQUIRE(json.parse("{}"));  // and the next one is read as if nothing had been
}

TEST_CASE("depth and number of values are bounded") {
  JsonDocument json;
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  REQUIRE(json.parse(nested(JsonDocument::kMaxDepth)));
  REQUIRE_FALSE(json.parse(nested(JsonDocument::kMaxDepth + 1)));
  std::string many = "[1";
  for (std::size_t i = 2; i < JsonDocument::kMaxNodes; ++i) many += ",1";
  REQUIRE(json.parse(many + "]"));
  REQUIRE_FALSE(json.parse(many + ",1]"));
  REQUIRE(json.error() == "more than 1024 values");
}
