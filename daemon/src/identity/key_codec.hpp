// The key file's bytes. Little-endian throughout:
//
//   "janjikey" | version u32 = 1 | number of keys u32
//   for each key, oldest first: id u8 | 7 zero bytes | made at, ms since 1970, i64 | secret, 32
//   BLAKE2b-256 of everything before (against damage, not against attackers)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <janji/result.hpp>

#include "identity/key_ring.hpp"

namespace janjid {

inline constexpr std::size_t kKeyFileEntry = 48;
inline constexpr std::size_t kKeyFileMax = 16 + KeyRing::kKeysMax * kKeyFileEntry + 32;

// Writes the ring and returns how many bytes that took.
std::size_t encode_key_ring(const KeyRing& ring, std::span<std::uint8_t, kKeyFileMax> to);

// `damaged` unless the bytes are exactly what encode_key_ring() writes, `invalid_argument` when
// their version is an unknown one; the detail says what is wrong with them.
janji::Result<KeyRing> decode_key_ring(std::span<const std::uint8_t> bytes);

}  // namespace janjid
