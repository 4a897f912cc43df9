// Several applicants enter the waitlist of a slot or a day as a group: any thread. What they take
// is places, units of an entitlement, an entry for each among those who wait, in the order of their
// keys, and the group's operation id; undone in reverse (rule 4). The units stay theirs, so nothing
// is asked of the entitlement when it is their turn. The rest is the writer's (hand_out.cpp,
// group_turn.cpp).
#include <algorithm>

#include "base/step.hpp"
#include "ledger/entitlement_parts.hpp"
#include "ledger/join_parts.hpp"

namespace janji::ledger {

namespace {

std::uint64_t payload_of(const GroupJoinRequest& r) noexcept {
  std::uint64_t who = base::mix(r.applicant.hi, r.applicant.lo, r.payload);
  for (const ApplicantKey& member : r.members) who = base::mix(who, member.hi, member.lo);
  if (r.entitlement.value != 0) who = base::mix(who, r.entitlement.value, 1);
  const std::uint64_t kind = 0x67726F75704AULL + static_cast<std::uint64_t>(r.category);
  if (r.slot.value != 0) return base::mix(kind, r.slot.value, who);
  return base::mix(kind ^ 0xFF, SlotKey(r.lane, r.day, r.from).value,
                   base::mix(who, r.until.value, 1));
}

}  // namespace

// What one try of it knows beside what any join does.
class Ledger::JoiningGroup {
 public:
  JoiningGroup(Ledger& ledger, JoinPlan& plan, EntitlementId entitlement) noexcept
      : ledger_(ledger), plan_(plan), entitlement_(entitlement) {}

  // False: one of them has no key, or two have the same.
  bool sort() noexcept { return sort_by_key(plan_.members, std::span(by_key_).first(many())); }
  Decision join() noexcept;

 private:
  std::size_t many() const noexcept { return plan_.members.size(); }
  Decision look_for_blocks() noexcept;
  Decision look_for_members() noexcept;
  Decision refuse_entitlement(Code code, std::uint32_t member) noexcept;
  Decision enter(GroupPlaces& places, std::uint32_t block) noexcept;
  Decision publish(GroupPlaces& places, std::uint32_t block, BookingId group) noexcept;
  BookingId fill(const GroupPlaces& places, std::uint32_t block) noexcept;
  void fill_place(Place place, BookingId id, std::size_t i, const GroupPlaces& places) noexcept;

  Ledger& ledger_;
  JoinPlan& plan_;
  const EntitlementId entitlement_;
  Units::Look look_;  // at the entitlement
  std::array<std::uint16_t, kGroupMembersMax> by_key_;
};

Decision Ledger::try_join_group(const GroupJoinRequest& request, Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed || now == Gate::closed) return refuse(why_shut(now));
  if (request.members.empty() || request.members.size() > kGroupMembersMax) {
    return refuse(Code::group_invalid);
  }
  if (request.applicant.empty() || request.category > Category::employer) {
    return refuse(Code::invalid_argument);
  }
  const bool by_slot = request.slot.value != 0;
  const LaneId lane = by_slot ? request.slot.lane() : request.lane;
  if ((by_slot && !request.slot.valid()) || lane.value >= days_.lanes()) {
    return refuse(Code::slot_not_found);
  }
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  const JoinRequest alike{.slot = request.slot,
                          .lane = request.lane,
                          .day = request.day,
                          .from = request.from,
                          .until = request.until,
                          .category = request.category,
                          .applicant = request.applicant,
                          .operation = request.operation,
                          .payload = request.payload,
                          .actor = request.actor};
  JoinPlan plan{alike,
                patience,
                *caller,
                days_.rules(lane),
                payload_of(request),
                operation_hash(request.operation),
                time_.civil_now(),
                !request.operation.empty()};
  plan.members = request.members;
  JoiningGroup group(*this, plan, request.entitlement);
  if (!group.sort()) return refuse(Code::group_invalid);
  const Decision decision = now == Gate::open ? group.join() : refuse_join(plan, why_shut(now), {});
  count(*caller, decision, (*caller).count.joins);
  return decision;
}

