// An applicant enters the waitlist of a slot or a day: any thread. He takes no seat and isn't
// active; what he takes is a place, his entry among those who wait, and his operation id. The rest
// is the writer's, when the record is committed (hand_out.cpp).
#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/join_parts.hpp"

namespace janji::ledger {

namespace {

std::uint64_t payload_of(const JoinRequest& r) noexcept {
  const std::uint64_t kind = (std::uint64_t{r.seats} << 8) | static_cast<std::uint64_t>(r.category);
  const std::uint64_t whom = base::mix(r.applicant.hi, r.applicant.lo, r.payload);
  if (r.slot.value != 0) return base::mix(0x6A6F696EULL + kind, r.slot.value, whom);
  return base::mix(0x6461794AULL + kind, SlotKey(r.lane, r.day, r.from).value,
                   base::mix(whom, r.until.value, 0));
}

}  // namespace

Decision Ledger::try_join(const JoinRequest& request, Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed || now == Gate::closed) return refuse(why_shut(now));
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
  JoinPlan plan{request,
                patience,
                *caller,
                days_.rules(lane),
                payload_of(request),
                operation_hash(request.operation),
                time_.civil_now(),
                !request.operation.empty()};
  const Decision decision =
      now == Gate::open ? join_slot(plan) : refuse_join(plan, why_shut(now), {});
  count(*caller, decision, (*caller).count.joins);
  return decision;
}

// Hazard 4: decided first, looked up last.
Decision Ledger::refuse_join(const JoinPlan& plan, Code code, Lsn lsn) noexcept {
  JANJI_STEP("before_last_look_up");
  if (plan.named) {
    const KeyIndex::Walk walk = walk_operation(plan.request.operation, plan.operation_hash);
    if (walk.found != KeyIndex::kNone) return replay_join(plan, walk.found);
  }
  return refuse(code, lsn);
}

Decision Ledger::replay_join(const JoinPlan& plan, std::uint32_t reference) noexcept {
  return replay_under(plan.request.operation, plan.payload, plan.patience, reference);
}

// While he waits; of who was offered seats, or has ended, anything: he is about to leave. Whoever
// changes the booking of one who waits writes to its fields before his record has its LSN; until
// then it is taken for what its entry says, or a join that came before that record would be behind
// it.
bool Ledger::is_waiter(std::uint32_t place, ApplicantKey key, SlotKey waits_for) const noexcept {
  // acquire: as is_applicant(). Whoever reads a field that was changed reads, at the end, a word
  // that is busy, or the one that came behind the publication.
  const BookingCell& cell = bookings_[place];
  if (cell.applicant_hi.load(std::memory_order_acquire) != key.hi ||
      cell.applicant_lo.load(std::memory_order_acquire) != key.lo) {
    return false;
  }
  const SlotKey waited{record::waited_for(SlotKey{cell.slot.load(std::memory_order_acquire)},
                                          cell.time_ms.load(std::memory_order_acquire))};
  if (waited == waits_for) return true;
  const BookingWord word{cell.word.load(std::memory_order_acquire)};
  return word.busy() && word.state() == BookingState::waiting;
}

// The applicant has an entry among those who wait for the same. Nothing is taken here.
Decision Ledger::meet_waiter(const JoinPlan& plan, std::uint32_t place,
                             ApplicantKey applicant) noexcept {
  const BookingCell& cell = bookings_[place];
  // acquire: as in active_since().
  const BookingWord word{cell.word.load(std::memory_order_acquire)};
  const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
  const bool same = is_waiter(place, applicant, record::waited_for(plan.slot, plan.last));
  const bool unchanged = cell.word.load(std::memory_order_relaxed) == word.bits;
  if (unchanged && same && !word.busy() && word.state() == BookingState::waiting) {
    return refuse_join(plan, Code::already_waiting, lsn);
  }
  // In flight, or about to leave. If it is this very request, the look-up finds out.
  if (plan.named) {
    const KeyIndex::Walk walk = walk_operation(plan.request.operation, plan.operation_hash);
    if (walk.found != KeyIndex::kNone) return replay_join(plan, walk.found);
  }
  return wait(plan.patience);
}

