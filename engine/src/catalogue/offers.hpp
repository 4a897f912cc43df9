// offers.csv: which office offers which service, in which pool, from when to when.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <janji/catalogue.hpp>

#include "catalogue/issue_log.hpp"
#include "catalogue/offices.hpp"
#include "catalogue/service_list.hpp"

namespace janji::catalogue {

struct Offer {
  std::string kind;                     // of office; or
  std::optional<std::uint32_t> branch;  // one office
  std::uint32_t service{};
  Pool pool{Pool::general};
  int percent{};  // of a slot's seats; 0 for the general pool, which has what is left
  Day first_day{kFirstPlannedDay};
  Day last_day{kLastPlannedDay};
  std::int64_t fall_back_minutes{};  // 0: never
};

std::vector<Offer> read_offers(const std::filesystem::path& directory, const Offices& offices,
                               const ServiceList& services, IssueLog& log);

// What the office offers, by service and pool: the rows that name it, or if there is none,
// those of its kind.
std::vector<Offer> offers_of(const std::vector<Offer>& offers, std::uint32_t branch,
                             const std::string& kind);

}  // namespace janji::catalogue
