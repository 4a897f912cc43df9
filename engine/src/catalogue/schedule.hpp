// schedule.csv: slot length, capacity and the rules of booking.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <janji/catalogue.hpp>

#include "catalogue/issue_log.hpp"
#include "catalogue/offices.hpp"
#include "catalogue/service_list.hpp"

namespace janji::catalogue {

// A row: cells that are empty say nothing.
struct ScheduleRow {
  std::optional<std::int64_t> slot_minutes;
  std::optional<std::int64_t> capacity;        // seats of a slot, all pools together; or
  std::optional<std::int64_t> volume_per_day;  // seats of the longest day
  std::optional<std::int64_t> volume_percent;  // of the volume that goes for this service
  std::optional<std::int64_t> hold_seconds;
  std::optional<std::int64_t> lead_minutes;
  std::optional<std::int64_t> horizon_days;
  std::optional<std::int64_t> seats_max;
  std::optional<std::int64_t> group_max;
  std::optional<std::int64_t> reschedules_max;
  std::optional<std::int64_t> reschedule_cutoff_minutes;
  std::optional<bool> reschedule_elsewhere;
  std::optional<std::int64_t> extensions_max;
  std::optional<std::int64_t> approval_minutes;
  std::optional<std::int64_t> offer_minutes;
  std::optional<std::int64_t> check_in_minutes;
  std::optional<std::int64_t> no_show_minutes;
  std::optional<std::string> scope;
  std::optional<std::vector<std::string>> required_details;
  std::optional<ReleaseRule> release;
  std::optional<std::vector<Tranche>> tranches;
  std::optional<bool> needs_entitlement;
  std::optional<FreedSeats> freed_seats;
};

// What schedule.csv says of one service at one office.
struct SlotRule {
  std::optional<std::uint16_t> slot_minutes;
  std::optional<std::uint16_t> capacity;
  std::optional<std::int64_t> volume_per_day;
  std::int64_t volume_percent{100};
  ReleaseRule release{};
  std::vector<Tranche> tranches{};
};

class Schedule {
 public:
  // Whom a row is about: a service or all, and a kind of office, one office, or all.
  struct Key {
    std::optional<std::uint32_t> service;
    std::string kind;
    std::optional<std::uint32_t> branch;
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  // Each cell from the most specific row that fills it in: rows of the office, then of its kind,
  // then of no office; among those, rows of the service first.
  SlotRule slot_rule(std::uint32_t service, std::uint32_t branch, const std::string& kind) const;

  // The rules of the service's own row, then of the row for all; then those of ServiceRules.
  ServiceRules rules(std::uint32_t service, const std::string& service_id) const;

  std::map<Key, ScheduleRow> rows;
  bool readable{};
};

Schedule read_schedule(const std::filesystem::path& directory, const Offices& offices,
                       const ServiceList& services, IssueLog& log);

}  // namespace janji::catalogue
