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
  std::uint64_t families{0}, families_waited{0}, families_offered{0}, walked_in{0};
  std::uint64_t closed_slots{0}, displaced{0}, raised{0}, lowered{0};
};

// Problem: give an engine what a year brings: a rush for each new day, ordinary claims, families,
// holds that are forgotten, walk-ins, cancels, moves, waiting, visits, holidays that are declared
// late, and capacities that change; and look, after each day, whether all that was promised holds.
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

  // With a single thread whoever is told to wait waits for the writer alone.
  template <class Try>
  Decision decide(Try&& attempt) {
    Patience patience;
    Decision decision = attempt(patience);
    while (decision.verdict == Verdict::wait) {
      REQUIRE(engine_.settle().ok());
      decision = attempt(patience);
    }
    return decision;
  }
  LaneId some_lane();
  Category category_of(LaneId lane) const;
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

  // families.cpp
  void claim_family(LaneId lane, Day day);
  void hear_of_offers();
  void walk_in(int many);

  static constexpr std::size_t kFamiliesMax = 4096;

  Engine& engine_;
  ManualClock& clock_;
  // All of what the test itself needs is taken at the beginning, so that what grows is the
  // engine's.
  std::vector<BookingId> confirmed_;                             // as of the last look, and since
  std::vector<std::pair<SlotKey, std::uint32_t>> taken_;         // seats of each active booking
  std::vector<std::pair<ApplicantKey, ScopeId>> applicants_of_;  // likewise
  std::vector<Booking> page_ = std::vector<Booking>(1024);
  std::vector<SlotAvailability> slots_;
  std::vector<BookingId> waiting_families_;
  std::vector<LaneId> kiosks_;
  YearFigures figures_;
  std::uint64_t state_{7}, operations_{0}, applicants_{0};
};

}  // namespace janji::test
