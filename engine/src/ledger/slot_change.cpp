// Staff, or another catalogue, closes, opens or resizes a slot (rule 6, hazard 15): any thread, but
// for change_doors().
#include <optional>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"
#include "record/slot_grant.hpp"

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

std::uint64_t payload_of(const SlotChangeRequest& r) noexcept {
  const std::uint64_t how = std::uint64_t{r.capacity} << 8 | static_cast<std::uint64_t>(r.doors);
  return base::mix(0x736C6F74ULL, r.slot.value, base::mix(how, r.payload, 1));
}

}  // namespace

// What one try of it knows. `planned`: what the catalogue gives the slot; nothing: it is staff's
// change.
class Ledger::SlotChange {
 public:
  SlotChange(Ledger& ledger, const SlotChangeRequest& request, record::Planned planned,
             Patience& patience) noexcept
      : ledger_(ledger),
        request_(request),
        planned_(planned),
        patience_(patience),
        payload_(payload_of(request)),
        hash_(ledger.operation_hash(request.operation)) {}

  Decision decide() noexcept;
  // Nothing is marked any more.
  Decision refuse(Code code) noexcept;

 private:
  bool named() const noexcept { return !request_.operation.empty(); }
  // Nobody is kept from closing an office by what was changed before.
  bool closes() const noexcept { return request_.doors == SlotChangeRequest::Doors::closed; }
  std::size_t most() const noexcept {
    return record::kSlotGrantsPerDay - (closes() ? 0 : record::kSlotGrantsToClose);
  }
  std::atomic<std::uint64_t>& word() const noexcept { return ledger_.days_.word(slot_index_); }
  bool find_slot() noexcept;
  Decision change(CallerSlot& caller) noexcept;
  std::optional<Decision> mark() noexcept;
  std::optional<Decision> grant(CallerSlot& caller, std::uint32_t entry) noexcept;
  Lsn publish(CallerSlot& caller, std::uint32_t entry) noexcept;
  KeyIndex::Walk look_up() const noexcept {
    return ledger_.walk_operation(request_.operation, hash_);
  }
  Decision replay(std::uint32_t reference) noexcept {
    return ledger_.replay_entry(record::Type::slot, request_.operation, payload_, patience_,
                                reference);
  }
  void unmark(std::uint64_t mark) noexcept;

  Ledger& ledger_;
  const SlotChangeRequest& request_;
  const record::Planned planned_;
  Patience& patience_;
  const std::uint64_t payload_, hash_;
  DayView view_;
  std::uint64_t slot_index_{0};
  SlotWord wanted_;
};

Decision Ledger::try_change_slot(const SlotChangeRequest& request, Patience& patience) noexcept {
  if (request.capacity > kMaxSlotCapacity || request.doors > SlotChangeRequest::Doors::open) {
    return refuse(Code::invalid_argument);
  }
  const Gate now = gate();
  if (now == Gate::failed) return refuse(Code::outcome_unknown);
  if (now == Gate::closed) return refuse(Code::stopped);
  SlotChange change(*this, request, {}, patience);
  return now == Gate::read_only ? change.refuse(Code::read_only) : change.decide();
}

Decision Ledger::try_plan_slot(SlotKey slot, record::Planned planned, ActorId actor,
                               Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed) return refuse(Code::outcome_unknown);
  if (now == Gate::read_only) return refuse(Code::read_only);
  SlotChangeRequest request;
  request.slot = slot;
  request.actor = actor;
  return SlotChange(*this, request, planned, patience).decide();
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

bool Ledger::SlotChange::find_slot() noexcept {
  const SlotKey slot = request_.slot;
  if (!slot.valid() || !ledger_.days_.find(slot.lane(), slot.day(), view_)) return false;
  const std::uint16_t i = view_.shape->index_of_minute[slot.minute().value];
  slot_index_ = view_.first_slot + i;
  return i != DayShape::kNoSlot;
}

Decision Ledger::SlotChange::decide() noexcept {
  if (!find_slot()) return ledger_.refuse(Code::slot_not_found);
  Caller caller(ledger_.callers_);
  const Decision met = caller ? change(*caller) : ledger_.refuse(Code::overloaded);
  // Who doesn't come back leaves no mark behind, which is his, or as good as his: it is a hint.
  // relaxed: his own, if there is one.
  const bool is_asked = SlotWord{word().load(std::memory_order_relaxed)}.asked();
  if (is_asked && met.verdict != Verdict::wait) unmark(SlotWord::kAsked);
  return met;
}

