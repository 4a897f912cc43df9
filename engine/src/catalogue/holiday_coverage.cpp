// Warns of bookable days for which no holidays are known.
#include <algorithm>
#include <map>

#include "catalogue/calendar_text.hpp"
#include "catalogue/catalogue_data.hpp"

namespace janji {
namespace {

// The last bookable day of each state that has lanes, by index of the state.
std::map<std::uint32_t, Day> last_bookable_days(const CatalogueData& data, Day today) {
  std::map<std::uint32_t, Day> result;
  for (const LaneSpec& lane : data.lanes) {
    const int horizon_days = data.services[lane.service].rules.horizon_days;
    const Day last = std::min(Day{today.value + horizon_days - 1}, lane.last_day);
    Day& latest = result.try_emplace(data.state_of_branch[lane.branch], today).first->second;
    latest = std::max(latest, last);
  }
  return result;
}

}  // namespace

std::vector<CatalogueIssue> Catalogue::check_holidays(Day today) const {
  // Any day may be asked for; only planned ones have dates.
  today = std::clamp(today, kFirstPlannedDay, kLastPlannedDay);
  std::vector<CatalogueIssue> issues;
  for (const auto& [state, last] : last_bookable_days(*data_, today)) {
    const auto& holidays = data_->holidays[state];
    CatalogueIssue issue;
    issue.file = "holidays.csv";
    issue.column = "state_code";
    issue.value = data_->states[state].code;
    issue.warning = true;
    issue.remedy = "Add the holidays, or offices serve on them";
    if (holidays.empty()) {
      issue.problem = "no holiday is known for this state";
    } else if (const Day until = catalogue::last_day_of_year(holidays.back().day); until < last) {
      issue.problem = "bookings are taken until " + catalogue::day_text(last) +
                      ", but holidays are known only until " + catalogue::day_text(until);
    } else {
      continue;
    }
    issues.push_back(std::move(issue));
  }
  return issues;
}

}  // namespace janji
