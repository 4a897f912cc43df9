// Seats that came free are offered to those who wait for them (hazard 10): the writer's thread
// only. The slot is looked at when a seat came back or was undone, when staff changed it, when
// somebody joined, and at every opening; and again in the next round while somebody whose turn it
// is, or his other booking, is being changed by a caller.
#include <algorithm>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

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
  clock_is_right_ = clock_is_right;
  for (std::uint32_t left = waitlist_.noted(); left != 0 && budget != 0; --left) {
    const std::uint64_t slot_index = waitlist_.take_noted();
    if (!hand_out(slot_index, civil, now, budget)) waitlist_.note(slot_index);
  }
}

// False: look again in the next round.
bool Ledger::hand_out(std::uint64_t slot_index, CivilTime civil, LedgerTime now,
                      std::size_t& budget) noexcept {
  for (Place place = waitlist_.first(slot_index); place != Waitlist::kEnd;
       place = waitlist_.next(place)) {
    // acquire: as in take_at(). A door that is opened, a capacity that is raised, brings another
    // look (change_doors()).
    const SlotWord word{days_.word(slot_index).load(std::memory_order_acquire)};
    if (word.free() == 0 || word.closed() || word.is_staffs()) return true;
    if (budget == 0 || journal_.blocks.small_left() == 0) return false;
    if (take_turn(place, slot_index, civil, now, budget) == Turn::kept) return false;
  }
  return true;
}

