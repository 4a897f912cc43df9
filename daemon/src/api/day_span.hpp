// Which days of a lane are asked for.
#pragma once

#include <optional>

#include "api/lane_view.hpp"
#include "http/field_error.hpp"

namespace janjid {

struct DaySpan {
  janji::Day from, to;

  std::size_t days() const noexcept { return static_cast<std::size_t>(to.value - from.value) + 1; }
};

// `from` is today by default, `to` the end of the horizon, but no more than the span allows
// (kSpanDaysMax). Nothing when reported.
std::optional<DaySpan> make_span(std::optional<janji::Day> from, std::optional<janji::Day> to,
                                 const LaneView& lane, janji::CivilTime now, FieldErrors& errors);

// That of all defaults: what a calendar shows.
DaySpan calendar_span(const LaneView& lane, janji::CivilTime now) noexcept;

}  // namespace janjid
