// Staff, or another catalogue, closes, opens or resizes a slot (rule 6, hazard 15): any thread, but
// for change_doors().
#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

// From here on nobody takes a seat in it, until staff has changed it or its time is over. False:
// too many are asked for, and whoever marked the word must take the mark away.
bool ask_for(DayTable& days, std::uint64_t slot_index, Day day) noexcept {
  std::atomic<std::uint64_t>& at = days.word(slot_index);
  SlotWord word{at.load(std::memory_order_relaxed)};
  do {
    // Asked for already, or staff may have its turn now: the next look says which.
    if (!word.serves(day) || word.is_staffs() || word.pending() == 0) return true;
    // relaxed: the mark tells nothing of what was done before; the next look acquires.
  } while (!at.compare_exchange_weak(word.bits, word.with_asked().bits, std::memory_order_relaxed,
                                     std::memory_order_relaxed));
  JANJI_STEP("slot_asked");
  return days.asked().add(slot_index);
}

// Staff says what it has from now on.
SlotWord wanted_word(SlotWord word, const SlotChangeRequest& request) noexcept {
  using Doors = SlotChangeRequest::Doors;
  const std::uint32_t capacity = request.capacity == 0 ? word.capacity() : request.capacity;
  const bool closed =
      request.doors == Doors::as_they_are ? word.closed() : request.doors == Doors::closed;
  return word.changed_to(capacity, closed);
}

// The catalogue does. A capacity that isn't its own stays, and so does a door where it says nothing
// new.
SlotWord wanted_word(SlotWord word, std::uint32_t kept, record::Planned before,
                     record::Planned planned) noexcept {
  const bool says_nothing = planned.closed() == before.closed();
  return word.changed_to(record::capacity_behind(word.capacity(), kept, before, planned),
                         says_nothing ? word.closed() : planned.closed());
}

}  // namespace

Decision Ledger::try_change_slot(const SlotChangeRequest& request, Patience& patience) noexcept {
  if (request.capacity > kMaxSlotCapacity || request.doors > SlotChangeRequest::Doors::open) {
    return refuse(Code::invalid_argument);
  }
  const Gate now = gate();
  if (now == Gate::failed) return refuse(Code::outcome_unknown);
  if (now == Gate::closed) return refuse(Code::stopped);
  if (now == Gate::read_only) return refuse(Code::read_only);
  return change_slot(request, {}, patience);
}

Decision Ledger::try_plan_slot(SlotKey slot, record::Planned planned, ActorId actor,
                               Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed) return refuse(Code::outcome_unknown);
  if (now == Gate::read_only) return refuse(Code::read_only);
  SlotChangeRequest request;
  request.slot = slot;
  request.actor = actor;
  return change_slot(request, planned, patience);
}

Decision Ledger::try_note_catalogue(std::uint64_t digest, bool done, ActorId actor) noexcept {
  const Gate now = gate();
  if (now == Gate::failed) return refuse(Code::outcome_unknown);
  if (now == Gate::read_only) return refuse(Code::read_only);
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  const std::uint32_t index = take_block(*caller, true);
  if (index == kNothing) return refuse(Code::overloaded);
  journal::RecordBlock& block = journal_.blocks[index];
  auto& made = block.begin<record::Catalogue>();
  made.header.actor = actor.value;
  made.digest = digest;
  made.decided_ms = time_.ledger_now().value;
  made.changed_ms = time_.civil_now().value;
  made.done = done ? 1 : 0;
  block.slot = block.place = block.operation = block.details = kNothing;
  const Lsn lsn = publish(index);
  journal_.rounds.wake_if_idle();
  return Decision{Verdict::granted, Code::ok, false, {}, lsn, 0};
}

