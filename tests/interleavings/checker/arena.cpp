#include "checker/arena.hpp"

#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

namespace janji::interleavings {

Arena& Arena::instance() {
  static Arena arena;
  return arena;
}

Arena::Arena() {
  void* memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  memory_ = static_cast<std::byte*>(memory);
}

void Arena::clear() {
  std::memset(memory_, 0, used_);
  used_ = 0;
}

void Arena::restore(const std::vector<std::byte>& image) {
  std::memcpy(memory_, image.data(), image.size());
  if (used_ > image.size()) std::memset(memory_ + image.size(), 0, used_ - image.size());
  used_ = image.size();
}

void* Arena::take(std::size_t bytes, std::size_t alignment) {
  const std::size_t at = (used_ + alignment - 1) / alignment * alignment;
  if (at + bytes > kBytes) return nullptr;
  used_ = at + bytes;
  return memory_ + at;
}

}  // namespace janji::interleavings

namespace {

void* allocate(std::size_t bytes, std::size_t alignment) {
  auto& arena = janji::interleavings::Arena::instance();
  void* made = nullptr;
  if (arena.open()) {
    made = arena.take(bytes, alignment);
  } else if (alignment <= alignof(std::max_align_t)) {
    made = std::malloc(bytes == 0 ? 1 : bytes);
  } else {
    made = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  }
  if (made == nullptr) throw std::bad_alloc();
  return made;
}

void release(void* memory) {
  if (!janji::interleavings::Arena::instance().covers(memory)) std::free(memory);
}

}  // namespace

// The whole program's: which of the two it is, the arena knows.
void* operator new(std::size_t bytes) {
  return allocate(bytes, alignof(std::max_align_t));
}
void* operator new[](std::size_t bytes) {
  return allocate(bytes, alignof(std::max_align_t));
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete[](void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}
