// Seats that came free are offered to those who wait for them (hazard 10): the writer's thread
// only. The slot is looked at when a seat came back or was undone, when staff changed it, when
// somebody joined, and at every opening; and again in the next round while somebody whose turn it
// is, or his other booking, is being changed by a caller. The slots of a day are looked at from its
// first on, so who waits for several is offered the earliest.
#include <algorithm>

#include "base/step.hpp"
#include "ledger/group_turn.hpp"

namespace janji::ledger {

void Ledger::hand_out_all(CivilTime civil, LedgerTime now, std::size_t budget,
                          bool clock_is_right) noexcept {
  if (gate() == Gate::failed || gate() == Gate::read_only) return;
  days_.asked().look(now, [&](std::uint64_t slot_index) {
    // acq_rel: as in leave_slot(). Whoever waits there had no turn under the mark.
    const SlotWord before{
        days_.word(slot_index).fetch_and(~SlotWord::kAsked, std::memory_order_acq_rel)};
    if (before.asked() && before.waiters()) waitlist_.note(slot_index);
  });
  // acq_rel: pairs with undo_seats(): whoever left the mark has given his seats back. Which slot it
  // was isn't said, since it happens too seldom to be worth a word of each slot.
  if (seats_undone_.load(std::memory_order_relaxed) &&
      seats_undone_.exchange(false, std::memory_order_acq_rel)) {
    waitlist_.note_all();
  }
  // The clock was ahead: what couldn't be claimed by it can be, so whoever had no turn has one.
  if (civil < handed_out_at_) waitlist_.note_all();
  handed_out_at_ = civil;
  HandOut round{civil, now, budget, clock_is_right};
  for (std::uint32_t left = waitlist_.noted(); left != 0 && round.budget != 0; --left) {
    const std::uint64_t slot_index = waitlist_.take_noted();
    if (!hand_out(slot_index, round)) waitlist_.note(slot_index);
  }
  // Else the next round goes on here, so that a busy day keeps nobody else's seats waiting.
  if (round.budget != 0) waitlist_.begin_anew();
}

// False: look again in the next round.
bool Ledger::hand_out(std::uint64_t slot_index, HandOut& round) noexcept {
  std::uint32_t free = SlotWord::kCapacityMax;
  for (Waitlist::Line line{waitlist_, slot_index}; !line.at_end(); line.move_on()) {
    // acquire: as in take_at(). A door that is opened, a capacity that is raised, brings another
    // look (change_doors()).
    const SlotWord word{days_.word(slot_index).load(std::memory_order_acquire)};
    if (word.free() == 0 || word.closed() || word.is_staffs()) {
      waitlist_.leave_free(slot_index, 0);
      return true;
    }
    if (round.budget == 0 || journal_.blocks.small_left() == 0) return false;
    // What is undone meanwhile brings another look: it must not go to somebody further back.
    free = std::min(free, word.free());
    if (take_turn(line.place(), slot_index, free, round) == Turn::kept) return false;
  }
  // For groups, which may make up for it elsewhere: to whom these don't suffice was asked.
  const SlotWord word{days_.word(slot_index).load(std::memory_order_acquire)};
  waitlist_.leave_free(slot_index, std::min(free, word.free()));
  return true;
}

// Of the slots of a day the one with this word.
SlotKey Ledger::slot_of(SlotKey day, std::uint64_t slot_index) const noexcept {
  DayView view;
  JANJI_CHECK(days_.find(day.lane(), day.day(), view));
  return SlotKey(day.lane(), day.day(), Minute{view.shape->start[slot_index - view.first_slot]});
}

Turn Ledger::take_turn(Place place, std::uint64_t slot_index, std::uint32_t free,
                       HandOut& round) noexcept {
  const BookingCell& cell = bookings_[place];
  // acquire: pairs with the release of whoever changed the booking last.
  BookingWord word{cell.word.load(std::memory_order_acquire)};
  if (word.state() == BookingState::group) {
    return GroupTurn(*this, place).take(slot_index, free, round);
  }
  if (word.busy()) return Turn::kept;
  // It was ended, or offered its seats; the record is on its way.
  if (word.state() != BookingState::waiting) return Turn::over;
  if (cell.seats.load(std::memory_order_relaxed) > free) return Turn::over;
  // Another slot may still be offered him.
  const bool wants_others = waitlist_.wants_several(place);
  bool is_passed = waitlist_.gave_up(place, slot_index);
  const SlotKey day = waitlist_.key_of(place);
  const SlotKey key = slot_of(day, slot_index);
  const ApplicantKey applicant{cell.applicant_hi.load(std::memory_order_relaxed),
                               cell.applicant_lo.load(std::memory_order_relaxed)};
  const ScopeId scope{cell.scope.load(std::memory_order_relaxed)};
  // Who blocks the applicant meanwhile waits for this decision as for any caller's (rule 6).
  Caller caller(callers_);
  if (!caller) return Turn::kept;
  if (!days_.rules(key.lane()).takes_waiters(false)) {
    is_passed = true;  // whoever is behind him, as a group under an entitlement, overtakes nobody
  } else if (!can_be_claimed(key, round.civil)) {
    // A clock that is wrong by days mustn't end his wait; when it is set right there is another
    // look.
    if (!round.clock_is_right) return Turn::over;
    const SlotKey last = slot_of(day, waitlist_.slots_of(place).last);
    if (wants_others && can_be_claimed(last, round.civil)) return Turn::over;
    is_passed = true;
  }
  if (const Code code = look_for_block(applicant, round.civil).code; code != Code::ok) {
    if (code == Code::retry) return Turn::kept;
    is_passed = true;
  }
  if (!is_passed && scope != kNoScope) {
    const auto same = [&](std::uint32_t other) { return is_applicant(other, applicant, scope); };
    const std::uint32_t other = applicant_index_.walk(applicant_hash(applicant, scope), same).found;
    if (other != KeyIndex::kNone) {
      // About to become active, or about to be so no longer: that must be known first.
      if (active_since(other, applicant, scope).value == 0) return Turn::kept;
      is_passed = true;
    }
  }
  const BookingWord before = word;
  BookingCell& mine = bookings_[place];
  // acq_rel: as in change().
  if (!mine.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                         std::memory_order_acq_rel, std::memory_order_relaxed)) {
    return Turn::kept;
  }
  JANJI_STEP("turn_marked");
  --round.budget;
  return is_passed ? end_wait(place, before, round.now)
                   : offer(place, before, {key, slot_index}, round);
}

