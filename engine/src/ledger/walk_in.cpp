// Walk-ins: who has no appointment is claimed a seat and is checked in, in one step. All that a
// claim does is claim.cpp's and take.cpp's; here is what comes besides.
#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/visit.hpp"

namespace janji::ledger {

namespace {

// Without the day: a repeat after midnight is the same request.
std::uint64_t payload_of(const WalkInRequest& r) noexcept {
  const std::uint64_t where = r.slot.value != 0 ? r.slot.value : std::uint64_t{r.lane.value} << 40;
  const std::uint64_t who = base::mix(r.applicant.hi, r.applicant.lo, r.payload);
  const std::uint64_t kind = (std::uint64_t{r.seats} << 8) | static_cast<std::uint64_t>(r.category);
  return base::mix(0x77616C6BULL + kind, where, who);
}

}  // namespace

Decision Ledger::try_walk_in(const WalkInRequest& request, Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed || now == Gate::closed) return refuse(why_shut(now));
  if (request.applicant.empty() || request.category > Category::employer ||
      request.details.size() > kDetailsMax) {
    return refuse(Code::invalid_argument);
  }
  const bool one_slot = request.slot.value != 0;
  const LaneId lane = one_slot ? request.slot.lane() : request.lane;
  if ((one_slot && !request.slot.valid()) || lane.value >= days_.lanes()) {
    return refuse(Code::slot_not_found);
  }
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);

  const LaneRules& rules = days_.rules(lane);
  const CivilTime civil = time_.civil_now();
  const bool known = rules.catalogue_index != kNoLane;
  const Day today = known ? catalogue_.local_day(rules.branch, civil) : Day{};
  const ClaimRequest claim{.slot = request.slot,
                           .lane = lane,
                           .first_day = today,
                           .last_day = today,
                           .seats = request.seats,
                           .category = request.category,
                           .applicant = request.applicant,
                           .operation = request.operation,
                           .actor = request.actor};
  Visit visit(*this, request, rules.branch, today);
  Decision decision;
  ClaimPlan plan{
      claim, patience, *caller, rules, lane, rules.scope != kNoScope, !request.operation.empty(),
      civil, decision, &visit};
  decide_claim(plan, now);
  count(*caller, decision, (*caller).count.walk_ins);
  return decision;
}

Ledger::Visit::Visit(Ledger& ledger, const WalkInRequest& request, std::uint32_t branch,
                     Day today) noexcept
    : ledger_(ledger),
      request_(request),
      payload_(payload_of(request)),
      branch_(branch),
      today_(today) {}

Ledger::Visit::~Visit() {
  if (chair_) ledger_.halls_.leave_chair(branch_);
  for (const std::uint32_t index : entries_) {
    if (index != kNothing) ledger_.free_operations_.push(index, ledger_.operation_links());
  }
  if (details_ != kNothing) ledger_.details_.give_back(details_);
  if (block_ != kNothing) ledger_.journal_.blocks.put_group(block_);
}

Code Ledger::Visit::why_none(const Ledger& ledger, const LaneRules& rules) noexcept {
  const LaneSpec& spec = ledger.catalogue_.lanes()[rules.catalogue_index];
  if (spec.pool != Pool::kiosk) return Code::slot_not_allowed;
  // Nobody who may check in says with that that it was paid, or approved.
  return rules.approval_ms != 0 ? Code::illegal_transition : Code::ok;
}