// Whoever waits there had no turn under the mark, and who met it waits for a round (hazard 6).
// acq_rel: as in undo_seats().
void Ledger::SlotChange::unmark(std::uint64_t mark) noexcept {
  const SlotWord before{word().fetch_and(~mark, std::memory_order_acq_rel)};
  if (before.waiters()) ledger_.look_at_waiters();
  // release: pairs with patrol(), which passes by what staff is busy with.
  if (mark == SlotWord::kStaffBusy) ledger_.staff_left_.store(true, std::memory_order_release);
  if (before.waiters() || before.staff_busy()) ledger_.journal_.rounds.request_round();
}

// Hazard 4: decided first, looked up last.
Decision Ledger::SlotChange::refuse(Code code) noexcept {
  JANJI_STEP("before_last_look_up");
  if (!named()) return ledger_.refuse(code);
  const KeyIndex::Walk walk = look_up();
  return walk.found != KeyIndex::kNone ? replay(walk.found) : ledger_.refuse(code);
}

Decision Ledger::SlotChange::change(CallerSlot& caller) noexcept {
  if (named()) {
    const KeyIndex::Walk walk = look_up();
    if (walk.found != KeyIndex::kNone) return replay(walk.found);
  }
  // Rule 3: room for the record, and for what is kept of it, before any word is touched.
  if (!ledger_.has_block(caller, true)) return ledger_.refuse(Code::overloaded);
  std::optional<SharedEntry> shared;
  std::uint32_t entry = kNothing;
  if (named()) {
    shared.emplace(ledger_, record::Type::slot, closes() ? 1 : 2);
    if (*shared) entry = ledger_.take_operation(caller);
    if (entry == kNothing) return refuse(Code::limit_reached);
  }
  if (const std::optional<Decision> met = mark()) return *met;
  JANJI_STEP("slot_marked");
  if (named()) {
    if (const std::optional<Decision> met = grant(caller, entry)) return *met;
    caller.operation = kNothing;  // the entry is in use now
    shared->keep();
  }
  return Decision{Verdict::granted, Code::ok, false, {}, publish(caller, entry), 0};
}

// From here on the word is staff's; or why it isn't.
std::optional<Decision> Ledger::SlotChange::mark() noexcept {
  const bool is_staffs = planned_.bits == 0;
  const Day day = request_.slot.day();
  // acquire: pairs with change_doors(): what was done before is committed.
  SlotWord word{this->word().load(std::memory_order_acquire)};
  do {
    if (!word.serves(day) || word.staff_busy()) return ledger_.wait(patience_);
    const record::Planned before = ledger_.days_.planned(slot_index_);
    // acquire: as in Ledger::slots(). What comes meanwhile changes the word, too.
    const std::uint32_t kept = ledger_.days_.kept(slot_index_).load(std::memory_order_acquire);
    wanted_ = is_staffs ? wanted_word(word, request_) : wanted_word(word, kept, before, planned_);
    // A capacity that was raised a moment ago may be taken back by a crash: that is waited for.
    const bool is_sure = request_.capacity == 0 || word.pending() == 0;
    const bool is_so = is_staffs ? wanted_.bits == word.bits && is_sure : before == planned_;
    // What is remembered has a record of its own.
    if (is_so && !named()) {
      return Decision{Verdict::granted, Code::ok, true, {}, ledger_.rests_on(), 0};
    }
    // Whoever took seats before may still publish: first let him finish, and nobody begin.
    if (word.pending() != 0) {
      if (!ask_for(ledger_.days_, slot_index_, day)) unmark(SlotWord::kAsked);
      return ledger_.wait(patience_);
    }
    // acq_rel: from here on nobody takes a seat in it; who read the word before loses his CAS.
  } while (!this->word().compare_exchange_weak(word.bits, word.with_staff_busy().bits,
                                               std::memory_order_acq_rel,
                                               std::memory_order_acquire));
  return {};
}

