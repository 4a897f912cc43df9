#include "identity/secret.hpp"

#include <new>

#include <sodium.h>

#include <janji/check.hpp>

namespace janjid {

void ready_sodium() {
  // It fails only where the operating system has no source of randomness.
  JANJI_CHECK(sodium_init() >= 0);
}

std::uint8_t* allocate_secret(std::size_t size) {
  ready_sodium();
  void* const memory = sodium_malloc(size);
  if (memory == nullptr) throw std::bad_alloc{};
  sodium_memzero(memory, size);
  return static_cast<std::uint8_t*>(memory);
}

void release_secret(std::uint8_t* bytes) noexcept {
  sodium_free(bytes);  // wipes first
}

}  // namespace janjid