// One that is going on, or one ahead for which check-in has begun. The lead time is for those who
// have yet to come.
Ledger::Attempt Ledger::Visit::time_for(const ClaimPlan& plan, const DayView& view, Day day,
                                        std::uint32_t i) noexcept {
  const Day today = plan.visit->today_;
  if (day != today) return day < today ? Attempt::late : Attempt::early;
  const std::int64_t now = plan.civil.value;
  const std::int64_t start = slot_start(view, i).value;
  if (now >= start + std::int64_t{view.shape->length[i]} * 60'000) return Attempt::late;
  return start - plan.rules.check_in_ms <= now ? Attempt::decided : Attempt::early;
}

Code Ledger::Visit::make_room() noexcept {
  if (!may_draw(ledger_.queue_numbers_.last(branch_, today_), ledger_.callers_.size())) {
    return Code::limit_reached;
  }
  if (!chair_) chair_ = ledger_.halls_.take_chair(branch_);
  if (!shared_) shared_.emplace(ledger_, record::Type::check_in);
  if (!chair_ || !*shared_) return Code::limit_reached;
  for (std::uint32_t& index : entries_) {
    if (index == kNothing) index = ledger_.free_operations_.pop(ledger_.operation_links());
    if (index == kNothing) return Code::limit_reached;
  }
  if (!request_.details.empty() && details_ == kNothing) {
    details_ = ledger_.details_.take();
    if (details_ == kNothing) {
      ledger_.journal_.rounds.request_round();
      return Code::overloaded;
    }
  }
  if (block_ == kNothing) block_ = ledger_.journal_.blocks.take_group(false);
  return block_ == kNothing ? Code::overloaded : Code::ok;
}

void Ledger::Visit::fill_entry(std::size_t at, Place place, CivilTime civil) noexcept {
  OperationCell& made = entry(at);
  // release: as in fill_operation(). Neither has an id of its own: the booking has that of the
  // request.
  constexpr auto release = std::memory_order_release;
  made.operation_hi.store(0, release);
  made.operation_lo.store(0, release);
  made.payload.store(0, release);
  made.lsn.store(0, release);
  made.at_ms.store(word_of(civil.value), release);
  made.details_hash.store(0, release);
  made.place.store(place, release);
  made.next.store(at == 0 ? kNothing : entries_[at - 1], release);
  made.details_size.store(0, release);
  made.type.store(static_cast<std::uint8_t>(kSteps[at]), release);
}

void Ledger::Visit::fill(const ClaimPlan& plan, const Seating& seating, Place place, BookingId id,
                         LedgerTime now) noexcept {
  const ClaimRequest& request = plan.request;
  for (std::size_t at = 0; at < kSteps.size(); ++at) fill_entry(at, place, plan.civil);
  const auto size = static_cast<std::uint32_t>(request_.details.size());
  const std::uint64_t hash =
      details_ == kNothing ? 0 : ledger_.details_.fill(details_, request_.details);
  // release: as above, and as in fill_claim().
  entry(0).details_hash.store(hash, std::memory_order_release);
  entry(0).details_size.store(size, std::memory_order_release);
  ledger_.bookings_[place].operations.store(entries_.back(), std::memory_order_release);

  journal::RecordBlock& block = ledger_.journal_.blocks[block_];
  auto& made = block.begin<record::WalkIn>();
  made.header.actor = request.actor.value;
  made.booking = id.value;
  made.slot = seating.key.value;
  made.applicant_hi = request.applicant.hi;
  made.applicant_lo = request.applicant.lo;
  made.operation_hi = request.operation.hi;
  made.operation_lo = request.operation.lo;
  made.payload = payload_;
  made.decided_ms = now.value;
  made.created_ms = plan.civil.value;
  made.details_hash = hash;
  made.details_size = size;
  made.seats = request.seats;
  made.scope = plan.rules.scope.value;
  made.category = static_cast<std::uint8_t>(request.category);
  block.slot = static_cast<std::uint32_t>(seating.slot_index);
  block.place = place;
  block.operation = kNothing;
  block.details = details_;
}

void Ledger::Visit::draw_number() noexcept {
  const std::uint32_t number = ledger_.queue_numbers_.next(branch_, today_);
  // release: as in fill_entry(); the booking is busy.
  entry(1).details_size.store(number, std::memory_order_release);
  ledger_.journal_.blocks[block_].record<record::WalkIn>().queue_number = number;
  JANJI_STEP("number_drawn");
}

// The entries are the booking's now, block and buffer the writer's. Before the booking is no longer
// busy.
void Ledger::Visit::keep(Lsn lsn) noexcept {
  // release: as in change_busy(); pairs with every reader of the entries.
  for (std::size_t at = 0; at < kSteps.size(); ++at) {
    entry(at).lsn.store(lsn.value, std::memory_order_release);
  }
  shared_->keep();
  entries_.fill(kNothing);
  block_ = details_ = kNothing;
  chair_ = false;
}

}  // namespace janji::ledger
