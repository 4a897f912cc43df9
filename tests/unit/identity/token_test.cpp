#include "identity/token.hpp"

#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "unit/identity/fixed_ring.hpp"

namespace {

using janji::BookingId;
using janjid::Tokens;
using janjid::TokenVerdict;
using janjid::test::fixed_ring;

TEST_CASE("tokens are pinned") {
  const Tokens tokens{fixed_ring()};
  REQUIRE(tokens.make(BookingId{1}).view() == "AVV7rwaE2IoSLEFC9GHPL5YkcJwG");
  REQUIRE(tokens.make(BookingId{0x0123456789abcdef}).view() == "AdK00sDIsaYgp0AIAdMDtwP8cb-B");
}

TEST_CASE("a token is good for its own booking alone") {
  const Tokens tokens{fixed_ring()};
  std::set<std::string> seen;
  for (std::uint64_t id = 1; id <= 300; ++id) {
    const auto token = tokens.make(BookingId{id});
    seen.emplace(token.view());
    for (std::uint64_t other = 1; other <= 300; ++other) {
      REQUIRE(tokens.verify(BookingId{other}, token.view()) ==
              (id == other ? TokenVerdict::valid : TokenVerdict::wrong));
    }
    REQUIRE(tokens.verify(BookingId{}, token.view()) == TokenVerdict::wrong);
  }
  REQUIRE(seen.size() == 300);
}

TEST_CASE("each issue of a booking's token is another one, and good for that issue alone") {
  const Tokens tokens{fixed_ring()};
  CHECK(tokens.make(BookingId{1}, 0).view() == tokens.make(BookingId{1}).view());
  std::set<std::string> seen;
  for (std::uint64_t id = 1; id <= 20; ++id) {
    for (std::uint8_t issue = 0; issue < 20; ++issue) {
      const auto token = tokens.make(BookingId{id}, issue);
      seen.emplace(token.view());
      for (std::uint8_t other = 0; other < 20; ++other) {
        REQUIRE(tokens.verify(BookingId{id}, token.view(), other) ==
                (issue == other ? TokenVerdict::valid : TokenVerdict::wrong));
      }
    }
  }
  REQUIRE(seen.size() == 400);
}

TEST_CASE("a token with any one character changed is refused") {
  const Tokens tokens{fixed_ring()};
  const std::string good{tokens.make(BookingId{5}).view()};
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (int c = 0; c < 256; ++c) {
      std::string bad = good;
      bad[place] = static_cast<char>(c);
      if (bad == good) continue;
      const bool digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                         (c >= 'a' && c <= 'z') || c == '-' || c == '_';
      CAPTURE(place, c);
      REQUIRE(tokens.verify(BookingId{5}, bad) ==
              (digit ? TokenVerdict::wrong : TokenVerdict::malformed));
    }
  }
}

TEST_CASE("what can't be a token is malformed") {
  const Tokens tokens{fixed_ring()};
  const std::string good{tokens.make(BookingId{5}).view()};
  REQUIRE(tokens.verify(BookingId{5}, good) == TokenVerdict::valid);
  for (const std::string& bad :
       {std::string{}, good.substr(0, 27), good + "A", good + "=", good + "\n", " " + good,
        good.substr(0, 27) + "=", good.substr(0, 27) + "+", good.substr(0, 27) + "/",
        good.substr(0, 27) + std::string(1, '\0'), std::string(28, '='), std::string(28, '\xff'),
        std::string(100'000, 'A')}) {
    REQUIRE(tokens.verify(BookingId{5}, bad) == TokenVerdict::malformed);
  }
  // Well formed, but made up; the first with key id 0, the second with one that isn't there.
  REQUIRE(tokens.verify(BookingId{5}, std::string(28, 'A')) == TokenVerdict::wrong);
  REQUIRE(tokens.verify(BookingId{5}, std::string(28, '_')) == TokenVerdict::wrong);
}

TEST_CASE("after a rotation old tokens stay valid until their key is retired") {
  janjid::KeyRing ring = fixed_ring({{1, 0}, {2, 1}});
  const auto first = Tokens{fixed_ring()}.make(BookingId{9});
  const auto second = Tokens{ring}.make(BookingId{9});
  REQUIRE(first.view() != second.view());
  REQUIRE(ring.rotate(janji::CivilTime{}).ok());
  const Tokens rotated{ring};
  REQUIRE(rotated.verify(BookingId{9}, first.view()) == TokenVerdict::valid);
  REQUIRE(rotated.verify(BookingId{9}, second.view()) == TokenVerdict::valid);
  REQUIRE(rotated.verify(BookingId{9}, rotated.make(BookingId{9}).view()) == TokenVerdict::valid);

  REQUIRE(ring.retire(janjid::KeyId{2}).ok());
  const Tokens retired{ring};
  REQUIRE(retired.verify(BookingId{9}, second.view()) == TokenVerdict::wrong);
  REQUIRE(retired.verify(BookingId{9}, first.view()) == TokenVerdict::valid);
}

TEST_CASE("a token of another installation is refused") {
  const auto token = Tokens{fixed_ring({{1, 1}})}.make(BookingId{9});
  REQUIRE(Tokens{fixed_ring()}.verify(BookingId{9}, token.view()) == TokenVerdict::wrong);
}

}  // namespace
