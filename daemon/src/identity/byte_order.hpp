// Integers as bytes, least significant first, whatever the machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace janjid {

template <class Unsigned>
void store_le(std::uint8_t* to, Unsigned value) noexcept {
  static_assert(std::is_unsigned_v<Unsigned>);
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    to[i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

template <class Unsigned>
Unsigned load_le(const std::uint8_t* from) noexcept {
  static_assert(std::is_unsigned_v<Unsigned>);
  Unsigned value = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    value = static_cast<Unsigned>(value | static_cast<Unsigned>(Unsigned{from[i]} << (8 * i)));
  }
  return value;
}

}  // namespace janjid
