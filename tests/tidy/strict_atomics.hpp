// Put before every source by strict_atomics.py: an atomic without default orders, operators and
// conversions, under std::atomic's name. What compiles with it names the order of every access.
#pragma once

#include <lmdb.h>
#include <xxhash.h>

// Whoever uses std::atomic himself must have been read before the name changes hands.
#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include <date/date.h>
#include <date/tz.h>

namespace std {

// `Under` is std::atomic<T> or std::atomic_ref<T>.
template <class T, class Under>
class janji_strict {
 public:
  using value_type = T;
  static constexpr bool is_always_lock_free = Under::is_always_lock_free;

  janji_strict() requires is_default_constructible_v<Under>
  = default;
  constexpr janji_strict(T value) requires is_constructible_v<Under, T> : under_(value) {}
  explicit janji_strict(T& value) requires(!is_constructible_v<Under, T>) : under_(value) {}
  janji_strict(const janji_strict&) = delete;
  janji_strict& operator=(const janji_strict&) = delete;

  bool is_lock_free() const noexcept { return under_.is_lock_free(); }
  T load(memory_order order) const noexcept { return under_.load(order); }
  void store(T value, memory_order order) noexcept { under_.store(value, order); }
  T exchange(T value, memory_order order) noexcept { return under_.exchange(value, order); }
  bool compare_exchange_weak(T& seen, T next, memory_order good, memory_order bad) noexcept {
    return under_.compare_exchange_weak(seen, next, good, bad);
  }
  bool compare_exchange_weak(T& seen, T next, memory_order order) noexcept {
    return under_.compare_exchange_weak(seen, next, order);
  }
  bool compare_exchange_strong(T& seen, T next, memory_order good, memory_order bad) noexcept {
    return under_.compare_exchange_strong(seen, next, good, bad);
  }
  bool compare_exchange_strong(T& seen, T next, memory_order order) noexcept {
    return under_.compare_exchange_strong(seen, next, order);
  }
  template <class U>
  T fetch_add(U value, memory_order order) noexcept {
    return under_.fetch_add(value, order);
  }
  template <class U>
  T fetch_sub(U value, memory_order order) noexcept {
    return under_.fetch_sub(value, order);
  }
  T fetch_and(T value, memory_order order) noexcept { return under_.fetch_and(value, order); }
  T fetch_or(T value, memory_order order) noexcept { return under_.fetch_or(value, order); }
  T fetch_xor(T value, memory_order order) noexcept { return under_.fetch_xor(value, order); }
  void wait(T old, memory_order order) const noexcept { under_.wait(old, order); }
  void notify_one() noexcept { under_.notify_one(); }
  void notify_all() noexcept { under_.notify_all(); }

 private:
  Under under_;
};

template <class T>
class janji_strict_atomic : public janji_strict<T, atomic<T>> {
 public:
  janji_strict_atomic() = default;
  constexpr janji_strict_atomic(T value) : janji_strict<T, atomic<T>>(value) {}
};

template <class T>
class janji_strict_atomic_ref : public janji_strict<T, atomic_ref<T>> {
 public:
  explicit janji_strict_atomic_ref(T& value) : janji_strict<T, atomic_ref<T>>(value) {}
};

class janji_strict_atomic_flag {
 public:
  bool test(memory_order order) const noexcept { return under_.test(order); }
  bool test_and_set(memory_order order) noexcept { return under_.test_and_set(order); }
  void clear(memory_order order) noexcept { under_.clear(order); }
  void wait(bool old, memory_order order) const noexcept { under_.wait(old, order); }
  void notify_one() noexcept { under_.notify_one(); }
  void notify_all() noexcept { under_.notify_all(); }

 private:
  atomic_flag under_;
};

}  // namespace std

#define atomic janji_strict_atomic
#define atomic_ref janji_strict_atomic_ref
#define atomic_flag janji_strict_atomic_flag
