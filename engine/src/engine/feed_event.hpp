// A record as the feed tells it.
#pragma once

#include <optional>

#include <janji/feed.hpp>

#include "record/record.hpp"

namespace janji {

// The event that a record is; nothing for what is the engine's own business (its openings, the
// numbers of lanes, the passing of time). `header` begins a whole record that passed
// check_record(); `round_time` is its chunk's ledger time.
std::optional<Event> event_of(Lsn lsn, const record::Header& header, LedgerTime round_time);

}  // namespace janji
