#include "identity/idempotency_key.hpp"

#include <string>

#include <catch2/catch.hpp>

namespace {

using janji::Code;
using janjid::parse_idempotency_key;

std::string parsed(std::string_view value) {
  CAPTURE(std::string{value});
  const auto key = parse_idempotency_key(value);
  REQUIRE(key.ok());
  return std::string{key->view()};
}

std::string refused(std::string_view value) {
  CAPTURE(std::string{value});
  const auto key = parse_idempotency_key(value);
  REQUIRE(key.code() == Code::invalid_argument);
  REQUIRE(key.error().detail.find("Idempotency-Key ") == 0);
  REQUIRE(key.error().detail.find("send one string of 1 to 255") != std::string::npos);
  return key.error().detail;
}

TEST_CASE("a key stands in quotes, as the draft says, or bare") {
  const std::string uuid = "8e03978e-40d5-43dd-bc93-6894a57f9324";
  REQUIRE(parsed('"' + uuid + '"') == uuid);
  REQUIRE(parsed(uuid) == uuid);
  REQUIRE(parsed(" \t" + uuid + "\t ") == uuid);
  REQUIRE(parsed("1") == "1");
  REQUIRE(parsed(R"("a b, c; d=e")") == "a b, c; d=e");
  REQUIRE(parsed(R"("say \"hi\" \\ bye")") == R"(say "hi" \ bye)");
  REQUIRE(parsed(R"("\"")") == "\"");
  REQUIRE(parsed("a/b+c=:@!~") == "a/b+c=:@!~");
  REQUIRE(parsed("\" \"") == " ");
}

TEST_CASE("a key has 1 to 255 characters, counted without quotes and escapes") {
  const std::string longest(255, 'k');
  REQUIRE(parsed(longest) == longest);
  REQUIRE(parsed('"' + longest + '"') == longest);
  std::string escaped = "\"";
  for (int i = 0; i < 255; ++i) escaped += "\\\\";
  REQUIRE(parsed(escaped + "\"") == std::string(255, '\\'));

  for (const std::string& value :
       {longest + "k", "\"" + longest + "k\"", escaped + "\\\"\"", std::string(1 << 20, 'x')}) {
    REQUIRE(refused(value).find("too long") != std::string::npos);
  }
  for (const char* value : {"", " ", "\t", "\"\"", " \"\" "}) {
    REQUIRE(refused(value).find("is empty") != std::string::npos);
  }
}

TEST_CASE("what is not exactly one string is refused") {
  REQUIRE(refused("\"").find("closing quote") != std::string::npos);
  REQUIRE(refused("\"abc").find("lacks its closing quote") != std::string::npos);
  REQUIRE(refused("\"abc\\\"").find("lacks its closing quote") != std::string::npos);
  REQUIRE(refused("\"abc\\").find("lacks its closing quote") != std::string::npos);
  REQUIRE(refused(R"("a\n")").find("escape") != std::string::npos);
  REQUIRE(refused(R"("a", "b")").find("behind its closing quote") != std::string::npos);
  REQUIRE(refused(R"("a";p=1)").find("behind its closing quote") != std::string::npos);
  REQUIRE(refused(R"("a"b)").find("behind its closing quote") != std::string::npos);
  for (const char* value :
       {"a,b", "a, b", "a b", "a;p=1", "abc\"", "a\\b", "ключ", "a\x7f", "a\x01", "a\nb", "\xff",
        "\"a\nb\"", "\"a\x7f\"", "\"ключ\"", "\"a\tb\""}) {
    refused(value);
  }
  refused(std::string_view{"a\0b", 3});
  refused(std::string_view{"\"a\0b\"", 5});
}

}  // namespace
