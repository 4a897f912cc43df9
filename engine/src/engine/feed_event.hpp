// A record as the feed tells it.
#pragma once

#include <array>
#include <cstddef>

#include <janji/feed.hpp>

#include "record/record.hpp"

namespace janji {

// As many as any record is.
using EventRoom = std::array<Event, kGroupMembersMax>;

// Fills `out` with the events that a record is, and returns how many: none for what is the engine's
// own business (its openings, the numbers of lanes, the passing of time), one for each member when
// it is about a group. `header` begins a whole record that passed check_record(); `round_time` is
// its chunk's ledger time.
std::size_t events_of(Lsn lsn, const record::Header& header, LedgerTime round_time, EventRoom& out);

}  // namespace janji
