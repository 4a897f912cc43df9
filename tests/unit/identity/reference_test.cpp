#include "identity/reference.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "unit/identity/fixed_ring.hpp"

namespace {

using janji::BookingId;
using janji::EntitlementId;
using janjid::ParsedReference;
using janjid::References;
using janjid::ReferenceVerdict;
using janjid::test::fixed_ring;

const std::string kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::string compact(const References& references, BookingId id) {
  std::string text{references.format(id).view()};
  std::erase(text, '-');
  return text;
}

TEST_CASE("references are pinned") {
  const References references{fixed_ring()};
  REQUIRE(references.format(BookingId{1}).view() == "NCPRKN-CH40D6-6NSYDJ");
  REQUIRE(references.format(BookingId{2}).view() == "NJK02X-7KKV8V-9BG03J");
  REQUIRE(references.format(BookingId{0x0123456789abcdef}).view() == "N0SZ7S-A19GF5-83KSVB");
  REQUIRE(references.format(BookingId{~std::uint64_t{0}}).view() == "XH196B-JF63RR-AB9EJS");
}

TEST_CASE("references of entitlements are pinned, and no booking's, nor the other way round") {
  const janjid::EntitlementReferences entitlements{fixed_ring()};
  const References bookings{fixed_ring()};
  std::mt19937_64 random{3};
  REQUIRE(entitlements.format(EntitlementId{1}).view() == "4Q7F5Y-6WRSET-D6GX96");
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t value = random() | 1;
    const auto text = entitlements.format(EntitlementId{value});
    const auto parsed = entitlements.parse(text.view());
    REQUIRE(parsed.verdict == ReferenceVerdict::good);
    REQUIRE(parsed.entitlement.value == value);
    REQUIRE(bookings.parse(text.view()).verdict == ReferenceVerdict::forged);
    REQUIRE(entitlements.parse(bookings.format(BookingId{value}).view()).verdict ==
            ReferenceVerdict::forged);
  }
}

TEST_CASE("every booking id comes back from its reference") {
  const References references{fixed_ring()};
  std::mt19937_64 random{1};
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t value =
        i < 5'000 ? static_cast<std::uint64_t>(i) + 1 : random() >> (i % 64);
    if (value == 0) continue;
    const ParsedReference parsed = references.parse(references.format(BookingId{value}).view());
    REQUIRE(parsed.verdict == ReferenceVerdict::good);
    REQUIRE(parsed.booking.value == value);
  }
}

TEST_CASE("a reference is read as people write it") {
  const References references{fixed_ring()};
  const BookingId id{2};  // NJK02X-7KKV8V-9BG03J: has zeros
  for (const char* text :
       {"NJK02X-7KKV8V-9BG03J", "NJK02X7KKV8V9BG03J", "njk02x-7kkv8v-9bg03j", "NJKO2X7KKV8V9BGo3J",
        " NJK 02X 7KK V8V 9BG 03J ", "N-J-K-0-2-X-7-K-K-V-8-V-9-B-G-0-3-J"}) {
    CAPTURE(text);
    REQUIRE(references.parse(text).verdict == ReferenceVerdict::good);
    REQUIRE(references.parse(text).booking == id);
  }
  const BookingId other{0x0123456789abcdef};  // N0SZ7S-A19GF5-83KSVB: has a one
  for (const char* text : {"NOSZ7S-AI9GF5-83KSVB", "n0sz7s-al9gf5-83ksvb", "N0SZ7SAi9GF583KSVB",
                           "N0SZ7SAL9GF583KSVB"}) {
    REQUIRE(references.parse(text).booking == other);
  }
}

TEST_CASE("what can't be a reference is mistyped") {
  const References references{fixed_ring()};
  const std::string good = "NJK02X7KKV8V9BG03J";
  for (const std::string& text :
       {std::string{}, std::string{"-"}, std::string{" - "}, good.substr(1), good + "0", "0" + good,
        good.substr(0, 17), good.substr(0, 17) + "U", good.substr(0, 17) + "u",
        good.substr(0, 17) + "_", good.substr(0, 17) + "*", good + "\n", "\t" + good,
        good.substr(0, 17) + "\xc3\xa9", std::string{"ＮJK02X7KKV8V9BG03J"},
        good.substr(0, 9) + std::string(1, '\0') + good.substr(9), std::string(18, '-'),
        std::string(1 << 20, 'A'), good + std::string(60, ' ')}) {
    CAPTURE(text);
    const ParsedReference parsed = references.parse(text);
    REQUIRE(parsed.verdict == ReferenceVerdict::mistyped);
    REQUIRE(parsed.booking == BookingId{});
  }
  REQUIRE(references.parse(good + std::string(46, ' ')).verdict == ReferenceVerdict::good);
}

TEST_CASE("every single wrong character is noticed at every place") {
  const References references{fixed_ring()};
  for (std::uint64_t id = 1; id <= 40; ++id) {
    const std::string good = compact(references, BookingId{id * 0x9e3779b97f4a7c15});
    for (std::size_t place = 0; place < good.size(); ++place) {
      for (const char wrong : kAlphabet) {
        if (wrong == good[place]) continue;
        std::string bad = good;
        bad[place] = wrong;
        REQUIRE(references.parse(bad).verdict == ReferenceVerdict::mistyped);
      }
    }
  }
}

TEST_CASE("every exchange of two different characters is noticed, neighbours or not") {
  const References references{fixed_ring()};
  for (std::uint64_t id = 1; id <= 200; ++id) {
    const std::string good = compact(references, BookingId{id * 0x9e3779b97f4a7c15});
    for (std::size_t one = 0; one < good.size(); ++one) {
      for (std::size_t two = one + 1; two < good.size(); ++two) {
        if (good[one] == good[two]) continue;
        std::string bad = good;
        std::swap(bad[one], bad[two]);
        REQUIRE(references.parse(bad).verdict == ReferenceVerdict::mistyped);
      }
    }
  }
}

TEST_CASE("a lost or doubled character is noticed") {
  const References references{fixed_ring()};
  for (std::uint64_t id = 1; id <= 200; ++id) {
    const std::string good = compact(references, BookingId{id});
    for (std::size_t place = 0; place < good.size(); ++place) {
      std::string shorter = good;
      shorter.erase(place, 1);
      std::string longer = good;
      longer.insert(place, 1, good[place]);
      REQUIRE(references.parse(shorter).verdict == ReferenceVerdict::mistyped);
      REQUIRE(references.parse(longer).verdict == ReferenceVerdict::mistyped);
    }
  }
}

TEST_CASE("references outlive a rotation, and another installation's are forged") {
  const References references{fixed_ring()};
  const References rotated{fixed_ring({{1, 0}, {2, 1}})};
  const References strangers{fixed_ring({{1, 1}})};
  int refused = 0;
  for (std::uint64_t id = 1; id <= 1000; ++id) {
    const auto text = references.format(BookingId{id});
    REQUIRE(rotated.format(BookingId{id}).view() == text.view());
    if (strangers.parse(text.view()).verdict == ReferenceVerdict::forged) ++refused;
  }
  REQUIRE(refused == 1000);
}

}  // namespace
