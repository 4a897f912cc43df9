// From a catalogue to what the ledger goes by.
#pragma once

#include <cstddef>

#include <janji/catalogue.hpp>
#include <janji/result.hpp>

#include "ledger/lane_rules.hpp"

namespace janji {

// Of the lane with this index; where its seats fall back to is for whoever knows the lanes'
// numbers.
ledger::LaneRules rules_of(const Catalogue& catalogue, std::size_t index);

// Whether an open engine can go from one to the other: the ledger's tables go by the indexes of
// branches, services and lanes, and open days by their branch's midnight. Errors: invalid_argument,
// which names what differs.
Status check_same_places(const Catalogue& from, const Catalogue& to);

}  // namespace janji
