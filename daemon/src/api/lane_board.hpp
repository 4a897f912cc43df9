// What the days of lanes look like, for those who follow them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include <janji/decision.hpp>
#include <janji/engine.hpp>

#include "api/lane_view.hpp"

namespace janjid {

// A lane's calendar at a moment. Constant once it is shared.
struct LaneDays {
  // The durable LSN when it was first seen: all of that is in it, and maybe of what came later.
  janji::Lsn lsn;
  // No other was seen with that LSN: who knows the LSN knows these days. (Time alone changes days,
  // too.)
  bool sole{true};
  janji::Day first;
  std::vector<janji::DayAvailability> days;
};

// Problem: many follow one lane, and whoever comes again with the LSN it was told last wants to
// hear nothing twice; but that LSN says nothing of one lane, others' decisions raise it all the
// time.
// Operation: for each lane the newest calendar is kept once it was asked for, with the LSN at
// which it became so. It is looked at anew at most once a round of the writer and a second; while
// nothing changed everybody gets the same object.
// Concurrency: any thread; a lock for each lane, for the length of a look (some microseconds).
// Limits: one calendar a lane, some 2 KB, and those older ones that streams still hold.
class LaneBoard {
 public:
  explicit LaneBoard(const janji::Engine& engine);

  // Never null, and not older than what was acknowledged before round `rounds` was complete, which
  // it is.
  std::shared_ptr<const LaneDays> newest(const LaneView& lane, std::uint64_t rounds);

 private:
  struct Entry {
    std::mutex mutex;
    std::uint64_t rounds{0};  // when it was looked at last
    std::int64_t second{-1};
    std::shared_ptr<const LaneDays> newest;
  };

  std::shared_ptr<LaneDays> look(const LaneView& lane, janji::CivilTime now) const;

  const janji::Engine& engine_;
  std::vector<Entry> entries_;  // by the lane's index in the catalogue
};

}  // namespace janjid
