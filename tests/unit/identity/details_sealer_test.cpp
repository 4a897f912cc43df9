#include "identity/details_sealer.hpp"

#include <array>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include <sodium.h>
#include <catch2/catch.hpp>

#include "unit/identity/fixed_ring.hpp"

namespace {

using janji::BookingId;
using janji::Code;
using janjid::DetailsSealer;
using janjid::OpenFault;
using janjid::test::fixed_ring;

using Bytes = std::vector<std::byte>;

const std::string kPlain = R"({"name":"Siti","phone":"+60123456789"})";

Bytes sealed_by(const DetailsSealer& sealer, BookingId booking, std::string_view plain) {
  const auto sealed = sealer.seal(booking, plain);
  REQUIRE(sealed.ok());
  return {sealed->view().begin(), sealed->view().end()};
}

TEST_CASE("details come back as they were sealed, at any size that fits") {
  const DetailsSealer sealer{fixed_ring()};
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64},
                                 std::size_t{1000}, DetailsSealer::kPlainMax}) {
    std::string plain;
    for (std::size_t i = 0; i < size; ++i) plain += static_cast<char>(i * 7);
    const Bytes sealed = sealed_by(sealer, BookingId{42}, plain);
    REQUIRE(sealed.size() == size + DetailsSealer::kOverhead);
    REQUIRE(sealed.size() <= janji::kDetailsMax);
    const auto opened = sealer.open(BookingId{42}, sealed);
    REQUIRE(opened.fault == OpenFault::none);
    REQUIRE(opened.plain == plain);
  }
}

TEST_CASE("details that don't fit are refused with both sizes") {
  const DetailsSealer sealer{fixed_ring()};
  const auto sealed = sealer.seal(BookingId{42}, std::string(DetailsSealer::kPlainMax + 1, 'x'));
  REQUIRE(sealed.code() == Code::invalid_argument);
  REQUIRE(sealed.error().detail.find("details are 4051 bytes, at most 4050") == 0);
}

TEST_CASE("details sealed by an earlier build can be opened") {
  std::array<unsigned char, 200> buffer{};
  std::size_t size = 0;
  const std::string hex =
      "01016cb024416465666768696a6b6c6d6e6f707172737475767778797a7bd34b814dff19ff8cd6e6e18cab2a7427"
      "ac85defd2cb544a1a1446a1d1b8f99de1797c11f1f27c0bb25bc94ccc3ac088022674e96c727";
  REQUIRE(sodium_hex2bin(buffer.data(), buffer.size(), hex.data(), hex.size(), nullptr, &size,
                         nullptr) == 0);
  const DetailsSealer sealer{fixed_ring()};
  const auto opened = sealer.open(BookingId{42}, std::as_bytes(std::span{buffer}.first(size)));
  REQUIRE(opened.fault == OpenFault::none);
  REQUIRE(opened.plain == kPlain);
}

TEST_CASE("sealed details show neither the text nor that it is the same") {
  const DetailsSealer sealer{fixed_ring()};
  std::set<Bytes> seen;
  for (int i = 0; i < 1000; ++i) {
    const Bytes sealed = sealed_by(sealer, BookingId{42}, kPlain);
    const std::string text{reinterpret_cast<const char*>(sealed.data()), sealed.size()};
    REQUIRE(text.find("Siti") == std::string::npos);
    seen.insert({sealed.begin() + 6, sealed.begin() + 30});  // the nonce
  }
  REQUIRE(seen.size() == 1000);
}

