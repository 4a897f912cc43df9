#include <algorithm>
#include <utility>

#include "catalogue/builder_parts.hpp"
#include "catalogue/calendar_text.hpp"

namespace janji {
namespace {

template <class T>
std::uint32_t add_to(std::vector<T>& list, T item) {
  list.push_back(std::move(item));
  return static_cast<std::uint32_t>(list.size() - 1);
}

}  // namespace

OpeningWeek OpeningWeek::every_day(std::uint16_t from, std::uint16_t to) {
  OpeningWeek week;
  for (OpeningDay& day : week.days) day.open.push_back({from, to});
  return week;
}

CatalogueBuilder::CatalogueBuilder() : parts_(std::make_unique<Parts>()) {}
CatalogueBuilder::~CatalogueBuilder() = default;
CatalogueBuilder::CatalogueBuilder(CatalogueBuilder&&) noexcept = default;
CatalogueBuilder& CatalogueBuilder::operator=(CatalogueBuilder&&) noexcept = default;

std::uint32_t CatalogueBuilder::add_branch(Branch branch) {
  return add_to(parts_->branches, std::move(branch));
}

std::uint32_t CatalogueBuilder::add_service(Service service) {
  ServiceRules& rules = service.rules;
  if (!rules.scope_name.empty()) rules.scope = scope_id(rules.scope_name);
  return add_to(parts_->services, std::move(service));
}

std::uint32_t CatalogueBuilder::add_week(OpeningWeek week) {
  return add_to(parts_->weeks, std::move(week));
}

std::uint32_t CatalogueBuilder::add_lane(const Lane& lane) {
  return add_to(parts_->lanes, lane);
}

void CatalogueBuilder::add_holiday(std::string_view state_code, Day day, std::string_view name) {
  std::string& names = parts_->holidays[std::string(state_code)][day];
  if (!names.empty()) names += "; ";
  names += name;
}

Result<std::shared_ptr<const Catalogue>> CatalogueBuilder::build() {
  Parts parts = std::exchange(*parts_, Parts{});
  for (const auto check :
       {&Parts::check_branches, &Parts::check_services, &Parts::check_weeks, &Parts::check_lanes}) {
    if (Status status = (parts.*check)(); !status) return status.error();
  }
  auto data = std::make_unique<CatalogueData>();
  if (Status status = parts.place_branches(*data); !status) return status.error();
  if (Status status = parts.place_lanes(*data); !status) return status.error();
  if (Status status = parts.plan_lanes(*data); !status) return status.error();
  parts.place_holidays(*data);
  return std::make_shared<const Catalogue>(std::move(data));
}

}  // namespace janji