// The slots for which he would wait, those left out that can't be claimed any more. ok: he may wait
// for one of them at least; retry: that isn't known yet.
Code Ledger::find_slots(JoinPlan& plan) const noexcept {
  const JoinRequest& request = plan.request;
  DayView view;
  if (!days_.find(plan.lane(), plan.day(), view)) {
    return why_no_day(plan.civil, plan.lane(), plan.day());
  }
  std::uint32_t first = 0, end = 0;
  if (request.slot.value != 0) {
    first = view.shape->index_of_minute[request.slot.minute().value];
    if (first == DayShape::kNoSlot) return Code::slot_not_found;
    end = first + 1;
  } else {
    const auto& start = view.shape->start;
    const auto from = std::lower_bound(start.begin(), start.end(), request.from.value);
    const auto until = std::upper_bound(from, start.end(), request.until.value);
    if (from == until) return start.empty() ? Code::closed : Code::slot_not_found;
    first = static_cast<std::uint32_t>(from - start.begin());
    end = static_cast<std::uint32_t>(until - start.begin());
  }
  const auto is_late = [&](std::uint32_t i) {
    return slot_start(view, i).value - plan.rules.lead_ms <= plan.civil.value;
  };
  while (first != end && is_late(first)) ++first;
  if (first == end) return Code::too_late;
  plan.slot = SlotKey(plan.lane(), plan.day(), Minute{view.shape->start[first]});
  plan.last = end - first == 1 ? std::uint16_t{0} : view.shape->start[end - 1];
  plan.slot_index = static_cast<std::uint32_t>(view.first_slot + first);
  Code why = Code::closed;
  std::size_t wanted = request.seats;
  if (!plan.members.empty()) wanted = plan.members.size();
  std::size_t room = 0;  // of one slot, or for a group in all of them
  for (std::uint32_t i = first; i != end; ++i) {
    // acquire: as in take_at().
    const SlotWord word{days_.word(view.first_slot + i).load(std::memory_order_acquire)};
    if (!word.serves(plan.day()) || word.staff_busy()) {
      why = Code::retry;
    } else if (!word.closed()) {
      room = word.capacity() + (plan.members.empty() ? 0 : room);
      if (wanted <= room) return Code::ok;
      if (why == Code::closed) why = Code::seats_exceeded;
    }
  }
  return why;
}

Decision Ledger::join_slot(JoinPlan& plan) noexcept {
  const JoinRequest& request = plan.request;
  const LaneRules& rules = plan.rules;
  if (rules.catalogue_index == kNoLane) return refuse_join(plan, Code::slot_not_found, {});
  if (request.seats == 0 || request.seats > rules.seats_max) {
    return refuse_join(plan, Code::seats_exceeded, {});
  }
  if ((rules.categories >> static_cast<unsigned>(request.category) & 1U) == 0) {
    return refuse_join(plan, Code::category_not_allowed, {});
  }
  if (rules.needs_entitlement) return refuse_join(plan, Code::entitlement_not_found, {});
  if (const Code why = find_slots(plan); why != Code::ok) {
    return why == Code::retry ? wait(plan.patience) : refuse_join(plan, why, {});
  }
  if (const Blocked is = look_for_block(request.applicant, plan.civil); is.code != Code::ok) {
    return is.code == Code::blocked ? refuse_join(plan, Code::blocked, is.lsn)
                                    : wait(plan.patience);
  }
  if (rules.scope != kNoScope) {
    const auto same = [&](std::uint32_t place) {
      return is_applicant(place, request.applicant, rules.scope);
    };
    const std::uint32_t found =
        applicant_index_.walk(applicant_hash(request.applicant, rules.scope), same).found;
    if (found != KeyIndex::kNone) {
      const Lsn lsn = active_since(found, request.applicant, rules.scope);
      return lsn.value != 0 ? refuse_join(plan, Code::already_booked, lsn) : wait(plan.patience);
    }
  }
  return enter_list(plan);
}

// Counts those who are about to wait, and marks their slot; ok: both is done. retry, limit_reached:
// nothing is.
Code Ledger::mark_join(const JoinPlan& plan) noexcept {
  const auto many = static_cast<std::uint32_t>(std::max<std::size_t>(1, plan.members.size()));
  // relaxed: a count that guards no other memory; the order of its own changes keeps it exact.
  const std::uint32_t before = waiters_.fetch_add(many, std::memory_order_relaxed);
  if (before >= waiters_max_ || many > waiters_max_ - before) {
    waiters_.fetch_sub(many, std::memory_order_relaxed);
    return Code::limit_reached;
  }
  // The day can't be archived from here on until the writer looks for those who are about to join
  // (archive.cpp). seq_cst: L in CallerSlots' comment.
  std::atomic<std::uint64_t>& at = days_.word(plan.slot_index);
  SlotWord word{at.load(std::memory_order_seq_cst)};
  JANJI_STEP("join_slot_read");
  while (word.serves(plan.day()) && !word.joined() &&
         !at.compare_exchange_weak(word.bits, word.with_joined().bits, std::memory_order_seq_cst,
                                   std::memory_order_seq_cst)) {
  }
  if (word.serves(plan.day())) return Code::ok;
  waiters_.fetch_sub(many, std::memory_order_relaxed);
  return Code::retry;
}

