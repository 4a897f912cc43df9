// The turn of a group that waits: it is offered seats for all members in one record, or passed
// over, or nothing happens.
#include "ledger/group_turn.hpp"

#include <algorithm>

#include "base/step.hpp"

namespace janji::ledger {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto release = std::memory_order_release;

}  // namespace

Turn Ledger::GroupTurn::take(std::uint64_t slot_index, std::uint32_t free,
                             HandOut& round) noexcept {
  const BookingCell& cell = ledger_.bookings_[head_];
  // relaxed: mark() looks properly; how many live is the writer's own.
  if (BookingWord{cell.word.load(relaxed)}.busy()) return Turn::kept;
  const auto wanted = static_cast<std::uint32_t>(GroupLife{cell.time_ms.load(relaxed)}.live());
  if (look_for_seats(slot_index, free, wanted, round.civil) < wanted) return Turn::over;
  if (ledger_.journal_.blocks.large_left() == 0) return Turn::kept;
  // Who blocks one of them meanwhile waits for this decision as for any caller's (rule 6).
  Caller caller(ledger_.callers_);
  if (!caller || !mark()) return Turn::kept;
  // All were ended, or offered seats; the record is on its way.
  if (members_.ones().empty()) return unmark(Turn::over);
  JANJI_STEP("group_turn_marked");
  const bool gave_up = ledger_.waitlist_.gave_up(head_, slot_index);  // all that it wants
  const Code passed = gave_up || is_shut_out() ? Code::slot_not_allowed : why_passed(round.civil);
  if (passed == Code::retry) return unmark(Turn::kept);
  --round.budget;
  if (passed == Code::ok) return offer(slot_index, round);
  lapse(round.now);
  return Turn::over;
}

bool Ledger::GroupTurn::waits_in_vain(CivilTime civil) const noexcept {
  const Waitlist& list = ledger_.waitlist_;
  const SlotKey last = ledger_.slot_of(list.key_of(head_), list.slots_of(head_).last);
  const LaneRules& rules = ledger_.days_.rules(last.lane());
  DayView view;
  const std::uint32_t i = ledger_.live_slot(last, view);
  return rules.catalogue_index == kNoLane ||
         civil.value >= slot_start(view, i).value - rules.lead_ms;
}

bool Ledger::GroupTurn::is_shut_out() const noexcept {
  const bool is_entitled = ledger_.entitlement_of(ledger_.bookings_[head_]) != kNothing;
  const LaneId lane = ledger_.waitlist_.key_of(head_).lane();
  return !ledger_.days_.rules(lane).takes_waiters(is_entitled);
}

void Ledger::GroupTurn::give_up(LedgerTime now) noexcept {
  if (!mark()) return;
  if (members_.ones().empty()) {
    unmark(Turn::over);
  } else {
    lapse(now);
  }
}

// How many seats it could take, up to those wanted.
std::uint32_t Ledger::GroupTurn::look_for_seats(std::uint64_t slot_index, std::uint32_t free,
                                                std::uint32_t wanted, CivilTime civil) noexcept {
  const Waitlist& list = ledger_.waitlist_;
  const Waitlist::Span slots = list.slots_of(head_);
  const SlotKey day = list.key_of(head_);
  const bool several = list.wants_several(head_);
  std::uint32_t found = 0;
  usables_ = 0;
  for (std::uint64_t at = slots.first; at <= slots.last && found < wanted; ++at) {
    if (several && list.gave_up(head_, at)) continue;
    std::uint32_t seats = free;
    if (at != slot_index) {
      // acquire: as in hand_out().
      const SlotWord word{ledger_.days_.word(at).load(std::memory_order_acquire)};
      if (word.closed() || word.is_staffs()) continue;
      // Where it is first, what comes is its own, whether or not a look is due.
      const bool is_first = Waitlist::Line{list, at}.place() == head_;
      seats = is_first ? word.free() : std::min(list.left(at), word.free());
    }
    if (seats == 0 || !ledger_.can_be_claimed(ledger_.slot_of(day, at), civil)) continue;
    seats = std::min(seats, wanted - found);
    usable_[usables_++] = {at, seats};
    found += seats;
  }
  return found;
}

bool Ledger::GroupTurn::mark() noexcept {
  BookingCell& cell = ledger_.bookings_[head_];
  // acquire: pairs with the release of whoever changed the group last.
  BookingWord word{cell.word.load(std::memory_order_acquire)};
  before_ = word;
  // acq_rel: as in change().
  if (word.busy() || !cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                                        std::memory_order_acq_rel, relaxed)) {
    return false;
  }
  if (members_.mark(head_, record::Type::promote)) return true;
  unmark(Turn::kept);
  return false;
}

