// What build() refuses.
#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "catalogue/builder_parts.hpp"
#include "catalogue/freed_seats.hpp"
#include "catalogue/ids.hpp"
#include "catalogue/release.hpp"

namespace janji {
namespace {

Error bad(std::string detail) {
  return {Code::invalid_argument, std::move(detail)};
}

bool sorted_and_disjoint(const std::vector<WallSpan>& spans) {
  return std::adjacent_find(spans.begin(), spans.end(), [](const WallSpan& a, const WallSpan& b) {
           return b.from < a.to;
         }) == spans.end();
}

bool valid_spans(const std::vector<WallSpan>& spans) {
  return sorted_and_disjoint(spans) && std::all_of(spans.begin(), spans.end(), [](WallSpan s) {
           return s.from < s.to && s.to <= 1440;
         });
}

bool breaks_inside(const OpeningDay& day) {
  return std::all_of(day.breaks.begin(), day.breaks.end(), [&](WallSpan b) {
    return std::any_of(day.open.begin(), day.open.end(),
                       [&](WallSpan o) { return o.from <= b.from && b.to <= o.to; });
  });
}

Status check_rules(const Service& service) {
  const ServiceRules& rules = service.rules;
  const std::string at = "service " + service.id + ": ";
  if (rules.hold_ms < 1 || rules.hold_ms > kMaxHoldMs) return bad(at + "hold_ms out of bounds");
  if (rules.lead_ms < 0 || rules.lead_ms > kMaxLeadMs) return bad(at + "lead_ms out of bounds");
  if (rules.horizon_days < 1 || rules.horizon_days > kMaxHorizonDays) {
    return bad(at + "horizon_days out of bounds");
  }
  if (rules.seats_max < 1 || rules.seats_max > kMaxSlotCapacity) {
    return bad(at + "seats_max out of bounds");
  }
  if (rules.reschedules_max > kMaxReschedules) return bad(at + "reschedules_max out of bounds");
  if (rules.reschedule_cutoff_ms < 0 || rules.reschedule_cutoff_ms > kMaxLeadMs) {
    return bad(at + "reschedule_cutoff_ms out of bounds");
  }
  if (rules.group_max > kGroupMembersMax) return bad(at + "group_max out of bounds");
  if (rules.extensions_max > kMaxExtensions) return bad(at + "extensions_max out of bounds");
  if (rules.approval_ms < 0 || rules.approval_ms > kMaxApprovalMs) {
    return bad(at + "approval_ms out of bounds");
  }
  if (rules.offer_ms < 1 || rules.offer_ms > kMaxOfferMs) return bad(at + "offer_ms out of bounds");
  if (!catalogue::is_sound(rules.freed_seats)) return bad(at + "freed_seats out of bounds");
  if (rules.check_in_ms < 0 || rules.check_in_ms > kMaxVisitMs) {
    return bad(at + "check_in_ms out of bounds");
  }
  if (rules.no_show_ms < 1 || rules.no_show_ms > kMaxVisitMs) {
    return bad(at + "no_show_ms out of bounds");
  }
  return success();
}

// `stages`: of all services so far, by their numbers.
Status check_progress(const Service& service,
                      std::unordered_map<std::uint32_t, std::string_view>& stages) {
  const std::string at = "service " + service.id + ": progress ";
  if (service.progress.size() > kMaxProgress) return bad(at + "has more than 8 stages");
  for (std::size_t i = 0; i < service.progress.size(); ++i) {
    const std::string& name = service.progress[i];
    if (!catalogue::valid_word(name)) return bad(at + "\"" + name + "\": not a name");
    if (std::count(service.progress.begin(), service.progress.end(), name) != 1) {
      return bad(at + "\"" + name + "\" twice");
    }
    const auto [known, added] = stages.emplace(progress_id(name).value, name);
    if (!added && known->second != name) {
      return bad("stages \"" + std::string(known->second) + "\" and \"" + name +
                 "\" fall on one number: rename one");
    }
  }
  return success();
}

}  // namespace

Status CatalogueBuilder::Parts::check_branches() const {
  if (branches.size() > kMaxBranches) return bad("more than 1048576 branches");
  std::unordered_set<std::string_view> ids;
  for (const Branch& branch : branches) {
    if (!catalogue::valid_id(branch.id)) return bad("branch \"" + branch.id + "\": not an id");
    if (!ids.insert(branch.id).second) return bad("branch \"" + branch.id + "\" twice");
  }
  return success();
}

Status CatalogueBuilder::Parts::check_services() const {
  if (services.size() > kMaxServices) return bad("more than 4096 services");
  std::unordered_set<std::string_view> ids;
  std::unordered_map<std::uint16_t, std::string_view> scopes;
  std::unordered_map<std::uint32_t, std::string_view> stages;
  std::unordered_map<std::uint32_t, std::string_view> keys;
  for (const Service& service : services) {
    if (!catalogue::valid_id(service.id)) return bad("service \"" + service.id + "\": not an id");
    if (!ids.insert(service.id).second) return bad("service \"" + service.id + "\" twice");
    const auto [other, is_new] = keys.emplace(service_key(service.id).value, service.id);
    if (!is_new) {
      return bad("services \"" + std::string(other->second) + "\" and \"" + service.id +
                 "\" fall on one number: rename one");
    }
    if (Status status = check_rules(service); !status) return status;
    if (Status status = check_progress(service, stages); !status) return status;
    if (service.rules.scope == kNoScope) continue;
    const auto [known, added] = scopes.emplace(service.rules.scope.value, service.rules.scope_name);
    if (!added && known->second != service.rules.scope_name) {
      return bad("scopes \"" + std::string(known->second) + "\" and \"" + service.rules.scope_name +
                 "\" fall on one number: rename one");
    }
  }
  return success();
}

Status CatalogueBuilder::Parts::check_weeks() const {
  for (std::size_t i = 0; i < weeks.size(); ++i) {
    for (const OpeningDay& day : weeks[i].days) {
      if (valid_spans(day.open) && valid_spans(day.breaks) && breaks_inside(day)) continue;
      return bad("week " + std::to_string(i) +
                 ": hours or breaks overlap, are unsorted, or a break lies outside the hours");
    }
  }
  return success();
}

Status CatalogueBuilder::Parts::check_lanes() const {
  if (lanes.size() > kMaxLanes) return bad("more than 16777216 lanes");
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const Lane& lane = lanes[i];
    const std::string at = "lane " + std::to_string(i) + ": ";
    if (lane.branch >= branches.size()) return bad(at + "no such branch");
    if (lane.service >= services.size()) return bad(at + "no such service");
    if (lane.week >= weeks.size()) return bad(at + "no such week");
    if (static_cast<int>(lane.pool) >= kPools) return bad(at + "no such pool");
    if (lane.slot_minutes < 1 || lane.slot_minutes > kMaxSlotMinutes) {
      return bad(at + "slot_minutes out of bounds");
    }
    if (lane.capacity < 1 || lane.capacity > kMaxSlotCapacity) {
      return bad(at + "capacity out of bounds");
    }
    if (lane.first_day > lane.last_day || lane.first_day < kFirstPlannedDay ||
        lane.last_day > kLastPlannedDay) {
      return bad(at + "first_day or last_day out of bounds");
    }
    const int horizon = services[lane.service].rules.horizon_days;
    if (const std::string wrong = catalogue::check_release(lane.release, horizon); !wrong.empty()) {
      return bad(at + "release: " + wrong);
    }
    if (const std::string wrong = catalogue::check_tranches(lane.tranches, horizon);
        !wrong.empty()) {
      return bad(at + "tranches: " + wrong);
    }
    if (lane.fall_back_ms < 0 || lane.fall_back_ms > kMaxFallBackMs) {
      return bad(at + "fall_back_ms out of bounds");
    }
    if (lane.fall_back_ms != 0 && lane.pool == Pool::general) {
      return bad(at + "fall_back_ms: the general pool has none to fall back to");
    }
    if (lane.fall_back_ms != 0 && lane.fall_back_ms <= services[lane.service].rules.lead_ms) {
      return bad(at + "fall_back_ms: by then the slot can't be claimed any more (lead_ms)");
    }
  }
  return success();
}

}  // namespace janji