TEST_CASE("details of who walks in are his, whichever booking he gets") {
  const DetailsSealer sealer{fixed_ring()};
  const janji::ApplicantKey who{7, 9};
  const auto made = sealer.seal(who, kPlain);
  REQUIRE(made.ok());
  const Bytes sealed{made->view().begin(), made->view().end()};
  REQUIRE(sealed.size() == kPlain.size() + DetailsSealer::kOverhead);
  for (const std::uint64_t booking : {42U, 43U}) {
    const auto opened = sealer.open(BookingId{booking}, who, sealed);
    REQUIRE(opened.fault == OpenFault::none);
    REQUIRE(opened.plain == kPlain);
  }
  for (const janji::ApplicantKey other :
       {janji::ApplicantKey{9, 7}, janji::ApplicantKey{7, 8}, janji::ApplicantKey{}}) {
    REQUIRE(sealer.open(BookingId{42}, other, sealed).fault == OpenFault::tampered);
  }
  // Neither is taken for the other.
  Bytes as_a_bookings = sealed;
  as_a_bookings[0] = std::byte{1};
  REQUIRE(sealer.open(BookingId{7}, who, as_a_bookings).fault == OpenFault::tampered);
  Bytes of_a_booking = sealed_by(sealer, BookingId{42}, kPlain);
  REQUIRE(sealer.open(BookingId{42}, who, of_a_booking).fault == OpenFault::none);
  of_a_booking[0] = std::byte{2};
  REQUIRE(sealer.open(BookingId{42}, who, of_a_booking).fault == OpenFault::tampered);
  of_a_booking[0] = std::byte{3};
  REQUIRE(sealer.open(BookingId{42}, who, of_a_booking).fault == OpenFault::malformed);
}

TEST_CASE("any changed bit, any cut and any other booking is noticed") {
  const DetailsSealer sealer{fixed_ring()};
  const Bytes good = sealed_by(sealer, BookingId{42}, kPlain);
  const auto fault = [&](const Bytes& bytes) {
    const auto opened = sealer.open(BookingId{42}, bytes);
    REQUIRE(opened.plain.empty() == (opened.fault != OpenFault::none));
    return opened.fault;
  };
  REQUIRE(fault(good) == OpenFault::none);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] ^= std::byte{1} << (bit % 8);
    const std::size_t at = bit / 8;
    CAPTURE(bit);
    REQUIRE(fault(bad) == (at == 0  ? OpenFault::malformed
                           : at < 6 ? OpenFault::wrong_key
                                    : OpenFault::tampered));
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Bytes bad{good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)};
    REQUIRE(fault(bad) ==
            (size < DetailsSealer::kOverhead ? OpenFault::malformed : OpenFault::tampered));
  }
  Bytes longer = good;
  longer.push_back(std::byte{0});
  REQUIRE(fault(longer) == OpenFault::tampered);
  longer.resize(janji::kDetailsMax + 1);
  REQUIRE(fault(longer) == OpenFault::malformed);
  REQUIRE(sealer.open(BookingId{43}, good).fault == OpenFault::tampered);
  REQUIRE(sealer.open(BookingId{}, good).fault == OpenFault::tampered);
}

TEST_CASE("a wrong key is told from changed bytes") {
  const Bytes sealed = sealed_by(DetailsSealer{fixed_ring()}, BookingId{42}, kPlain);
  // The same key id, another secret: somebody else's key file.
  REQUIRE(DetailsSealer{fixed_ring({{1, 1}})}.open(BookingId{42}, sealed).fault ==
          OpenFault::wrong_key);
  // The key isn't there.
  REQUIRE(DetailsSealer{fixed_ring({{2, 0}})}.open(BookingId{42}, sealed).fault ==
          OpenFault::wrong_key);
  REQUIRE(std::string{janjid::to_string(OpenFault::wrong_key)} == "wrong_key");
  REQUIRE(std::string{janjid::to_string(OpenFault::tampered)} == "tampered");
}

TEST_CASE("after a rotation old details open until their key is retired") {
  janjid::KeyRing ring = fixed_ring({{1, 0}, {2, 1}});
  const Bytes first = sealed_by(DetailsSealer{fixed_ring()}, BookingId{42}, kPlain);
  const Bytes second = sealed_by(DetailsSealer{ring}, BookingId{42}, kPlain);
  REQUIRE(second[1] == std::byte{2});
  REQUIRE(ring.rotate(janji::CivilTime{}).ok());
  const DetailsSealer rotated{ring};
  REQUIRE(rotated.open(BookingId{42}, first).plain == kPlain);
  REQUIRE(rotated.open(BookingId{42}, second).plain == kPlain);
  REQUIRE(ring.retire(janjid::KeyId{2}).ok());
  const DetailsSealer retired{ring};
  REQUIRE(retired.open(BookingId{42}, second).fault == OpenFault::wrong_key);
  REQUIRE(retired.open(BookingId{42}, first).plain == kPlain);
}

}  // namespace
