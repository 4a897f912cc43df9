#include "identity/operation_id.hpp"

#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "unit/identity/fixed_ring.hpp"

namespace {

using janji::ApplicantKey;
using janji::BookingId;
using janji::OperationId;
using janjid::OperationIds;
using janjid::OperationParts;
using janjid::test::fixed_ring;

TEST_CASE("operation ids are pinned") {
  const OperationIds ids{fixed_ring()};
  REQUIRE(ids.make({"", "POST /v1/claims", ApplicantKey{1, 2}, "key-1", {}}) ==
          OperationId{0x3f2aaaeb09c9792e, 0x64f76e891a90634e});
  REQUIRE(ids.make({"staff", "POST /v1/bookings/{reference}/confirm", BookingId{42}, "key-1", 7}) ==
          OperationId{0xd84cd3f1be05767c, 0x2c9d8cd3da0bdbaa});
}

TEST_CASE("an operation id changes with every part, and only with them") {
  const OperationIds ids{fixed_ring()};
  const std::vector<OperationParts> different{
      {"", "r", ApplicantKey{1, 2}, "k", {}},
      {"c", "r", ApplicantKey{1, 2}, "k", {}},
      {"", "s", ApplicantKey{1, 2}, "k", {}},
      {"", "r", ApplicantKey{2, 1}, "k", {}},
      {"", "r", ApplicantKey{1, 3}, "k", {}},
      {"", "r", ApplicantKey{0, 1}, "k", {}},
      {"", "r", BookingId{1}, "k", {}},
      {"", "r", BookingId{2}, "k", {}},
      {"", "r", ApplicantKey{1, 2}, "l", {}},
      {"", "r", ApplicantKey{1, 2}, "k", 0},
      {"", "r", ApplicantKey{1, 2}, "k", 1},
      {"", "r", ApplicantKey{1, 2}, "k", 256},
      // The same characters, cut differently.
      {"", "", ApplicantKey{1, 2}, "rk", {}},
      {"r", "", ApplicantKey{1, 2}, "k", {}},
      {"", "rk", ApplicantKey{1, 2}, "", {}},
      {"ab", "c", ApplicantKey{1, 2}, "k", {}},
      {"a", "bc", ApplicantKey{1, 2}, "k", {}},
      {std::string_view{"a\0", 2}, "b", ApplicantKey{1, 2}, "k", {}},
      {"a", std::string_view{"\0b", 2}, ApplicantKey{1, 2}, "k", {}},
  };
  std::set<OperationId> seen;
  for (const OperationParts& parts : different) {
    const OperationId id = ids.make(parts);
    REQUIRE_FALSE(id.empty());
    REQUIRE(id == ids.make(parts));
    seen.insert(id);
  }
  REQUIRE(seen.size() == different.size());
}

TEST_CASE("what stands in a key can't be taken for the parts behind it") {
  // Caller, route and key come from outside: a key that spells the encoding of an index, of
  // another length or of another tag must not meet the id in which that index was real.
  const OperationIds ids{fixed_ring()};
  const OperationId real = ids.make({"", "r", BookingId{1}, "k", 7});
  const std::string index{"\x05\x07\0\0\0\0\0\0\0", 9};
  REQUIRE(ids.make({"", "r", BookingId{1}, "k" + index, {}}) != real);
  const std::string next{"\x01\x01\0\0\0\0\0\0\0", 9};
  REQUIRE(ids.make({"a" + next + "b", "", BookingId{1}, "k", {}}) !=
          ids.make({"a", "b", BookingId{1}, "k", {}}));
}

TEST_CASE("operation ids and payload hashes depend on the anchor alone") {
  const OperationIds ids{fixed_ring()};
  const OperationIds others{fixed_ring({{1, 1}})};
  const OperationIds rotated{fixed_ring({{1, 0}, {2, 1}})};
  const OperationParts parts{"c", "r", BookingId{1}, "k", {}};
  REQUIRE(ids.make(parts) == rotated.make(parts));
  REQUIRE(ids.make(parts) != others.make(parts));
  REQUIRE(ids.payload().add("x").finish() == rotated.payload().add("x").finish());
  REQUIRE(ids.payload().add("x").finish() != others.payload().add("x").finish());
}

TEST_CASE("payload hashes are pinned") {
  const OperationIds ids{fixed_ring()};
  REQUIRE(ids.payload().add("slot").add(std::uint64_t{3}).finish() == 0x1d58f922e7389533);
  REQUIRE(ids.payload().finish() == 0xffce7e7eb6dd5d4b);
}

TEST_CASE("a payload hash tells fields from their neighbours and text from numbers") {
  const OperationIds ids{fixed_ring()};
  const std::string eight{"\x03\0\0\0\0\0\0\0", 8};
  const std::set<std::uint64_t> seen{
      ids.payload().finish(),
      ids.payload().add("").finish(),
      ids.payload().add("").add("").finish(),
      ids.payload().add("ab").add("c").finish(),
      ids.payload().add("a").add("bc").finish(),
      ids.payload().add("abc").finish(),
      ids.payload().add(std::uint64_t{3}).finish(),
      ids.payload().add(std::uint64_t{0}).finish(),
      ids.payload().add(eight).finish(),
      ids.payload().add(std::string(20'000, 'x')).finish(),
      ids.payload().add(std::string(20'001, 'x')).finish(),
  };
  REQUIRE(seen.size() == 11);
}

}  // namespace
