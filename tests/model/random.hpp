// Choices for tests: the same on every machine, from one printed seed or from given bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace janji::model {

// SplitMix64, or the bytes that a fuzzer chose: as few for each choice as it needs, so that a
// change of one byte is a change of one choice, and zeros when they are spent. Not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  // `bytes` must outlive it.
  explicit Random(std::span<const std::uint8_t> bytes) : from_bytes_(true), bytes_(bytes) {}

  std::uint64_t next() {
    if (from_bytes_) return take(sizeof(std::uint64_t));
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  // From 0 to below - 1; `below` isn't 0.
  std::uint64_t below(std::uint64_t below) {
    if (!from_bytes_) return next() % below;
    std::size_t width = 0;
    for (std::uint64_t left = below - 1; left != 0; left >>= 8) ++width;
    return take(width) % below;
  }
  // From low to high, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  bool percent(int chance) { return below(100) < static_cast<std::uint64_t>(chance); }
  template <class T>
  const T& pick(std::span<const T> choices) {
    return choices[below(choices.size())];
  }
  // Every byte was used: all that comes is zero.
  bool spent() const { return from_bytes_ && bytes_.empty(); }

 private:
  std::uint64_t take(std::size_t width) {
    std::uint64_t value = 0;
    for (; width > 0 && !bytes_.empty(); --width, bytes_ = bytes_.subspan(1)) {
      value = (value << 8) | bytes_.front();
    }
    return value;
  }

  std::uint64_t state_{0};
  bool from_bytes_{false};
  std::span<const std::uint8_t> bytes_;
};

// The number in the environment variable, or `otherwise`.
inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 0);
}

}  // namespace janji::model