// As they were before, the members first.
Turn Ledger::GroupTurn::unmark(Turn turn) noexcept {
  members_.unmark();
  ledger_.bookings_[head_].word.store(before_.bits, release);
  return turn;
}

ApplicantKey Ledger::GroupTurn::applicant_of(Place place) const noexcept {
  const BookingCell& cell = ledger_.bookings_[place];
  return {cell.applicant_hi.load(relaxed), cell.applicant_lo.load(relaxed)};
}

Code Ledger::GroupTurn::why_passed(CivilTime civil) const noexcept {
  const auto look = [&](Place place) {
    return ledger_.look_for_block(applicant_of(place), civil).code;
  };
  if (const Code code = look(head_); code != Code::ok) return code;
  for (const auto& one : members_.ones()) {
    if (const Code code = look(one.place); code != Code::ok) return code;
  }
  for (const auto& one : members_.ones()) {
    const ScopeId scope{ledger_.bookings_[one.place].scope.load(relaxed)};
    if (scope == kNoScope) break;  // likewise of the others
    const ApplicantKey applicant = applicant_of(one.place);
    const auto same = [&](std::uint32_t other) {
      return ledger_.is_applicant(other, applicant, scope);
    };
    const std::uint32_t other =
        ledger_.applicant_index_.walk(ledger_.applicant_hash(applicant, scope), same).found;
    if (other == KeyIndex::kNone) continue;
    // About to become active, or about to be so no longer: that must be known first.
    const bool known = ledger_.active_since(other, applicant, scope).value != 0;
    return known ? Code::already_booked : Code::retry;
  }
  return Code::ok;
}

// All are ours. What is missing is undone in reverse: the applicants, then the seats.
Turn Ledger::GroupTurn::offer(std::uint64_t slot_index, const HandOut& round) noexcept {
  const SlotKey day = ledger_.waitlist_.key_of(head_);
  GroupSeats seats(ledger_);
  // Members may have left since the seats were counted.
  std::size_t wanted = members_.ones().size();
  for (std::size_t i = 0; i < usables_ && wanted != 0; ++i) {
    const auto many = static_cast<std::uint32_t>(std::min<std::size_t>(usable_[i].seats, wanted));
    const SlotKey slot = ledger_.slot_of(day, usable_[i].index);
    if (!seats.take_free(slot, usable_[i].index, many)) {
      seats.undo();
      return unmark(Turn::kept);
    }
    wanted -= many;
  }
  JANJI_CHECK(wanted == 0);  // they were counted
  Turn turn{};
  if (!enter_applicants(turn)) {
    seats.undo();
    return unmark(turn);
  }
  publish_offer(seats, slot_index, round);
  seats.keep();
  return Turn::over;
}

// Into the index of those who are active, in the order of their keys; all of them, or none.
bool Ledger::GroupTurn::enter_applicants(Turn& turn) noexcept {
  const auto ones = members_.ones();
  const ScopeId scope{ledger_.bookings_[ones.front().place].scope.load(relaxed)};
  if (scope == kNoScope) return true;
  std::array<ApplicantKey, kGroupMembersMax> keys;
  std::array<std::uint16_t, kGroupMembersMax> by_key;
  std::array<KeyIndex::Spot, kGroupMembersMax> spots;
  for (std::size_t i = 0; i < ones.size(); ++i) keys[i] = applicant_of(ones[i].place);
  JANJI_CHECK(
      sort_by_key(std::span(keys).first(ones.size()), std::span(by_key).first(ones.size())));
  for (std::size_t entered = 0; entered < ones.size(); ++entered) {
    const ApplicantKey& applicant = keys[by_key[entered]];
    const std::uint64_t hash = ledger_.applicant_hash(applicant, scope);
    const auto same = [&](std::uint32_t other) {
      return ledger_.is_applicant(other, applicant, scope);
    };
    KeyIndex& index = ledger_.applicant_index_;
    const auto made = index.insert(hash, ones[by_key[entered]].place, index.walk(hash, same), same);
    if (made.outcome == KeyIndex::Insert::done) {
      spots[entered] = made.spot;
      JANJI_STEP("group_turn_entered");
      continue;
    }
    while (entered != 0) {
      --entered;
      index.retract(ledger_.applicant_hash(keys[by_key[entered]], scope), spots[entered]);
    }
    // Without room in the index nobody's turn comes: whoever is behind may be luckier.
    turn = made.outcome == KeyIndex::Insert::exists ? Turn::kept : Turn::over;
    return false;
  }
  return true;
}

