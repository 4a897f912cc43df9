#include "identity/key_codec.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <sodium.h>
#include <catch2/catch.hpp>

#include "unit/identity/fixed_ring.hpp"

namespace {

using janji::Code;
using janjid::decode_key_ring;
using janjid::KeyRing;
using janjid::test::fixed_ring;

using Bytes = std::vector<std::uint8_t>;

Bytes encoded(const KeyRing& ring) {
  std::array<std::uint8_t, janjid::kKeyFileMax> buffer;
  const std::size_t size = encode_key_ring(ring, buffer);
  return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size)};
}

// Makes the checksum right again after the bytes were changed.
Bytes with_checksum(Bytes bytes) {
  const std::size_t body = bytes.size() - 32;
  crypto_generichash(bytes.data() + body, 32, bytes.data(), body, nullptr, 0);
  return bytes;
}

std::string problem(const Bytes& bytes, Code code = Code::damaged) {
  const auto ring = decode_key_ring(bytes);
  REQUIRE(ring.code() == code);
  return ring.error().detail;
}

TEST_CASE("the key file's bytes are pinned") {
  Bytes expected(128);
  REQUIRE(sodium_hex2bin(expected.data(), expected.size(),
                         "6a616e6a696b6579010000000100000001000000000000000068e5cf8b010000"
                         "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
                         "aa5148563aae59ab66d41e97339bee752108df1620325ba5e9cbee9b64555083",
                         192, nullptr, nullptr, nullptr) == 0);
  expected.resize(96);
  REQUIRE(encoded(fixed_ring()) == expected);
}

TEST_CASE("a ring of any size survives encoding") {
  KeyRing ring = fixed_ring({{7, 40}});
  for (std::size_t keys = 1; keys <= KeyRing::kKeysMax; ++keys) {
    const auto decoded = decode_key_ring(encoded(ring));
    REQUIRE(decoded.ok());
    REQUIRE(decoded->entries().size() == keys);
    for (std::size_t i = 0; i < keys; ++i) {
      const KeyRing::Entry& was = ring.entries()[i];
      const KeyRing::Entry& is = decoded->entries()[i];
      REQUIRE(is.id == was.id);
      REQUIRE(is.created_at == was.created_at);
      REQUIRE(std::ranges::equal(is.secret.bytes(), was.secret.bytes()));
    }
    if (keys < KeyRing::kKeysMax) REQUIRE(ring.rotate(janji::CivilTime{-3}).ok());
  }
  REQUIRE(encoded(ring).size() == janjid::kKeyFileMax);
}

TEST_CASE("every single changed bit of a key file is noticed") {
  const Bytes good = encoded(fixed_ring({{1, 0}, {2, 9}}));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    CAPTURE(bit);
    REQUIRE_FALSE(decode_key_ring(bad).ok());
  }
}

TEST_CASE("a key file that is cut short or too long is noticed at any length") {
  Bytes bytes = encoded(fixed_ring({{1, 0}, {2, 9}}));
  bytes.resize(bytes.size() + 64, 0);
  const std::size_t right = bytes.size() - 64;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const auto ring = decode_key_ring(std::span{bytes}.first(size));
    CAPTURE(size);
    REQUIRE(ring.ok() == (size == right));
  }
}

TEST_CASE("what is wrong with a key file is named") {
  const Bytes good = encoded(fixed_ring());
  REQUIRE(problem({}).find("too short") != std::string::npos);
  REQUIRE(problem(Bytes(96, 'x')).find("does not begin") != std::string::npos);

  Bytes newer = good;
  newer[8] = 2;
  REQUIRE(problem(with_checksum(newer), Code::invalid_argument).find("format is 2") !=
          std::string::npos);

  Bytes no_keys = good;
  no_keys[12] = 0;
  REQUIRE(problem(with_checksum(no_keys)).find("0 keys") != std::string::npos);
  Bytes many_keys = good;
  many_keys[15] = 0xff;
  REQUIRE(problem(with_checksum(many_keys)).find("keys") != std::string::npos);

  Bytes changed = good;
  changed[40] ^= 1;
  REQUIRE(problem(changed).find("checksum") != std::string::npos);

  Bytes reserved = good;
  reserved[17] = 1;
  REQUIRE(problem(with_checksum(reserved)).find("reserved") != std::string::npos);

  Bytes zero = good;
  std::fill_n(zero.begin() + 32, 32, std::uint8_t{0});
  REQUIRE(problem(with_checksum(zero)).find("all zero") != std::string::npos);
}

}  // namespace