// Not a slot that began, or of an office that the catalogue lost.
bool Ledger::can_be_claimed(SlotKey slot, CivilTime civil) const noexcept {
  const LaneRules& rules = days_.rules(slot.lane());
  DayView view;
  const std::uint32_t i = live_slot(slot, view);
  return rules.catalogue_index != kNoLane &&
         slot_start(view, i).value - rules.lead_ms > civil.value;
}

Turn Ledger::end_wait(Place place, BookingWord before, LedgerTime now) noexcept {
  const std::uint32_t block = journal_.blocks.take_small();
  JANJI_CHECK(block != kNothing);  // hand_out() saw that there is one
  publish_by_rule<record::Lapse>(place, before, block, now);
  counts_.lapsed.store(counts_.lapsed.load(std::memory_order_relaxed) + 1,
                       std::memory_order_relaxed);
  return Turn::over;
}

// The booking is ours. Its seats are pending until the promotion is durable, and it enters the
// index of the applicants as a claim does, so that it and a claim of his can't both be granted.
Turn Ledger::offer(Place place, BookingWord before, OfferedSlot slot,
                   const HandOut& round) noexcept {
  BookingCell& cell = bookings_[place];
  // relaxed, all fields: they are ours.
  const std::uint32_t seats = cell.seats.load(std::memory_order_relaxed);
  const ScopeId scope{cell.scope.load(std::memory_order_relaxed)};
  const ApplicantKey applicant{cell.applicant_hi.load(std::memory_order_relaxed),
                               cell.applicant_lo.load(std::memory_order_relaxed)};
  std::atomic<std::uint64_t>& at = days_.word(slot.index);
  const auto unmark = [&](Turn turn) {
    cell.word.store(before.bits, std::memory_order_release);
    return turn;
  };
  SlotWord word{at.load(std::memory_order_acquire)};
  do {
    if (word.is_staffs() || word.closed() || !word.has_room(seats)) return unmark(Turn::kept);
    // acq_rel: as in take_at(): linearization point of the seats.
  } while (!at.compare_exchange_weak(word.bits, word.with_taken(seats).bits,
                                     std::memory_order_acq_rel, std::memory_order_acquire));
  JANJI_STEP("turn_seats_taken");
  if (scope != kNoScope) {
    const auto same = [&](std::uint32_t other) { return is_applicant(other, applicant, scope); };
    const std::uint64_t hash = applicant_hash(applicant, scope);
    const auto entered =
        applicant_index_.insert(hash, place, applicant_index_.walk(hash, same), same);
    if (entered.outcome != KeyIndex::Insert::done) {
      at.fetch_sub(SlotWord::undone(seats), std::memory_order_acq_rel);
      // Without room in the index nobody's turn comes: whoever is behind may be luckier.
      return unmark(entered.outcome == KeyIndex::Insert::exists ? Turn::kept : Turn::over);
    }
  }
  JANJI_STEP("turn_entered");
  const std::uint32_t block_index = journal_.blocks.take_small();
  JANJI_CHECK(block_index != kNothing);  // hand_out() saw that there is one
  journal::RecordBlock& block = journal_.blocks[block_index];
  auto& made = block.begin<record::Promote>();
  made.booking = before.id(place).value;
  made.slot = slot.key.value;
  made.decided_ms = std::max(round.now, time_.ledger_now()).value;
  made.deadline_ms = made.decided_ms + days_.rules(slot.key.lane()).offer_ms;
  made.promoted_ms = round.civil.value;
  block.slot = static_cast<std::uint32_t>(slot.index);
  block.place = place;
  block.operation = kNothing;
  block.details = kNothing;
  // From here on this is his slot.
  cell.slot.store(slot.key.value, std::memory_order_release);
  cell.slot_index.store(block.slot, std::memory_order_release);
  cell.time_ms.store(word_of(made.deadline_ms), std::memory_order_release);
  const Lsn lsn = publish(block_index);
  JANJI_CHECK(lsn.value > cell.lsn.load(std::memory_order_relaxed));  // as in change_busy()
  cell.lsn.store(lsn.value, std::memory_order_release);
  // Rule 2: published first, then no longer busy.
  cell.word.store(before.moved_to(BookingState::held).bits, std::memory_order_release);
  counts_.promoted.store(counts_.promoted.load(std::memory_order_relaxed) + 1,
                         std::memory_order_relaxed);
  return Turn::over;
}