Decision Ledger::JoiningGroup::join() noexcept {
  const LaneRules& rules = plan_.rules;
  const auto refuse = [&](Code code) { return ledger_.refuse_join(plan_, code, {}); };
  if (rules.catalogue_index == kNoLane) return refuse(Code::slot_not_found);
  if (many() > rules.group_max) return refuse(Code::seats_exceeded);
  const auto category = static_cast<unsigned>(plan_.request.category);
  if ((rules.categories >> category & 1U) == 0) return refuse(Code::category_not_allowed);
  if (const Code why = ledger_.find_slots(plan_); why != Code::ok) {
    return why == Code::retry ? ledger_.wait(plan_.patience) : refuse(why);
  }
  if (const Decision met = look_for_blocks(); met.verdict != Verdict::granted) return met;
  look_ = Units::look(ledger_, {rules, entitlement_, plan_.request.applicant, plan_.members,
                                plan_.day(), plan_.day()});
  if (look_.code != Code::ok) return refuse_entitlement(look_.code, look_.member);
  if (const Decision met = look_for_members(); met.verdict != Verdict::granted) return met;
  // Rule 3: all room before any word is touched.
  const std::uint32_t block = ledger_.journal_.blocks.take_group(false);
  if (block == kNothing) return ledger_.refuse(Code::overloaded);
  GroupPlaces places(ledger_, plan_.caller);
  Decision decision = ledger_.refuse(Code::limit_reached);
  if (places.take(many() + 1)) decision = enter(places, block);
  if (decision.verdict != Verdict::granted || decision.replayed) {
    ledger_.journal_.blocks.put_group(block);
  }
  return decision;
}

// What is final rests on the entitlement as it is committed, as in a group's claim.
Decision Ledger::JoiningGroup::refuse_entitlement(Code code, std::uint32_t member) noexcept {
  if (code == Code::retry) {
    // It may be this very request that was granted before.
    if (plan_.named) {
      const OperationId id = plan_.request.operation;
      const KeyIndex::Walk walk = ledger_.walk_operation(id, plan_.operation_hash);
      if (walk.found != KeyIndex::kNone) return ledger_.replay_join(plan_, walk.found);
    }
    return ledger_.wait(plan_.patience);
  }
  Decision decision = ledger_.refuse_join(plan_, code, ledger_.rests_on());
  if (decision.code == Code::not_eligible) decision.member = member;
  return decision;
}

// Granted: none of them is blocked, nor who joins for them.
Decision Ledger::JoiningGroup::look_for_blocks() noexcept {
  for (std::size_t i = 0; i <= many(); ++i) {
    const ApplicantKey& who = i == many() ? plan_.request.applicant : plan_.members[i];
    const Blocked is = ledger_.look_for_block(who, plan_.civil);
    if (is.code == Code::blocked) return ledger_.refuse_join(plan_, Code::blocked, is.lsn);
    if (is.code != Code::ok) return ledger_.wait(plan_.patience);
  }
  return Decision{Verdict::granted, Code::ok, false, {}, {}, 0};
}

// Granted: none of them has an active booking.
Decision Ledger::JoiningGroup::look_for_members() noexcept {
  const ScopeId scope = plan_.rules.scope;
  for (std::size_t i = 0; scope != kNoScope && i < many(); ++i) {
    const ApplicantKey& who = plan_.members[by_key_[i]];
    const auto same = [&](std::uint32_t place) { return ledger_.is_applicant(place, who, scope); };
    const std::uint32_t found =
        ledger_.applicant_index_.walk(ledger_.applicant_hash(who, scope), same).found;
    if (found == KeyIndex::kNone) continue;
    const Lsn lsn = ledger_.active_since(found, who, scope);
    return lsn.value != 0 ? ledger_.refuse_join(plan_, Code::already_booked, lsn)
                          : ledger_.wait(plan_.patience);
  }
  return Decision{Verdict::granted, Code::ok, false, {}, {}, 0};
}

