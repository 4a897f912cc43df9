// From which seed, and how long: JANJI_INTERLEAVINGS_SEED, JANJI_INTERLEAVINGS_ITERATIONS.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace janji::interleavings {

inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}
inline std::uint64_t seed() {
  return number_from("JANJI_INTERLEAVINGS_SEED", 1);
}
inline std::uint64_t iterations(std::uint64_t otherwise) {
  return number_from("JANJI_INTERLEAVINGS_ITERATIONS", otherwise);
}

}  // namespace janji::interleavings
