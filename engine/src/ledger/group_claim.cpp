// Claims of groups: seats, units of an entitlement, applicants, operation id, in this order, each
// kind in the order of its keys; undone in reverse (rule 4).
#include <algorithm>
#include <numeric>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/entitlement_parts.hpp"

namespace janji::ledger {

namespace {

std::uint64_t payload_of(const GroupClaimRequest& r) noexcept {
  std::uint64_t who = base::mix(r.applicant.hi, r.applicant.lo, r.payload);
  for (const ApplicantKey& member : r.members) who = base::mix(who, member.hi, member.lo);
  if (r.entitlement.value != 0) who = base::mix(who, r.entitlement.value, 1);
  const auto kind = static_cast<std::uint64_t>(r.category);
  return base::mix(0x67726F757000ULL + kind, hash_of(r.lane, r.parts), who);
}

}  // namespace

bool sort_by_key(std::span<const ApplicantKey> members, std::span<std::uint16_t> order) noexcept {
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::uint16_t a, std::uint16_t b) { return members[a] < members[b]; });
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (members[order[i]].empty()) return false;
    if (i != 0 && members[order[i]] == members[order[i - 1]]) return false;
  }
  return true;
}

Decision Ledger::try_claim_group(const GroupClaimRequest& request, Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed || now == Gate::closed) return refuse(why_shut(now));
  const std::size_t many = request.members.size();
  if (many == 0 || many > kGroupMembersMax || seats_of(request.parts) != many) {
    return refuse(Code::group_invalid);
  }
  if (request.applicant.empty() || request.category > Category::employer) {
    return refuse(Code::invalid_argument);
  }
  if (request.lane.value >= days_.lanes()) return refuse(Code::slot_not_found);
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  const LaneRules& rules = days_.rules(request.lane);
  GroupPlan plan{request,
                 patience,
                 *caller,
                 rules,
                 payload_of(request),
                 operation_hash(request.operation),
                 time_.civil_now(),
                 rules.scope != kNoScope,
                 !request.operation.empty(),
                 {}};
  if (!sort_by_key(request.members, std::span(plan.by_key).first(many))) {
    return refuse(Code::group_invalid);
  }
  Decision decision;
  if (now != Gate::open) {
    decision = refuse_group(plan, why_shut(now), {});
  } else if (rules.catalogue_index == kNoLane) {
    decision = refuse_group(plan, Code::slot_not_found, {});
  } else if (many > rules.group_max) {
    decision = refuse_group(plan, Code::seats_exceeded, {});
  } else if ((rules.categories >> static_cast<unsigned>(request.category) & 1U) == 0) {
    decision = refuse_group(plan, Code::category_not_allowed, {});
  } else {
    decision = claim_group(plan);
  }
  count(*caller, decision, (*caller).count.claims);
  return decision;
}

// Hazard 4: decided first, looked up last.
Decision Ledger::refuse_group(const GroupPlan& plan, Code code, Lsn lsn) noexcept {
  JANJI_STEP("before_last_look_up");
  if (plan.named && !plan.request.operation_is_new) {
    const KeyIndex::Walk walk = walk_operation(plan.request.operation, plan.operation_hash);
    if (walk.found != KeyIndex::kNone) return replay_group(plan, walk.found);
  }
  return refuse(code, lsn);
}

Decision Ledger::replay_group(const GroupPlan& plan, std::uint32_t reference) noexcept {
  return replay_under(plan.request.operation, plan.payload, plan.patience, reference);
}

// One of the members has an entry in this scope. Nothing is taken any more.
Decision Ledger::meet_member(const GroupPlan& plan, std::uint32_t place,
                             const ApplicantKey& applicant) noexcept {
  const Lsn lsn = active_since(place, applicant, plan.rules.scope);
  if (lsn.value != 0) return refuse_group(plan, Code::already_booked, lsn);
  // Busy: it may be this very request, sent twice at once.
  if (plan.named) {
    const KeyIndex::Walk walk = walk_operation(plan.request.operation, plan.operation_hash);
    if (walk.found != KeyIndex::kNone) return replay_group(plan, walk.found);
  }
  return wait(plan.patience);
}

