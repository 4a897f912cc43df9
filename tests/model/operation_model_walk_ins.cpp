// What a walk-in must answer.
#include <algorithm>
#include <vector>

#include "model/expected_parts.hpp"

namespace janji::model {
// Why nobody can be served in the slot now; ok: somebody can.
Code OperationModel::out_of_time(SlotKey slot, CivilTime civil) const {
  const LaneSpec& spec = *lane_spec(slot.lane());
  const ServiceRules& rules = service(slot.lane())->rules;
  const Day today = catalogue_.local_day(spec.branch, civil);
  if (slot.day() < today) return Code::too_late;
  if (slot.day() > today) return Code::too_early;
  const std::int64_t start = start_of(slot).value;
  if (civil.value >= start + spec.slot_minutes * 60'000) return Code::too_late;
  return civil.value >= start - rules.check_in_ms ? Code::ok : Code::too_early;
}

Expected OperationModel::walk_in(const WalkInRequest& request, CivilTime civil) const {
  if (request.details.size() > kDetailsMax) return refuse({Code::invalid_argument});
  Expected expected;
  const bool acted = replay(request.operation, request, expected);
  if (acted && expected.granted) return expected;
  const bool by_slot = request.slot.value != 0;
  const LaneId lane = by_slot ? request.slot.lane() : request.lane;
  const LaneSpec* spec = by_slot && !request.slot.valid() ? nullptr : lane_spec(lane);
  std::set<Code> wrong;
  // Told so before its id is looked up: it can't be what was granted.
  if (request.applicant.empty()) wrong.insert(Code::invalid_argument);
  if (spec == nullptr) wrong.insert(Code::slot_not_found);
  if (acted) wrong.insert(Code::operation_mismatch);
  if (!wrong.empty()) return refuse(wrong);
  const Service& of = *service(lane);
  if (spec->pool != Pool::kiosk) return refuse({Code::slot_not_allowed});
  if (of.rules.approval_ms != 0) return refuse({Code::illegal_transition});
  if (request.seats == 0 || request.seats > of.rules.seats_max) {
    return refuse({Code::seats_exceeded});
  }
  if (!of.allows(request.category)) return refuse({Code::category_not_allowed});
  if (of.rules.needs_entitlement) return refuse({Code::entitlement_not_found});

  const Day day = by_slot ? request.slot.day() : catalogue_.local_day(spec->branch, civil);
  const auto open = ledger_.days().find({lane, day});
  if (open == ledger_.days().end() || open->second) {
    return refuse({why_not_open(lane, day, civil)});
  }
  std::vector<SlotKey> slots;
  for (const auto& [key, slot] : ledger_.slots()) {
    const bool meant = by_slot ? key == request.slot : key.lane() == lane && key.day() == day;
    if (meant) slots.push_back(key);
  }
  if (slots.empty()) {
    return refuse(by_slot ? std::set<Code>{Code::slot_not_found, Code::closed}
                          : std::set<Code>{Code::closed});
  }
  std::set<Code> why;
  for (const SlotKey key : slots) {
    const ModelSlot& slot = *ledger_.find_slot(key);
    if (const Code when = out_of_time(key, civil); when != Code::ok) {
      why.insert(when);
    } else if (slot.closed) {
      why.insert(Code::closed);
    } else if ((too_late(key, civil) ? slot.left() : slot.free()) < request.seats) {
      why.insert(Code::slot_full);
    } else if (ledger_.is_blocked(request.applicant, civil.value)) {
      return refuse({Code::blocked});
    } else if (ledger_.active_booking(request.applicant, of.rules.scope).value != 0) {
      return refuse({Code::already_booked});
    } else {
      expected = Expected{};
      expected.granted = true;
      expected.slot = key;
      return expected;
    }
  }
  for (const Code first : {Code::slot_full, Code::too_early, Code::too_late}) {
    if (why.contains(first)) return refuse({first});
  }
  return refuse(why);
}

}  // namespace janji::model
