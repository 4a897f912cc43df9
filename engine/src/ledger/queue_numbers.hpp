// The numbers by which people in a waiting hall are called.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <janji/types.hpp>

namespace janji::ledger {

// Problem: whoever checks in gets the next number of the branch and day, from 1 on, and no two get
// the same.
// Operation: one word a branch: {day, last number given}. Another day begins with 1 again. A number
// that was drawn for a check-in that then wasn't granted is never given to anybody.
// Concurrency: any thread, lock-free. All orders are relaxed: a number guards no other memory, and
// that it is drawn once is the word's own order of changes.
// Limits: when the clock goes back over midnight, the later day's numbers go on. After a restart
// the last number is known from the bookings that are still there: with `retention_ms` below a day
// those that had the last ones may be gone, and their numbers are given again.
class QueueNumbers {
 public:
  explicit QueueNumbers(std::size_t branches)
      : words_(std::make_unique<std::atomic<std::uint64_t>[]>(branches)) {}

  std::uint32_t next(std::uint32_t branch, Day day) noexcept {
    std::atomic<std::uint64_t>& at = words_[branch];
    std::uint64_t word = at.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
      next = day_of(word) < day ? first_of(day) : word + 1;
    } while (!at.compare_exchange_weak(word, next, std::memory_order_relaxed,
                                       std::memory_order_relaxed));
    return static_cast<std::uint32_t>(next);
  }

  // The last number that was given on that day, or on a later one; 0: none.
  std::uint32_t last(std::uint32_t branch, Day day) const noexcept {
    const std::uint64_t word = words_[branch].load(std::memory_order_relaxed);
    return day_of(word) < day ? 0 : static_cast<std::uint32_t>(word);
  }

  // A number that was given before the engine was opened, in the order of the LSNs: one of an
  // earlier day than is known went on from there, see Limits. Before serving.
  void restore(std::uint32_t branch, Day day, std::uint32_t number) noexcept {
    const std::uint64_t word = words_[branch].load(std::memory_order_relaxed);
    const Day known = std::max(day, day_of(word));
    const std::uint64_t given = first_of(known) - 1 + number;
    words_[branch].store(std::max(word, given), std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint64_t first_of(Day day) {
    return (std::uint64_t{static_cast<std::uint32_t>(day.value)} << 32) + 1;
  }
  static constexpr Day day_of(std::uint64_t word) {
    return Day{static_cast<std::int32_t>(word >> 32)};
  }

  std::unique_ptr<std::atomic<std::uint64_t>[]> words_;
};

}  // namespace janji::ledger
