#include "identity/token.hpp"

#include <algorithm>

#include <sodium.h>

#include <janji/check.hpp>

#include "identity/byte_order.hpp"

namespace janjid {
namespace {

constexpr std::size_t kHash = 20;
constexpr std::size_t kRaw = 1 + kHash;
constexpr int kBase64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
// A whole number of base64 groups: no spare bits, so a token has one spelling.
static_assert(kRaw % 3 == 0 && kRaw / 3 * 4 == TokenText::kSize);

using Hash = std::array<std::uint8_t, kHash>;

Hash hash_of(janji::BookingId booking, const Key32& key) noexcept {
  std::array<std::uint8_t, 8> message;
  store_le(message.data(), booking.value);
  Hash hash;
  crypto_generichash(hash.data(), hash.size(), message.data(), message.size(), key.data(),
                     key.bytes().size());
  return hash;
}

}  // namespace

Tokens::Tokens(const KeyRing& ring) : keys_(ring, Purpose::token) {}

TokenText Tokens::make(janji::BookingId booking) const noexcept {
  JANJI_CHECK(booking.value != 0);
  std::array<std::uint8_t, kRaw> raw;
  raw[0] = keys_.current_id().value;
  const Hash hash = hash_of(booking, keys_.current());
  std::copy(hash.begin(), hash.end(), raw.begin() + 1);
  std::array<char, TokenText::kSize + 1> encoded;  // libsodium ends it with a zero
  sodium_bin2base64(encoded.data(), encoded.size(), raw.data(), raw.size(), kBase64);
  TokenText token;
  std::copy_n(encoded.begin(), TokenText::kSize, token.chars.begin());
  return token;
}

TokenVerdict Tokens::verify(janji::BookingId booking, std::string_view token) const noexcept {
  if (token.size() != TokenText::kSize) return TokenVerdict::malformed;
  std::array<std::uint8_t, kRaw> raw;
  const int rc = sodium_base642bin(raw.data(), raw.size(), token.data(), token.size(), nullptr,
                                   nullptr, nullptr, kBase64);
  if (rc != 0) return TokenVerdict::malformed;
  const Key32* const key = keys_.find(KeyId{raw[0]});
  if (key == nullptr || booking.value == 0) return TokenVerdict::wrong;
  const Hash expected = hash_of(booking, *key);
  return sodium_memcmp(expected.data(), raw.data() + 1, kHash) == 0 ? TokenVerdict::valid
                                                                    : TokenVerdict::wrong;
}

}  // namespace janjid
