#include <catch2/catch.hpp>

#include "config/config.hpp"

using janjid::parse_address;

TEST_CASE("an address is a host and a port") {
  REQUIRE(parse_address("127.0.0.1:8080")->host == "127.0.0.1");
  REQUIRE(parse_address("127.0.0.1:8080")->port == 8080);
  REQUIRE(parse_address("[::1]:0")->host == "::1");
  REQUIRE(parse_address("localhost:65535")->port == 65535);
}

TEST_CASE("what is no address is refused with an example") {
  for (const char* text : {"", ":", ":80", "host", "host:", "host:x", "host:80x", "host:65536",
                           "host:-1", "::1:80", "[]:80", "[::1]"}) {
    CAPTURE(text);
    const auto address = parse_address(text);
    REQUIRE_FALSE(address);
    REQUIRE(address.error().detail.find("127.0.0.1:8080") != std::string::npos);
  }
}