Decision Ledger::claim_group(GroupPlan& plan) noexcept {
  const GroupClaimRequest& request = plan.request;
  const std::size_t many = request.members.size();
  // Look before taking: whoever has booked already must not even shake the seats.
  KeyIndex::Walk operation;
  if (plan.named) {
    operation = walk_operation(request.operation, plan.operation_hash);
    if (operation.found != KeyIndex::kNone) return replay_group(plan, operation.found);
  }
  // Whoever claims it, too.
  for (std::size_t i = 0; i <= many; ++i) {
    const Blocked is =
        look_for_block(i == many ? request.applicant : request.members[i], plan.civil);
    if (is.code == Code::blocked) return refuse_group(plan, Code::blocked, is.lsn);
    if (is.code != Code::ok) return wait(plan.patience);
  }
  const Units::Look look =
      Units::look(*this, {plan.rules, request.entitlement, request.applicant, request.members,
                          request.parts.front().day, request.parts.back().day});
  if (look.code != Code::ok) return refuse_entitlement(plan, look.code, look.member);
  for (std::size_t i = 0; plan.scoped && i < many; ++i) {
    const ApplicantKey& applicant = request.members[plan.by_key[i]];
    const std::uint64_t hash = applicant_hash(applicant, plan.rules.scope);
    const KeyIndex::Walk walk = applicant_index_.walk(hash, [&](std::uint32_t place) {
      return is_applicant(place, applicant, plan.rules.scope);
    });
    if (walk.found != KeyIndex::kNone) return meet_member(plan, walk.found, applicant);
  }
  // Rule 3: all room before any word is touched.
  const std::uint32_t block = journal_.blocks.take_group(false);
  if (block == kNothing) return refuse(Code::overloaded);
  GroupPlaces places(*this, plan.caller);
  if (!places.take(many + 1)) {
    journal_.blocks.put_group(block);
    return refuse(Code::limit_reached);
  }
  GroupSeats seats(*this);
  const NewSeat got = seats.take(request.lane, request.parts, plan.civil);
  if (!got.taken()) {
    journal_.blocks.put_group(block);
    return refuse_seats(plan, got);
  }
  Units units(*this);
  if (const Code short_of = units.take(look, static_cast<std::uint32_t>(many));
      short_of != Code::ok) {
    seats.undo();
    journal_.blocks.put_group(block);
    return refuse_entitlement(plan, short_of, 0);
  }
  plan.entitlement = look.cell;
  const Decision decision = finish_group(plan, seats, units, places, block, operation);
  if (decision.verdict == Verdict::granted && !decision.replayed) return decision;
  // Undone in there, but for the block.
  journal_.blocks.put_group(block);
  return decision;
}

Decision Ledger::refuse_seats(const GroupPlan& plan, const NewSeat& got) noexcept {
  switch (got.attempt) {
    case Attempt::decided: return refuse_group(plan, got.code, {});
    case Attempt::full: return refuse_group(plan, Code::slot_full, rests_on());
    case Attempt::early:  // only a walk-in is
    case Attempt::pending: break;
    case Attempt::closed: return refuse_group(plan, Code::closed, {});
    case Attempt::late: return refuse_group(plan, Code::too_late, {});
  }
  return wait(plan.patience);
}

// What is final rests on the entitlement as it is committed. Nothing is taken any more.
Decision Ledger::refuse_entitlement(const GroupPlan& plan, Code code,
                                    std::uint32_t member) noexcept {
  if (code == Code::retry) return wait(plan.patience);
  Decision decision = refuse_group(plan, code, rests_on());
  if (decision.code == Code::not_eligible) decision.member = member;
  return decision;
}

// The seats are taken, and the units. Enters the indexes and publishes, or undoes in reverse.
Decision Ledger::finish_group(GroupPlan& plan, GroupSeats& seats, Units& units, GroupPlaces& places,
                              std::uint32_t block, const KeyIndex::Walk& operation) noexcept {
  using Insert = KeyIndex::Insert;
  const GroupClaimRequest& request = plan.request;
  const std::size_t many = request.members.size();
  const BookingId group = fill_group(plan, seats, places, block);
  JANJI_STEP("group_filled");
  std::array<KeyIndex::Spot, kGroupMembersMax> spots;
  std::size_t entered = 0;
  const auto undo = [&] {
    while (entered != 0) {
      --entered;
      const ApplicantKey& applicant = request.members[plan.by_key[entered]];
      applicant_index_.retract(applicant_hash(applicant, plan.rules.scope), spots[entered]);
    }
    // The head last: nobody comes to it but by an operation id that isn't entered.
    places.empty_all();
    units.undo();
    seats.undo();
  };
  for (; plan.scoped && entered < many; ++entered) {
    const std::uint16_t member = plan.by_key[entered];
    const ApplicantKey& applicant = request.members[member];
    const std::uint64_t hash = applicant_hash(applicant, plan.rules.scope);
    const auto same = [&](std::uint32_t place) {
      return is_applicant(place, applicant, plan.rules.scope);
    };
    const auto made =
        applicant_index_.insert(hash, places[member + 1], applicant_index_.walk(hash, same), same);
    if (made.outcome != Insert::done) {
      undo();
      if (made.outcome == Insert::exists) return meet_member(plan, made.found, applicant);
      return refuse(Code::limit_reached);
    }
    spots[entered] = made.spot;
    JANJI_STEP("member_entered");
  }
  if (plan.named) {
    const auto made = operation_index_.insert(
        plan.operation_hash, places[0], operation,
        [&](std::uint32_t other) { return is_operation(other, request.operation); });
    if (made.outcome != Insert::done) {
      undo();
      if (made.outcome == Insert::exists) return replay_group(plan, made.found);
      return refuse(Code::limit_reached);
    }
  }
  JANJI_STEP("group_entered");
  seats.keep();
  units.keep();
  const Lsn lsn = publish(block);
  // Rule 2: published first, then no longer busy; the members first, so that whoever finds the
  // group at rest finds them so.
  for (std::size_t i = many + 1; i-- > 0;) {
    BookingCell& cell = bookings_[places[i]];
    const BookingId id = BookingWord{cell.word.load(std::memory_order_relaxed)}.id(places[i]);
    const BookingState state = i == 0 ? BookingState::group : BookingState::held;
    // release: pairs with every reader of the word.
    cell.lsn.store(lsn.value, std::memory_order_release);
    cell.word.store(BookingWord::make(id, state, 1, 0).bits, std::memory_order_release);
    JANJI_STEP("group_visible");
  }
  places.keep();
  journal_.rounds.wake_if_idle();
  return Decision{Verdict::granted, Code::ok, false, group, lsn, 0};
}

