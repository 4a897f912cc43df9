// The next one in a waiting hall, and whom it called last.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

bool passes_over(Code code) noexcept {
  // Somebody else called him, or ended his visit, since he was found waiting.
  return code == Code::changes_exceeded || code == Code::illegal_transition ||
         code == Code::booking_not_found;
}

}  // namespace

// By queue number, whoever waits and wasn't called yet is called like by any serve, under the busy
// mark; there it is seen once more whether he was called. Whoever is busy is waited for, not passed
// over: he may be waiting still when whoever changes him is done.
Decision Ledger::try_next(const NextRequest& request, Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed) return refuse(Code::outcome_unknown);
  if (now == Gate::closed) return refuse(Code::stopped);
  if (request.branch >= catalogue_.branches().size()) return refuse(Code::invalid_argument);
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  const std::uint64_t where = base::mix(request.branch, request.service, request.counter);
  Asked asked{.type = record::Type::serve,
              .booking = {},
              .operation = request.operation,
              .payload = base::mix(0x6E657874ULL, where, request.payload),
              .actor = request.actor,
              .argument = request.counter,
              .branch = request.branch,
              .next = true};
  const Decision decision = now == Gate::read_only
                                ? refuse_next(asked, *caller, patience, Code::read_only, {})
                                : call_next(request.service, asked, *caller, patience);
  count(*caller, decision, (*caller).count.acts);
  return decision;
}

// Looks over the hall until nobody enters meanwhile: else it could pass by a chair, then see
// somebody who sat down behind the one who takes it.
Decision Ledger::call_next(std::uint32_t service, Asked& asked, CallerSlot& caller,
                           Patience& patience) noexcept {
  const Day today = catalogue_.local_day(asked.branch, time_.civil_now());
  for (int look = 0; look < kLooksMax; ++look) {
    const std::uint64_t entered = halls_.entered(asked.branch);
    const NextInHall next = look_over_hall(today, service, asked.branch);
    if (next.must_wait) return wait(patience);
    if (halls_.entered(asked.branch) != entered) continue;
    if (next.booking.value == 0) {
      return refuse_next(asked, caller, patience, Code::nobody_waiting, next.passed);
    }
    asked.booking = next.booking;
    Change change{asked, patience, caller, record::place_of(next.booking),
                  operation_hash(asked.operation)};
    const Decision decision = this->change(change);
    if (decision.verdict != Verdict::refused || !passes_over(decision.code)) return decision;
  }
  return wait(patience);
}

// The first one who waits, of those with the least numbers.
NextInHall Ledger::look_over_hall(Day today, std::uint32_t service,
                                  std::uint32_t branch) const noexcept {
  NextInHall next;
  Halls::Waiting who;
  for (std::uint32_t looks = 0; looks <= halls_.chairs(branch); ++looks) {
    JANJI_STEP("hall_looked_over");
    if (!halls_.find_next(branch, today, who.number, who)) break;
    // acquire: as in find().
    const BookingWord word{bookings_[who.place].word.load(std::memory_order_acquire)};
    const Result<Booking> found = find(word.id(who.place));
    next.must_wait = word.busy() || found.code() == Code::retry;
    if (next.must_wait) break;
    const bool waits = found.ok() && found->queue_number == who.number &&
                       found->state == BookingState::checked_in && found->served_at.value == 0;
    if (!waits) {
      if (found.ok()) next.passed = std::max(next.passed, found->lsn);
      continue;
    }
    if (!is_of_service(found->slot, service)) continue;
    next.booking = found->id;
    break;
  }
  return next;
}

bool Ledger::is_of_service(SlotKey slot, std::uint32_t service) const noexcept {
  if (service == NextRequest::kAnyService) return true;
  const LaneRules& rules = days_.rules(slot.lane());
  return rules.catalogue_index != kNoLane &&
         catalogue_.lanes()[rules.catalogue_index].service == service;
}

// Hazard 4, as for every change.
Decision Ledger::refuse_next(const Asked& asked, CallerSlot& caller, Patience& patience, Code code,
                             Lsn lsn) noexcept {
  Change change{asked, patience, caller, record::kNoPlace, operation_hash(asked.operation)};
  return refuse_change(change, code, lsn);
}

std::size_t Ledger::now_serving(std::uint32_t branch, std::span<HallCall> out) const noexcept {
  if (branch >= catalogue_.branches().size()) return 0;
  const Day today = catalogue_.local_day(branch, time_.civil_now());
  std::size_t many = halls_.calls(branch, out);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < many; ++i) {
    const HallCall call = out[i];
    const auto before = out.first(kept);
    // Whoever was called twice is shown where he was called last.
    const bool again = std::any_of(before.begin(), before.end(), [&](const HallCall& newer) {
      return newer.queue_number == call.queue_number;
    });
    if (!again && catalogue_.local_day(branch, call.at) == today) out[kept++] = call;
  }
  return kept;
}

// ---- the writer's ----

// Of a booking whose record is given back; kNoLane: nobody knows its branch any more.
std::uint32_t Ledger::branch_of(const BookingCell& cell) const noexcept {
  // relaxed: who has checked in doesn't move.
  const SlotKey slot{cell.slot.load(std::memory_order_relaxed)};
  const LaneRules& rules = days_.rules(slot.lane());
  return rules.catalogue_index == kNoLane ? kNoLane : rules.branch;
}

void Ledger::enter_hall(Place place, std::uint32_t number, CivilTime at) noexcept {
  const std::uint32_t branch = branch_of(bookings_[place]);
  if (branch == kNoLane || number == 0) return;
  halls_.enter(branch, catalogue_.local_day(branch, at), {number, place});
}

// Called, or done without having been called.
void Ledger::leave_hall(Place place) noexcept {
  const std::uint32_t branch = branch_of(bookings_[place]);
  if (branch != kNoLane) halls_.leave(branch, place);
}

void Ledger::show_call(Place place, const record::Serve& serve) noexcept {
  const BookingCell& cell = bookings_[place];
  const std::uint32_t branch = branch_of(cell);
  if (branch == kNoLane) return;
  // relaxed: entries of a booking are only added while it has its place, in front.
  for (std::uint32_t i = cell.operations.load(std::memory_order_acquire); i != kNothing;
       i = operations_[i].next.load(std::memory_order_relaxed)) {
    const OperationCell& entry = operations_[i];
    if (static_cast<record::Type>(entry.type.load(std::memory_order_relaxed)) !=
        record::Type::check_in) {
      continue;
    }
    const std::uint32_t number = entry.details_size.load(std::memory_order_relaxed);
    if (number != 0) {
      halls_.call(branch, {number, serve.argument, CivilTime{serve.acted_ms}});
    }
    return;
  }
}

}  // namespace janji::ledger