// The word is ours. The id is entered, or the mark goes as it came.
std::optional<Decision> Ledger::SlotChange::grant(CallerSlot& caller,
                                                  std::uint32_t entry) noexcept {
  JANJI_CHECK(caller.operation == entry);
  std::atomic<std::uint32_t>& grants = view_.row->grants;
  // relaxed, each: counts that guard no other memory. The mark keeps the day.
  if (grants.fetch_add(1, std::memory_order_relaxed) >= most()) {
    grants.fetch_sub(1, std::memory_order_relaxed);
    const bool is_sure = view_.row->granted.load(std::memory_order_relaxed) >= most();
    unmark(SlotWord::kStaffBusy);
    // What is on its way may be taken back (hazard 3).
    return is_sure ? refuse(Code::changes_exceeded) : ledger_.wait(patience_);
  }
  ledger_.operations_[entry].fill(request_.operation, payload_, record::Type::slot,
                                  ledger_.time_.civil_now(), 0);
  const auto same = [&](std::uint32_t other) {
    return ledger_.is_operation(other, request_.operation);
  };
  const auto made = ledger_.operation_index_.insert(hash_, entry | kEntryBit, look_up(), same);
  JANJI_STEP("slot_change_entered");
  if (made.outcome == KeyIndex::Insert::done) return {};
  grants.fetch_sub(1, std::memory_order_relaxed);
  unmark(SlotWord::kStaffBusy);
  if (made.outcome == KeyIndex::Insert::exists) return replay(made.found);
  return ledger_.refuse(Code::limit_reached);
}

Lsn Ledger::SlotChange::publish(CallerSlot& caller, std::uint32_t entry) noexcept {
  const std::uint32_t index = ledger_.take_block(caller, true);
  JANJI_CHECK(index != kNothing);  // has_block() said so
  journal::RecordBlock& block = ledger_.journal_.blocks[index];
  auto& made = block.begin<record::Slot>();
  made.header.actor = request_.actor.value;
  made.slot = request_.slot.value;
  made.decided_ms = ledger_.time_.ledger_now().value;
  made.changed_ms = ledger_.time_.civil_now().value;
  made.capacity = wanted_.capacity();
  made.closed = wanted_.closed() ? 1 : 0;
  made.planned = planned_.bits;
  made.operation_hi = request_.operation.hi;
  made.operation_lo = request_.operation.lo;
  made.payload = named() ? payload_ : 0;
  block.slot = static_cast<std::uint32_t>(slot_index_);
  block.place = kNothing;
  block.operation = entry;
  block.details = kNothing;
  const Lsn lsn = ledger_.publish(index);
  ledger_.journal_.rounds.wake_if_idle();
  return lsn;
}

// The record is committed: the slot is what it says, and callers may look at it again. The writer's
// thread only.
void Ledger::change_doors(Lsn lsn, journal::RecordBlock& block) noexcept {
  const record::Slot& change = block.record<record::Slot>();
  const SlotKey slot{change.slot};
  const std::uint64_t slot_index = block.slot;
  if (const std::uint32_t entry = block.operation; entry != kNothing) {
    std::uint32_t& first = days_.first_grant(slot.lane(), slot.day());
    operations_[entry].next.store(first, std::memory_order_release);
    first = entry;
    // release: pairs with replay_entry(); from here on it is told again.
    operations_[entry].lsn.store(lsn.value, std::memory_order_release);
    // relaxed: as for `grants` in SlotChange::grant().
    days_.row(slot.lane(), slot.day()).granted.fetch_add(1, std::memory_order_relaxed);
  }
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
    JANJI_CHECK(word.tag() == SlotWord::tag_of(slot.day()));
    to = word.changed_to(change.capacity, change.closed != 0);
    // release: pairs with the claimers' acquire; whoever sees the change sees what came before it.
  } while (!at.compare_exchange_weak(word.bits, to.bits, std::memory_order_acq_rel,
                                     std::memory_order_relaxed));
  // Seats may have come: a scan that passed here before looks again (hazard 9).
  days_.row(slot.lane(), slot.day()).give_backs.fetch_add(1, std::memory_order_release);
  waitlist_.note(slot_index);
  // Also where the door is as before: a patrol passed by what staff was busy with.
  doors_changed_ = true;
  if (!to.closed()) return;
  // relaxed: a confirm that reads it too early is met by the patrol that begins now.
  doors_used_.store(true, std::memory_order_relaxed);
}

}  // namespace janji::ledger
