// Claims: what is asked, and what is answered. claim_range.cpp looks for the earliest slot,
// take.cpp takes the seats.
#include <janji/catalogue.hpp>

#include "base/prefetch.hpp"
#include "base/step.hpp"
#include "ledger/decision_parts.hpp"
#include "ledger/visit.hpp"

namespace janji::ledger {

namespace {

// Any of the lanes that are asked for, for what is the same of all.
LaneId some_lane(const ClaimRequest& r) noexcept {
  return r.slot.value != 0 ? r.slot.lane() : r.lanes.empty() ? r.lane : r.lanes.front();
}

}  // namespace

std::uint64_t payload_of(const ClaimRequest& r) noexcept {
  const std::uint64_t days = (word_of(r.first_day.value) << 20) ^ word_of(r.last_day.value);
  const std::uint64_t where = r.lanes.empty() ? std::uint64_t{r.lane.value} << 40 : 1ULL << 62;
  const std::uint64_t what = r.slot.value != 0 ? r.slot.value : where ^ days ^ (1ULL << 63);
  const std::uint64_t who = base::mix(r.applicant.hi, r.applicant.lo, r.payload);
  const std::uint64_t kind = (std::uint64_t{r.seats} << 8) | static_cast<std::uint64_t>(r.category);
  return base::mix(0x636C61696DULL + kind, what, who);
}

// `decision` is what is returned, never copied: a copy right behind the stores of its parts would
// wait for them.
Decision Ledger::try_claim(const ClaimRequest& request, Patience& patience) noexcept {
  Decision decision;
  const Gate now = gate();
  const bool one_slot = request.slot.value != 0;
  const LaneId lane = some_lane(request);
  if (now == Gate::failed || now == Gate::closed) [[unlikely]] {
    decision = refuse(why_shut(now));
  } else if (request.applicant.empty() || request.category > Category::employer) [[unlikely]] {
    decision = refuse(Code::invalid_argument);
  } else if ((one_slot && !request.slot.valid()) || lane.value >= days_.lanes()) [[unlikely]] {
    decision = refuse(Code::slot_not_found);
  } else if (const Code why = why_not_together(request); why != Code::ok) [[unlikely]] {
    decision = refuse(why);
  } else if (Caller caller(callers_); !caller) [[unlikely]] {
    decision = refuse(Code::overloaded);
  } else {
    const LaneRules& rules = days_.rules(lane);
    ClaimPlan plan{request,
                   patience,
                   *caller,
                   rules,
                   lane,
                   rules.scope != kNoScope,
                   !request.operation.empty(),
                   time_.civil_now(),
                   decision};
    decide_claim(plan, now);
    count(*caller, decision, (*caller).count.claims);
  }
  return decision;
}

std::uint64_t Ledger::ClaimPlan::payload() const noexcept {
  return visit == nullptr ? payload_of(request) : visit->payload();
}

// Of a claim or a walk-in.
void Ledger::decide_claim(ClaimPlan& plan, Gate now) noexcept {
  const ClaimRequest& request = plan.request;
  const LaneRules& rules = plan.rules;
  if (now != Gate::open) [[unlikely]] {
    plan.decision = refuse_claim(plan, why_shut(now), {});
  } else if (rules.catalogue_index == kNoLane) [[unlikely]] {
    plan.decision = refuse_claim(plan, Code::slot_not_found, {});
  } else if (const Code why = plan.visit == nullptr ? Code::ok : Visit::why_none(*this, rules);
             why != Code::ok) [[unlikely]] {
    plan.decision = refuse_claim(plan, why, {});
  } else if (request.seats == 0 || request.seats > rules.seats_max) [[unlikely]] {
    plan.decision = refuse_claim(plan, Code::seats_exceeded, {});
  } else if ((rules.categories >> static_cast<unsigned>(request.category) & 1U) == 0) [[unlikely]] {
    plan.decision = refuse_claim(plan, Code::category_not_allowed, {});
  } else if (rules.needs_entitlement) [[unlikely]] {
    plan.decision = refuse_claim(plan, Code::entitlement_not_found, {});  // a group's to name
  } else if (request.slot.value != 0) {
    claim_slot(plan);
  } else {
    claim_range(plan);
  }
}

void Ledger::claim_slot(ClaimPlan& plan) noexcept {
  const SlotKey key = plan.request.slot;
  DayView view;
  if (!days_.find(plan.lane, key.day(), view)) {
    plan.decision = refuse_claim(plan, why_no_day(plan.civil, plan.lane, key.day()), {});
    return;
  }
  const std::uint16_t i = view.shape->index_of_minute[key.minute().value];
  if (i == DayShape::kNoSlot) {
    plan.decision = refuse_claim(plan, Code::slot_not_found, {});
    return;
  }
  switch (take_at(plan, view, key.day(), i)) {
    case Attempt::decided: break;
    case Attempt::full: plan.decision = refuse_claim(plan, Code::slot_full, rests_on()); break;
    case Attempt::pending: plan.decision = wait(plan.patience); break;
    case Attempt::closed: plan.decision = refuse_claim(plan, Code::closed, {}); break;
    case Attempt::late: plan.decision = refuse_claim(plan, Code::too_late, {}); break;
    case Attempt::early: plan.decision = refuse_claim(plan, Code::too_early, {}); break;
  }
}

// What a final `slot_full` or `booking_not_found` rests on. Seats that don't count as pending, and
// freed places, are committed, which in strict mode means durable; in relaxed mode a crash may
// still give them back, so whoever wants to be sure waits for what was published until now.
Lsn Ledger::rests_on() const noexcept {
  return relaxed_ ? journal_.list.last() : Lsn{};
}

// Hazard 4: decided first, looked up last. Whoever lost the answer to a granted claim gets it
// again.
Decision Ledger::refuse_claim(const ClaimPlan& plan, Code code, Lsn lsn) noexcept {
  JANJI_STEP("before_last_look_up");
  if (plan.named && !plan.request.operation_is_new) {
    const OperationId id = plan.request.operation;
    const KeyIndex::Walk walk = walk_operation(id, operation_hash(id));
    if (walk.found != KeyIndex::kNone) return replay_claim(plan, walk.found);
  }
  return refuse(code, lsn);
}

Decision Ledger::replay_claim(const ClaimPlan& plan, std::uint32_t reference) noexcept {
  return replay_under(plan.request.operation, plan.payload(), plan.patience, reference);
}

// The operation id is known: the same answer again, once it is sure. `payload`: of the claim, or
// the group's claim, that asks.
Decision Ledger::replay_under(OperationId operation, std::uint64_t asked, Patience& patience,
                              std::uint32_t reference) noexcept {
  // Used by a confirm or a cancel: another payload by any measure.
  if (is_entry(reference)) {
    const Lsn lsn{operations_[entry_of(reference)].lsn.load(std::memory_order_acquire)};
    // In flight, or reused since it was found: look again.
    if (lsn.value == 0 || !is_operation(reference, operation)) return wait(patience);
    return refuse(Code::operation_mismatch, lsn);
  }
  const BookingCell& cell = bookings_[reference];
  const BookingWord word{cell.word.load(std::memory_order_acquire)};
  // In flight, undone, or just being freed: look again when a round has passed.
  if (word.busy() || word.state() == BookingState::none) return wait(patience);
  const bool same_operation = is_operation(reference, operation);
  const std::uint64_t payload = cell.payload.load(std::memory_order_acquire);
  const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
  if (cell.word.load(std::memory_order_relaxed) != word.bits || !same_operation) {
    return wait(patience);
  }
  if (payload != asked) return refuse(Code::operation_mismatch, lsn);
  return Decision{Verdict::granted, Code::ok, true, word.id(reference), lsn, 0};
}

// Since when the applicant has had what an entry of the index names, an active booking at rest; 0:
// it isn't yet published, is being changed, or ended but not yet durably so (hazards 2, 3).
Lsn Ledger::active_since(std::uint32_t place, ApplicantKey applicant,
                         ScopeId scope) const noexcept {
  const BookingCell& cell = bookings_[place];
  const BookingWord word{cell.word.load(std::memory_order_acquire)};
  const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
  const bool same = is_applicant(place, applicant, scope);
  const bool unchanged = cell.word.load(std::memory_order_relaxed) == word.bits;
  return unchanged && same && !word.busy() && is_active(word.state()) ? lsn : Lsn{};
}

// The applicant has an entry in this scope. Nothing is taken here.
Decision Ledger::meet_applicant(const ClaimPlan& plan, std::uint32_t place) noexcept {
  const Lsn lsn = active_since(place, plan.request.applicant, plan.rules.scope);
  if (lsn.value != 0) return refuse_claim(plan, Code::already_booked, lsn);
  // If it is this very request, sent twice at once, the look-up finds out which.
  if (plan.named) {
    const OperationId id = plan.request.operation;
    const KeyIndex::Walk walk = walk_operation(id, operation_hash(id));
    if (walk.found != KeyIndex::kNone) return replay_claim(plan, walk.found);
  }
  return wait(plan.patience);
}

Code Ledger::why_no_day(CivilTime civil, LaneId lane, Day day) const noexcept {
  const LaneRules& rules = days_.rules(lane);
  const Day today = catalogue_.local_day(rules.branch, civil);
  if (day < today) return Code::too_late;
  if (day < rules.first_day || day > rules.last_day) return Code::outside_horizon;
  return day.value >= today.value + rules.horizon_days ? Code::outside_horizon : Code::not_released;
}

void Ledger::prepare(const ClaimRequest& request) const noexcept {
  const bool one_slot = request.slot.value != 0;
  const LaneId lane = some_lane(request);
  if (lane.value >= days_.lanes()) return;
  applicant_index_.prefetch(applicant_hash(request.applicant, days_.rules(lane).scope));
  operation_index_.prefetch(operation_hash(request.operation));
  if (!one_slot) return;
  DayView view;
  if (!days_.find(lane, request.slot.day(), view)) return;
  const std::uint16_t i = view.shape->index_of_minute[request.slot.minute().value];
  if (i != DayShape::kNoSlot) base::prefetch_for_write(&days_.word(view.first_slot + i));
}

}  // namespace janji::ledger