// `planned`: what the catalogue gives it; nothing: it is staff's change.
Decision Ledger::change_slot(const SlotChangeRequest& request, record::Planned planned,
                             Patience& patience) noexcept {
  const bool is_staffs = planned.bits == 0;
  const LaneId lane = request.slot.lane();
  const Day day = request.slot.day();
  DayView view;
  if (!request.slot.valid() || !days_.find(lane, day, view)) return refuse(Code::slot_not_found);
  const std::uint16_t i = view.shape->index_of_minute[request.slot.minute().value];
  if (i == DayShape::kNoSlot) return refuse(Code::slot_not_found);
  std::atomic<std::uint64_t>& at = days_.word(view.first_slot + i);
  // Whoever waits there had no turn under the mark. acq_rel: as in undo_seats().
  const auto unmark = [&] {
    if (SlotWord{at.fetch_and(~SlotWord::kAsked, std::memory_order_acq_rel)}.waiters()) {
      look_at_waiters();
      journal_.rounds.request_round();
    }
  };
  // Who doesn't come back leaves no mark behind, which is his, or as good as his: it is a hint.
  const auto leave = [&](Decision met) {
    // relaxed: his own, if there is one.
    const bool is_asked = SlotWord{at.load(std::memory_order_relaxed)}.asked();
    if (is_asked && met.verdict != Verdict::wait) unmark();
    return met;
  };
  Caller caller(callers_);
  if (!caller) return leave(refuse(Code::overloaded));
  // Rule 3: room for the record before any word is touched.
  if (!has_block(*caller, true)) return leave(refuse(Code::overloaded));

  // acquire: pairs with change_doors(): what was done before is committed.
  SlotWord word{at.load(std::memory_order_acquire)};
  SlotWord wanted;
  do {
    if (!word.serves(day) || word.staff_busy()) return leave(wait(patience));
    const record::Planned before = days_.planned(view.first_slot + i);
    // acquire: as in Ledger::slots(). What comes meanwhile changes the word, too.
    const std::uint32_t kept = days_.kept(view.first_slot + i).load(std::memory_order_acquire);
    wanted = is_staffs ? wanted_word(word, request) : wanted_word(word, kept, before, planned);
    // A capacity that was raised a moment ago may be taken back by a crash: that is waited for.
    const bool is_sure = request.capacity == 0 || word.pending() == 0;
    if (is_staffs ? wanted.bits == word.bits && is_sure : before == planned) {
      // It is so already.
      return leave(Decision{Verdict::granted, Code::ok, true, {}, rests_on(), 0});
    }
    // Whoever took seats before may still publish: first let him finish, and nobody begin.
    if (word.pending() != 0) {
      if (!ask_for(days_, view.first_slot + i, day)) unmark();
      return leave(wait(patience));
    }
    // acq_rel: from here on nobody takes a seat in it; who read the word before loses his CAS.
  } while (!at.compare_exchange_weak(word.bits, word.with_staff_busy().bits,
                                     std::memory_order_acq_rel, std::memory_order_acquire));
  JANJI_STEP("slot_marked");
  const std::uint32_t index = take_block(*caller, true);
  JANJI_CHECK(index != kNothing);  // has_block() said so
  journal::RecordBlock& block = journal_.blocks[index];
  auto& made = block.begin<record::Slot>();
  made.header.actor = request.actor.value;
  made.slot = request.slot.value;
  made.decided_ms = time_.ledger_now().value;
  made.changed_ms = time_.civil_now().value;
  made.capacity = wanted.capacity();
  made.closed = wanted.closed() ? 1 : 0;
  made.planned = planned.bits;
  block.slot = static_cast<std::uint32_t>(view.first_slot + i);
  block.place = kNothing;
  block.operation = kNothing;
  block.details = kNothing;
  const Lsn lsn = publish(index);
  journal_.rounds.wake_if_idle();
  return Decision{Verdict::granted, Code::ok, false, {}, lsn, 0};
}

// The record is committed: the slot is what it says, and callers may look at it again. The writer's
// thread only.
void Ledger::change_doors(std::uint64_t slot_index, const record::Slot& change) noexcept {
  std::atomic<std::uint64_t>& at = days_.word(slot_index);
  SlotWord word{at.load(std::memory_order_relaxed)};
  // Before the mark goes: whoever finds it gone and changes the slot again goes by these.
  // relaxed: this thread's own. release: as in DayTable::open_day().
  std::atomic<std::uint16_t>& kept = days_.kept(slot_index);
  const record::Planned given{change.planned};
  kept.store(record::kept_behind(kept.load(std::memory_order_relaxed), word.capacity(),
                                 change.capacity, days_.planned(slot_index), given),
             std::memory_order_release);
  if (given.bits != 0) days_.plan(slot_index, given);
  SlotWord to;
  do {
    JANJI_CHECK(word.staff_busy() && word.pending() == 0);
    JANJI_CHECK(word.tag() == SlotWord::tag_of(SlotKey{change.slot}.day()));
    to = word.changed_to(change.capacity, change.closed != 0);
    // release: pairs with the claimers' acquire; whoever sees the change sees what came before it.
  } while (!at.compare_exchange_weak(word.bits, to.bits, std::memory_order_acq_rel,
                                     std::memory_order_relaxed));
  // Seats may have come: a scan that passed here before looks again (hazard 9).
  const SlotKey slot{change.slot};
  days_.row(slot.lane(), slot.day()).give_backs.fetch_add(1, std::memory_order_release);
  waitlist_.note(slot_index);
  // Also where the door is as before: a patrol passed by what staff was busy with.
  doors_changed_ = true;
  if (!to.closed()) return;
  // relaxed: a confirm that reads it too early is met by the patrol that begins now.
  doors_used_.store(true, std::memory_order_relaxed);
}

}  // namespace janji::ledger
