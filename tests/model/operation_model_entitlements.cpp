// What staff must be told of entitlements, and groups under them, read off the design.
#include <algorithm>

#include "model/expected_parts.hpp"

namespace janji::model {
namespace {

constexpr std::int32_t kDayMax = (1 << 20) - 1;

bool is_span(Day from, Day until) {
  return from.value >= 0 && from <= until && until.value <= kDayMax;
}

}  // namespace

Expected OperationModel::grant_entitlement(const EntitlementGrantRequest& request) const {
  if (request.holder.empty() || request.service >= catalogue_.services().size() ||
      request.quota == 0 || request.quota > kEntitlementUnitsMax ||
      !is_span(request.from, request.until)) {
    return refuse({Code::invalid_argument});
  }
  Expected expected;
  return replay(request.operation, request, expected) ? expected : grant();
}

Expected OperationModel::change_entitlement(const EntitlementChangeRequest& request) const {
  const bool names_any = request.quota || request.from || request.until || request.listed;
  if (!names_any || request.quota.value_or(0) > kEntitlementUnitsMax ||
      !is_span(request.from.value_or(Day{0}), request.until.value_or(Day{kDayMax}))) {
    return refuse({Code::invalid_argument});
  }
  Expected expected;
  if (replay(request.operation, request, expected)) return expected;
  const ModelEntitlement* of = ledger_.find_entitlement(request.entitlement);
  if (of == nullptr) return refuse({Code::entitlement_not_found});
  if (!is_span(request.from.value_or(of->from), request.until.value_or(of->until))) {
    return refuse({Code::invalid_argument});
  }
  const bool withdraws = request.quota.value_or(of->quota) == 0 && of->quota != 0;
  return of->changes >= (withdraws ? 64U : 63U) ? refuse({Code::changes_exceeded}) : grant();
}

Expected OperationModel::change_eligible(const EligibleCall& request) const {
  std::set<ApplicantKey> all(request.add.begin(), request.add.end());
  all.insert(request.remove.begin(), request.remove.end());
  const std::size_t many = request.add.size() + request.remove.size();
  if (many == 0 || many > kEligibleAtOnce || all.size() != many || all.begin()->empty()) {
    return refuse({Code::invalid_argument});
  }
  Expected expected;
  if (replay(request.operation, request, expected)) return expected;
  const ModelEntitlement* of = ledger_.find_entitlement(request.entitlement);
  if (of == nullptr) return refuse({Code::entitlement_not_found});
  return of->changes >= 63 ? refuse({Code::changes_exceeded}) : grant();
}

// What is against a group's claim, or its join, of its entitlement; granted: nothing.
Expected OperationModel::entitled(EntitlementId under, ApplicantKey holder,
                                  const std::vector<ApplicantKey>& members, LaneId lane, Day first,
                                  Day last) const {
  if (under.value == 0) {
    return service(lane)->rules.needs_entitlement ? refuse({Code::entitlement_not_found}) : grant();
  }
  const ModelEntitlement* of = ledger_.find_entitlement(under);
  if (of == nullptr || of->holder != holder) return refuse({Code::entitlement_not_found});
  if (first < of->from || last > of->until || service_key(service(lane)->id).value != of->service) {
    return refuse({Code::entitlement_not_valid});
  }
  if (of->listed) {
    const auto other =
        std::find_if_not(members.begin(), members.end(),
                         [&](const ApplicantKey& member) { return of->eligible.contains(member); });
    if (other != members.end()) {
      Expected expected = refuse({Code::not_eligible});
      expected.member = static_cast<std::uint32_t>(other - members.begin());
      return expected;
    }
  }
  const std::uint32_t used = ledger_.units_used(of->id);
  return used + members.size() > of->quota ? refuse({Code::entitlement_exhausted}) : grant();
}

// Whether the entitlement of a member's group, if it has any, is for that day.
bool OperationModel::valid_on(BookingId group, Day day) const {
  const ModelGroup* of = ledger_.find_group(group);
  if (of == nullptr || of->entitlement.value == 0) return true;
  const ModelEntitlement* entitlement = ledger_.find_entitlement(of->entitlement);
  return day >= entitlement->from && day <= entitlement->until;
}

}  // namespace janji::model