// Fills bookings and record while nobody else can see them. Returns the group's id.
BookingId Ledger::fill_group(const GroupPlan& plan, const GroupSeats& seats,
                             const GroupPlaces& places, std::uint32_t block_index) noexcept {
  const GroupClaimRequest& request = plan.request;
  const std::size_t many = request.members.size();
  const LedgerTime now = time_.ledger_now_coarse();
  const std::int64_t deadline = now.value + plan.rules.hold_ms;
  const auto category = static_cast<std::uint8_t>(request.category);

  journal::RecordBlock& block = journal_.blocks[block_index];
  auto& made = block.begin<record::GroupClaim>(sizeof(record::GroupClaim) +
                                               many * sizeof(record::NewMember));
  made.header.actor = request.actor.value;
  made.applicant_hi = request.applicant.hi;
  made.applicant_lo = request.applicant.lo;
  made.operation_hi = request.operation.hi;
  made.operation_lo = request.operation.lo;
  made.payload = plan.payload;
  made.decided_ms = now.value;
  made.deadline_ms = deadline;
  made.created_ms = plan.civil.value;
  made.members = static_cast<std::uint32_t>(many);
  made.scope = plan.rules.scope.value;
  made.category = category;
  made.entitlement = request.entitlement.value;
  block.slot = kNothing;
  block.place = places[0];
  block.operation = kNothing;
  block.details = kNothing;

  constexpr auto release = std::memory_order_release;
  auto* member = reinterpret_cast<record::NewMember*>(&made + 1);
  for (std::size_t i = 0; i <= many; ++i) {
    const bool is_head = i == 0;
    BookingCell& cell = bookings_[places[i]];
    const BookingWord before{cell.word.load(std::memory_order_relaxed)};
    JANJI_CHECK(before.state() == BookingState::none && !before.busy());
    const BookingId id = record::make_booking_id(places[i], before.generation(), epoch_);
    const GroupSeats::Taken& seat = seats.of_seat(is_head ? 0 : i - 1);
    const ApplicantKey applicant = is_head ? request.applicant : request.members[i - 1];
    const OperationId operation = is_head ? request.operation : OperationId{};
    const Place next = i < many ? places[i + 1] : record::kNoPlace;
    // relaxed: as in fill_claim().
    cell.word.store(BookingWord::make(id, BookingState::none, 0, BookingWord::kBusy).bits,
                    std::memory_order_relaxed);
    cell.applicant_hi.store(applicant.hi, release);
    cell.applicant_lo.store(applicant.lo, release);
    cell.operation_hi.store(operation.hi, release);
    cell.operation_lo.store(operation.lo, release);
    cell.payload.store(is_head ? plan.payload : next, release);
    cell.slot.store(seat.slot.value, release);
    cell.time_ms.store(is_head ? GroupLife::make(next, many).bits : word_of(deadline), release);
    cell.created_ms.store(word_of(plan.civil.value), release);
    cell.lsn.store(0, release);
    cell.slot_index.store(is_head ? plan.entitlement : static_cast<std::uint32_t>(seat.index),
                          release);
    cell.operations.store(kNothing, release);
    cell.seats.store(is_head ? static_cast<std::uint16_t>(many) : std::uint16_t{1}, release);
    cell.scope.store(is_head ? kNoScope.value : plan.rules.scope.value, release);
    cell.kin.store(Kin::make(category, places[0]).bits, release);
    if (is_head) {
      made.booking = id.value;
    } else {
      *member++ = {id.value, seat.slot.value, applicant.hi, applicant.lo};
    }
  }
  return BookingId{made.booking};
}

}  // namespace janji::ledger
