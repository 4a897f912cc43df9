// What the catalogue gives a slot, apart from what staff or the hour made of it.
#pragma once

#include <algorithm>
#include <cstdint>

namespace janji::record {

// In 16 bits, as records and the state's rows have it. A slot that the catalogue takes away keeps
// the capacity that it gave it last.
struct Planned {
  static constexpr std::uint16_t kClosed = 0x8000;
  static constexpr std::uint16_t kSeats = (1U << 14) - 1;

  std::uint16_t bits{0};  // 0: nothing is said

  static constexpr Planned of(std::uint32_t capacity, bool closed) {
    return Planned{static_cast<std::uint16_t>(capacity | (closed ? kClosed : 0U))};
  }
  constexpr std::uint32_t capacity() const { return bits & kSeats; }
  constexpr bool closed() const { return (bits & kClosed) != 0; }
  constexpr bool is_sound() const { return capacity() != 0 && (bits & ~(kSeats | kClosed)) == 0; }
  friend constexpr bool operator==(Planned, Planned) = default;
};

// What a slot has when a catalogue gives it something else, as far as its seats are the catalogue's
// own: those that can be had now, and `kept` that come later.
constexpr std::uint32_t capacity_behind(std::uint32_t capacity, std::uint32_t kept, Planned before,
                                        Planned given) {
  if (capacity + kept != before.capacity()) return capacity;  // staff's, or fallen back
  if (given.capacity() >= capacity + kept) return given.capacity() - kept;
  return std::min(capacity, given.capacity());
}

// What is still kept back of a slot whose capacity became `to`: a lowering takes all of it; so does
// a catalogue as much as is more than it gives. `given`: nothing said, if it was staff.
constexpr std::uint16_t kept_behind(std::uint16_t kept, std::uint32_t capacity, std::uint32_t to,
                                    Planned before, Planned given) {
  if (to < capacity) return 0;
  if (given.bits == 0 || capacity + kept != before.capacity()) return kept;
  const std::uint32_t rest = given.capacity() <= to ? 0 : given.capacity() - to;
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(kept, rest));
}

}  // namespace janji::record
