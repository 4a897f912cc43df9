// How large the engine's tables are to be for a catalogue.
#pragma once

#include <cstdint>

#include <janji/catalogue.hpp>
#include <janji/types.hpp>

namespace janjid {

struct TableSizes {
  std::uint32_t slots_max{0};
  std::uint32_t bookings_max{0};
};

// Every seat of the horizon can be sold, with a quarter more for those that ended and are still
// remembered; slots last for the horizon and the year and more behind it that the engine keeps.
// Counted from `now`'s day on, at each branch. Never less than small offices need to grow.
TableSizes sizes_for(const janji::Catalogue& catalogue, janji::CivilTime now);

}  // namespace janjid
