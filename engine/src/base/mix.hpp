// Seeded hashing of a few words, for tables in memory (never stored).
#pragma once

#include <cstdint>

namespace janji::base {

// Folds the 128-bit product: every input bit reaches every output bit.
constexpr std::uint64_t fold_multiply(std::uint64_t a, std::uint64_t b) noexcept {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Keyed by `seed`, so that nobody outside can choose keys that collide.
constexpr std::uint64_t mix(std::uint64_t seed, std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t kOdd1 = 0x9E3779B97F4A7C15ULL;
  constexpr std::uint64_t kOdd2 = 0xD6E8FEB86659FD93ULL;
  return fold_multiply(fold_multiply(a ^ seed, kOdd1) ^ b, kOdd2 ^ (seed >> 1));
}

}  // namespace janji::base
