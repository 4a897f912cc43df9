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

// Days beside those of the horizon that a table has room for, although the past ones are archived
// and their room is used again: as many as archive_after_ms and retention_ms keep them, and 60. Of
// these 30 are for the warning that rows run out (DayOpener::kRowsAheadDays), which thus means that
// past days are kept longer than the options say; 30 for past days whose bookings end late.
std::int32_t spare_days(const Options& options);

// Room for what was found, whatever catalogue it was made under, and for what this catalogue wants
// from `now` on. Errors: limit_reached, when there are more lanes or slots than can be counted.
Result<TableSizes> sizes_for(const Options& options, const state::Survey& found, CivilTime now);

}  // namespace janji
