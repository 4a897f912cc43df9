// How many streams of a kind are open, and that they aren't too many.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace janjid {

// Concurrency: any thread. A count that nothing else hangs on, hence relaxed.
class StreamSeats {
 public:
  // A stream's place among the others, given back with it.
  class Seat {
   public:
    Seat() = default;
    Seat(Seat&& other) noexcept : seats_(std::exchange(other.seats_, nullptr)) {}
    Seat& operator=(Seat&& other) noexcept {
      std::swap(seats_, other.seats_);
      return *this;
    }
    ~Seat() {
      if (seats_ != nullptr) seats_->taken_.fetch_sub(1, std::memory_order_relaxed);
    }
    explicit operator bool() const noexcept { return seats_ != nullptr; }

   private:
    friend class StreamSeats;
    explicit Seat(StreamSeats* seats) noexcept : seats_(seats) {}
    StreamSeats* seats_{nullptr};
  };

  // Before any is taken.
  void set_max(std::size_t max) noexcept { max_ = max; }

  // None (false) when as many are taken as there may be. Seats end before this does.
  Seat take() noexcept {
    std::size_t taken = taken_.load(std::memory_order_relaxed);
    do {
      if (taken >= max_) return Seat{};
    } while (!taken_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed));
    return Seat{this};
  }
  std::size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }

 private:
  std::size_t max_{0};
  std::atomic<std::size_t> taken_{0};
};

}  // namespace janjid
