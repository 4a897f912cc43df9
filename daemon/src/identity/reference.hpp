// References: what people write down and read over the telephone, of a booking or a group, and of
// an entitlement.
//
// 18 characters of Crockford's base 32 in three groups of six, e.g. "7K2M9Q-X4TB0R-5HZWC3". 64
// bits are the id under a keyed permutation, 21 bits a keyed checksum (MAC) of those, the last
// character is a check character over GF(32). docs/decisions/0003 says why. The keys of bookings
// and of entitlements differ, so neither's references are good for the other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <janji/types.hpp>

#include "identity/key_ring.hpp"

namespace janjid {

// A reference as it is shown. A value without a pointer.
struct ReferenceText {
  static constexpr std::size_t kSize = 20;  // 18 characters, 2 hyphens
  std::array<char, kSize> chars{};
  std::string_view view() const noexcept { return {chars.data(), chars.size()}; }
};

enum class ReferenceVerdict : std::uint8_t {
  good,      // made with our key; whether the booking is still there the engine knows
  mistyped,  // wrong length, a character that is none of ours, or the check character is wrong
  forged,    // well typed, but never made by us
};

struct ParsedReference {
  ReferenceVerdict verdict{ReferenceVerdict::mistyped};
  janji::BookingId booking;  // 0 unless good
};

struct ParsedEntitlement {
  ReferenceVerdict verdict{ReferenceVerdict::mistyped};
  janji::EntitlementId entitlement;  // 0 unless good
};

// Makes and reads references of numbers. Thread-safe; never allocates.
class SealedIds {
 public:
  SealedIds(const KeyRing& ring, Purpose purpose);

  struct Parsed {
    ReferenceVerdict verdict{ReferenceVerdict::mistyped};
    std::uint64_t id{0};  // 0 unless good
  };

  // `id` must not be 0. The same for the same id as long as the ring's anchor is.
  ReferenceText format(std::uint64_t id) const noexcept;

  // Accepts lower case, hyphens and blanks anywhere, O for 0, I and L for 1. Anything up to any
  // length may be given; more than kInputMax bytes are mistyped. Finds every single wrong
  // character and every exchange of two different ones. A made-up reference whose check
  // character fits is taken for good with a chance of 2^-21.
  Parsed parse(std::string_view text) const noexcept;
  static constexpr std::size_t kInputMax = 64;

 private:
  std::uint64_t encipher(std::uint64_t id) const noexcept;
  std::uint64_t decipher(std::uint64_t sealed) const noexcept;
  std::uint32_t round_bits(std::uint32_t round, std::uint32_t half) const noexcept;
  std::uint32_t mac_bits(std::uint64_t sealed) const noexcept;

  Key16 round_key_;
  Key16 mac_key_;
};

// Of bookings and groups. As SealedIds.
class References {
 public:
  explicit References(const KeyRing& ring) : ids_(ring, Purpose::reference) {}
  ReferenceText format(janji::BookingId booking) const noexcept {
    return ids_.format(booking.value);
  }
  ParsedReference parse(std::string_view text) const noexcept {
    const auto [verdict, id] = ids_.parse(text);
    return {verdict, janji::BookingId{id}};
  }
  static constexpr std::size_t kInputMax = SealedIds::kInputMax;

 private:
  SealedIds ids_;
};

// Of entitlements. As SealedIds.
class EntitlementReferences {
 public:
  explicit EntitlementReferences(const KeyRing& ring) : ids_(ring, Purpose::entitlement) {}
  ReferenceText format(janji::EntitlementId entitlement) const noexcept {
    return ids_.format(entitlement.value);
  }
  ParsedEntitlement parse(std::string_view text) const noexcept {
    const auto [verdict, id] = ids_.parse(text);
    return {verdict, janji::EntitlementId{id}};
  }

 private:
  SealedIds ids_;
};

}  // namespace janjid
