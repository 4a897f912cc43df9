// How a BookingId is made up: place in the slab, how often that place was used, and the random
// part of the epoch under which it was made. The last two together never repeat for a place: the
// generation within a lineage, the random part (with probability 1 - 2^-20) in a restored one.
#pragma once

#include <cstdint>

#include <janji/types.hpp>

namespace janji::record {

inline constexpr int kPlaceBits = 28;
inline constexpr int kGenerationBits = 16;
inline constexpr int kEpochBits = 20;
static_assert(kPlaceBits + kGenerationBits + kEpochBits == 64);

using Place = std::uint32_t;
inline constexpr Place kNoPlace = (1U << kPlaceBits) - 1;  // place 0 is a real one
inline constexpr std::uint32_t kPlacesMax = kNoPlace;

constexpr BookingId make_booking_id(Place place, std::uint32_t generation, std::uint32_t epoch) {
  return BookingId{
      (std::uint64_t{epoch & ((1U << kEpochBits) - 1)} << (kPlaceBits + kGenerationBits)) |
      (std::uint64_t{generation & ((1U << kGenerationBits) - 1)} << kPlaceBits) |
      (place & kNoPlace)};
}
constexpr Place place_of(BookingId id) {
  return static_cast<Place>(id.value) & kNoPlace;
}
constexpr std::uint32_t generation_of(BookingId id) {
  return static_cast<std::uint32_t>(id.value >> kPlaceBits) & ((1U << kGenerationBits) - 1);
}
constexpr std::uint32_t epoch_of(BookingId id) {
  return static_cast<std::uint32_t>(id.value >> (kPlaceBits + kGenerationBits));
}

}  // namespace janji::record
