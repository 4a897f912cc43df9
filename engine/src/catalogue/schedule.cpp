#include "catalogue/schedule.hpp"

#include <array>

namespace janji::catalogue {
namespace {

constexpr std::string_view kNoneWord = "none";

template <class T>
void fill(std::optional<T>& cell, const std::optional<T>& from) {
  if (!cell) cell = from;
}

}  // namespace

SlotRule Schedule::slot_rule(std::uint32_t service, std::uint32_t branch,
                             const std::string& kind) const {
  const std::array<Key, 6> keys{{{service, "", branch},
                                 {std::nullopt, "", branch},
                                 {service, kind, std::nullopt},
                                 {std::nullopt, kind, std::nullopt},
                                 {service, "", std::nullopt},
                                 {std::nullopt, "", std::nullopt}}};
  ScheduleRow cells;
  for (const Key& key : keys) {
    const auto found = rows.find(key);
    if (found == rows.end()) continue;
    const ScheduleRow& row = found->second;
    fill(cells.slot_minutes, row.slot_minutes);
    fill(cells.volume_percent, row.volume_percent);
    fill(cells.release, row.release);
    fill(cells.tranches, row.tranches);
    // Whichever of the two is more specific holds.
    if (cells.capacity || cells.volume_per_day) continue;
    cells.capacity = row.capacity;
    cells.volume_per_day = row.volume_per_day;
  }
  SlotRule rule;
  if (cells.slot_minutes) rule.slot_minutes = static_cast<std::uint16_t>(*cells.slot_minutes);
  if (cells.capacity) rule.capacity = static_cast<std::uint16_t>(*cells.capacity);
  rule.volume_per_day = cells.volume_per_day;
  rule.volume_percent = cells.volume_percent.value_or(100);
  rule.release = cells.release.value_or(ReleaseRule{});
  if (cells.tranches) rule.tranches = *cells.tranches;
  return rule;
}

ServiceRules Schedule::rules(std::uint32_t service, const std::string& service_id) const {
  ScheduleRow cells;
  for (const Key& key : {Key{service, "", std::nullopt}, Key{std::nullopt, "", std::nullopt}}) {
    const auto found = rows.find(key);
    if (found == rows.end()) continue;
    const ScheduleRow& row = found->second;
    fill(cells.hold_seconds, row.hold_seconds);
    fill(cells.lead_minutes, row.lead_minutes);
    fill(cells.horizon_days, row.horizon_days);
    fill(cells.seats_max, row.seats_max);
    fill(cells.group_max, row.group_max);
    fill(cells.reschedules_max, row.reschedules_max);
    fill(cells.reschedule_cutoff_minutes, row.reschedule_cutoff_minutes);
    fill(cells.reschedule_elsewhere, row.reschedule_elsewhere);
    fill(cells.extensions_max, row.extensions_max);
    fill(cells.approval_minutes, row.approval_minutes);
    fill(cells.offer_minutes, row.offer_minutes);
    fill(cells.check_in_minutes, row.check_in_minutes);
    fill(cells.no_show_minutes, row.no_show_minutes);
    fill(cells.scope, row.scope);
    fill(cells.required_details, row.required_details);
    fill(cells.needs_entitlement, row.needs_entitlement);
    fill(cells.freed_seats, row.freed_seats);
  }
  ServiceRules rules;
  if (cells.hold_seconds) rules.hold_ms = *cells.hold_seconds * 1000;
  if (cells.lead_minutes) rules.lead_ms = *cells.lead_minutes * 60'000;
  if (cells.horizon_days) rules.horizon_days = static_cast<int>(*cells.horizon_days);
  if (cells.seats_max) rules.seats_max = static_cast<std::uint16_t>(*cells.seats_max);
  if (cells.group_max) rules.group_max = static_cast<std::uint16_t>(*cells.group_max);
  if (cells.reschedules_max) {
    rules.reschedules_max = static_cast<std::uint8_t>(*cells.reschedules_max);
  }
  if (cells.reschedule_cutoff_minutes) {
    rules.reschedule_cutoff_ms = *cells.reschedule_cutoff_minutes * 60'000;
  }
  if (cells.reschedule_elsewhere) rules.reschedule_elsewhere = *cells.reschedule_elsewhere;
  if (cells.extensions_max) rules.extensions_max = static_cast<std::uint8_t>(*cells.extensions_max);
  if (cells.approval_minutes) rules.approval_ms = *cells.approval_minutes * 60'000;
  if (cells.offer_minutes) rules.offer_ms = *cells.offer_minutes * 60'000;
  if (cells.check_in_minutes) rules.check_in_ms = *cells.check_in_minutes * 60'000;
  if (cells.no_show_minutes) rules.no_show_ms = *cells.no_show_minutes * 60'000;
  if (cells.required_details) rules.required_details = *cells.required_details;
  if (cells.needs_entitlement) rules.needs_entitlement = *cells.needs_entitlement;
  if (cells.freed_seats) rules.freed_seats = *cells.freed_seats;
  rules.scope_name = cells.scope.value_or(service_id);
  if (rules.scope_name == kNoneWord) rules.scope_name.clear();
  rules.scope = scope_id(rules.scope_name);
  return rules;
}

}  // namespace janji::catalogue
