// The memory of the world under test: everything that an execution allocates.
#pragma once

#include <cstddef>
#include <vector>

namespace janji::interleavings {

// Problem: executions are given up half-way, and each must begin with the same memory.
// Operation: while it is open, operator new and base::map_region take from one block, in a row;
// nothing is ever freed. What a set-up has made is kept as an image, and put back for each
// execution: to make it anew would take longer than what follows. What lies in the block is the
// world's: its atomics and plain accesses are looked after, and nothing else is.
class Arena {
 public:
  static constexpr std::size_t kBytes = std::size_t{4} << 20;

  static Arena& instance();

  void clear();
  std::vector<std::byte> image() const { return {memory_, memory_ + used_}; }
  // What was made since, or before, is gone.
  void restore(const std::vector<std::byte>& image);
  void* take(std::size_t bytes, std::size_t alignment);
  bool covers(const void* at) const {
    return at >= memory_ && at < static_cast<const void*>(memory_ + kBytes);
  }
  const std::byte* begin() const { return memory_; }

  // Whether operator new takes from here now.
  bool open() const { return open_; }
  void set_open(bool open) { open_ = open; }

 private:
  Arena();

  std::byte* memory_;
  std::size_t used_{0};
  bool open_{false};
};

// Opens the arena for the world under test, or shuts it for what the checker does for itself.
class ArenaDoor {
 public:
  explicit ArenaDoor(bool open) : was_open_(Arena::instance().open()) {
    Arena::instance().set_open(open);
  }
  ~ArenaDoor() { Arena::instance().set_open(was_open_); }
  ArenaDoor(const ArenaDoor&) = delete;
  ArenaDoor& operator=(const ArenaDoor&) = delete;

 private:
  bool was_open_;
};

}  // namespace janji::interleavings