// ---- behind the commit ----

// He waits, durably, for this slot, or for those up to the one at minute `last` of its day; and a
// seat may be free in each. release, here and below: whoever sees the flag, or sees it gone, sees
// what came before it.
void Ledger::enter_waitlist(Place place, SlotKey slot, std::uint16_t last) noexcept {
  DayView view;
  const std::uint64_t first = live_slot(slot, view);
  const SlotKey end = last == 0 ? slot : SlotKey(slot.lane(), slot.day(), Minute{last});
  const Waitlist::Span slots{view.first_slot + first, view.first_slot + live_slot(end, view)};
  waitlist_.enter(place, record::waited_for(slot, last), slots,
                  {view.first_slot, view.first_slot + view.slots - 1});
  for (std::uint64_t at = slots.first; at <= slots.last; ++at) {
    days_.word(at).fetch_or(SlotWord::kWaiters, std::memory_order_acq_rel);
    waitlist_.note(at);
  }
}

void Ledger::joined(Place place, const record::Join& join) noexcept {
  const SlotKey slot{join.slot};
  enter_waitlist(place, slot, join.last);
  days_.count_booking(slot, 1);
  counts_.in_use.store(counts_.in_use.load(std::memory_order_relaxed) + 1,
                       std::memory_order_relaxed);
}

void Ledger::joined(const record::GroupJoin& join) noexcept {
  const SlotKey slot{join.slot};
  enter_waitlist(record::place_of(BookingId{join.booking}), slot, join.last);
  days_.count_booking(slot, join.members);
  settle_group_units(EntitlementId{join.entitlement}, join.members);
  counts_.in_use.store(counts_.in_use.load(std::memory_order_relaxed) + join.members + 1,
                       std::memory_order_relaxed);
}

void Ledger::promoted(const record::GroupPromote& promote) noexcept {
  const Place head = record::place_of(BookingId{promote.booking});
  for (const record::PromotedMember& member : record::members_of(promote)) {
    const Place place = record::place_of(BookingId{member.booking});
    settle_seats(SlotKey{member.slot}, 1);
    wheel_.link(place, promote.deadline_ms);
    forget_waiter(place, head);
  }
  leave_line(head);
}

void Ledger::promoted(Place place, std::uint64_t slot_index,
                      const record::Promote& promote) noexcept {
  // relaxed: constant while the booking has its place.
  const std::uint32_t seats = bookings_[place].seats.load(std::memory_order_relaxed);
  const SlotWord before{
      days_.word(slot_index).fetch_sub(SlotWord::made_durable(seats), std::memory_order_acq_rel)};
  JANJI_CHECK(before.pending() >= seats && before.taken() >= before.pending());
  wheel_.link(place, promote.deadline_ms);
  leave_waitlist(place);
}

