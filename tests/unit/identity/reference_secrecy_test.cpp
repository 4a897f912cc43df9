// What someone without the key can do with references: nothing that luck can't.
#include "identity/reference.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <unordered_set>
#include <vector>

#include <catch2/catch.hpp>

#include "unit/identity/fixed_ring.hpp"

namespace {

using janji::BookingId;
using janjid::References;
using janjid::ReferenceVerdict;
using janjid::test::fixed_ring;

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kData = 17;  // characters without the check character
constexpr std::size_t kBits = kData * 5;

using Data = std::array<std::uint8_t, kData>;

// The check character by a table of powers: written apart from the code under test, as a forger
// would write it from the documentation.
char check_character(const Data& data) {
  std::array<unsigned, 31> power{};
  std::array<unsigned, 32> exponent{};
  unsigned value = 1;
  for (unsigned i = 0; i < power.size(); ++i) {
    power[i] = value;
    exponent[value] = i;
    value <<= 1;
    if (value >= 32) value ^= 0b100101;
  }
  unsigned sum = 0;
  for (unsigned i = 0; i < data.size(); ++i) {
    if (data[i] != 0) sum ^= power[(exponent[data[i]] + 17 - i) % 31];
  }
  return kAlphabet[sum];
}

std::string spelled(const Data& data) {
  std::string text;
  for (const std::uint8_t digit : data) text += kAlphabet[digit];
  return text + check_character(data);
}

Data data_of(const References& references, std::uint64_t id) {
  const auto text = references.format(BookingId{id});
  Data data{};
  std::size_t i = 0;
  for (const char c : text.view()) {
    if (c != '-' && i < kData) data[i++] = static_cast<std::uint8_t>(kAlphabet.find(c));
  }
  return data;
}

bool bit(const Data& data, std::size_t at) {
  return ((data[at / 5] >> (4 - at % 5)) & 1) != 0;
}

int distance(const Data& one, const Data& two) {
  int count = 0;
  for (std::size_t i = 0; i < kData; ++i) {
    count += std::popcount(static_cast<unsigned>(one[i] ^ two[i]));
  }
  return count;
}

// Ids as they are given out: consecutive places, generation 0, one epoch for a whole run.
std::uint64_t nth_id(std::uint64_t n) {
  constexpr std::uint64_t kEpoch = 0x5a5a5;
  return ((n + 1) << 36) | kEpoch;
}

// The mean of `n` fair coins lies within 5 standard deviations of a half, but once in 1.7 million.
bool fair(double heads, double n) {
  return std::abs(heads - n / 2) <= 5 * std::sqrt(n) / 2;
}

TEST_CASE("a million references made up with a fitting check character are refused") {
  const References references{fixed_ring()};
  std::mt19937_64 random{20240601};
  int taken = 0;
  int mistyped = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    Data data;
    for (std::uint8_t& digit : data) digit = static_cast<std::uint8_t>(random() & 31);
    const ReferenceVerdict verdict = references.parse(spelled(data)).verdict;
    if (verdict == ReferenceVerdict::good) ++taken;
    if (verdict == ReferenceVerdict::mistyped) ++mistyped;
  }
  REQUIRE(mistyped == 0);  // each got as far as the keyed checksum
  // 0.48 are to be expected at a chance of 2^-21; more than 5 come once in 100,000 runs.
  REQUIRE(taken <= 5);
}

TEST_CASE("a true reference changed at any place, its check character mended, is forged") {
  const References references{fixed_ring()};
  int tried = 0;
  int taken = 0;
  for (std::uint64_t n = 0; n < 100; ++n) {
    const Data good = data_of(references, nth_id(n));
    REQUIRE(references.parse(spelled(good)).booking == BookingId{nth_id(n)});
    for (std::size_t place = 0; place < kData; ++place) {
      for (unsigned change = 1; change < 32; ++change) {
        Data bad = good;
        bad[place] = static_cast<std::uint8_t>(bad[place] ^ change);
        ++tried;
        if (references.parse(spelled(bad)).verdict != ReferenceVerdict::forged) ++taken;
      }
    }
  }
  REQUIRE(tried == 52'700);
  REQUIRE(taken == 0);  // 0.025 are to be expected
}

TEST_CASE("references of consecutive ids show no structure") {
  const References references{fixed_ring()};
  constexpr int kCount = 20'000;
  std::vector<Data> all;
  for (int n = 0; n < kCount; ++n) {
    all.push_back(data_of(references, nth_id(static_cast<std::uint64_t>(n))));
  }

  SECTION("each bit is a fair coin, and so is each bit's change from one id to the next") {
    for (std::size_t at = 0; at < kBits; ++at) {
      int set = 0;
      int changed = 0;
      for (std::size_t n = 0; n < all.size(); ++n) {
        set += bit(all[n], at) ? 1 : 0;
        if (n != 0) changed += bit(all[n], at) != bit(all[n - 1], at) ? 1 : 0;
      }
      CAPTURE(at, set, changed);
      REQUIRE(fair(set, kCount));
      REQUIRE(fair(changed, kCount - 1));
    }
  }
  SECTION("neighbours differ in half of all bits") {
    double sum = 0;
    for (std::size_t n = 1; n < all.size(); ++n) {
      const int bits = distance(all[n], all[n - 1]);
      REQUIRE(bits >= 17);  // 5.5 standard deviations below 42.5
      sum += bits;
    }
    REQUIRE(fair(sum, static_cast<double>(kBits) * (kCount - 1)));
  }
  SECTION("characters are spread evenly at every place") {
    for (std::size_t place = 0; place < kData; ++place) {
      std::array<int, 32> count{};
      for (const Data& data : all) ++count[data[place]];
      double chi_square = 0;
      const double expected = kCount / 32.0;
      for (const int n : count) chi_square += (n - expected) * (n - expected) / expected;
      CAPTURE(place, chi_square);
      REQUIRE(chi_square < 75);  // 31 degrees of freedom: once in 60,000
      REQUIRE(chi_square > 8);   // too even is suspicious too
    }
  }
  SECTION("no two agree in their first ten characters, and none twice") {
    std::unordered_set<std::string> starts;
    for (const Data& data : all) starts.insert(spelled(data).substr(0, 10));
    REQUIRE(starts.size() == all.size());
  }
}

TEST_CASE("each bit of an id changes half of its reference") {
  const References references{fixed_ring()};
  constexpr int kIds = 300;
  std::mt19937_64 random{7};
  for (int flipped = 0; flipped < 64; ++flipped) {
    double changed = 0;
    for (int n = 0; n < kIds; ++n) {
      const std::uint64_t id = random();
      const std::uint64_t other = id ^ (std::uint64_t{1} << flipped);
      changed += distance(data_of(references, id), data_of(references, other));
    }
    CAPTURE(flipped, changed);
    REQUIRE(fair(changed, static_cast<double>(kBits) * kIds));
  }
}

}  // namespace
