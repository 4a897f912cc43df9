// The reading of schedule.csv.
#include <algorithm>
#include <array>

#include "catalogue/freed_seats.hpp"
#include "catalogue/ids.hpp"
#include "catalogue/release.hpp"
#include "catalogue/schedule.hpp"
#include "catalogue/table.hpp"

namespace janji::catalogue {
namespace {

enum : int {
  kService,
  kKind,
  kBranch,
  kSlotMinutes,
  kCapacity,
  kVolumePerDay,
  kVolumePercent,
  kHoldSeconds,
  kLeadMinutes,
  kHorizonDays,
  kSeatsMax,
  kScope,
  kRequiredDetails,
  kReschedulesMax,
  kRescheduleCutoffMinutes,
  kRescheduleElsewhere,
  kExtensionsMax,
  kApprovalMinutes,
  kOfferMinutes,
  kCheckInMinutes,
  kNoShowMinutes,
  kGroupMax,
  kNeedsEntitlement,
  kFreedSeats,
  kRelease,
  kTranches,
  kNote
};
constexpr std::array<Column, 27> kColumns{{{"service_id"},
                                           {"kind"},
                                           {"branch_id"},
                                           {"slot_minutes"},
                                           {"capacity", false},
                                           {"volume_per_day", false},
                                           {"volume_percent", false},
                                           {"hold_seconds"},
                                           {"lead_minutes"},
                                           {"horizon_days"},
                                           {"seats_max"},
                                           {"scope", false},
                                           {"required_details", false},
                                           {"reschedules_max", false},
                                           {"reschedule_cutoff_minutes", false},
                                           {"reschedule_elsewhere", false},
                                           {"extensions_max", false},
                                           {"approval_minutes", false},
                                           {"offer_minutes", false},
                                           {"check_in_minutes", false},
                                           {"no_show_minutes", false},
                                           {"group_max", false},
                                           {"needs_entitlement", false},
                                           {"freed_seats", false},
                                           {"release", false},
                                           {"tranches", false},
                                           {"note", false}}};

constexpr std::int64_t kMaxVolume = 1'000'000;
constexpr std::size_t kMaxDetails = 32;

class ScheduleReader {
 public:
  ScheduleReader(const RowReader& row, const Offices& offices, const ServiceList& services)
      : row_(row), offices_(offices), services_(services) {}

  void read_into(Schedule& schedule) {
    const auto key = read_key();
    ScheduleRow cells = read_cells();
    if (!key) return;
    const bool of_office = !key->kind.empty() || key->branch.has_value();
    if (of_office) refuse_rules_of_office();
    if (!schedule.rows.emplace(*key, std::move(cells)).second) {
      row_.error(kService, "a second row for the same service and office", "Join the two");
    }
  }

 private:
  std::optional<Schedule::Key> read_key() {
    Schedule::Key key;
    bool good = true;
    if (!row_.empty(kService)) {
      key.service = services_.find(row_, kService);
      good = key.service.has_value();
    }
    if (!row_.empty(kKind) && !row_.empty(kBranch)) {
      row_.error(kBranch, "both kind and branch_id", "Leave one of the two empty");
      return std::nullopt;
    }
    if (!row_.empty(kKind)) {
      key.kind = row_.cell(kKind);
      good = check_kind(offices_, row_, kKind) && good;
    }
    if (!row_.empty(kBranch)) {
      key.branch = find_office(offices_, row_, kBranch);
      good = key.branch.has_value() && good;
    }
    return good ? std::optional(key) : std::nullopt;
  }

