// Seats of pools that fall back to the general lane when their time has come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <janji/catalogue.hpp>
#include <janji/types.hpp>

#include "engine/clock_watch.hpp"
#include "ledger/ledger.hpp"

namespace janji {

// Problem: so long before a slot starts, whatever is free in a pool's slot is to be had by anybody;
// and what is given back there later, too.
// Operation: at each minute of civil time, and when days were opened, begins to look over the
// slots, of lanes with such a rule, whose time has come and that can still be claimed. Slots start
// at whole minutes, and so the look that begins at a minute finds what is due at it. What is free
// is moved by a record each; what can't be moved just now (staff is busy there, somebody waits) is
// met again a minute later. So many slots and records in a round that it isn't held up; the rest in
// the next. There is nothing to remember: a restart, a new catalogue and a corrected clock find
// whatever is due by what is free. Nothing is due while the wall clock isn't believed. Concurrency:
// the writer's thread.
class SeatReleaser {
 public:
  SeatReleaser(const Catalogue& catalogue, ledger::Ledger& ledger, ClockWatch& clock)
      : catalogue_(catalogue), ledger_(ledger), clock_(clock) {}

  // Before serving: a lane whose seats fall back.
  void watch(LaneId lane) { pools_.push_back(lane); }

  bool watches() const noexcept { return !pools_.empty(); }

  // Publishes at most `budget` records.
  void release_due(CivilTime civil, LedgerTime now, std::size_t budget);
  // Whether there is more to look at now.
  bool looking() const noexcept { return looking_; }

  static constexpr std::size_t kSlotsARound = std::size_t{1} << 14;
  static constexpr std::size_t kRecordsARound = 256;

 private:
  // What is left of a round.
  struct Room {
    std::size_t slots, records;
  };
  bool look_over_lane(LaneId lane, CivilTime civil, LedgerTime now, Room& room);
  bool look_over_day(LaneId lane, Day day, CivilTime civil, LedgerTime now, Room& room);

  // constant
  const Catalogue& catalogue_;
  ledger::Ledger& ledger_;
  ClockWatch& clock_;

  // the writer's
  std::vector<LaneId> pools_;
  std::int64_t minute_{-1};  // in which the last look began
  std::uint64_t opens_{0};   // of days, by then
  bool looking_{false};
  std::size_t pool_{0};  // where it goes on
  std::int32_t day_{0};
  std::uint32_t slot_{0};
};

}  // namespace janji