// Enters the indexes and publishes, or undoes in reverse, but for the block.
Decision Ledger::JoiningGroup::enter(GroupPlaces& places, std::uint32_t block) noexcept {
  using Insert = KeyIndex::Insert;
  const OperationId id = plan_.request.operation;
  KeyIndex::Walk operation;
  if (plan_.named) {
    operation = ledger_.walk_operation(id, plan_.operation_hash);
    if (operation.found != KeyIndex::kNone) return ledger_.replay_join(plan_, operation.found);
  }
  const SlotKey waits_for = record::waited_for(plan_.slot, plan_.last);
  for (std::size_t i = 0; i < many(); ++i) {
    const ApplicantKey& who = plan_.members[by_key_[i]];
    const auto same = [&](std::uint32_t other) { return ledger_.is_waiter(other, who, waits_for); };
    const std::uint32_t found =
        ledger_.waiting_index_.walk(ledger_.waiter_hash(who, waits_for), same).found;
    if (found != KeyIndex::kNone) return ledger_.meet_waiter(plan_, found, who);
  }
  if (const Code why = ledger_.mark_join(plan_); why != Code::ok) {
    return why == Code::retry ? ledger_.wait(plan_.patience) : ledger_.refuse(why);
  }
  const auto uncount = [&] {
    ledger_.waiters_.fetch_sub(static_cast<std::uint32_t>(many()), std::memory_order_relaxed);
  };
  Units units(ledger_);
  if (const Code short_of = units.take(look_, static_cast<std::uint32_t>(many()));
      short_of != Code::ok) {
    uncount();
    return refuse_entitlement(short_of, 0);
  }
  const BookingId group = fill(places, block);
  JANJI_STEP("group_join_filled");
  std::array<KeyIndex::Spot, kGroupMembersMax> spots;
  std::size_t entered = 0;
  const auto undo = [&] {
    while (entered != 0) {
      --entered;
      const ApplicantKey& who = plan_.members[by_key_[entered]];
      ledger_.waiting_index_.retract(ledger_.waiter_hash(who, waits_for), spots[entered]);
    }
    places.empty_all();
    units.undo();
    uncount();
    // Whoever waits because of these entries waits for a round (hazard 6).
    ledger_.journal_.rounds.request_round();
  };
  for (; entered < many(); ++entered) {
    const std::uint16_t member = by_key_[entered];
    const ApplicantKey& who = plan_.members[member];
    const std::uint64_t hash = ledger_.waiter_hash(who, waits_for);
    const auto same = [&](std::uint32_t other) { return ledger_.is_waiter(other, who, waits_for); };
    KeyIndex& index = ledger_.waiting_index_;
    const auto made = index.insert(hash, places[member + 1], index.walk(hash, same), same);
    if (made.outcome != Insert::done) {
      undo();
      if (made.outcome == Insert::exists) return ledger_.meet_waiter(plan_, made.found, who);
      return ledger_.refuse(Code::limit_reached);
    }
    spots[entered] = made.spot;
    JANJI_STEP("group_waiter_entered");
  }
  if (plan_.named) {
    const auto made = ledger_.operation_index_.insert(
        plan_.operation_hash, places[0], operation,
        [&](std::uint32_t other) { return ledger_.is_operation(other, id); });
    if (made.outcome != Insert::done) {
      undo();
      if (made.outcome == Insert::exists) return ledger_.replay_join(plan_, made.found);
      return ledger_.refuse(Code::limit_reached);
    }
  }
  JANJI_STEP("group_join_entered");
  units.keep();
  return publish(places, block, group);
}

Decision Ledger::JoiningGroup::publish(GroupPlaces& places, std::uint32_t block,
                                       BookingId group) noexcept {
  const Lsn lsn = ledger_.publish(block);
  // Rule 2, and the head last: as in finish_group().
  for (std::size_t i = many() + 1; i-- > 0;) {
    BookingCell& cell = ledger_.bookings_[places[i]];
    const BookingId id = BookingWord{cell.word.load(std::memory_order_relaxed)}.id(places[i]);
    const BookingState state = i == 0 ? BookingState::group : BookingState::waiting;
    // release: pairs with every reader of the word.
    cell.lsn.store(lsn.value, std::memory_order_release);
    cell.word.store(BookingWord::make(id, state, 1, 0).bits, std::memory_order_release);
    JANJI_STEP("group_join_visible");
  }
  places.keep();
  ledger_.journal_.rounds.wake_if_idle();
  return Decision{Verdict::granted, Code::ok, false, group, lsn, 0};
}

