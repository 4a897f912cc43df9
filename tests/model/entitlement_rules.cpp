// What the promises say of entitlements: none is used past its quota, or by others than it is for.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "model/ledger_model.hpp"
#include "model/names.hpp"
#include "record/booking_id.hpp"

namespace janji::model {
namespace {

// How often one can be changed until it is forgotten, its grant included.
constexpr std::uint32_t kChangesMax = 64;
constexpr std::uint64_t kCellMask = (std::uint64_t{1} << 28) - 1;

std::string name(EntitlementId id) {
  return "entitlement " + std::to_string(id.value);
}

bool gives_back(BookingState state) {
  return state == BookingState::cancelled || state == BookingState::expired ||
         state == BookingState::refused;
}

}  // namespace

const ModelEntitlement* LedgerModel::find_entitlement(EntitlementId id) const {
  const auto found = entitlements_.find(id);
  return found == entitlements_.end() ? nullptr : &found->second;
}

// Counted anew each time: every member but those that gave theirs back, and those that nobody
// knows of any more.
std::uint32_t LedgerModel::units_used(EntitlementId id) const {
  std::uint32_t used = entitlements_.at(id).forgotten;
  for (const BookingId group : entitlements_.at(id).groups) {
    for (const BookingId member : groups_.at(group).members) {
      if (!gives_back(bookings_.at(member).state)) ++used;
    }
  }
  return used;
}

std::uint32_t LedgerModel::units_spent(EntitlementId id) const {
  std::uint32_t spent = entitlements_.at(id).forgotten;
  for (const BookingId group : entitlements_.at(id).groups) {
    for (const BookingId member : groups_.at(group).members) {
      const BookingState state = bookings_.at(member).state;
      if (state == BookingState::completed || state == BookingState::no_show) ++spent;
    }
  }
  return spent;
}

// The service's id stands between the slashes of its lanes' keys.
std::uint32_t LedgerModel::service_of(LaneId lane) const {
  const auto known = lanes_.find(lane);
  if (known == lanes_.end()) return 0;
  const std::string& key = known->second;
  const auto begin = key.find('/');
  const auto end = key.rfind('/');
  return begin == end ? 0 : service_key(key.substr(begin + 1, end - begin - 1)).value;
}

template <class R>
Finding LedgerModel::check_entitled(const R& made, const std::vector<SlotKey>& slots) const {
  const EntitlementId id{made.head.entitlement};
  if (id.value == 0) return {};
  const ModelEntitlement* of = find_entitlement(id);
  if (of == nullptr) return breaks(Promise::state, "there is no " + name(id));
  const ApplicantKey claimant{made.head.applicant_hi, made.head.applicant_lo};
  if (of->holder != claimant) {
    return breaks(Promise::applicant, name(id) + " isn't " + model::name(claimant) + "'s");
  }
  for (const SlotKey slot : slots) {
    if (slot.day() < of->from || slot.day() > of->until || service_of(slot.lane()) != of->service) {
      return breaks(Promise::applicant, name(id) + " isn't for " + model::name(slot));
    }
  }
  for (const auto& member : made.members) {
    const ApplicantKey applicant{member.applicant_hi, member.applicant_lo};
    if (of->listed && !of->eligible.contains(applicant)) {
      return breaks(Promise::applicant, name(id) + " isn't for " + model::name(applicant));
    }
  }
  const std::uint64_t used = units_used(id) + made.members.size();
  if (used <= of->quota) return {};
  return breaks(Promise::capacity, name(id) + " would have " + std::to_string(used) + " of " +
                                       std::to_string(of->quota) + " units used");
}

template Finding LedgerModel::check_entitled(const GroupClaimRecord&,
                                             const std::vector<SlotKey>&) const;
template Finding LedgerModel::check_entitled(const GroupJoinRecord&,
                                             const std::vector<SlotKey>&) const;

void LedgerModel::name_entitlement(ModelGroup& group, std::uint64_t id) {
  group.entitlement = EntitlementId{id};
  if (id != 0) entitlements_.at(group.entitlement).groups.push_back(group.id);
}

// Where a member may move.
Finding LedgerModel::check_valid_there(BookingId member, SlotKey slot) const {
  const ModelGroup* group = find_group(bookings_.at(member).group);
  if (group == nullptr || group->entitlement.value == 0) return {};
  const ModelEntitlement& of = entitlements_.at(group->entitlement);
  if (slot.day() >= of.from && slot.day() <= of.until) return {};
  return breaks(Promise::applicant, name(of.id) + " isn't for a move to " + model::name(slot));
}

Finding LedgerModel::check_staffing(EntitlementId id, OperationId operation,
                                    std::int64_t decided_ms) const {
  if (auto wrong = check_operation(operation)) return wrong;
  if (auto wrong = check_time(decided_ms)) return wrong;
  const ModelEntitlement* of = find_entitlement(id);
  if (of == nullptr) return breaks(Promise::state, "there is no " + name(id));
  if (decided_ms < of->decided_ms) {
    return breaks(Promise::deadline, name(id) + " was changed later");
  }
  return {};
}

template <class R>
void LedgerModel::staff(ModelEntitlement& of, const R& record) {
  of.acted_ms = record.acted_ms;
  of.decided_ms = record.decided_ms;
  of.actor = record.header.actor;
  of.lsn = now_;
  ++of.changes;
  ledger_ms_ = std::max(ledger_ms_, record.decided_ms);
  const OperationId operation{record.operation_hi, record.operation_lo};
  if (operation.empty()) return;
  operations_[operation] = ModelOperation{R::kType, BookingId{}, record.payload, now_, of.id};
  of.operations.push_back(operation);
}

Finding LedgerModel::on(const record::Entitlement& made) {
  const EntitlementId id{made.entitlement};
  const OperationId operation{made.operation_hi, made.operation_lo};
  const ApplicantKey holder{made.holder_hi, made.holder_lo};
  const ModelEntitlement* before = find_entitlement(id);
  if (made.granted != 0) {
    if (auto wrong = check_operation(operation)) return wrong;
    if (auto wrong = check_time(made.decided_ms)) return wrong;
    if (id.value == 0 || !entitlement_ids_.insert(id).second) {
      return breaks(Promise::state, name(id) + " was given out before");
    }
    if (record::epoch_of(BookingId{id.value}) != epoch_random_) {
      return breaks(Promise::state, name(id) + " was made under another epoch");
    }
    for (const auto& [other, there] : entitlements_) {
      if ((other.value & kCellMask) != (id.value & kCellMask)) continue;
      return breaks(Promise::state, name(id) + " takes the cell of " + name(other));
    }
  } else {
    if (auto wrong = check_staffing(id, operation, made.decided_ms)) return wrong;
    const bool withdraws = made.quota == 0 && before->quota != 0;
    if (before->changes >= (withdraws ? kChangesMax : kChangesMax - 1)) {
      return breaks(Promise::state, name(id) + " is changed once more");
    }
    if (before->holder != holder || before->service != made.service) {
      return breaks(Promise::state, name(id) + " changes its holder or its service");
    }
  }
  if (holder.empty() || made.service == 0 || made.from > made.until ||
      made.quota > kEntitlementUnitsMax) {
    return breaks(Promise::form, name(id) + " makes no sense");
  }
  ModelEntitlement& of = entitlements_[id];
  of.id = id;
  of.holder = holder;
  of.service = made.service;
  of.quota = made.quota;
  of.from = Day{made.from};
  of.until = Day{made.until};
  of.listed = made.listed != 0;
  staff(of, made);
  return {};
}

Finding LedgerModel::on(const EligibleRecord& change) {
  const EntitlementId id{change.head.entitlement};
  const OperationId operation{change.head.operation_hi, change.head.operation_lo};
  if (auto wrong = check_staffing(id, operation, change.head.decided_ms)) return wrong;
  ModelEntitlement& of = entitlements_.at(id);
  if (of.changes >= kChangesMax - 1) {
    return breaks(Promise::state, name(id) + " is changed once more");
  }
  std::set<ApplicantKey> eligible = of.eligible;
  for (const ApplicantKey& key : change.added) {
    if (key.empty() || !eligible.insert(key).second) {
      return breaks(Promise::state, model::name(key) + " comes onto a list and is there");
    }
  }
  for (const ApplicantKey& key : change.removed) {
    if (!of.eligible.contains(key) || eligible.erase(key) != 1) {
      return breaks(Promise::state, model::name(key) + " leaves a list and isn't there");
    }
  }
  of.eligible = std::move(eligible);
  staff(of, change.head);
  return {};
}

Finding LedgerModel::on(const record::ForgetEntitlement& forget) {
  constexpr std::int64_t kDayMs = 86'400'000;
  const EntitlementId id{forget.entitlement};
  const ModelEntitlement* of = find_entitlement(id);
  if (of == nullptr) return breaks(Promise::state, "there is no " + name(id));
  if (auto wrong = check_time(forget.decided_ms)) return wrong;
  if (!of->groups.empty()) {
    return breaks(Promise::state,
                  name(id) + " is forgotten before group " + model::name(of->groups.front()));
  }
  // Its last date is over wherever there are people.
  if (forget.ended_ms < (std::int64_t{of->until.value} + 2) * kDayMs) {
    return breaks(Promise::state, name(id) + " is forgotten while it is valid");
  }
  for (const OperationId operation : of->operations) operations_.erase(operation);
  entitlements_.erase(id);
  ledger_ms_ = std::max(ledger_ms_, forget.decided_ms);
  return {};
}

// The members of a group are about to be forgotten.
void LedgerModel::keep_spent(const ModelGroup& group) {
  if (group.entitlement.value == 0) return;
  ModelEntitlement& of = entitlements_.at(group.entitlement);
  std::erase(of.groups, group.id);
  for (const BookingId member : group.members) {
    if (!gives_back(bookings_.at(member).state)) ++of.forgotten;
  }
}

}  // namespace janji::model
