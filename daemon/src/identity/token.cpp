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

// The token of `booking` made with the key of that id. The first issue's message is the id alone,
// every other's is longer by its number: no two are the same.
TokenText spell(janji::BookingId booking, std::uint8_t issue, KeyId id, const Key32& key) noexcept {
  std::array<std::uint8_t, 9> message;
  store_le(message.data(), booking.value);
  message[8] = issue;
  const std::size_t size = issue == 0 ? 8 : 9;
  std::array<std::uint8_t, kRaw> raw;
  raw[0] = id.value;
  crypto_generichash(raw.data() + 1, kHash, message.data(), size, key.data(), key.bytes().size());
  std::array<char, TokenText::kSize + 1> encoded;  // libsodium ends it with a zero
  sodium_bin2base64(encoded.data(), encoded.size(), raw.data(), raw.size(), kBase64);
  TokenText token;
  std::copy_n(encoded.begin(), TokenText::kSize, token.chars.begin());
  return token;
}

// -1 for what is no base64url digit. By hand: libsodium 1.0.18 takes bytes above 127 for digits.
constexpr int digit_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  return c == '_' ? 63 : -1;
}

bool well_formed(std::string_view token) {
  return token.size() == TokenText::kSize &&
         std::all_of(token.begin(), token.end(), [](char c) { return digit_value(c) >= 0; });
}

}  // namespace

Tokens::Tokens(const KeyRing& ring) : keys_(ring, Purpose::token) {}

TokenText Tokens::make(janji::BookingId booking, std::uint8_t issue) const noexcept {
  JANJI_CHECK(booking.value != 0);
  return spell(booking, issue, keys_.current_id(), keys_.current());
}

TokenVerdict Tokens::verify(janji::BookingId booking, std::string_view token,
                            std::uint8_t issue) const noexcept {
  if (!well_formed(token)) return TokenVerdict::malformed;
  const int first_byte = (digit_value(token[0]) << 2) | (digit_value(token[1]) >> 4);
  const KeyId id{static_cast<KeyId::rep>(first_byte)};
  const Key32* const key = keys_.find(id);
  if (key == nullptr) return TokenVerdict::wrong;
  const TokenText expected = spell(booking, issue, id, *key);
  const bool same = sodium_memcmp(expected.chars.data(), token.data(), TokenText::kSize) == 0;
  return same ? TokenVerdict::valid : TokenVerdict::wrong;
}

}  // namespace janjid
