// How large the tables of lanes, days and slots are to be.
#pragma once

#include <cstdint>

#include <janji/options.hpp>
#include <janji/result.hpp>
#include <janji/types.hpp>

#include "state/recovery_survey.hpp"

namespace janji {

struct TableSizes {
  std::uint32_t lanes_max{0};
  std::uint32_t ring_days{0};
  std::uint32_t slots_max{0};
};

// Days past the horizon that a table has room for, each time an engine is opened: so long it can
// stay open.
inline constexpr std::int32_t kDaysToCome = 400;

// Room for what was found, whatever catalogue it was made under, and for what this catalogue wants
// from `now` on. Errors: limit_reached, when there are more lanes or slots than can be counted.
Result<TableSizes> sizes_for(const Options& options, const state::Survey& found, CivilTime now);

}  // namespace janji
