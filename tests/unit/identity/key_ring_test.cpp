#include "identity/key_ring.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "unit/identity/fixed_ring.hpp"

namespace {

using janji::CivilTime;
using janji::Code;
using janjid::KeyId;
using janjid::KeyRing;
using janjid::Purpose;
using janjid::test::fixed_entry;
using janjid::test::fixed_ring;

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

constexpr std::array kPurposes{Purpose::applicant, Purpose::operation, Purpose::payload,
                               Purpose::reference, Purpose::token,     Purpose::details};

TEST_CASE("a generated ring has one fresh key") {
  const KeyRing one = KeyRing::generate(CivilTime{5});
  const KeyRing two = KeyRing::generate(CivilTime{5});
  REQUIRE(one.entries().size() == 1);
  REQUIRE(one.anchor() == KeyId{1});
  REQUIRE(one.current() == KeyId{1});
  REQUIRE(one.entries()[0].created_at == CivilTime{5});
  REQUIRE(hex(one.entries()[0].secret.bytes()) != hex(two.entries()[0].secret.bytes()));
}

TEST_CASE("derived keys are pinned: to change one is to lose what it protects") {
  const KeyRing ring = fixed_ring();
  REQUIRE(hex(ring.derive(KeyId{1}, Purpose::details, 1).bytes()) ==
          "d779b8d7d4293501b271674f3c57b3e5d3df8c16e7187aabd2e082d7f93a3e92");
  REQUIRE(hex(ring.derive(KeyId{1}, Purpose::details, 2).bytes()).substr(0, 8) == "6cb02441");
}

TEST_CASE("keys of different purposes, parts and masters have nothing in common") {
  const KeyRing ring = fixed_ring({{1, 0}, {2, 1}});
  std::set<std::string> seen;
  std::size_t count = 0;
  for (const KeyId id : {KeyId{1}, KeyId{2}}) {
    for (const Purpose purpose : kPurposes) {
      for (const std::uint64_t part : {std::uint64_t{1}, std::uint64_t{2}}) {
        seen.insert(hex(ring.derive(id, purpose, part).bytes()));
        // The short key must not be the long one's beginning either.
        seen.insert(hex(ring.derive16(id, purpose, part).bytes()));
        seen.insert(hex(ring.derive(id, purpose, part).bytes()).substr(0, 32));
        count += 3;
      }
    }
  }
  REQUIRE(seen.size() == count);
}

TEST_CASE("a ring is made of 1 to 8 keys with ascending ids and no empty secret") {
  const auto refused = [](std::vector<KeyRing::Entry> entries) {
    const auto ring = KeyRing::from_entries(std::move(entries));
    REQUIRE(ring.code() == Code::invalid_argument);
    return ring.error().detail;
  };
  REQUIRE(refused({}).find("1 to 8") != std::string::npos);

  std::vector<KeyRing::Entry> many;
  for (std::uint8_t id = 1; id <= 9; ++id) many.push_back(fixed_entry(id, id));
  REQUIRE(refused(std::move(many)).find("9") != std::string::npos);

  std::vector<KeyRing::Entry> zero_id;
  zero_id.push_back(fixed_entry(0, 1));
  REQUIRE(refused(std::move(zero_id)).find("key 0") != std::string::npos);

  std::vector<KeyRing::Entry> twice;
  twice.push_back(fixed_entry(3, 1));
  twice.push_back(fixed_entry(3, 2));
  REQUIRE(refused(std::move(twice)).find("key 3") != std::string::npos);

  std::vector<KeyRing::Entry> empty_secret;
  empty_secret.push_back({KeyId{4}, CivilTime{}, janjid::Key32{}});
  REQUIRE(refused(std::move(empty_secret)).find("key 4") != std::string::npos);
}

TEST_CASE("rotation changes the current key and never the anchor") {
  KeyRing ring = fixed_ring({{5, 0}});
  REQUIRE(ring.rotate(CivilTime{9}).ok());
  REQUIRE(ring.anchor() == KeyId{5});
  REQUIRE(ring.current() == KeyId{6});
  REQUIRE(ring.entries()[1].created_at == CivilTime{9});

  SECTION("up to the limit, which a retirement moves") {
    while (ring.entries().size() < KeyRing::kKeysMax) REQUIRE(ring.rotate(CivilTime{}).ok());
    REQUIRE(ring.rotate(CivilTime{}).code() == Code::limit_reached);
    REQUIRE(ring.retire(KeyId{6}).ok());
    REQUIRE_FALSE(ring.contains(KeyId{6}));
    REQUIRE(ring.rotate(CivilTime{}).ok());
    REQUIRE(ring.current() == KeyId{13});  // never 6 again
  }
  SECTION("but not past the last id") {
    KeyRing last = fixed_ring({{255, 0}});
    REQUIRE(last.rotate(CivilTime{}).code() == Code::limit_reached);
    REQUIRE(last.current() == KeyId{255});
  }
}

TEST_CASE("only a key between the oldest and the newest can be retired") {
  KeyRing ring = fixed_ring({{1, 0}, {2, 1}, {3, 2}});
  REQUIRE(ring.retire(KeyId{1}).error().detail.find("oldest") != std::string::npos);
  REQUIRE(ring.retire(KeyId{3}).error().detail.find("current") != std::string::npos);
  REQUIRE(ring.retire(KeyId{9}).error().detail.find("not in the ring") != std::string::npos);
  REQUIRE(ring.retire(KeyId{0}).code() == Code::invalid_argument);
  REQUIRE(ring.retire(KeyId{2}).ok());
  REQUIRE(ring.retire(KeyId{2}).code() == Code::invalid_argument);
  REQUIRE(ring.entries().size() == 2);
}

}  // namespace
