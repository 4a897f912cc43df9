// A country that books, day by day.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <janji/engine.hpp>

#include "unit/engine/engine_fixture.hpp"

namespace janji::test {

// What happened in all the days until now.
struct YearFigures {
  std::uint64_t claimed{0}, refused_full{0}, confirmed{0}, cancelled{0}, moved{0}, waited{0};
  std::uint64_t checked_in{0}, completed{0}, missed{0}, expired{0};
  std::uint64_t closed_slots{0}, displaced{0}, raised{0}, lowered{0};
};

// Problem: give an engine what a year brings: a rush for each new day, ordinary claims, holds that
// are forgotten, cancels, moves, waiting, visits, holidays that are declared late, and capacities
// that change; and look, after each day, whether all that was promised holds.
// Operation: one thread, by a seed; the clock is moved by hand, and the engine settles behind each
// move. Every applicant is somebody else, but for those who try twice.
class Country {
 public:
  Country(Engine& engine, ManualClock& clock);

  // From one midnight to the next.
  void live_a_day();
  // What breaks a promise, in words; empty: nothing. The engine is at rest.
  std::string audit();

  const YearFigures& figures() const { return figures_; }

 private:
  struct Visit {
    BookingId id;
    SlotKey slot;
  };

  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  bool percent(std::uint64_t part) { return below(100) < part; }
  OperationId operation() { return {0x59454152, ++operations_}; }
  Day today() const;
  void pass(std::int64_t ms);

  Decision decide(const ClaimRequest& request);
  LaneId some_lane();
  ClaimRequest new_claim(LaneId lane, Day first, Day last);
  void claim(const ClaimRequest& request);
  void settle_with(BookingId id);
  void rush();
  void ordinary_claims(int many);
  void change_minds(int many);
  void receive_visitors();
  void close_for_holiday();
  void change_capacities();
  void help_the_displaced();

  Engine& engine_;
  ManualClock& clock_;
  // All of what the test itself needs is taken at the beginning, so that what grows is the
  // engine's.
  std::vector<BookingId> confirmed_;                             // as of the last look, and since
  std::vector<std::pair<SlotKey, std::uint32_t>> taken_;         // seats of each active booking
  std::vector<std::pair<ApplicantKey, ScopeId>> applicants_of_;  // likewise
  std::vector<Booking> page_ = std::vector<Booking>(1024);
  std::vector<SlotAvailability> slots_;
  YearFigures figures_;
  std::uint64_t state_{7}, operations_{0}, applicants_{0};
};

}  // namespace janji::test
