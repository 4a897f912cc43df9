#include "engine/clock_watch.hpp"

#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/words.hpp"
#include "catalogue/calendar_text.hpp"

namespace janji {

namespace {

std::string date_of(CivilTime at) {
  const std::int64_t day = std::clamp<std::int64_t>(at.value / ClockWatch::kDayMs,
                                                    kFirstPlannedDay.value, kLastPlannedDay.value);
  return catalogue::day_text(Day{static_cast<std::int32_t>(day)});
}

}  // namespace

void ClockWatch::begin(CivilTime last, LedgerTime now) noexcept {
  known_ = true;
  last_ = last;
  last_at_ = now;
}

CivilTime ClockWatch::expected(LedgerTime now) const noexcept {
  return CivilTime{last_.value + (now.value - last_at_.value)};
}

bool ClockWatch::believes(CivilTime civil, LedgerTime now) {
  const std::int64_t leap_ms = believed_ ? kLeapMs : kAwayMs;
  const bool behind = known_ && civil.value < last_.value - kBackMs;
  const bool ahead = known_ && civil.value > expected(now).value + leap_ms;
  if (behind || ahead) {
    std::string why;
    if (behind) {
      why = base::words("which is before ", date_of(last_), ", where it was already");
    } else if (believed_) {
      why = base::words("but by what has passed it should be ", date_of(expected(now)));
    } else {
      why = base::words("more than ", kAwayMs / kDayMs, " days after ", date_of(last_),
                        ", when the data was last written");
    }
    doubt_ = base::words(
        "no days are opened: the wall clock says ", date_of(civil), ", ", why,
        ". Set it right; if it is, ",
        believed_ ? "close the engine and open it again (restart janjid)"
                  : "open the engine once with Options::trust_clock (janjid --trust-clock)");
    return false;
  }
  if (known_ && !believed_) opening_leap_ms_ = civil.value - expected(now).value;
  known_ = believed_ = true;
  last_ = civil;
  last_at_ = now;
  doubt_.clear();
  return true;
}

}  // namespace janji
