// One thread of customers, and its diary.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <janji/decision.hpp>

#include "model/call.hpp"
#include "model/random.hpp"
#include "stress/world.hpp"

namespace janji::stress {

using model::Call;
using model::Kind;

// What the threads share: which requests are in the air, and which bookings there are.
struct Town {
  explicit Town(std::uint64_t town_seed) : seed(town_seed) {}

  const std::uint64_t seed;
  // Requests are numbered; threads work near the front, so that one request is sent twice at once.
  std::atomic<std::uint64_t> front{64};
  std::array<std::atomic<std::uint64_t>, 128> board{};       // ids of bookings that were granted
  std::array<std::atomic<std::uint64_t>, 4> entitlements{};  // ids of such
  std::atomic<std::uint64_t> catalogue_changes{0};           // that were granted
};

class Client {
 public:
  Client(World& world, Town& town, std::uint64_t number);

  // Calls until `end`, or until `calls_max` calls were made, or something is wrong at once.
  void run(std::chrono::steady_clock::time_point end, std::size_t calls_max);

  const std::vector<Call>& diary() const { return diary_; }
  // Words of what was wrong at once; empty: nothing.
  const std::string& wrong() const { return wrong_; }

 private:
  void step();
  ClaimRequest request(std::uint64_t number) const;
  void claim();
  void claim_once();
  // As a holder does, half of the time: looks at the booking's token before it asks for a change.
  std::uint8_t look_at_token(BookingId booking);
  void confirm();
  void cancel(BookingId booking);
  void reschedule();
  void act();
  void change_slot();
  void change_catalogue();
  void block();
  void erase();
  void entitle();
  void join();
  void walk_in();
  void join_group();
  std::vector<GroupPart> some_parts(model::Random& random, std::uint16_t members) const;
  void claim_group();
  void move_group();
  void find();
  void look_at_calendar();
  BookingId from_board();
  // The board is for bookings with which something can still be done.
  void take_from_board(BookingId booking);
  void write_down(Call call);

  // Tries until the answer is final.
  template <class Try>
  Decision decide(Call& call, Try&& attempt);

  World& world_;
  Town& town_;
  std::uint64_t number_;
  model::Random random_;
  std::uint64_t own_requests_{0};
  BookingId displaced_;  // lost its place on the board: its seats must not stay taken for ever
  std::vector<Call> diary_;
  std::string wrong_;
};

}  // namespace janji::stress