// Whose booking this is may wait for the same again. `in_line`: his place there, his group's if he
// is of one.
void Ledger::forget_waiter(Place place, Place in_line) noexcept {
  const BookingCell& cell = bookings_[place];
  // relaxed: constant while the booking has its place.
  const ApplicantKey applicant{cell.applicant_hi.load(std::memory_order_relaxed),
                               cell.applicant_lo.load(std::memory_order_relaxed)};
  JANJI_CHECK(waiting_index_.remove(waiter_hash(applicant, waitlist_.key_of(in_line)), place));
  waiters_.fetch_sub(1, std::memory_order_relaxed);  // as in mark_join()
}

// With the last one the flag goes, and what is free is anybody's.
void Ledger::leave_line(Place in_line) noexcept {
  const SlotKey day = waitlist_.key_of(in_line);
  const Waitlist::Span slots = waitlist_.slots_of(in_line);
  waitlist_.leave(in_line);
  look_for_waiters(day, slots);
}

// He waits no longer, durably.
void Ledger::leave_waitlist(Place place) noexcept {
  forget_waiter(place, place);
  leave_line(place);
}

// A member of a group that waits ended, and may have been the last. To the others less suffices.
void Ledger::leave_group(Place head) noexcept {
  const GroupLife life{bookings_[head].time_ms.load(std::memory_order_relaxed)};
  if (life.live() == 0) return leave_line(head);
  const Waitlist::Span slots = waitlist_.slots_of(head);
  for (std::uint64_t at = slots.first; at <= slots.last; ++at) waitlist_.note(at);
}

// Of slots of a day, those for which nobody waits any more are everybody's.
void Ledger::look_for_waiters(SlotKey day, Waitlist::Span slots) noexcept {
  bool is_everybodys = false;
  for (std::uint64_t at = slots.first; at <= slots.last; ++at) {
    if (waitlist_.anyone(at)) continue;
    days_.word(at).fetch_and(~SlotWord::kWaiters, std::memory_order_acq_rel);
    is_everybodys = true;
  }
  // As if a seat had come back: a scan that passed here before looks again (hazard 9).
  if (!is_everybodys) return;
  days_.row(day.lane(), day.day()).give_backs.fetch_add(1, std::memory_order_release);
}

// Where the applicant of an ended booking waits, or his group does: for its slot by itself, or
// among others of its day; kEnd, each: he doesn't, durably.
std::array<Place, 2> Ledger::waits_of(Place ended) const noexcept {
  const BookingCell& cell = bookings_[ended];
  const SlotKey slot{cell.slot.load(std::memory_order_relaxed)};
  const ApplicantKey applicant{cell.applicant_hi.load(std::memory_order_relaxed),
                               cell.applicant_lo.load(std::memory_order_relaxed)};
  std::array<Place, 2> found{Waitlist::kEnd, Waitlist::kEnd};
  for (const bool among_others : {false, true}) {
    const SlotKey key = record::waited_for(slot, among_others ? 1 : 0);
    const auto same = [&](std::uint32_t place) { return is_waiter(place, applicant, key); };
    const std::uint32_t place = waiting_index_.walk(waiter_hash(applicant, key), same).found;
    if (place == KeyIndex::kNone) continue;
    const Place head = head_of(bookings_[place]);
    const Place in_line = head == record::kNoPlace ? place : head;
    // Of one that is being changed just now the index can't tell for what he waits.
    const bool waits = waitlist_.waits(in_line) && waitlist_.key_of(in_line) == key;
    if (waits) found[among_others ? 1 : 0] = in_line;
  }
  return found;
}

// Whoever gives up a seat isn't offered it back. `place`: one of waits_of().
void Ledger::pass_over(Place place, std::uint64_t slot_index) noexcept {
  if (place == Waitlist::kEnd) return;
  waitlist_.give_up(place, slot_index);
  look_for_waiters(waitlist_.key_of(place), {slot_index, slot_index});
}

// An ended booking says over a restart, too, what its applicant gave up; so it stays meanwhile.
bool Ledger::is_remembered(Place ended) const noexcept {
  if (waitlist_.size() == 0) return false;
  const std::uint32_t slot_index = bookings_[ended].slot_index.load(std::memory_order_relaxed);
  const std::array<Place, 2> waits = waits_of(ended);
  return std::any_of(waits.begin(), waits.end(), [&](Place place) {
    return place != Waitlist::kEnd && waitlist_.gave_up(place, slot_index);
  });
}

}  // namespace janji::ledger
