// A large zeroed table that never moves and never grows.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace janji::base {

// Maps zeroed memory, in huge pages where asked for and possible, and touches all of it: a page
// fault on the decision path would cost more than the decision. Null when there isn't enough.
void* map_region(std::size_t bytes, bool huge_pages) noexcept;
void unmap_region(void* memory, std::size_t bytes) noexcept;

// An array of T in such a region. T must be meaningful as all-zero bytes. Construction throws
// std::bad_alloc: how much there is to be is the user's choice.
template <class T>
class Region {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  Region() = default;
  Region(std::size_t size, bool huge_pages)
      : size_(size), data_(static_cast<T*>(map_region(size * sizeof(T), huge_pages))) {
    if (data_ == nullptr) throw std::bad_alloc();
  }
  Region(Region&& other) noexcept
      : size_(std::exchange(other.size_, 0)), data_(std::exchange(other.data_, nullptr)) {}
  Region& operator=(Region&& other) noexcept {
    std::swap(size_, other.size_);
    std::swap(data_, other.data_);
    return *this;
  }
  ~Region() {
    if (data_ != nullptr) unmap_region(data_, size_ * sizeof(T));
  }

  std::size_t size() const noexcept { return size_; }
  T& operator[](std::size_t i) noexcept { return data_[i]; }
  const T& operator[](std::size_t i) const noexcept { return data_[i]; }
  T* data() noexcept { return data_; }
  const T* data() const noexcept { return data_; }

 private:
  std::size_t size_{0};
  T* data_{nullptr};
};

}  // namespace janji::base