  ScheduleRow read_cells() {
    ScheduleRow cells;
    cells.slot_minutes = row_.number(kSlotMinutes, 1, kMaxSlotMinutes);
    cells.capacity = row_.number(kCapacity, 1, kMaxSlotCapacity);
    cells.volume_per_day = row_.number(kVolumePerDay, 1, kMaxVolume);
    cells.volume_percent = row_.number(kVolumePercent, 1, 1000);
    cells.hold_seconds = row_.number(kHoldSeconds, 1, kMaxHoldMs / 1000);
    cells.lead_minutes = row_.number(kLeadMinutes, 0, kMaxLeadMs / 60'000);
    cells.horizon_days = row_.number(kHorizonDays, 1, kMaxHorizonDays);
    cells.seats_max = row_.number(kSeatsMax, 1, kMaxSlotCapacity);
    cells.scope = row_.id(kScope);
    cells.required_details = read_details();
    cells.reschedules_max = row_.number(kReschedulesMax, 0, kMaxReschedules);
    cells.reschedule_cutoff_minutes = row_.number(kRescheduleCutoffMinutes, 0, kMaxLeadMs / 60'000);
    cells.reschedule_elsewhere = read_yes_or_no(kRescheduleElsewhere);
    cells.extensions_max = row_.number(kExtensionsMax, 0, kMaxExtensions);
    cells.approval_minutes = row_.number(kApprovalMinutes, 0, kMaxApprovalMs / 60'000);
    cells.offer_minutes = row_.number(kOfferMinutes, 1, kMaxOfferMs / 60'000);
    cells.check_in_minutes = row_.number(kCheckInMinutes, 0, kMaxVisitMs / 60'000);
    cells.no_show_minutes = row_.number(kNoShowMinutes, 1, kMaxVisitMs / 60'000);
    cells.group_max = row_.number(kGroupMax, 0, kGroupMembersMax);
    cells.needs_entitlement = read_yes_or_no(kNeedsEntitlement);
    cells.freed_seats = read_freed_seats();
    cells.release = read_release();
    cells.tranches = read_tranches();
    if (cells.capacity && cells.volume_per_day) {
      row_.error(kVolumePerDay, "both capacity and volume_per_day", "Leave one of the two empty");
    }
    return cells;
  }

  std::optional<std::vector<std::string>> read_details() {
    if (row_.empty(kRequiredDetails)) return std::nullopt;
    std::vector<std::string> names = row_.list(kRequiredDetails);
    if (names == std::vector<std::string>{"none"}) return std::vector<std::string>{};
    const auto bad = std::find_if_not(names.begin(), names.end(), valid_word);
    if (bad != names.end() || names.size() > kMaxDetails) {
      row_.error(kRequiredDetails, "not a list of names",
                 "Write up to 32 names of a to z, 0 to 9 and _ with ; between, or none");
      return std::nullopt;
    }
    return names;
  }

  std::optional<bool> read_yes_or_no(int column) {
    if (row_.empty(column)) return std::nullopt;
    if (row_.cell(column) == "yes") return true;
    if (row_.cell(column) == "no") return false;
    row_.error(column, "not yes or no", "Write yes or no, or leave the cell empty");
    return std::nullopt;
  }

  std::optional<ReleaseRule> read_release() {
    if (row_.empty(kRelease)) return std::nullopt;
    auto rule = parse_release(row_.cell(kRelease));
    if (!rule) {
      row_.error(
          kRelease, "no such rule",
          "Write midnight, daily HH:MM, or weekly, a weekday (mon to sun), HH:MM and how many "
          "weeks ahead, e.g. weekly mon 08:00 2");
    }
    return rule;
  }

  std::optional<std::vector<Tranche>> read_tranches() {
    if (row_.empty(kTranches)) return std::nullopt;
    auto tranches = parse_tranches(row_.cell(kTranches));
    if (!tranches) {
      row_.error(kTranches, "no such rule",
                 "Write none, or how many percent, daily, HH:MM and how many days before, with ; "
                 "between several, e.g. 50 daily 08:00 7");
    }
    return tranches;
  }

  std::optional<FreedSeats> read_freed_seats() {
    if (row_.empty(kFreedSeats)) return std::nullopt;
    auto rule = parse_freed_seats(row_.cell(kFreedSeats));
    if (!rule) {
      row_.error(kFreedSeats, "no such rule",
                 "Write at_once, or after and two numbers of minutes, the least and the most, up "
                 "to 1440, e.g. after 5 60");
    }
    return rule;
  }

  // These hold for a service wherever it is booked.
  void refuse_rules_of_office() {
    for (int column = kHoldSeconds; column <= kFreedSeats; ++column) {
      if (row_.empty(column)) continue;
      row_.error(column, "a rule of the service in a row of an office",
                 "Move it to the row that has service_id alone");
    }
  }

  const RowReader& row_;
  const Offices& offices_;
  const ServiceList& services_;
};

}  // namespace

Schedule read_schedule(const std::filesystem::path& directory, const Offices& offices,
                       const ServiceList& services, IssueLog& log) {
  Schedule schedule;
  const Table table = read_table(directory, "schedule.csv", kColumns, log);
  schedule.readable = table.readable;
  for (const Table::Row& cells : table.rows) {
    const RowReader row(table, cells, log);
    ScheduleReader(row, offices, services).read_into(schedule);
  }
  return schedule;
}

}  // namespace janji::catalogue
