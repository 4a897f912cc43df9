// Numbers that come out the same for the same seed, everywhere.
#pragma once

#include <cstdint>

namespace janji::interleavings {

class Random {  // SplitMix64
 public:
  explicit Random(std::uint64_t seed = 0) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  // 0 .. bound - 1; `bound` is small.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>((next() >> 32) % bound); }
  // True about `of_256` times of 256.
  bool often(std::uint32_t of_256) { return (next() >> 56) < of_256; }

 private:
  std::uint64_t state_;
};

}  // namespace janji::interleavings
