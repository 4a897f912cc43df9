#include "catalogue/offers.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <tuple>

#include "catalogue/table.hpp"

namespace janji::catalogue {
namespace {

enum : int { kKind, kBranch, kService, kPool, kPercent, kFallBack, kFirstDay, kLastDay, kNote };
constexpr std::array<Column, 9> kColumns{{{"kind"},
                                          {"branch_id"},
                                          {"service_id"},
                                          {"pool"},
                                          {"percent", false},
                                          {"fall_back_minutes", false},
                                          {"first_day", false},
                                          {"last_day", false},
                                          {"note", false}}};

// Of the seats, for those pools that have a usual share.
constexpr int kUsualPercent = 10;

// The kind or the office that the row is about; false with an issue if it isn't one of both.
bool read_office(const RowReader& row, const Offices& offices, Offer& offer) {
  if (row.empty(kKind) == row.empty(kBranch)) {
    row.error(kBranch, row.empty(kKind) ? "neither kind nor branch_id" : "both kind and branch_id",
              "Fill in one of the two");
    return false;
  }
  if (!row.empty(kBranch)) {
    offer.branch = find_office(offices, row, kBranch);
    return offer.branch.has_value();
  }
  const auto kind = row.id(kKind);
  if (!kind || !check_kind(offices, row, kKind)) return false;
  offer.kind = *kind;
  return true;
}

bool read_pool(const RowReader& row, Offer& offer) {
  const auto pool = row.empty(kPool) ? Pool::general : parse_pool(row.cell(kPool));
  if (!pool) {
    row.error(kPool, "no such pool", "Write general, priority, employer or kiosk");
    return false;
  }
  offer.pool = *pool;
  const auto percent = row.number(kPercent, 1, 100);
  if (percent && offer.pool == Pool::general) {
    row.error(kPercent, "the general pool has what the others leave", "Leave the cell empty");
    return false;
  }
  if (!row.empty(kPercent) && !percent) return false;
  if (offer.pool == Pool::employer && !percent) {
    row.error(kPercent, "the employer pool has no usual share", "Write its share of the seats");
    return false;
  }
  if (offer.pool != Pool::general)
    offer.percent = static_cast<int>(percent.value_or(kUsualPercent));
  return true;
}

bool read_fall_back(const RowReader& row, Offer& offer) {
  if (row.empty(kFallBack)) return true;
  const auto minutes = row.number(kFallBack, 1, kMaxFallBackMs / 60'000);
  if (!minutes) return false;
  if (offer.pool == Pool::general) {
    row.error(kFallBack, "the general pool has none to fall back to", "Leave the cell empty");
    return false;
  }
  offer.fall_back_minutes = *minutes;
  return true;
}

bool read_days(const RowReader& row, Offer& offer) {
  const auto first = row.day(kFirstDay);
  const auto last = row.day(kLastDay);
  if ((!first && !row.empty(kFirstDay)) || (!last && !row.empty(kLastDay))) return false;
  offer.first_day = first.value_or(kFirstPlannedDay);
  offer.last_day = last.value_or(kLastPlannedDay);
  if (offer.first_day <= offer.last_day) return true;
  row.error(kLastDay, "before first_day", "Exchange them");
  return false;
}

}  // namespace

std::vector<Offer> read_offers(const std::filesystem::path& directory, const Offices& offices,
                               const ServiceList& services, IssueLog& log) {
  std::vector<Offer> offers;
  std::set<std::tuple<std::string, std::optional<std::uint32_t>, std::uint32_t, Pool>> seen;
  const Table table = read_table(directory, "offers.csv", kColumns, log);
  for (const Table::Row& cells : table.rows) {
    const RowReader row(table, cells, log);
    Offer offer;
    const bool office = read_office(row, offices, offer);
    const bool service_id = row.needed_id(kService).has_value();
    const auto service = service_id ? services.find(row, kService) : std::nullopt;
    const bool pool = read_pool(row, offer) && read_fall_back(row, offer);
    const bool days = read_days(row, offer);
    if (!office || !service || !pool || !days) continue;
    offer.service = *service;
    if (!seen.emplace(offer.kind, offer.branch, offer.service, offer.pool).second) {
      row.error(kService, "offered twice in this pool by the same office or kind", "Take one out");
      continue;
    }
    offers.push_back(std::move(offer));
  }
  return offers;
}

std::vector<Offer> offers_of(const std::vector<Offer>& offers, std::uint32_t branch,
                             const std::string& kind) {
  std::vector<Offer> result;
  std::copy_if(offers.begin(), offers.end(), std::back_inserter(result),
               [&](const Offer& offer) { return offer.branch == branch; });
  if (result.empty()) {
    std::copy_if(offers.begin(), offers.end(), std::back_inserter(result),
                 [&](const Offer& offer) { return !offer.branch && offer.kind == kind; });
  }
  std::sort(result.begin(), result.end(), [](const Offer& a, const Offer& b) {
    return std::tie(a.service, a.pool) < std::tie(b.service, b.pool);
  });
  return result;
}

}  // namespace janji::catalogue
