// Seats that fall back from pools to the general lane, or were kept back, when their time has come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <janji/catalogue.hpp>
#include <janji/types.hpp>

#include "engine/catalogue_shelf.hpp"
#include "engine/clock_watch.hpp"
#include "ledger/ledger.hpp"

namespace janji {

// Problem: so long before a slot starts, whatever is free in a pool's slot is to be had by anybody;
// and what is given back there later, too. And what a lane's tranches kept back when a day was
// opened is to be had from a time on.
// Operation: at each minute of civil time, and when days were opened, begins to look over the
// slots, of lanes with such a rule, whose time has come and that can still be claimed. Slots start
// at whole minutes and tranches come at some, and so the look that begins at a minute finds what is
// due at it. What is free, or kept back for longer than the catalogue says, is moved by a record
// each; what can't be moved just now (staff is busy there, somebody waits) is met again a minute
// later. So many slots and records in a round that it isn't held up; the rest in
// the next. There is nothing to remember: a restart, a new catalogue and a corrected clock find
// whatever is due by what is free and what is kept back. Nothing is due while the wall clock isn't
// believed. Concurrency: the writer's thread.
class SeatReleaser {
 public:
  SeatReleaser(const CatalogueShelf& shelf, ledger::Ledger& ledger, ClockWatch& clock)
      : shelf_(shelf), taken_(shelf.take()), ledger_(ledger), clock_(clock) {}

  // Before serving: a lane whose seats may fall back, or be kept back, by this catalogue or by one
  // to come. What comes first in one look is what is watched first.
  enum class Why : std::uint8_t { fall_back, tranches };
  void watch(LaneId lane, Why why);

  bool watches() const noexcept { return !lanes_.empty(); }

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
  struct Watched {
    LaneId lane;
    Why why;
    bool ever_keeps;  // tranches: something may be kept back there
  };
  void adopt();
  bool has_tranches(LaneId lane) const;
  // A day at one moment.
  struct Look {
    LaneId lane;
    Day day;
    const ledger::DayView& view;
    CivilTime civil;
    LedgerTime now;
    SlotKey key(std::uint32_t i) const { return SlotKey(lane, day, Minute{view.shape->start[i]}); }
    std::int64_t start(std::uint32_t i) const {
      return view.midnight_ms + view.shape->start[i] * std::int64_t{60'000};
    }
  };
  bool look_over_lane(const Watched& watched, CivilTime civil, LedgerTime now, Room& room);
  bool let_fall_back(const Look& look, Room& room);
  bool bring_tranches(const Look& look, Room& room);
  static bool count(ledger::Ledger::Falling fell, Room& room) noexcept;

  const CatalogueShelf& shelf_;
  CatalogueShelf::Taken taken_;  // the catalogue that it goes by: the writer's
  // constant
  ledger::Ledger& ledger_;
  ClockWatch& clock_;

  // the writer's
  std::vector<Watched> lanes_;
  std::int64_t minute_{-1};  // in which the last look began
  std::uint64_t opens_{0};   // of days, by then
  bool looking_{false};
  std::size_t watched_{0};  // where it goes on
  std::int32_t day_{0};
  std::uint32_t slot_{0};
};

}  // namespace janji
