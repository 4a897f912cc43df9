// One step of all members of a group: under the head's busy mark and those of the members, set in
// the group's order, so that two steps of one group meet at its head, and a step of a member by
// itself meets the group's at that member. Nobody waits with anything marked (rule 5).
#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/group_change.hpp"

namespace janji::ledger {

namespace {

// The steps that a group takes as a whole.
constexpr bool is_of_groups(record::Type type) noexcept {
  return record::is_group_step(type) || type == record::Type::reschedule;
}

}  // namespace

bool Ledger::BusyMembers::mark(Place head, record::Type step) noexcept {
  // relaxed: the head's mark is ours, and its members are constant.
  const GroupLife life{ledger_.bookings_[head].time_ms.load(std::memory_order_relaxed)};
  for (Place at = life.first(); at != record::kNoPlace;) {
    BookingCell& cell = ledger_.bookings_[at];
    // acquire: pairs with the release of whoever changed the member last.
    BookingWord word{cell.word.load(std::memory_order_acquire)};
    if (word.busy()) {
      unmark();
      return false;
    }
    last_ = std::max(last_, Lsn{cell.lsn.load(std::memory_order_relaxed)});
    some_expired_ = some_expired_ || word.state() == BookingState::expired;
    if (record::target_of(step, word.state()) == BookingState::none) {
      some_cannot_ = some_cannot_ || is_active(word.state());
    } else {
      const BookingWord before = word;
      // acq_rel: as in change().
      if (!cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                             std::memory_order_acq_rel,
                                             std::memory_order_relaxed)) {
        unmark();
        return false;
      }
      ones_[count_++] = {at, before};
      JANJI_STEP("member_marked");
    }
    at = static_cast<Place>(cell.payload.load(std::memory_order_relaxed));
  }
  return true;
}

void Ledger::BusyMembers::unmark() noexcept {
  while (count_ != 0) {
    const One& one = ones_[--count_];
    if (one.place == record::kNoPlace) continue;
    // release: whoever marks it next sees what we saw.
    ledger_.bookings_[one.place].word.store(one.before.bits, std::memory_order_release);
  }
}

// What was asked of a booking that turned out to be a group, whose head was at rest as `before`.
Decision Ledger::change_group(Change& change, BookingWord before) noexcept {
  BookingCell& head = bookings_[change.place];
  if (!is_of_groups(change.type)) {
    return refuse_change(change, Code::illegal_transition,
                         Lsn{head.lsn.load(std::memory_order_acquire)});
  }
  if (change.type == record::Type::reschedule && change.parts.empty()) {  // to one slot
    return refuse_change(change, Code::group_invalid, {});
  }
  GroupStep step{change, before, *this};
  if (!change.operation.empty()) {
    step.operation = walk_operation(change.operation, change.operation_hash);
    if (step.operation.found != KeyIndex::kNone) {
      return replay_change(change, step.operation.found);
    }
  }
  // Rule 3: all room before any word is touched. A block for an expiry, too.
  if (!has_block(change.caller, true)) return refuse(Code::overloaded);
  SharedEntry shared(*this, change.type);
  if (!shared || take_operation(change.caller) == kNothing) return refuse(Code::limit_reached);
  step.block = journal_.blocks.take_group(!is_like_a_claim(change.type));
  if (step.block == kNothing) return refuse(Code::overloaded);
  Decision decision;
  JANJI_STEP("before_busy");
  // acq_rel: as in change().
  if (!head.word.compare_exchange_strong(before.bits, before.with_busy().bits,
                                         std::memory_order_acq_rel, std::memory_order_relaxed)) {
    decision = wait(change.patience);
  } else {
    JANJI_STEP("group_marked");
    decision = change_members(step);
  }
  if (decision.verdict == Verdict::granted && !decision.replayed) {
    shared.keep();
  } else {
    journal_.blocks.put_group(step.block);
  }
  return decision;
}

