// What another catalogue makes of the days that are open.
#pragma once

#include <cstdint>
#include <vector>

#include <janji/catalogue_change.hpp>

#include "engine/lane_book.hpp"
#include "ledger/day_table.hpp"

namespace janji {

// Problem: say what a catalogue changes before it is changed, and do no other than what was said.
// Operation: each slot that hasn't begun knows what the catalogue gave it last (record::Planned);
// where another plans something else, that is a change. So it needn't be known which catalogue that
// was, nor how much of a change was done before a crash.
// Concurrency: reads what any thread may read; what is being changed meanwhile may be in it or not.
struct CataloguePlan {
  struct SlotChange {
    SlotKey slot;
    record::Planned to;
    std::uint32_t day;    // index in preview.days
    bool is_shut{false};  // nobody can book it from then on, and until then somebody can
  };
  struct LaneChange {
    LaneId lane;
    ledger::LaneRules to;
  };

  CataloguePreview preview;  // without the bookings that are displaced
  std::vector<SlotChange> slots;
  std::vector<LaneChange> lanes;

  bool is_empty() const noexcept { return slots.empty() && lanes.empty(); }
};

CataloguePlan plan_catalogue(const ledger::DayTable& days, const LaneBook& lanes,
                             const Catalogue& to, CivilTime now);

}  // namespace janji
