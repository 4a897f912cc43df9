// Who walks in, what for, and what he tells of himself.
#pragma once

#include <optional>

#include "api/claim_body.hpp"
#include "api/details_body.hpp"
#include "api/exchange.hpp"
#include "api/lane_view.hpp"

namespace janjid {

// A slot by its id, or today's of a branch's service: of the pool `kiosk`.
struct WalkInBody : ClaimBody {
  std::optional<LaneView> lane;  // none: there is no such slot or lane, and the rest wasn't read
  janji::SlotKey slot_key;
  DetailsBody details;
};

// Reads it from the parsed body; whatever is wrong is reported. The views point into the body.
WalkInBody read_walk_in_body(Exchange& exchange, FieldErrors& errors);

}  // namespace janjid
