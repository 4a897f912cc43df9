// Memory for keys: locked, between guard pages, outside core dumps, wiped when let go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace janjid {

// Makes libsodium ready; called by everything here that makes or reads a key. Any thread, any
// number of times.
void ready_sodium();

// The memory behind Secret: zeroed; throws std::bad_alloc when there is none.
std::uint8_t* allocate_secret(std::size_t size);
void release_secret(std::uint8_t* bytes) noexcept;

// `Size` secret bytes, all zero at first. Moves, never copies: one secret lies in one place.
// Reading is thread-safe while nobody writes.
template <std::size_t Size>
class Secret {
 public:
  Secret() : bytes_(allocate_secret(Size)) {}

  std::span<std::uint8_t, Size> mutable_bytes() noexcept {
    return std::span<std::uint8_t, Size>{bytes_.get(), Size};
  }
  std::span<const std::uint8_t, Size> bytes() const noexcept {
    return std::span<const std::uint8_t, Size>{bytes_.get(), Size};
  }
  const std::uint8_t* data() const noexcept { return bytes_.get(); }

 private:
  struct Release {
    void operator()(std::uint8_t* bytes) const noexcept { release_secret(bytes); }
  };
  std::unique_ptr<std::uint8_t, Release> bytes_;
};

using Key16 = Secret<16>;
using Key32 = Secret<32>;

}  // namespace janjid
