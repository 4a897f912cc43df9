// Put before every source of the engine that the checker runs: an atomic under std::atomic's name,
// of the same size and layout, whose accesses are the checker's. The engine's sources stay as they
// are.
#pragma once

// Whoever uses std::atomic himself must have been read before the name changes hands.
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace janji::interleavings {

// The accesses, by their size: `raw` is the atomic's memory. In shim.cpp.
enum class Operation : std::uint8_t { exchange, add, subtract, bit_and, bit_or };
std::uint64_t shim_load(const void* raw, std::size_t size, std::memory_order order,
                        const std::source_location& at);
void shim_store(void* raw, std::size_t size, std::uint64_t value, std::memory_order order,
                const std::source_location& at);
bool shim_compare(void* raw, std::size_t size, std::uint64_t& expected, std::uint64_t next,
                  bool weak, std::memory_order good, std::memory_order bad,
                  const std::source_location& at);
std::uint64_t shim_modify(void* raw, std::size_t size, std::uint64_t operand, Operation operation,
                          std::memory_order order, const std::source_location& at);

}  // namespace janji::interleavings

namespace std {

template <class T>
class janji_explored_atomic {
  static_assert(sizeof(T) <= 8 && is_trivially_copyable_v<T>);
  using Where = source_location;

 public:
  using value_type = T;
  static constexpr bool is_always_lock_free = true;

  constexpr janji_explored_atomic() noexcept : value_{} {}
  constexpr janji_explored_atomic(T value) noexcept : value_(value) {}
  janji_explored_atomic(const janji_explored_atomic&) = delete;
  janji_explored_atomic& operator=(const janji_explored_atomic&) = delete;

  T load(memory_order order, Where at = Where::current()) const noexcept {
    return from(janji::interleavings::shim_load(&value_, sizeof(T), order, at));
  }
  void store(T value, memory_order order, Where at = Where::current()) noexcept {
    janji::interleavings::shim_store(&value_, sizeof(T), bits(value), order, at);
  }
  T exchange(T value, memory_order order, Where at = Where::current()) noexcept {
    return modify(bits(value), janji::interleavings::Operation::exchange, order, at);
  }
  bool compare_exchange_weak(T& seen, T next, memory_order good, memory_order bad,
                             Where at = Where::current()) noexcept {
    return compare(seen, next, true, good, bad, at);
  }
  bool compare_exchange_strong(T& seen, T next, memory_order good, memory_order bad,
                               Where at = Where::current()) noexcept {
    return compare(seen, next, false, good, bad, at);
  }
  T fetch_add(T value, memory_order order, Where at = Where::current()) noexcept {
    return modify(bits(value), janji::interleavings::Operation::add, order, at);
  }
  T fetch_sub(T value, memory_order order, Where at = Where::current()) noexcept {
    return modify(bits(value), janji::interleavings::Operation::subtract, order, at);
  }
  T fetch_and(T value, memory_order order, Where at = Where::current()) noexcept {
    return modify(bits(value), janji::interleavings::Operation::bit_and, order, at);
  }
  T fetch_or(T value, memory_order order, Where at = Where::current()) noexcept {
    return modify(bits(value), janji::interleavings::Operation::bit_or, order, at);
  }

 private:
  static uint64_t bits(T value) noexcept {
    uint64_t made = 0;
    memcpy(&made, &value, sizeof(T));
    return made;
  }
  static T from(uint64_t bits) noexcept {
    T made;
    memcpy(&made, &bits, sizeof(T));
    return made;
  }
  bool compare(T& seen, T next, bool weak, memory_order good, memory_order bad,
               const Where& at) noexcept {
    uint64_t expected = bits(seen);
    const bool done = janji::interleavings::shim_compare(&value_, sizeof(T), expected, bits(next),
                                                         weak, good, bad, at);
    if (!done) seen = from(expected);
    return done;
  }
  T modify(uint64_t operand, janji::interleavings::Operation operation, memory_order order,
           const Where& at) noexcept {
    return from(
        janji::interleavings::shim_modify(&value_, sizeof(T), operand, operation, order, at));
  }

  alignas(sizeof(T)) T value_;
};

}  // namespace std

#define atomic janji_explored_atomic