// Enters the indexes and publishes, or undoes in reverse.
Decision Ledger::enter_list(JoinPlan& plan) noexcept {
  using Insert = KeyIndex::Insert;
  const JoinRequest& request = plan.request;
  // Rule 3: room for all of it before any word is touched.
  if (const Code room = has_room(plan.caller); room != Code::ok) return refuse(room);
  const SlotKey waits_for = record::waited_for(plan.slot, plan.last);
  const std::uint64_t hash = waiter_hash(request.applicant, waits_for);
  const auto same = [&](std::uint32_t place) {
    return is_waiter(place, request.applicant, waits_for);
  };
  const auto is_same_operation = [&](std::uint32_t other) {
    return is_operation(other, request.operation);
  };
  KeyIndex::Walk operation;
  if (plan.named) {
    operation = walk_operation(request.operation, plan.operation_hash);
    if (operation.found != KeyIndex::kNone) return replay_join(plan, operation.found);
  }
  const KeyIndex::Walk waiter = waiting_index_.walk(hash, same);
  if (waiter.found != KeyIndex::kNone) {
    return meet_waiter(plan, waiter.found, request.applicant);
  }
  if (const Code why = mark_join(plan); why != Code::ok) {
    return why == Code::retry ? wait(plan.patience) : refuse(why);
  }
  const std::uint32_t block = take_block(plan.caller, false);
  const Place place = take_place(plan.caller);
  JANJI_CHECK(block != kNothing && place != kNothing);  // has_room() said so
  BookingCell& cell = bookings_[place];
  const BookingWord before{cell.word.load(std::memory_order_relaxed)};
  JANJI_CHECK(before.state() == BookingState::none && !before.busy());
  const BookingId id = record::make_booking_id(place, before.generation(), epoch_);
  fill_join(plan, place, block, id);
  JANJI_STEP("join_filled");
  const auto undo = [&] {
    // release: whoever meets the place through a stale reference sees nothing there.
    cell.word.store(BookingWord::make(id, BookingState::none, 0, 0).bits,
                    std::memory_order_release);
    plan.caller.places.put(place);
    plan.caller.blocks.put(block);
    waiters_.fetch_sub(1, std::memory_order_relaxed);
    // Whoever waits because of this entry waits for a round (hazard 6).
    journal_.rounds.request_round();
  };
  const auto entered = waiting_index_.insert(hash, place, waiter, same);
  if (entered.outcome != Insert::done) {
    undo();
    if (entered.outcome == Insert::exists) {
      return meet_waiter(plan, entered.found, request.applicant);
    }
    return refuse(Code::limit_reached);
  }
  JANJI_STEP("waiter_entered");
  if (plan.named) {
    const auto made =
        operation_index_.insert(plan.operation_hash, place, operation, is_same_operation);
    if (made.outcome != Insert::done) {
      waiting_index_.retract(hash, entered.spot);
      undo();
      if (made.outcome == Insert::exists) return replay_join(plan, made.found);
      return refuse(Code::limit_reached);
    }
  }
  JANJI_STEP("join_entered");
  const Lsn lsn = publish(block);
  // Rule 2: published first, then no longer busy. release: pairs with every reader of the word.
  cell.lsn.store(lsn.value, std::memory_order_release);
  cell.word.store(BookingWord::make(id, BookingState::waiting, 1, 0).bits,
                  std::memory_order_release);
  JANJI_STEP("join_visible");
  journal_.rounds.wake_if_idle();
  return Decision{Verdict::granted, Code::ok, false, id, lsn, 0};
}

// Fills booking and record while nobody else can see them.
void Ledger::fill_join(const JoinPlan& plan, Place place, std::uint32_t block_index,
                       BookingId id) noexcept {
  const JoinRequest& request = plan.request;
  BookingCell& cell = bookings_[place];
  // relaxed: as in fill_claim().
  cell.word.store(BookingWord::make(id, BookingState::none, 0, BookingWord::kBusy).bits,
                  std::memory_order_relaxed);
  constexpr auto release = std::memory_order_release;
  cell.applicant_hi.store(request.applicant.hi, release);
  cell.applicant_lo.store(request.applicant.lo, release);
  cell.operation_hi.store(request.operation.hi, release);
  cell.operation_lo.store(request.operation.lo, release);
  cell.payload.store(plan.payload, release);
  cell.slot.store(plan.slot.value, release);
  cell.time_ms.store(plan.last, release);
  cell.created_ms.store(word_of(plan.civil.value), release);
  cell.lsn.store(0, release);
  cell.slot_index.store(plan.slot_index, release);
  cell.operations.store(kNothing, release);
  cell.seats.store(request.seats, release);
  cell.scope.store(plan.rules.scope.value, release);
  cell.kin.store(Kin::make(static_cast<std::uint8_t>(request.category), record::kNoPlace).bits,
                 release);

  journal::RecordBlock& block = journal_.blocks[block_index];
  auto& made = block.begin<record::Join>();
  made.header.actor = request.actor.value;
  made.booking = id.value;
  made.slot = plan.slot.value;
  made.applicant_hi = request.applicant.hi;
  made.applicant_lo = request.applicant.lo;
  made.operation_hi = request.operation.hi;
  made.operation_lo = request.operation.lo;
  made.payload = plan.payload;
  made.decided_ms = time_.ledger_now_coarse().value;
  made.created_ms = plan.civil.value;
  made.seats = request.seats;
  made.scope = plan.rules.scope.value;
  made.category = static_cast<std::uint8_t>(request.category);
  made.last = plan.last;
  block.slot = plan.slot_index;
  block.place = place;
  block.operation = kNothing;
  block.details = kNothing;
}

}  // namespace janji::ledger
