#include "catalogue/lane_assembly.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "catalogue/day_slots.hpp"
#include "catalogue/release.hpp"

namespace janji::catalogue {
namespace {

class Assembly {
 public:
  Assembly(const CatalogueFiles& files, CatalogueBuilder& builder, IssueLog& log)
      : files_(files), builder_(builder), log_(log) {}

  void run() {
    for (const Branch& branch : files_.offices.branches) builder_.add_branch(branch);
    add_services();
    for (const HolidayRow& holiday : files_.holidays) {
      builder_.add_holiday(holiday.state_code, holiday.day, holiday.name);
    }
    for (std::uint32_t b = 0; b < files_.offices.branches.size(); ++b) add_lanes_of(b);
  }

 private:
  // Once for each value: an omission concerns many offices.
  void issue(std::string_view file, std::string_view column, const std::string& value,
             std::string problem, std::string remedy) {
    if (!reported_.emplace(std::string(file) + std::string(column), value).second) return;
    log_.add({std::string(file), 0, std::string(column), value, std::move(problem),
              std::move(remedy), false});
  }

  void add_services() {
    std::map<ScopeId, std::string> scopes;
    for (std::uint32_t s = 0; s < files_.services.services.size(); ++s) {
      Service service = files_.services.services[s];
      service.rules = files_.schedule.rules(s, service.id);
      const std::string& name = service.rules.scope_name;
      const auto [known, added] = scopes.emplace(service.rules.scope, name);
      if (!added && known->second != name) {
        issue("schedule.csv", "scope", name,
              "falls on the same number as the scope \"" + known->second + "\"", "Rename it");
      }
      builder_.add_service(std::move(service));
    }
  }

  void add_lanes_of(std::uint32_t branch) {
    const std::string& kind = files_.offices.branches[branch].kind;
    const std::vector<Offer> offers = offers_of(files_.offers, branch, kind);
    for (std::size_t begin = 0; begin < offers.size();) {
      std::size_t end = begin;
      while (end < offers.size() && offers[end].service == offers[begin].service) ++end;
      add_pools(branch, std::span(offers).subspan(begin, end - begin));
      begin = end;
    }
  }

