// Who waits in each branch's hall, and who was called there last.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <janji/catalogue.hpp>
#include <janji/decision.hpp>

#include "record/booking_id.hpp"

namespace janji::ledger {

using record::Place;

// Problem: say who comes next at a branch without walking past all bookings, and show whom it
// called last, on any thread. Operation: each branch has a small table of words, one for each who
// checked in and wasn't called yet, in no order: {day, queue number, place}. Whoever asks looks
// over all of it for the least number. The writer enters and takes out, when records are given
// back; so whoever heard that he is checked in is in the table. A word is a hint: what it says is
// held to the booking, under its busy mark. A count of those who entered tells a look that somebody
// walked in on. Whoever checks in takes a chair first, and the writer
// gives it back when he leaves the table: so the writer always finds an empty word. Beside it, a
// ring of the last calls. Concurrency: see each part. A look costs as many loads as the hall has
// chairs, and waits for nobody. Limits: a hall has twice as many chairs as the branch's longest day
// has seats, kChairsLeast to kChairsMost of them, and at opening at least as many as were taken.
// Queue numbers up to kNumberMax.
class Halls {
 public:
  static constexpr std::uint32_t kChairsLeast = 64;
  static constexpr std::uint32_t kChairsMost = 4096;
  static constexpr int kNumberBits = 20;
  static constexpr std::uint32_t kNumberMax = (1U << kNumberBits) - 1;
  static constexpr std::size_t kCallsShown = 8;

  explicit Halls(const Catalogue& catalogue);

  struct Waiting {
    std::uint32_t number{0};
    Place place{record::kNoPlace};
  };

  // ---- any thread ----

  // False: the hall is full.
  bool take_chair(std::uint32_t branch) noexcept;
  // Of a check-in that wasn't granted.
  void leave_chair(std::uint32_t branch) noexcept;
  // How often somebody entered. A look during which it stays is one of a single moment: see
  // call_next().
  std::uint64_t entered(std::uint32_t branch) const noexcept;
  // Who has the least number above `above` of those that were given on `day`. False: nobody.
  bool find_next(std::uint32_t branch, Day day, std::uint32_t above, Waiting& out) const noexcept;
  std::uint32_t chairs(std::uint32_t branch) const noexcept { return halls_[branch].chairs; }
  // The last calls, newest first, at most kCallsShown; returns how many.
  std::size_t calls(std::uint32_t branch, std::span<HallCall> out) const noexcept;

  // ---- the writer's thread, and before serving ----

  void enter(std::uint32_t branch, Day day, const Waiting& who) noexcept;
  // Whoever isn't there doesn't matter.
  void leave(std::uint32_t branch, Place place) noexcept;
  void call(std::uint32_t branch, const HallCall& call) noexcept;

  // ---- before serving ----

  // Somebody who waited when the engine was closed: takes a chair, brings one if there is none.
  void restore(std::uint32_t branch, Day day, const Waiting& who);

 private:
  static constexpr std::size_t kCallsKept = 2 * kCallsShown;
  static_assert(kNumberBits + record::kPlaceBits + 16 == 64);

  struct Call {
    std::atomic<std::uint64_t> number_and_counter;
    std::atomic<std::int64_t> at_ms;
  };
  struct Hall {
    std::uint32_t chairs{0};  // a power of two
    std::unique_ptr<std::atomic<std::uint64_t>[]> waiting;
    std::atomic<std::uint32_t> taken{0};    // chairs
    std::atomic<std::uint64_t> entered{0};  // so far, by the writer
    std::atomic<std::uint64_t> called{0};   // calls so far, likewise
    std::array<Call, kCallsKept> calls{};   // a ring
  };

  static constexpr std::uint64_t word_of(Day day, const Waiting& who) {
    return (std::uint64_t{static_cast<std::uint16_t>(day.value)} << 48) |
           (std::uint64_t{who.number} << record::kPlaceBits) | who.place;
  }
  static constexpr std::uint16_t day_of(std::uint64_t word) {
    return static_cast<std::uint16_t>(word >> 48);
  }
  static constexpr Waiting waiting_of(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word >> record::kPlaceBits) & kNumberMax,
            static_cast<Place>(word) & record::kNoPlace};
  }
  static void furnish(Hall& hall, std::uint32_t chairs);

  std::vector<Hall> halls_;  // by branch
};

// What a look over a hall found.
struct NextInHall {
  BookingId booking{};    // 0: nobody waits
  bool must_wait{false};  // the first one is being changed
  Lsn passed{};           // what makes those no longer wait that were passed over
};

}  // namespace janji::ledger
