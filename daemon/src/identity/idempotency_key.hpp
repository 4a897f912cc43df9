// The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <janji/result.hpp>

namespace janjid {

// A key of 1 to kMax bytes of printable ASCII, unescaped.
class IdempotencyKey {
 public:
  static constexpr std::size_t kMax = 255;

  std::string_view view() const noexcept { return {bytes_.data(), size_}; }

 private:
  friend janji::Result<IdempotencyKey> parse_idempotency_key(std::string_view);
  IdempotencyKey(const std::array<char, kMax>& bytes, std::size_t size)
      : size_(static_cast<std::uint8_t>(size)), bytes_(bytes) {}

  std::uint8_t size_;
  std::array<char, kMax> bytes_;
};

// Reads the header's value: a string of RFC 8941 in double quotes (\" and \\ are its only
// escapes), or the key bare: visible ASCII without double quote, backslash, comma or semicolon.
// "abc" in quotes and bare abc are the same key. Blanks around the value are ignored;
// parameters and lists (the header sent twice) are refused.
// Error: `invalid_argument`; the detail names the header and says what to send.
janji::Result<IdempotencyKey> parse_idempotency_key(std::string_view value);

}  // namespace janjid