  // The pools of one service at one office.
  void add_pools(std::uint32_t branch, std::span<const Offer> pools) {
    const auto week = week_of(branch);
    if (!week || !files_.schedule.readable) return;
    const auto slots = slots_of(branch, pools.front().service, *week);
    if (!slots) return;
    int percent = 0;
    std::int64_t kept = 0;
    for (const Offer& offer : pools) {
      percent += offer.percent;
      kept += slots->seats * offer.percent / 100;
    }
    if (percent > 100) {
      issue("offers.csv", "percent", std::to_string(percent),
            "the pools of " + names(branch, pools.front().service) + " exceed the whole",
            "Lower the shares to 100 together");
      return;
    }
    for (const Offer& offer : pools) {
      const std::int64_t seats =
          offer.pool == Pool::general ? slots->seats - kept : slots->seats * offer.percent / 100;
      if (!check_fall_back(branch, pools, offer)) return;
      if (seats == 0) continue;  // too few seats to keep one back
      builder_.add_lane({branch, offer.service, offer.pool, *week, slots->minutes,
                         static_cast<std::uint16_t>(seats), offer.first_day, offer.last_day,
                         slots->release, offer.fall_back_minutes * 60'000, slots->tranches});
    }
  }

  // Of an office where general has no seats of its own, nothing falls back; no row is wrong.
  bool check_fall_back(std::uint32_t branch, std::span<const Offer> pools, const Offer& offer) {
    if (offer.fall_back_minutes == 0) return true;
    const bool has_general = std::any_of(
        pools.begin(), pools.end(), [](const Offer& other) { return other.pool == Pool::general; });
    if (!has_general) {
      issue("offers.csv", "fall_back_minutes", std::to_string(offer.fall_back_minutes),
            names(branch, offer.service) + " has no general pool to fall back to",
            "Add a row for it, or leave the cell empty");
      return false;
    }
    const std::int64_t lead_ms = files_.schedule.rules(offer.service, "").lead_ms;
    if (offer.fall_back_minutes * 60'000 > lead_ms) return true;
    issue("offers.csv", "fall_back_minutes", std::to_string(offer.fall_back_minutes),
          "by then a slot of " + files_.services.services[offer.service].id +
              " can't be claimed any more (lead_minutes)",
          "Raise it above lead_minutes of the service, or leave the cell empty");
    return false;
  }

  // The builder's number of the office's week.
  std::optional<std::uint32_t> week_of(std::uint32_t branch) {
    const Branch& office = files_.offices.branches[branch];
    const OpeningHours::Key key{office.kind, office.state_code};
    const auto hours = files_.hours.weeks.find(key);
    if (hours == files_.hours.weeks.end()) {
      if (files_.hours.readable) {
        issue("hours.csv", "kind", office.kind + " in " + office.state_code,
              "offices of this kind and state offer services, but have no opening hours",
              "Add a row for each weekday on which they are open");
      }
      return std::nullopt;
    }
    const auto [known, added] = weeks_.try_emplace(key);
    if (added) known->second = builder_.add_week(hours->second);
    return known->second;
  }

  struct Slots {
    std::uint16_t minutes{};
    std::int64_t seats{};
    ReleaseRule release{};
    std::vector<Tranche> tranches{};
  };

  std::optional<Slots> slots_of(std::uint32_t branch, std::uint32_t service, std::uint32_t week) {
    const Branch& office = files_.offices.branches[branch];
    const SlotRule rule = files_.schedule.slot_rule(service, branch, office.kind);
    if (!rule.slot_minutes) {
      issue("schedule.csv", "slot_minutes", names(branch, service),
            "no row says how long a slot is",
            "Fill it in for the service, or in a row without service_id for all");
      return std::nullopt;
    }
    if (!rule.capacity && !rule.volume_per_day) {
      issue("schedule.csv", "capacity", names(branch, service),
            "no row says how many seats there are",
            "Fill in capacity or volume_per_day for the service, the kind of office or the office");
      return std::nullopt;
    }
    const std::int64_t slots = longest_day(office, week, *rule.slot_minutes);
    if (slots == 0 || slots > kMaxSlotsPerDay) {
      issue("schedule.csv", "slot_minutes", std::to_string(*rule.slot_minutes),
            "gives " + names(branch, service) + " " + std::to_string(slots) + " slots a day",
            "Choose a length that gives 1 to " + std::to_string(kMaxSlotsPerDay));
      return std::nullopt;
    }
    const int horizon = files_.schedule.rules(service, "").horizon_days;
    if (std::string wrong = check_release(rule.release, horizon); !wrong.empty()) {
      issue("schedule.csv", "release", names(branch, service), std::move(wrong),
            "Raise horizon_days of the service, or release fewer weeks ahead");
      return std::nullopt;
    }
    if (std::string wrong = check_tranches(rule.tranches, horizon); !wrong.empty()) {
      issue("schedule.csv", "tranches", names(branch, service), std::move(wrong),
            "Keep back less, or until later");
      return std::nullopt;
    }
    if (rule.capacity) {
      return Slots{*rule.slot_minutes, *rule.capacity, rule.release, rule.tranches};
    }
    const std::int64_t seats = seats_per_slot(*rule.volume_per_day, rule.volume_percent, slots);
    if (seats > kMaxSlotCapacity) {
      issue("schedule.csv", "volume_per_day", std::to_string(*rule.volume_per_day),
            "gives " + names(branch, service) + " " + std::to_string(seats) + " seats a slot",
            "At most " + std::to_string(kMaxSlotCapacity) + " are possible: lower it");
      return std::nullopt;
    }
    return Slots{*rule.slot_minutes, seats, rule.release, rule.tranches};
  }

  std::int64_t longest_day(const Branch& office, std::uint32_t week, std::uint16_t minutes) {
    const auto [known, added] = longest_day_.try_emplace({week, minutes});
    if (added) {
      const auto& hours = files_.hours.weeks.at({office.kind, office.state_code});
      known->second = slots_of_longest_day(hours, minutes);
    }
    return known->second;
  }

  std::string names(std::uint32_t branch, std::uint32_t service) const {
    return files_.services.services[service].id + " at " + files_.offices.branches[branch].id;
  }

  const CatalogueFiles& files_;
  CatalogueBuilder& builder_;
  IssueLog& log_;
  std::map<OpeningHours::Key, std::uint32_t> weeks_;
  std::map<std::pair<std::uint32_t, std::uint16_t>, std::int64_t> longest_day_;
  std::set<std::pair<std::string, std::string>> reported_;
};

}  // namespace

void assemble(const CatalogueFiles& files, CatalogueBuilder& builder, IssueLog& log) {
  Assembly(files, builder, log).run();
}

std::int64_t seats_per_slot(std::int64_t volume, std::int64_t percent, std::int64_t slots) {
  const std::int64_t seats = volume * percent;
  const std::int64_t divisor = slots * 100;
  const std::int64_t whole = seats / divisor;
  const std::int64_t twice_rest = seats % divisor * 2;
  const bool up = twice_rest > divisor || (twice_rest == divisor && whole % 2 == 1);
  return std::max<std::int64_t>(1, whole + (up ? 1 : 0));
}

}  // namespace janji::catalogue
