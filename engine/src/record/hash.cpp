#include "record/hash.hpp"

// Inlined, so that it is compiled with our own optimisation and costs no call through the PLT.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace janji::record {

std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

Hash128 hash128(std::span<const std::byte> bytes) noexcept {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return Hash128{hash.low64, hash.high64};
}

}  // namespace janji::record
