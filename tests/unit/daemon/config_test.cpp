#include <catch2/catch.hpp>

#include <stdlib.h>

#include <initializer_list>
#include <utility>
#include <variant>
#include <vector>

#include "config/config.hpp"

using janjid::Config;
using janjid::Exit;
using janjid::kExitUsage;
using janjid::parse_address;
using janjid::read_config;

namespace {

// The folder of the catalogue is only looked at, not read.
std::variant<Config, Exit> configured(std::initializer_list<const char*> flags) {
  std::vector<const char*> arguments{"janjid", "--catalogue", "/"};
  arguments.insert(arguments.end(), flags);
  return read_config(static_cast<int>(arguments.size()), arguments.data());
}

std::uint64_t backlog_max(std::initializer_list<const char*> flags) {
  return std::get<Config>(configured(flags)).backlog_max;
}

}  // namespace

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

TEST_CASE("the backlog's bound is what the flag says, or the variable, or left to the engine") {
  REQUIRE(backlog_max({}) == 0);
  REQUIRE(backlog_max({"--backlog-max", "2"}) == 2);
  REQUIRE(backlog_max({"--backlog-max", "70368744177664"}) == 70368744177664);
  setenv("JANJI_BACKLOG_MAX", "256", 1);
  CHECK(backlog_max({}) == 256);
  CHECK(backlog_max({"--backlog-max", "300"}) == 300);
  unsetenv("JANJI_BACKLOG_MAX");
  for (const char* wrong : {"0", "1", "70368744177665", "-2", "2x", "many"}) {
    CAPTURE(wrong);
    const auto refused = configured({"--backlog-max", wrong});
    REQUIRE(std::holds_alternative<Exit>(refused));
    REQUIRE(std::get<Exit>(refused).status == kExitUsage);
  }
}

TEST_CASE("the feed goes back a million records, or as many as the flag or the variable says") {
  const auto retained = [](std::initializer_list<const char*> flags) {
    return std::get<Config>(configured(flags)).journal_retain;
  };
  CHECK(retained({}) == 1'000'000);
  CHECK(retained({"--journal-retain", "0"}) == 0);
  CHECK(retained({"--journal-retain", "70368744177664"}) == 70368744177664);
  setenv("JANJI_JOURNAL_RETAIN", "7", 1);
  CHECK(retained({}) == 7);
  CHECK(retained({"--journal-retain", "8"}) == 8);
  unsetenv("JANJI_JOURNAL_RETAIN");
  for (const char* wrong : {"70368744177665", "-1", "1e6", "x"}) {
    CAPTURE(wrong);
    const auto refused = configured({"--journal-retain", wrong});
    REQUIRE(std::holds_alternative<Exit>(refused));
    CHECK(std::get<Exit>(refused).status == kExitUsage);
  }
}

TEST_CASE(
    "what is erased is gone within a day, or as many hours as the flag or the variable says") {
  const auto within = [](std::initializer_list<const char*> flags) {
    return std::get<Config>(configured(flags)).erase_within_hours;
  };
  CHECK(within({}) == 24);
  CHECK(within({"--erase-within-hours", "1"}) == 1);
  setenv("JANJI_ERASE_WITHIN_HOURS", "8760", 1);
  CHECK(within({}) == 8760);
  CHECK(within({"--erase-within-hours", "8"}) == 8);
  unsetenv("JANJI_ERASE_WITHIN_HOURS");
  for (const char* wrong : {"0", "8761", "-1", "1h"}) {
    CAPTURE(wrong);
    const auto refused = configured({"--erase-within-hours", wrong});
    REQUIRE(std::holds_alternative<Exit>(refused));
    CHECK(std::get<Exit>(refused).status == kExitUsage);
  }
}

TEST_CASE("the clock is trusted when the flag says so, and only then") {
  CHECK_FALSE(std::get<Config>(configured({})).trust_clock);
  CHECK(std::get<Config>(configured({"--trust-clock"})).trust_clock);
}

TEST_CASE("streams are bounded by flag or variable, and so is their silence") {
  const auto limits = [](std::initializer_list<const char*> flags) {
    return std::get<Config>(configured(flags)).limits;
  };
  CHECK(limits({}).streams == 1000);
  CHECK(limits({}).feed_streams == 64);
  CHECK(limits({}).stream_heartbeat_ms == 15'000);
  CHECK(limits({"--streams-max", "0"}).streams == 0);
  CHECK(limits({"--feed-streams-max", "1000000"}).feed_streams == 1'000'000);
  CHECK(limits({"--heartbeat-seconds", "3600"}).stream_heartbeat_ms == 3'600'000);
  setenv("JANJI_STREAMS_MAX", "7", 1);
  setenv("JANJI_FEED_STREAMS_MAX", "8", 1);
  setenv("JANJI_HEARTBEAT_SECONDS", "9", 1);
  CHECK(limits({}).streams == 7);
  CHECK(limits({}).feed_streams == 8);
  CHECK(limits({}).stream_heartbeat_ms == 9000);
  CHECK(limits({"--streams-max", "5"}).streams == 5);
  for (const char* variable :
       {"JANJI_STREAMS_MAX", "JANJI_FEED_STREAMS_MAX", "JANJI_HEARTBEAT_SECONDS"}) {
    unsetenv(variable);
  }
  for (const auto& [flag, wrong] :
       {std::pair{"--streams-max", "1000001"}, std::pair{"--streams-max", "x"},
        std::pair{"--feed-streams-max", "-1"}, std::pair{"--heartbeat-seconds", "0"},
        std::pair{"--heartbeat-seconds", "3601"}}) {
    CAPTURE(flag, wrong);
    const auto refused = configured({flag, wrong});
    REQUIRE(std::holds_alternative<Exit>(refused));
    CHECK(std::get<Exit>(refused).status == kExitUsage);
  }
}