Ledger::Turn Ledger::take_turn(Place place, std::uint64_t slot_index, CivilTime civil,
                               LedgerTime now, std::size_t& budget) noexcept {
  const BookingCell& cell = bookings_[place];
  // acquire: pairs with the release of whoever changed the booking last.
  BookingWord word{cell.word.load(std::memory_order_acquire)};
  if (word.busy()) return Turn::kept;
  // It was ended, or offered its seats; the record is on its way.
  if (word.state() != BookingState::waiting) return Turn::over;
  const std::uint32_t seats = cell.seats.load(std::memory_order_relaxed);
  const SlotWord slot{days_.word(slot_index).load(std::memory_order_acquire)};
  if (!slot.has_room(seats)) return Turn::over;
  const SlotKey key{cell.slot.load(std::memory_order_relaxed)};
  const ApplicantKey applicant{cell.applicant_hi.load(std::memory_order_relaxed),
                               cell.applicant_lo.load(std::memory_order_relaxed)};
  const ScopeId scope{cell.scope.load(std::memory_order_relaxed)};
  bool is_passed = waitlist_.is_passed(place);
  // Who blocks the applicant meanwhile waits for this decision as for any caller's (rule 6).
  Caller caller(callers_);
  if (!caller) return Turn::kept;
  if (!can_be_claimed(key, civil)) {
    // A clock that is wrong by days mustn't end his wait; when it is set right there is another
    // look.
    if (!clock_is_right_) return Turn::over;
    is_passed = true;
  }
  if (const Code code = look_for_block(applicant, civil).code; code != Code::ok) {
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
  --budget;
  return is_passed ? end_wait(place, before, now) : offer(place, before, slot_index, civil, now);
}

// Not a slot that began, or of an office that the catalogue lost, or that only groups claim by now.
bool Ledger::can_be_claimed(SlotKey slot, CivilTime civil) const noexcept {
  const LaneRules& rules = days_.rules(slot.lane());
  DayView view;
  const std::uint32_t i = live_slot(slot, view);
  return rules.catalogue_index != kNoLane && !rules.needs_entitlement &&
         slot_start(view, i).value - rules.lead_ms > civil.value;
}

Ledger::Turn Ledger::end_wait(Place place, BookingWord before, LedgerTime now) noexcept {
  const std::uint32_t block = journal_.blocks.take_small();
  JANJI_CHECK(block != kNothing);  // hand_out() saw that there is one
  publish_by_rule<record::Lapse>(place, before, block, now);
  counts_.lapsed.store(counts_.lapsed.load(std::memory_order_relaxed) + 1,
                       std::memory_order_relaxed);
  return Turn::over;
}

// The booking is ours. Its seats are pending until the promotion is durable, and it enters the
// index of the applicants as a claim does, so that it and a claim of his can't both be granted.
Ledger::Turn Ledger::offer(Place place, BookingWord before, std::uint64_t slot_index,
                           CivilTime civil, LedgerTime now) noexcept {
  BookingCell& cell = bookings_[place];
  // relaxed, all fields: they are ours.
  const std::uint32_t seats = cell.seats.load(std::memory_order_relaxed);
  const SlotKey key{cell.slot.load(std::memory_order_relaxed)};
  const ScopeId scope{cell.scope.load(std::memory_order_relaxed)};
  const ApplicantKey applicant{cell.applicant_hi.load(std::memory_order_relaxed),
                               cell.applicant_lo.load(std::memory_order_relaxed)};
  std::atomic<std::uint64_t>& at = days_.word(slot_index);
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
  made.decided_ms = std::max(now, time_.ledger_now()).value;
  made.deadline_ms = made.decided_ms + days_.rules(key.lane()).offer_ms;
  made.promoted_ms = civil.value;
  block.slot = static_cast<std::uint32_t>(slot_index);
  block.place = place;
  block.operation = kNothing;
  block.details = kNothing;
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

// release, here and below: whoever sees the flag, or sees it gone, sees what came before it.
void Ledger::joined(Place place, std::uint64_t slot_index, SlotKey slot) noexcept {
  waitlist_.enter(place, slot_index, slot);
  days_.word(slot_index).fetch_or(SlotWord::kWaiters, std::memory_order_acq_rel);
  days_.count_booking(slot, 1);
  counts_.in_use.store(counts_.in_use.load(std::memory_order_relaxed) + 1,
                       std::memory_order_relaxed);
  waitlist_.note(slot_index);  // a seat may be free
}

void Ledger::promoted(Place place, std::uint64_t slot_index,
                      const record::Promote& promote) noexcept {
  // relaxed: constant while the booking has its place.
  const std::uint32_t seats = bookings_[place].seats.load(std::memory_order_relaxed);
  const SlotWord before{
      days_.word(slot_index).fetch_sub(SlotWord::made_durable(seats), std::memory_order_acq_rel)};
  JANJI_CHECK(before.pending() >= seats && before.taken() >= before.pending());
  wheel_.link(place, promote.deadline_ms);
  leave_waitlist(place, slot_index);
}

// He waits no longer, durably. With the last one the flag goes, and what is free is anybody's.
void Ledger::leave_waitlist(Place place, std::uint64_t slot_index) noexcept {
  const BookingCell& cell = bookings_[place];
  const SlotKey slot = waitlist_.slot_of(place);
  // relaxed: constant while the booking has its place.
  const ApplicantKey applicant{cell.applicant_hi.load(std::memory_order_relaxed),
                               cell.applicant_lo.load(std::memory_order_relaxed)};
  JANJI_CHECK(waiting_index_.remove(waiter_hash(applicant, slot), place));
  waitlist_.leave(place);
  waiters_.fetch_sub(1, std::memory_order_relaxed);  // as in enter_list()
  if (waitlist_.anyone(slot_index)) return;
  days_.word(slot_index).fetch_and(~SlotWord::kWaiters, std::memory_order_acq_rel);
  // As if a seat had come back: a scan that passed here before looks again (hazard 9).
  days_.row(slot.lane(), slot.day()).give_backs.fetch_add(1, std::memory_order_release);
}

// Whoever gives up a seat isn't offered it back.
void Ledger::pass_over(Place gave_up, SlotKey slot) noexcept {
  const BookingCell& cell = bookings_[gave_up];
  const ApplicantKey applicant{cell.applicant_hi.load(std::memory_order_relaxed),
                               cell.applicant_lo.load(std::memory_order_relaxed)};
  const auto same = [&](std::uint32_t place) { return is_waiter(place, applicant, slot); };
  const std::uint32_t place = waiting_index_.walk(waiter_hash(applicant, slot), same).found;
  // Whose join isn't given back yet joined later than this ended.
  if (place != KeyIndex::kNone && waitlist_.waits(place)) waitlist_.pass_over(place);
}

}  // namespace janji::ledger
