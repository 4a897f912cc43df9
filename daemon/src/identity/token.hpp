// Booking tokens: who shows one has authority over the booking. Never stored; made anew from the
// booking's id, and how often its token was issued anew, whenever it is needed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "identity/keyed_secrets.hpp"

namespace janjid {

// A token as it is sent: base64url of the key's id (8 bits) and a keyed hash (160 bits).
struct TokenText {
  static constexpr std::size_t kSize = 28;
  std::array<char, kSize> chars{};
  std::string_view view() const noexcept { return {chars.data(), chars.size()}; }
};

enum class TokenVerdict : std::uint8_t {
  valid,      // made by us for this booking
  malformed,  // can't be a token at all
  wrong,      // another booking's or another issue's, made up, or made with a key that was retired
};

// Makes and verifies tokens: keyed BLAKE2b over the booking's id and the token's issue.
// Thread-safe; never allocates.
class Tokens {
 public:
  explicit Tokens(const KeyRing& ring);

  // With the ring's current key: after a rotation another one, while the old one stays valid.
  // `booking` must not be 0. `issue`: how often its token was issued anew; each has its own.
  TokenText make(janji::BookingId booking, std::uint8_t issue = 0) const noexcept;

  // Takes the same time whichever byte is wrong.
  TokenVerdict verify(janji::BookingId booking, std::string_view token,
                      std::uint8_t issue = 0) const noexcept;

 private:
  KeyedSecrets keys_;
};

}  // namespace janjid