void Ledger::GroupTurn::publish_offer(const GroupSeats& seats, std::uint64_t slot_index,
                                      const HandOut& round) noexcept {
  const auto ones = members_.ones();
  const std::uint32_t index = ledger_.journal_.blocks.take_large();
  JANJI_CHECK(index != kNothing);  // take() saw that there is one
  auto& made = ledger_.journal_.blocks[index].begin<record::GroupPromote>(
      sizeof(record::GroupPromote) + ones.size() * sizeof(record::PromotedMember));
  const LaneId lane = seats.taken().front().slot.lane();
  made.booking = before_.id(head_).value;
  made.decided_ms = std::max(round.now, ledger_.time_.ledger_now()).value;
  made.deadline_ms = made.decided_ms + ledger_.days_.rules(lane).offer_ms;
  made.promoted_ms = round.civil.value;
  made.members = static_cast<std::uint32_t>(ones.size());
  auto* member = reinterpret_cast<record::PromotedMember*>(&made + 1);
  for (std::size_t i = 0; i < ones.size(); ++i) {
    *member++ = {ones[i].before.id(ones[i].place).value, seats.of_seat(i).slot.value};
  }
  // What it took elsewhere isn't left for others.
  for (const GroupSeats::Taken& taken : seats.taken()) {
    const std::uint32_t left = ledger_.waitlist_.left(taken.index);
    if (taken.index == slot_index) continue;
    ledger_.waitlist_.leave_free(taken.index, left - std::min(left, taken.seats));
  }
  std::size_t seat = 0;
  const std::int64_t deadline = made.deadline_ms;
  publish(index, BookingState::held, [&](BookingCell& cell) {
    const GroupSeats::Taken& to = seats.of_seat(seat++);
    // From here on this is their slot.
    cell.slot.store(to.slot.value, release);
    cell.slot_index.store(static_cast<std::uint32_t>(to.index), release);
    cell.time_ms.store(word_of(deadline), release);
  });
  ledger_.counts_.promoted.store(ledger_.counts_.promoted.load(relaxed) + ones.size(), relaxed);
}

// Nobody asked for it, so nothing but their states changes.
void Ledger::GroupTurn::lapse(LedgerTime now) noexcept {
  const auto ones = members_.ones();
  const std::uint32_t index = ledger_.journal_.blocks.take_large();
  JANJI_CHECK(index != kNothing);  // take(), or the patrol, saw that there is one
  auto& made = ledger_.journal_.blocks[index].begin<record::GroupChange>(
      sizeof(record::GroupChange) + ones.size() * sizeof(std::uint64_t));
  const CivilTime civil = ledger_.time_.civil_now();
  made.booking = before_.id(head_).value;
  made.decided_ms = std::max(now, ledger_.time_.ledger_now()).value;
  made.acted_ms = civil.value;
  made.members = static_cast<std::uint16_t>(ones.size());
  made.step = record::Type::lapse;
  auto* member = reinterpret_cast<std::uint64_t*>(&made + 1);
  for (const auto& one : ones) *member++ = one.before.id(one.place).value;
  publish(index, BookingState::expired,
          [&](BookingCell& cell) { cell.time_ms.store(word_of(civil.value), release); });
  ledger_.counts_.lapsed.store(ledger_.counts_.lapsed.load(relaxed) + ones.size(), relaxed);
}

// The record is filled. Publishes it and lets the members go, each settled, then the head (rule 2).
template <class Settle>
void Ledger::GroupTurn::publish(std::uint32_t index, BookingState to, Settle&& settle) noexcept {
  journal::RecordBlock& block = ledger_.journal_.blocks[index];
  block.slot = block.operation = block.details = kNothing;
  block.place = head_;
  const auto ones = members_.ones();
  for (const auto& one : ones) settle(ledger_.bookings_[one.place]);
  const Lsn lsn = ledger_.publish(index);
  for (const auto& one : ones) {
    BookingCell& cell = ledger_.bookings_[one.place];
    JANJI_CHECK(lsn.value > cell.lsn.load(relaxed));  // as in publish_step()
    cell.lsn.store(lsn.value, release);
    cell.word.store(one.before.moved_to(to).bits, release);
    JANJI_STEP("group_turn_visible");
  }
  BookingCell& head = ledger_.bookings_[head_];
  head.lsn.store(lsn.value, release);
  head.word.store(before_.moved_to(BookingState::group).bits, release);
  members_.published();
}

}  // namespace janji::ledger
