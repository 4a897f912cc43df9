#include "engine/lane_terms.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/words.hpp"

namespace janji {

namespace {

constexpr const char* kAdvice =
    ": offices, services and lanes come and go at an opening only; close the engine and open it "
    "with this catalogue (restart janjid)";

// `key_of` gives what names one. `find` says whether the other catalogue has it.
template <class All, class KeyOf>
Status check_same(const char* what, const All& from, const All& to, KeyOf key_of) {
  const auto has = [&](const All& all, std::string_view key) {
    return std::any_of(all.begin(), all.end(), [&](const auto& one) { return key_of(one) == key; });
  };
  for (std::size_t i = 0; i < std::max(from.size(), to.size()); ++i) {
    if (i < from.size() && i < to.size() && key_of(from[i]) == key_of(to[i])) continue;
    const char* how = " stands elsewhere among the others";
    std::string_view key = i < to.size() ? key_of(to[i]) : key_of(from[i]);
    if (i < to.size() && !has(from, key)) {
      how = " is new";
    } else if (i < from.size() && !has(to, key_of(from[i]))) {
      key = key_of(from[i]);
      how = " is gone";
    }
    return Error{Code::invalid_argument, base::words("catalogue: ", what, " ", key, how, kAdvice)};
  }
  return success();
}

}  // namespace

ledger::LaneRules rules_of(const Catalogue& catalogue, std::size_t index) {
  const LaneSpec& spec = catalogue.lanes()[index];
  const Service& service = catalogue.services()[spec.service];
  const ServiceRules& rules = service.rules;
  std::array<ProgressId, kMaxProgress> progress{};
  std::transform(service.progress.begin(), service.progress.end(), progress.begin(), progress_id);
  return ledger::LaneRules{static_cast<std::uint32_t>(index),
                           spec.branch,
                           rules.hold_ms,
                           rules.lead_ms,
                           rules.horizon_days,
                           spec.first_day,
                           spec.last_day,
                           rules.seats_max,
                           rules.group_max,
                           rules.scope,
                           service.categories,
                           rules.reschedules_max,
                           rules.reschedule_elsewhere,
                           rules.reschedule_cutoff_ms,
                           rules.extensions_max,
                           rules.approval_ms,
                           rules.offer_ms,
                           rules.freed_seats,
                           rules.check_in_ms,
                           rules.no_show_ms,
                           service_key(service.id),
                           rules.needs_entitlement,
                           progress,
                           spec.fall_back_ms};
}

Status check_same_places(const Catalogue& from, const Catalogue& to) {
  const auto id_of = [](const auto& one) { return std::string_view(one.id); };
  if (Status same = check_same("branch", from.branches(), to.branches(), id_of); !same.ok()) {
    return same;
  }
  if (Status same = check_same("service", from.services(), to.services(), id_of); !same.ok()) {
    return same;
  }
  const auto key_of = [](const LaneSpec& lane) { return std::string_view(lane.key); };
  if (Status same = check_same("lane", from.lanes(), to.lanes(), key_of); !same.ok()) return same;
  for (std::size_t i = 0; i < from.branches().size(); ++i) {
    if (from.branches()[i].timezone == to.branches()[i].timezone) continue;
    return Error{Code::invalid_argument,
                 base::words("catalogue: branch ", to.branches()[i].id, " is in the time zone ",
                             to.branches()[i].timezone, " and no longer in ",
                             from.branches()[i].timezone, kAdvice)};
  }
  return success();
}

}  // namespace janji
