// Checksums of what is stored: XXH3. They find accidents, not forgers.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

namespace janji::record {

struct Hash128 {
  std::uint64_t lo{};
  std::uint64_t hi{};
  friend constexpr auto operator<=>(const Hash128&, const Hash128&) = default;
};

// `seed` binds the bytes to where they belong: its key, so that a row under another's key is found.
std::uint64_t hash64(std::span<const std::byte> bytes, std::uint64_t seed) noexcept;

Hash128 hash128(std::span<const std::byte> bytes) noexcept;

}  // namespace janji::record
