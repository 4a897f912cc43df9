// Slots as clients name them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <janji/engine.hpp>
#include <janji/types.hpp>

#include "api/lane_view.hpp"

namespace janjid {

// "kajang.keselamatan-pasport.general.20261124.0815": the lane's key, the date, and the time
// elapsed since the branch's midnight (on a day on which the clocks change that isn't the time
// of day). Made of nothing but names and dates, so that it outlives restarts, edits of the
// catalogue and the data directory. To clients it is opaque.
void append_slot_id(std::string& out, const LaneView& lane, janji::SlotKey slot);

// The same of whatever lane there ever was: of one that the catalogue lacks by now, its number
// stands in its key's place, and no slot can be claimed by such an id.
void append_slot_id(std::string& out, const janji::Engine& engine, janji::SlotKey slot);

struct ParsedSlotId {
  janji::SlotKey slot;
  LaneView lane;
};

// Strict: exactly what append_slot_id() writes, of a lane of the catalogue. Whether the lane has
// such a slot is for the engine to say.
std::optional<ParsedSlotId> parse_slot_id(const janji::Engine& engine, std::string_view text);

}  // namespace janjid
