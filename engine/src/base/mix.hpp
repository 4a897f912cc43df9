// Seeded hashing of a few words, for tables in memory (never stored).
#pragma once

#include <cstdint>

namespace janji::base {

// The one extension of GCC and Clang used: one instruction where there would be four products.
__extension__ using Wide = unsigned __int128;

// Folds the 128-bit product: every input bit reaches every output bit.
constexpr std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) noexcept {
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// `hash` scaled to 0 .. size - 1 by its high bits.
constexpr std::uint64_t scale(std::uint64_t hash, std::uint64_t size) noexcept {
  return static_cast<std::uint64_t>((static_cast<Wide>(hash) * size) >> 64);
}

// Keyed by `seed`, so that nobody outside can choose keys that collide.
constexpr std::uint64_t mix(std::uint64_t seed, std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t kOdd1 = 0x9E3779B97F4A7C15ULL;
  constexpr std::uint64_t kOdd2 = 0xD6E8FEB86659FD93ULL;
  return fold_multiply(fold_multiply(a ^ seed, kOdd1) ^ b, kOdd2 ^ (seed >> 1));
}

}  // namespace janji::base
