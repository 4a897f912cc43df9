// Opening the days of the horizon.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include <janji/catalogue.hpp>
#include <janji/result.hpp>
#include <janji/types.hpp>

#include "engine/catalogue_shelf.hpp"
#include "engine/clock_watch.hpp"
#include "journal/publish_list.hpp"
#include "journal/record_blocks.hpp"
#include "ledger/day_table.hpp"

namespace janji {

// Problem: every lane has its days open from today to the last one that its release rule names, and
// gets others when that says so, while claims run.
// Operation: once a second of civil time at most, looks which days are due, sets words aside and
// publishes a record for each; the ledger opens the day when it gives the record back. As many at a
// time as the writer has large blocks; the rest in the next round. Nothing is due while the wall
// clock isn't believed. Each time a lane's days are open it looks on: no table runs full without a
// warning. A day without room is left out, and tried again when another one was archived, or when
// the lane's next day is due. Each round looks whether there is another catalogue. Concurrency: the
// writer's thread; the counters by any.
class DayOpener {
 public:
  DayOpener(const CatalogueShelf& shelf, ledger::DayTable& days, journal::RecordBlocks& blocks,
            journal::PublishList& list, ClockWatch& clock)
      : shelf_(shelf),
        taken_(shelf.take()),
        days_(days),
        blocks_(blocks),
        list_(list),
        clock_(clock) {}

  // Publishes days that are due at `civil`. True: more are due than there was room for.
  bool open_due(CivilTime civil, LedgerTime now);

  // Whether the slots of all days that are due at `civil` will fit, when `freed` of those in use
  // have come free: to be known before anything is written. Errors: limit_reached.
  Status room_for_due(CivilTime civil, std::uint64_t freed) const;

  bool unfinished() const noexcept { return unfinished_; }
  std::uint64_t opened() const noexcept { return opened_.load(std::memory_order_relaxed); }
  std::uint64_t not_opened() const noexcept { return not_opened_.load(std::memory_order_relaxed); }
  // Whether it was for want of room in `slots_max`: the one table that an option makes larger.
  bool lacks_slots() const noexcept { return lacks_slots_; }
  // Why days are not opened, or soon won't be, and what to do; empty when all is well. The writer's
  // thread, or after it ended.
  const std::string& problem() const noexcept {
    if (!clock_.doubt().empty()) return clock_.doubt();
    return problem_.empty() ? warning_ : problem_;
  }

  // Warned of: a row missing for one of so many days past the horizon; slots, for all of them.
  static constexpr std::int32_t kRowsAheadDays = 30;
  static constexpr std::int32_t kSlotsAheadDays = 14;

 private:
  struct Span {
    std::int32_t first, last;
    friend bool operator==(const Span&, const Span&) = default;
  };
  static constexpr Span kNoSpan{kFirstPlannedDay.value, kFirstPlannedDay.value - 1};
  Span released(LaneId lane, CivilTime civil) const;
  Span due(LaneId lane, Span released) const;
  void look_ahead(LaneId lane, Span released);
  void warn();
  bool open_lane(LaneId lane, Span released, CivilTime civil);
  bool publish(LaneId lane, Day day, CivilTime civil);

  void adopt();

  const CatalogueShelf& shelf_;
  CatalogueShelf::Taken taken_;  // the one that it goes by
  ledger::DayTable& days_;
  journal::RecordBlocks& blocks_;
  journal::PublishList& list_;
  ClockWatch& clock_;

  bool unfinished_{true};
  bool warn_{false};  // what is ahead was looked at, and not yet told of
  std::int64_t looked_at_s_{-1};
  std::vector<Span> done_;                  // per lane: of which all days are open
  std::vector<bool> left_out_;              // per lane: but for some that had no room
  std::uint64_t forgets_{0};                // of days, when these were tried last
  std::vector<std::int32_t> row_lacks_in_;  // per lane: days until one has no row; 0: none
  std::vector<std::uint64_t> slots_ahead_;  // per lane: of the kSlotsAheadDays past its horizon
  std::uint64_t all_slots_ahead_{0};
  std::string problem_, warning_;
  bool lacks_slots_{false};
  std::atomic<std::uint64_t> opened_{0}, not_opened_{0};
};

}  // namespace janji