// Fills bookings and record while nobody else can see them. Returns the group's id.
BookingId Ledger::JoiningGroup::fill(const GroupPlaces& places,
                                     std::uint32_t block_index) noexcept {
  const JoinRequest& request = plan_.request;
  journal::RecordBlock& block = ledger_.journal_.blocks[block_index];
  auto& made = block.begin<record::GroupJoin>(sizeof(record::GroupJoin) +
                                              many() * sizeof(record::JoiningMember));
  made.header.actor = request.actor.value;
  made.slot = plan_.slot.value;
  made.applicant_hi = request.applicant.hi;
  made.applicant_lo = request.applicant.lo;
  made.operation_hi = request.operation.hi;
  made.operation_lo = request.operation.lo;
  made.payload = plan_.payload;
  made.decided_ms = ledger_.time_.ledger_now_coarse().value;
  made.created_ms = plan_.civil.value;
  made.members = static_cast<std::uint16_t>(many());
  made.last = plan_.last;
  made.scope = plan_.rules.scope.value;
  made.category = static_cast<std::uint8_t>(request.category);
  made.entitlement = entitlement_.value;
  block.slot = block.operation = block.details = kNothing;
  block.place = places[0];
  auto* member = reinterpret_cast<record::JoiningMember*>(&made + 1);
  for (std::size_t i = 0; i <= many(); ++i) {
    const BookingWord before{ledger_.bookings_[places[i]].word.load(std::memory_order_relaxed)};
    JANJI_CHECK(before.state() == BookingState::none && !before.busy());
    const BookingId id = record::make_booking_id(places[i], before.generation(), ledger_.epoch_);
    fill_place(places[i], id, i, places);
    if (i == 0) {
      made.booking = id.value;
    } else {
      *member++ = {id.value, plan_.members[i - 1].hi, plan_.members[i - 1].lo};
    }
  }
  return BookingId{made.booking};
}

// `i`: 0 for the head, else which member.
void Ledger::JoiningGroup::fill_place(Place place, BookingId id, std::size_t i,
                                      const GroupPlaces& places) noexcept {
  constexpr auto release = std::memory_order_release;
  const JoinRequest& request = plan_.request;
  const bool is_head = i == 0;
  BookingCell& cell = ledger_.bookings_[place];
  const ApplicantKey applicant = is_head ? request.applicant : plan_.members[i - 1];
  const OperationId operation = is_head ? request.operation : OperationId{};
  const Place next = i < many() ? places[i + 1] : record::kNoPlace;
  // relaxed: as in fill_claim().
  cell.word.store(BookingWord::make(id, BookingState::none, 0, BookingWord::kBusy).bits,
                  std::memory_order_relaxed);
  cell.applicant_hi.store(applicant.hi, release);
  cell.applicant_lo.store(applicant.lo, release);
  cell.operation_hi.store(operation.hi, release);
  cell.operation_lo.store(operation.lo, release);
  cell.payload.store(is_head ? plan_.payload : next, release);
  cell.slot.store(plan_.slot.value, release);
  cell.time_ms.store(is_head ? GroupLife::make(next, many()).bits : plan_.last, release);
  cell.created_ms.store(word_of(plan_.civil.value), release);
  cell.lsn.store(0, release);
  cell.slot_index.store(is_head ? look_.cell : plan_.slot_index, release);
  cell.operations.store(kNothing, release);
  cell.seats.store(is_head ? static_cast<std::uint16_t>(many()) : std::uint16_t{1}, release);
  cell.scope.store(is_head ? kNoScope.value : plan_.rules.scope.value, release);
  cell.kin.store(Kin::make(static_cast<std::uint8_t>(request.category), places[0]).bits, release);
}

}  // namespace janji::ledger
