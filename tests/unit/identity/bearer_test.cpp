#include "identity/bearer.hpp"

#include <string>

#include <catch2/catch.hpp>

namespace {

using janji::Code;
using janjid::parse_bearer;

std::string parsed(std::string_view value) {
  CAPTURE(std::string{value});
  const auto token = parse_bearer(value);
  REQUIRE(token.ok());
  return std::string{token.value()};
}

std::string refused(std::string_view value) {
  CAPTURE(std::string{value});
  const auto token = parse_bearer(value);
  REQUIRE(token.code() == Code::invalid_argument);
  REQUIRE(token.error().detail.find("Authorization ") == 0);
  REQUIRE(token.error().detail.find("send \"Bearer\"") != std::string::npos);
  return token.error().detail;
}

TEST_CASE("a bearer token is read whatever the scheme's case") {
  for (const char* value :
       {"Bearer abc", "bearer abc", "BEARER abc", "bEaReR abc", "Bearer    abc"}) {
    REQUIRE(parsed(value) == "abc");
  }
  REQUIRE(parsed("Bearer azAZ09-._~+/==") == "azAZ09-._~+/==");
  REQUIRE(parsed("Bearer " + std::string(janjid::kBearerMax, 'x')).size() == janjid::kBearerMax);
}

TEST_CASE("anything but a bearer token is refused, and never repeated") {
  for (const char* value :
       {"", " ", "B", "Beare", "Basic secretpart", "Bearersecretpart", "Bearer\tsecretpart",
        "Bearer,secretpart", "Bear\x05r secretpart", " Bearer secretpart", "Token secretpart",
        "\x02"
        "earer secretpart"}) {
    REQUIRE(refused(value).find("another scheme") != std::string::npos);
  }
  for (const char* value : {"Bearer", "Bearer ", "bearer      ", "Bearer =", "Bearer \t"}) {
    REQUIRE(refused(value).find("no token") != std::string::npos);
  }
  for (const char* value :
       {"Bearer secretpart ", "Bearer secret part", "Bearer secretpart,", "Bearer secret=part",
        "Bearer secretpart\n", "Bearer \"secretpart\"", "Bearer secretp\xc3\xa4rt",
        "Bearer secretpart, Bearer other", "Bearer secretpart\t", "Bearer token=secretpart"}) {
    REQUIRE(refused(value).find("secret") == std::string::npos);
  }
  refused(std::string_view{"Bearer a\0b", 10});
  REQUIRE(refused("Bearer " + std::string(janjid::kBearerMax + 1, 'x')).find("too long") !=
          std::string::npos);
}

}  // namespace
