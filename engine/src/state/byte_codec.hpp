// Packing numbers into bytes and back. Reading never goes beyond its end: what is too short, or
// not a number, makes the reader bad and yields zeros from then on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <janji/check.hpp>

namespace janji::state {

// Small numbers of either sign become small unsigned ones.
constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

class ByteWriter {
 public:
  // The room must suffice: running out is a broken invariant.
  explicit ByteWriter(std::span<std::byte> room)
      : begin_(room.data()), at_(begin_), end_(at_ + room.size()) {}

  template <class T>
  void fixed(const T& value) {
    JANJI_CHECK(sizeof value <= static_cast<std::size_t>(end_ - at_));
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  void bytes(std::span<const std::byte> bytes) {
    JANJI_CHECK(bytes.size() <= static_cast<std::size_t>(end_ - at_));
    if (!bytes.empty()) std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  // Seven bits a byte, the lowest first, the high bit set on all but the last.
  void varint(std::uint64_t value) {
    while (value >= 0x80) {
      fixed(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    fixed(static_cast<std::uint8_t>(value));
  }

  std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  std::byte* begin_;
  std::byte* at_;
  std::byte* end_;
};

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes)
      : at_(bytes.data()), end_(at_ + bytes.size()) {}

  template <class T>
  T fixed() {
    T value{};
    if (sizeof value > left()) {
      fail();
      return value;
    }
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = fixed<std::uint8_t>();
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return ok_ ? value : 0;
    }
    fail();
    return 0;
  }

  bool ok() const { return ok_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

 private:
  void fail() {
    ok_ = false;
    at_ = end_;
  }

  const std::byte* at_;
  const std::byte* end_;
  bool ok_{true};
};

}  // namespace janji::state
