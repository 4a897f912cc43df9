#include "api/day_span.hpp"

#include <algorithm>

#include "api/request_parts.hpp"

namespace janjid {
namespace {

janji::Day end_of(const LaneView& lane, janji::Day today, janji::Day first) noexcept {
  const janji::Day horizon{today.value + lane.service->rules.horizon_days - 1};
  return std::clamp(horizon, first, janji::Day{first.value + kSpanDaysMax - 1});
}

}  // namespace

std::optional<DaySpan> make_span(std::optional<janji::Day> from, std::optional<janji::Day> to,
                                 const LaneView& lane, janji::CivilTime now, FieldErrors& errors) {
  const janji::Day today = lane.local_day(now);
  const janji::Day first = from.value_or(today);
  const janji::Day last = to.value_or(end_of(lane, today, first));
  if (last < first) {
    errors.query("to", Fault::bad_span, "to >= from");
    return std::nullopt;
  }
  if (last.value > first.value + kSpanDaysMax - 1) {
    errors.query("to", Fault::bad_span, "to - from < 100 days");
    return std::nullopt;
  }
  return DaySpan{first, last};
}

DaySpan calendar_span(const LaneView& lane, janji::CivilTime now) noexcept {
  const janji::Day today = lane.local_day(now);
  return {today, end_of(lane, today, today)};
}

}  // namespace janjid
