#include "identity/reference.hpp"

#include <sodium.h>

#include <janji/check.hpp>

#include "identity/byte_order.hpp"

namespace janjid {
namespace {

// Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U (fewer accidental words).
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> make_digit_values() {
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = kNoDigit;
  const auto set = [&](char letter, std::uint8_t value) {
    values[static_cast<unsigned char>(letter)] = value;
    if (letter >= 'A') values[static_cast<unsigned char>(letter - 'A' + 'a')] = value;
  };
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    set(kAlphabet[i], static_cast<std::uint8_t>(i));
  }
  set('O', 0);
  set('I', 1);
  set('L', 1);
  return values;
}
constexpr std::array<std::uint8_t, 256> kDigitValues = make_digit_values();

constexpr std::size_t kDigits = 18;  // the last one is the check character
constexpr std::size_t kGroup = 6;
constexpr int kMacBits = 21;
static_assert((kDigits - 1) * 5 == 64 + kMacBits);
static_assert(kDigits + kDigits / kGroup - 1 == ReferenceText::kSize);

using Digits = std::array<std::uint8_t, kDigits>;

// In GF(32) with x^5 + x^2 + 1, whose root `a` has order 31: digit i weighs a^(17-i), and the
// weighted sum of a good reference is 0. The weights differ from each other and from 0, hence a
// single wrong digit and an exchange of two different ones always change the sum.
constexpr std::uint8_t times_a(std::uint8_t value) {
  return static_cast<std::uint8_t>((value << 1) ^ ((value & 0x10) != 0 ? 0x25 : 0));
}
static_assert(kDigits <= 31);

constexpr std::uint8_t weighted_sum(const Digits& digits) {
  std::uint8_t sum = 0;
  for (const std::uint8_t digit : digits) sum = static_cast<std::uint8_t>(times_a(sum) ^ digit);
  return sum;
}

struct Parts {
  std::uint64_t sealed;
  std::uint32_t mac;
};

// 12 digits and four bits of the 13th hold `sealed`, its last bit and the next four `mac`.
Digits to_digits(Parts parts) {
  Digits digits{};
  for (std::size_t i = 0; i < 12; ++i) {
    digits[i] = static_cast<std::uint8_t>((parts.sealed >> (59 - 5 * i)) & 31);
  }
  digits[12] = static_cast<std::uint8_t>(((parts.sealed & 15) << 1) | (parts.mac >> 20));
  for (std::size_t i = 13; i < 17; ++i) {
    digits[i] = static_cast<std::uint8_t>((parts.mac >> (5 * (16 - i))) & 31);
  }
  digits[17] = weighted_sum(digits);  // makes the sum 0: the last digit weighs 1
  return digits;
}

Parts from_digits(const Digits& digits) {
  Parts parts{0, digits[12] & 1U};
  for (std::size_t i = 0; i < 12; ++i) parts.sealed = (parts.sealed << 5) | digits[i];
  parts.sealed = (parts.sealed << 4) | (digits[12] >> 1);
  for (std::size_t i = 13; i < 17; ++i) parts.mac = (parts.mac << 5) | digits[i];
  return parts;
}

// False when there are not exactly kDigits digits, or anything else but hyphens and blanks.
bool read_digits(std::string_view text, Digits& digits) {
  if (text.size() > SealedIds::kInputMax) return false;
  std::size_t count = 0;
  for (const char c : text) {
    if (c == '-' || c == ' ') continue;
    const std::uint8_t digit = kDigitValues[static_cast<unsigned char>(c)];
    if (digit == kNoDigit || count == kDigits) return false;
    digits[count++] = digit;
  }
  return count == kDigits;
}

std::uint64_t keyed_hash(const Key16& key, std::uint64_t message) noexcept {
  static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8);
  std::array<std::uint8_t, 8> in;
  std::array<std::uint8_t, 8> out;
  store_le(in.data(), message);
  crypto_shorthash(out.data(), in.data(), in.size(), key.data());
  return load_le<std::uint64_t>(out.data());
}

// A Feistel network of keyed SipHash: with four rounds a pseudorandom permutation by Luby and
// Rackoff, and with ten the known generic attacks are past the number of ids there can be.
constexpr std::uint32_t kRounds = 10;

}  // namespace

SealedIds::SealedIds(const KeyRing& ring, Purpose purpose)
    : round_key_(ring.derive16(ring.anchor(), purpose, 1)),
      mac_key_(ring.derive16(ring.anchor(), purpose, 2)) {}

ReferenceText SealedIds::format(std::uint64_t id) const noexcept {
  JANJI_CHECK(id != 0);
  const std::uint64_t sealed = encipher(id);
  const Digits digits = to_digits({sealed, mac_bits(sealed)});
  ReferenceText text;
  std::size_t at = 0;
  for (std::size_t i = 0; i < kDigits; ++i) {
    if (i != 0 && i % kGroup == 0) text.chars[at++] = '-';
    text.chars[at++] = kAlphabet[digits[i]];
  }
  return text;
}

SealedIds::Parsed SealedIds::parse(std::string_view text) const noexcept {
  Digits digits{};
  if (!read_digits(text, digits) || weighted_sum(digits) != 0) return {};
  const Parts parts = from_digits(digits);
  const std::uint32_t expected = mac_bits(parts.sealed);
  const bool ours = sodium_memcmp(&expected, &parts.mac, sizeof expected) == 0;
  const std::uint64_t id = ours ? decipher(parts.sealed) : 0;
  if (id == 0) return {ReferenceVerdict::forged, 0};
  return {ReferenceVerdict::good, id};
}

std::uint64_t SealedIds::encipher(std::uint64_t id) const noexcept {
  auto left = static_cast<std::uint32_t>(id >> 32);
  auto right = static_cast<std::uint32_t>(id);
  for (std::uint32_t round = 0; round < kRounds; ++round) {
    const std::uint32_t next = left ^ round_bits(round, right);
    left = right;
    right = next;
  }
  return (std::uint64_t{left} << 32) | right;
}

std::uint64_t SealedIds::decipher(std::uint64_t sealed) const noexcept {
  auto left = static_cast<std::uint32_t>(sealed >> 32);
  auto right = static_cast<std::uint32_t>(sealed);
  for (std::uint32_t round = kRounds; round-- > 0;) {
    const std::uint32_t before = right ^ round_bits(round, left);
    right = left;
    left = before;
  }
  return (std::uint64_t{left} << 32) | right;
}

std::uint32_t SealedIds::round_bits(std::uint32_t round, std::uint32_t half) const noexcept {
  return static_cast<std::uint32_t>(
      keyed_hash(round_key_, (std::uint64_t{round} << 32) | std::uint64_t{half}));
}

std::uint32_t SealedIds::mac_bits(std::uint64_t sealed) const noexcept {
  return static_cast<std::uint32_t>(keyed_hash(mac_key_, sealed) >> (64 - kMacBits));
}

}  // namespace janjid