// The marks are off again. Who waits for one of them waits for a round (hazard 6).
Decision Ledger::refuse_members(GroupStep& step, Code code) noexcept {
  const Lsn head_lsn{bookings_[step.change.place].lsn.load(std::memory_order_relaxed)};
  Lsn lsn = std::max(step.members.last(), head_lsn);
  if (code == Code::slot_full || code == Code::entitlement_not_valid)
    lsn = std::max(lsn, rests_on());
  step.unmark();
  journal_.rounds.request_round();
  return refuse_change(step.change, code, lsn);
}

// The head is ours. Every way out publishes and clears the marks, or clears them unchanged.
Decision Ledger::change_members(GroupStep& step) noexcept {
  Change& change = step.change;
  if (!step.members.mark(change.place, change.type)) {
    step.unmark();
    return wait(change.patience);
  }
  // Hazard 11: the clock is read after the marks, and the record carries what it said.
  step.moment = Moment{time_.ledger_now(), time_.civil_now()};
  const auto ones = step.members.ones();
  std::int64_t deadline = 0;
  for (std::size_t i = 0; i < ones.size(); ++i) {
    const Place place = ones[i].place;
    if (!record::has_deadline(ones[i].before.state())) continue;
    const auto ends =
        static_cast<std::int64_t>(bookings_[place].time_ms.load(std::memory_order_relaxed));
    deadline = std::max(deadline, ends);
    if (step.moment.now.value < ends) continue;
    const std::uint32_t block = take_block(change.caller, true);
    JANJI_CHECK(block != kNothing);  // change_group() saw that there is one
    const Lsn lsn = publish_by_rule<record::Expire>(place, ones[i].before, block, step.moment.now);
    CallerSlot::add_one(change.caller.count.expiries);
    step.members.forget(i);
    step.unmark();
    journal_.rounds.wake_if_idle();
    return refuse_change(change, Code::hold_expired, lsn);
  }
  const bool may_leave_out = change.type == record::Type::cancel;
  if (step.members.some_expired() && !may_leave_out) {
    return refuse_members(step, Code::hold_expired);
  }
  if (ones.empty() || (step.members.some_cannot() && !may_leave_out)) {
    const bool expired = ones.empty() && step.members.some_expired();
    return refuse_members(step, expired ? Code::hold_expired : Code::illegal_transition);
  }
  if (const Code why = why_not_stepped(step); why != Code::ok) return refuse_members(step, why);
  if (change.type == record::Type::reschedule) return move_members(step);
  settle_terms(change, deadline, step.moment);
  const bool waited = ones.front().before.state() == BookingState::waiting;  // as all of them did
  if (waited) change.argument = record::kLeftWaitlist;
  if (!take_details(step)) {
    step.unmark();
    journal_.rounds.request_round();
    return refuse(Code::overloaded);
  }
  if (const Decision entered = enter_step(step);
      entered.verdict != Verdict::granted || entered.replayed) {
    return entered;
  }
  fill_step(step);
  return publish_step(step, [&](BookingCell& cell, BookingState to) {
    if (step.moment.deadline_ms != 0) {
      cell.time_ms.store(word_of(step.moment.deadline_ms), std::memory_order_release);
    }
    if (has_ended(to)) {
      cell.time_ms.store(word_of(step.moment.civil.value), std::memory_order_release);
    }
  });
}

