// Memory as the C++ standard lets threads see it, for one execution at a time.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checker/random.hpp"

namespace janji::interleavings {

inline constexpr std::size_t kThreadsMax = 6;  // thread 0 is the set-up, before all others

// For each thread, how much of what it did happens before now.
using Clock = std::array<std::uint32_t, kThreadsMax>;

// Problem: an interleaving of steps shows a bug in the steps, not one in their memory orders.
// Operation: each atomic keeps the stores to it, in the order in which they were executed: that is
// its modification order. A load may return any of them that coherence, happens-before and the
// single order of the seq_cst operations (also that of execution) don't hide; which, is drawn. A
// read-modify-write always follows the newest. Release sequences go on through read-modify-writes
// only, as in C++20. Plain accesses are held to happens-before: a race is found though it did no
// harm.
// A seq_cst load of a thread's own weaker store isn't what puts that store before others' loads,
// though the standard's words say so: no processor does it (it reads its own store buffer).
// Limits: orders of modification other than that of execution aren't tried, nor are loads that
// return what is stored later (load buffering). Fences don't exist in the engine.
// Concurrency: threads are fibers of one thread; nothing here is shared with real ones.
class Memory {
 public:
  explicit Memory(Random& random) : random_(random) {}

  // Forgets everything. `base`: the memory in which atomics and plain data are looked after.
  void begin(const std::byte* base, std::size_t bytes);
  bool covers(const void* at) const {
    return at >= base_ && at < static_cast<const void*>(base_ + bytes_);
  }

  // How loads choose among what they may return: about `of_256` times of 256 not the newest but
  // any, or (`oldest`) the oldest.
  struct Staleness {
    std::uint32_t of_256{0};
    bool oldest{false};
  };
  void start_threads(std::size_t threads, Staleness staleness);

  std::uint64_t load(std::size_t thread, const void* at, std::size_t size, std::memory_order order);
  std::uint64_t load_newest(std::size_t thread, const void* at, std::size_t size,
                            std::memory_order order);
  void store(std::size_t thread, void* at, std::size_t size, std::uint64_t value,
             std::memory_order order);
  // What a read-modify-write reads; nothing is learnt by it.
  std::uint64_t newest(const void* at, std::size_t size);
  // A read-modify-write: `value` follows newest().
  void modify(std::size_t thread, void* at, std::size_t size, std::uint64_t value,
              std::memory_order order);

  // Plain accesses. What the race is, or "".
  std::string read(std::size_t thread, const void* at, std::size_t size);
  std::string write(std::size_t thread, const void* at, std::size_t size);

 private:
  struct Store {
    std::uint64_t value;
    Clock sync;  // what an acquire that reads it learns
    Clock seen;  // when each thread first knew of it; 0: it doesn't
    std::size_t by;
    bool seq_cst;
  };
  struct Location {
    const void* at{nullptr};
    std::vector<Store> stores;
    std::size_t seq_cst_floor{0};  // no seq_cst load returns an older one
  };
  // One granule of plain memory: who wrote it when, and when each thread read it.
  struct Granule {
    std::uint32_t execution{0};
    std::uint32_t writer{0}, written{0};
    Clock read{};
  };
  static constexpr std::size_t kGranule = 4;

  Location& location(const void* at, std::size_t size);
  std::uint64_t load_at(Location& where, std::size_t thread, std::size_t chosen,
                        std::memory_order order);
  void append(Location& where, std::size_t thread, std::uint64_t value, std::memory_order order,
              const Clock& inherited);
  std::size_t oldest_visible(const Location& where, std::size_t thread,
                             std::memory_order order) const;
  Granule& granule(const void* at);

  Random& random_;
  const std::byte* base_{nullptr};
  std::size_t bytes_{0};
  std::uint32_t execution_{0};
  Staleness staleness_;
  std::array<Clock, kThreadsMax> clock_{};
  std::vector<std::uint32_t> index_;  // of the location that begins at each byte, + 1
  std::vector<std::unique_ptr<Location>> locations_;
  std::size_t used_{0};
  std::vector<Granule> granules_;
};

}  // namespace janji::interleavings
