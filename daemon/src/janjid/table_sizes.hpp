// How large the engine's tables are to be for a catalogue.
#pragma once

#include <cstdint>

#include <janji/catalogue.hpp>
#include <janji/types.hpp>

namespace janjid {

// Bookings: every seat of the horizon can be sold, with a quarter more for those that ended and are
// still remembered. Counted from `now`'s day on, at each branch. Never less than small offices need
// to grow. (Slots are the engine's to count: Options::slots_max 0.)
std::uint32_t bookings_for(const janji::Catalogue& catalogue, janji::CivilTime now);

}  // namespace janjid