// ok: nothing that the group's service says is against it.
Code Ledger::why_not_stepped(const GroupStep& step) const noexcept {
  const Change& change = step.change;
  const BookingCell& head = bookings_[change.place];
  const LaneId lane = SlotKey{head.slot.load(std::memory_order_relaxed)}.lane();
  const LaneRules& rules = days_.rules(lane);
  const bool known = rules.catalogue_index != kNoLane;
  if (change.branch != ActRequest::kAnyBranch && (!known || change.branch != rules.branch)) {
    return Code::wrong_branch;
  }
  if (change.type == record::Type::extend) {
    const bool may = times(head, change.type) < rules.extensions_max;
    return may ? Code::ok : Code::changes_exceeded;
  }
  if (change.type != record::Type::confirm || !doors_used_.load(std::memory_order_relaxed)) {
    return Code::ok;
  }
  for (const auto& one : step.members.ones()) {
    // relaxed: as in why_not_acted().
    const std::uint32_t index = bookings_[one.place].slot_index.load(std::memory_order_relaxed);
    const SlotWord word{days_.word(index).load(std::memory_order_relaxed)};
    if (word.closed()) return Code::closed;
  }
  return Code::ok;
}

bool Ledger::take_details(GroupStep& step) noexcept {
  if (step.change.details.empty()) return true;
  step.details = details_.take();
  if (step.details == DetailsBuffers::kNone) return false;
  step.details_hash = details_.fill(step.details, step.change.details);
  return true;
}

// Fills the entry of the group's operation and enters it. Granted: it may be published. Else all
// that the step took is given back.
Decision Ledger::enter_step(GroupStep& step) noexcept {
  Change& change = step.change;
  step.entry = take_operation(change.caller);
  JANJI_CHECK(step.entry != kNothing);  // change_group() saw that there is one
  fill_operation(change, step.entry, step.moment, step.details, step.details_hash);
  if (!change.operation.empty()) {
    const auto entered = operation_index_.insert(
        change.operation_hash, step.entry | kEntryBit, step.operation,
        [&](std::uint32_t other) { return is_operation(other, change.operation); });
    if (entered.outcome != KeyIndex::Insert::done) {
      if (step.details != kNothing) details_.give_back(step.details);
      step.unmark();
      journal_.rounds.request_round();
      if (entered.outcome == KeyIndex::Insert::exists) return replay_change(change, entered.found);
      return refuse(Code::limit_reached);
    }
  }
  JANJI_STEP("change_entered");
  change.caller.operation = kNothing;  // the entry is in use now
  return Decision{Verdict::granted, Code::ok, false, change.booking, {}, 0};
}

// All of its members' seats come later, if the first one's do: they are of one service.
std::uint8_t Ledger::later_flag_of(const GroupStep& step) noexcept {
  const auto ones = step.members.ones();
  if (!is_active(ones.front().before.state())) return 0;  // they waited, for seats of nobody
  const SlotKey slot{bookings_[ones.front().place].slot.load(std::memory_order_relaxed)};
  return later_flag(slot, step.moment.civil, static_cast<std::uint32_t>(ones.size()));
}

void Ledger::fill_step(GroupStep& step) noexcept {
  const Change& change = step.change;
  const auto ones = step.members.ones();
  journal::RecordBlock& block = journal_.blocks[step.block];
  auto& made = block.begin<record::GroupChange>(sizeof(record::GroupChange) +
                                                ones.size() * sizeof(std::uint64_t));
  made.header.actor = change.actor.value;
  made.booking = change.booking.value;
  made.operation_hi = change.operation.hi;
  made.operation_lo = change.operation.lo;
  made.payload = change.payload;
  made.decided_ms = step.moment.now.value;
  made.acted_ms = step.moment.civil.value;
  made.deadline_ms = step.moment.deadline_ms;
  made.details_hash = step.details_hash;
  made.details_size = step.details == kNothing ? change.argument
                                               : static_cast<std::uint32_t>(change.details.size());
  made.members = static_cast<std::uint16_t>(ones.size());
  made.step = change.type;
  if (change.type == record::Type::cancel || change.type == record::Type::refuse) {
    made.header.flags = later_flag_of(step);
  }
  auto* member = reinterpret_cast<std::uint64_t*>(&made + 1);
  for (const auto& one : ones) *member++ = one.before.id(one.place).value;
  block.details = step.details;
}

}  // namespace janji::ledger
