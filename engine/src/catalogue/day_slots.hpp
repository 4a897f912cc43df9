// From opening hours to the slots of a day.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <janji/catalogue_builder.hpp>

#include "catalogue/time_zone.hpp"

namespace janji::catalogue {

// The slots of a day with these hours, cut by the zone into these segments.
//
// An office is open at a moment when its wall clock is within the hours. So an hour that is
// repeated counts twice and one that is skipped not at all. In each unbroken stretch of open
// time the grid starts at its beginning and elapses; a slot that overlaps a break or passes the
// stretch's end isn't made.
std::vector<SlotPlan> day_slots(const OpeningDay& hours, std::span<const DaySegment> segments,
                                std::uint16_t slot_minutes, std::uint16_t capacity);

// The most slots that any weekday of the week has, on a day without a jump of the clock.
std::uint32_t slots_of_longest_day(const OpeningWeek& week, std::uint16_t slot_minutes);

// A day without a jump.
std::span<const DaySegment> regular_day();

}  // namespace janji::catalogue
