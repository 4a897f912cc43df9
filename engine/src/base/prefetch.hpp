// Fetching what will be needed soon.
#pragma once

#include <cstddef>

namespace janji::base {

// For writing: the line comes with the right to change it, even if another core had it last.
inline void prefetch_for_write(const void* line) noexcept {
  __builtin_prefetch(line, 1, 3);
}

// All lines of an object that begins at `object`.
template <class T>
void prefetch_object_for_write(const T& object) noexcept {
  const char* bytes = reinterpret_cast<const char*>(&object);
  for (std::size_t at = 0; at < sizeof(T); at += 64) prefetch_for_write(bytes + at);
  // An object that isn't aligned to a line may end in one more.
  if (alignof(T) < 64) prefetch_for_write(bytes + sizeof(T) - 1);
}

}  // namespace janji::base
