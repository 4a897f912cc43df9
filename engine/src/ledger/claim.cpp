// Claims: a seat is taken, the applicant and the operation id are entered, a record is published.
#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

std::uint64_t payload_of(const ClaimRequest& r) noexcept {
  const std::uint64_t what = r.slot.value != 0 ? r.slot.value
                                               : (std::uint64_t{r.lane.value} << 40) ^
                                                     (word_of(r.first_day.value) << 20) ^
                                                     word_of(r.last_day.value) ^ (1ULL << 63);
  const std::uint64_t who = base::mix(r.applicant.hi, r.applicant.lo, r.payload);
  const std::uint64_t kind = (std::uint64_t{r.seats} << 8) | static_cast<std::uint64_t>(r.category);
  return base::mix(0x636C61696DULL + kind, what, who);
}

constexpr std::int32_t kRangeDaysMax = 100;

}  // namespace

Decision Ledger::try_claim(const ClaimRequest& request, Patience& patience) noexcept {
  switch (gate()) {
    case Gate::open: break;
    case Gate::backlog: return refuse(Code::overloaded);
    case Gate::read_only: return refuse(Code::read_only);
    case Gate::failed: return refuse(Code::outcome_unknown);
    case Gate::closed: return refuse(Code::stopped);
  }
  if (request.applicant.empty() || request.category > Category::employer) {
    return refuse(Code::invalid_argument);
  }
  const bool one_slot = request.slot.value != 0;
  if (one_slot && !request.slot.valid()) return refuse(Code::slot_not_found);
  const LaneId lane = one_slot ? request.slot.lane() : request.lane;
  if (lane.value >= days_.lanes()) return refuse(Code::slot_not_found);
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);

  ClaimPlan plan{request,
                 patience,
                 *caller,
                 lane,
                 &days_.rules(lane),
                 time_.civil_now(),
                 payload_of(request),
                 operation_hash(request.operation),
                 applicant_hash(request.applicant, days_.rules(lane).scope)};
  const LaneRules& rules = *plan.rules;
  Decision decision;
  if (rules.catalogue_index == kNoLane) {
    decision = refuse_claim(plan, Code::slot_not_found, {});
  } else if (request.seats == 0 || request.seats > rules.seats_max) {
    decision = refuse_claim(plan, Code::seats_exceeded, {});
  } else if ((rules.categories >> static_cast<unsigned>(request.category) & 1U) == 0) {
    decision = refuse_claim(plan, Code::category_not_allowed, {});
  } else {
    decision = one_slot ? claim_slot(plan) : claim_range(plan);
  }
  count(*caller, decision, (*caller).count.claims);
  return decision;
}

Decision Ledger::claim_slot(ClaimPlan& plan) noexcept {
  const SlotKey key = plan.request.slot;
  DayView view;
  if (!days_.find(plan.lane, key.day(), view)) {
    return refuse_claim(plan, why_no_day(plan, plan.lane, key.day()), {});
  }
  const std::uint16_t i = view.shape->index_of_minute[key.minute().value];
  if (i == DayShape::kNoSlot) return refuse_claim(plan, Code::slot_not_found, {});
  const Taking taking = take_at(plan, view, key.day(), i);
  switch (taking.kind) {
    case Taking::Kind::decided: return taking.decision;
    case Taking::Kind::full: return refuse_claim(plan, Code::slot_full, {});
    case Taking::Kind::pending: return wait(plan.patience);
    case Taking::Kind::closed: return refuse_claim(plan, Code::closed, {});
    case Taking::Kind::late: return refuse_claim(plan, Code::too_late, {});
  }
  return refuse(Code::retry);
}

// One look at one slot. Takes its seats and finishes the claim, or says why not.
Ledger::Taking Ledger::take_at(ClaimPlan& plan, const DayView& view, Day day,
                               std::uint32_t i) noexcept {
  using Kind = Taking::Kind;
  if (slot_start(view, i).value - plan.rules->lead_ms <= plan.civil.value) return {Kind::late};
  const std::uint64_t slot_index = view.first_slot + i;
  std::atomic<std::uint64_t>& at = days_.word(slot_index);
  const std::uint32_t seats = plan.request.seats;
  const bool scoped = plan.rules->scope != kNoScope;
  const bool named = !plan.request.operation.empty();

  // acquire: pairs with the writer's give-backs; a seat seen free comes with all that freed it.
  SlotWord word{at.load(std::memory_order_acquire)};
  JANJI_STEP("slot_read");
  const auto judge = [&]() -> Kind {
    if (word.tag() != SlotWord::tag_of(day)) return Kind::pending;  // the row was just reused
    if (word.staff_busy()) return Kind::pending;
    if (word.closed()) return Kind::closed;
    if (word.has_room(seats)) return Kind::decided;
    // Seats that are taken but not durable may come back without a trace (hazard 3).
    return word.pending() != 0 ? Kind::pending : Kind::full;
  };
  if (const Kind kind = judge(); kind != Kind::decided) return {kind};

  // Look before taking: whoever has booked already must not even shake the seats.
  if (scoped) applicant_index_.prefetch(plan.applicant_hash);
  if (named) operation_index_.prefetch(plan.operation_hash);
  KeyIndex::Walk operation;
  if (named) {
    operation = walk_operation(plan.request.operation, plan.operation_hash);
    if (operation.found != KeyIndex::kNone) {
      return {Kind::decided, replay_claim(plan, operation.found)};
    }
  }
  KeyIndex::Walk applicant;
  if (scoped) {
    applicant = applicant_index_.walk(plan.applicant_hash, [&](std::uint32_t place) {
      return is_applicant(place, plan.request.applicant, plan.rules->scope);
    });
    if (applicant.found != KeyIndex::kNone) {
      return {Kind::decided, meet_applicant(plan, applicant.found)};
    }
  }
  if (operation.contended || applicant.contended) return {Kind::pending};

  // Rule 3: room for the record and the booking before any word is touched.
  if (!has_block(plan.caller, false)) return {Kind::decided, refuse(Code::overloaded)};
  if (!has_place(plan.caller)) return {Kind::decided, refuse(Code::limit_reached)};

  // acq_rel: linearization point of the seats; release pairs with the writer's and others' loads.
  while (!at.compare_exchange_weak(word.bits, word.with_taken(seats).bits,
                                   std::memory_order_acq_rel, std::memory_order_acquire)) {
    if (const Kind kind = judge(); kind != Kind::decided) return {kind};
  }
  JANJI_STEP("seats_taken");
  const SlotKey key(plan.lane, day, Minute{view.shape->start[i]});
  return {Kind::decided, finish_claim(plan, slot_index, key, applicant, operation)};
}

// The seats are taken. Enters the indexes and publishes, or undoes in reverse.
Decision Ledger::finish_claim(ClaimPlan& plan, std::uint64_t slot_index, SlotKey key,
                              KeyIndex::Walk applicant, KeyIndex::Walk operation) noexcept {
  const std::uint32_t block = take_block(plan.caller, false);
  const Place place = take_place(plan.caller);
  fill_claim(plan, place, block, slot_index, key);
  JANJI_STEP("claim_filled");
  BookingCell& cell = bookings_[place];
  const bool scoped = plan.rules->scope != kNoScope;

  using Insert = KeyIndex::Insert;
  if (scoped) {
    const auto entered =
        applicant_index_.insert(plan.applicant_hash, place, applicant, [&](std::uint32_t other) {
          return is_applicant(other, plan.request.applicant, plan.rules->scope);
        });
    if (entered.outcome != Insert::done) {
      const BookingWord word{cell.word.load(std::memory_order_relaxed)};
      // release: whoever meets the place through a stale reference sees nothing there.
      cell.word.store(BookingWord::make(word.id(place), BookingState::none, 0, 0).bits,
                      std::memory_order_release);
      put_place(plan.caller, place);
      put_block(plan.caller, block);
      undo_seats(plan, slot_index);
      if (entered.outcome == Insert::exists) return meet_applicant(plan, entered.found);
      return refuse(entered.outcome == Insert::full ? Code::limit_reached : Code::retry);
    }
  }
  JANJI_STEP("applicant_entered");
  if (!plan.request.operation.empty()) {
    const auto entered = operation_index_.insert(
        plan.operation_hash, place, operation,
        [&](std::uint32_t other) { return is_operation(other, plan.request.operation); });
    if (entered.outcome != Insert::done) {
      const BookingWord word{cell.word.load(std::memory_order_relaxed)};
      if (scoped) {
        // It stays in the applicant index, counting for nobody, until the writer unlinks it.
        cell.word.store(word.bits | BookingWord::kVoid, std::memory_order_release);
        JANJI_STEP("claim_voided");
        void_.push(place, place_outer());
      } else {
        cell.word.store(BookingWord::make(word.id(place), BookingState::none, 0, 0).bits,
                        std::memory_order_release);
        put_place(plan.caller, place);
      }
      put_block(plan.caller, block);
      undo_seats(plan, slot_index);
      if (entered.outcome == Insert::exists) return replay_claim(plan, entered.found);
      return refuse(entered.outcome == Insert::full ? Code::limit_reached : Code::retry);
    }
  }
  JANJI_STEP("operation_entered");

  const BookingWord busy{cell.word.load(std::memory_order_relaxed)};
  const BookingId id = busy.id(place);
  const Lsn lsn = publish(block);
  // Rule 2: published first, then no longer busy. release: pairs with every reader of the word.
  cell.lsn.store(lsn.value, std::memory_order_release);
  cell.word.store(BookingWord::make(id, BookingState::held, 1, 0).bits, std::memory_order_release);
  JANJI_STEP("claim_visible");
  journal_.rounds.wake_if_idle();
  return Decision{Verdict::granted, Code::ok, false, id, lsn, 0};
}

// Fills booking and record while nobody else can see them.
void Ledger::fill_claim(ClaimPlan& plan, Place place, std::uint32_t block_index,
                        std::uint64_t slot_index, SlotKey key) noexcept {
  const ClaimRequest& request = plan.request;
  BookingCell& cell = bookings_[place];
  const BookingWord free_word{cell.word.load(std::memory_order_relaxed)};
  const BookingId id = record::make_booking_id(place, free_word.generation(), epoch_);
  const LedgerTime now = time_.ledger_now_coarse();
  const std::int64_t deadline = now.value + plan.rules->hold_ms;

  // relaxed: each of the stores below releases it, so whoever sees a new field sees, at the second
  // look at the word, that the place is busy.
  cell.word.store(BookingWord::make(id, BookingState::none, 0, BookingWord::kBusy).bits,
                  std::memory_order_relaxed);
  constexpr auto release = std::memory_order_release;
  cell.applicant_hi.store(request.applicant.hi, release);
  cell.applicant_lo.store(request.applicant.lo, release);
  cell.operation_hi.store(request.operation.hi, release);
  cell.operation_lo.store(request.operation.lo, release);
  cell.payload.store(plan.payload, release);
  cell.slot.store(key.value, release);
  cell.time_ms.store(word_of(deadline), release);
  cell.created_ms.store(word_of(plan.civil.value), release);
  cell.lsn.store(0, release);
  cell.slot_index.store(static_cast<std::uint32_t>(slot_index), release);
  cell.operations.store(kNothing, release);
  cell.seats.store(request.seats, release);
  cell.scope.store(plan.rules->scope.value, release);
  cell.category.store(static_cast<std::uint8_t>(request.category), release);

  journal::RecordBlock& block = journal_.blocks[block_index];
  auto& made = block.begin<record::Claim>();
  made.booking = id.value;
  made.slot = key.value;
  made.applicant_hi = request.applicant.hi;
  made.applicant_lo = request.applicant.lo;
  made.operation_hi = request.operation.hi;
  made.operation_lo = request.operation.lo;
  made.payload = plan.payload;
  made.decided_ms = now.value;
  made.deadline_ms = deadline;
  made.created_ms = plan.civil.value;
  made.seats = request.seats;
  made.scope = plan.rules->scope.value;
  made.category = static_cast<std::uint8_t>(request.category);
  block.slot = static_cast<std::uint32_t>(slot_index);
  block.place = place;
  block.operation = kNothing;
  block.details = kNothing;
}

// The only give-back by a caller: of what nobody was told of.
void Ledger::undo_seats(const ClaimPlan& plan, std::uint64_t slot_index) noexcept {
  JANJI_STEP("before_undo_seats");
  const std::uint64_t before =
      days_.word(slot_index)
          .fetch_sub(SlotWord::undone(plan.request.seats), std::memory_order_acq_rel);
  JANJI_CHECK(SlotWord{before}.taken() >= plan.request.seats &&
              SlotWord{before}.pending() >= plan.request.seats);
  // Whoever waits because of these seats waits for a round (hazard 6).
  journal_.rounds.request_round();
}

// Hazard 4: decided first, looked up last. Whoever lost the answer to a granted claim gets it
// again.
Decision Ledger::refuse_claim(ClaimPlan& plan, Code code, Lsn lsn) noexcept {
  JANJI_STEP("before_last_look_up");
  if (!plan.request.operation.empty() && !plan.request.operation_is_new) {
    const KeyIndex::Walk walk = walk_operation(plan.request.operation, plan.operation_hash);
    if (walk.contended) return wait(plan.patience);
    if (walk.found != KeyIndex::kNone) return replay_claim(plan, walk.found);
  }
  return refuse(code, lsn);
}

// The operation id is known: the same answer again, once it is sure.
Decision Ledger::replay_claim(ClaimPlan& plan, std::uint32_t reference) noexcept {
  // Used by a confirm or a cancel: another payload by any measure.
  if (is_entry(reference)) {
    const Lsn lsn{operations_[entry_of(reference)].lsn.load(std::memory_order_acquire)};
    // In flight, or reused since it was found: look again.
    if (lsn.value == 0 || !is_operation(reference, plan.request.operation)) {
      return wait(plan.patience);
    }
    return refuse(Code::operation_mismatch, lsn);
  }
  const BookingCell& cell = bookings_[reference];
  const BookingWord word{cell.word.load(std::memory_order_acquire)};
  // In flight, or just being freed: look again when a round has passed.
  if (word.busy() || word.state() == BookingState::none) return wait(plan.patience);
  const bool same_operation = is_operation(reference, plan.request.operation);
  const std::uint64_t payload = cell.payload.load(std::memory_order_acquire);
  const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
  if (cell.word.load(std::memory_order_relaxed) != word.bits || !same_operation) {
    return wait(plan.patience);
  }
  if (payload != plan.payload) return refuse(Code::operation_mismatch, lsn);
  return Decision{Verdict::granted, Code::ok, true, word.id(reference), lsn, 0};
}

// The applicant has an entry in this scope. Nothing is taken here.
Decision Ledger::meet_applicant(ClaimPlan& plan, std::uint32_t place) noexcept {
  const BookingCell& cell = bookings_[place];
  const BookingWord word{cell.word.load(std::memory_order_acquire)};
  const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
  const bool same = is_applicant(place, plan.request.applicant, plan.rules->scope);
  if (cell.word.load(std::memory_order_relaxed) != word.bits || !same || word.busy() ||
      !is_active(word.state())) {
    // Not yet published, being changed, or ended but not yet durably so (hazards 2, 3).
    // If it is this very request, sent twice at once, the look-up finds out which.
    if (word.busy() && !plan.request.operation.empty()) {
      const KeyIndex::Walk walk = walk_operation(plan.request.operation, plan.operation_hash);
      if (walk.found != KeyIndex::kNone) return replay_claim(plan, walk.found);
    }
    return wait(plan.patience);
  }
  return refuse_claim(plan, Code::already_booked, lsn);
}

Code Ledger::why_no_day(const ClaimPlan& plan, LaneId lane, Day day) const noexcept {
  const LaneRules& rules = days_.rules(lane);
  const Day today = catalogue_.local_day(rules.branch, plan.civil);
  if (day < today) return Code::too_late;
  const LaneSpec& spec = catalogue_.lanes()[rules.catalogue_index];
  if (day < spec.first_day || day > spec.last_day) return Code::outside_horizon;
  return day.value >= today.value + rules.horizon_days ? Code::outside_horizon : Code::not_released;
}

// The earliest slot with room, chosen and taken in one step.
Decision Ledger::claim_range(ClaimPlan& plan) noexcept {
  const ClaimRequest& request = plan.request;
  const std::int64_t wanted = std::int64_t{request.last_day.value} - request.first_day.value;
  if (wanted < 0 || wanted >= kRangeDaysMax) return refuse(Code::invalid_argument);
  const auto span = static_cast<std::int32_t>(wanted);
  const auto give_backs = [&] {
    std::uint64_t sum = 0;
    for (std::int32_t d = 0; d <= span; ++d) {
      const Day day{request.first_day.value + d};
      // acquire: pairs with the writer's count after each give-back (hazard 9).
      sum += days_.row(plan.lane, day).give_backs.load(std::memory_order_acquire);
    }
    return sum;
  };
  for (int look = 0; look < kLooksMax; ++look) {
    const std::uint64_t before = give_backs();
    bool pending = false, full = false, late = false, closed = false;
    Code missing = Code::ok;
    for (std::int32_t d = 0; d <= span; ++d) {
      const Day day{request.first_day.value + d};
      DayView view;
      if (!days_.find(plan.lane, day, view)) {
        if (missing == Code::ok) missing = why_no_day(plan, plan.lane, day);
        continue;
      }
      closed = closed || view.slots == 0;
      for (std::uint32_t i = 0; i < view.slots; ++i) {
        const Taking taking = take_at(plan, view, day, i);
        if (taking.kind == Taking::Kind::decided) return taking.decision;
        pending = pending || taking.kind == Taking::Kind::pending;
        full = full || taking.kind == Taking::Kind::full;
        late = late || taking.kind == Taking::Kind::late;
        closed = closed || taking.kind == Taking::Kind::closed;
      }
    }
    JANJI_STEP("range_scanned");
    if (pending) return wait(plan.patience);
    if (full) {
      if (give_backs() != before) continue;  // a seat may have moved behind the scan
      return refuse_claim(plan, Code::slot_full, {});
    }
    const Code why = late ? Code::too_late : closed ? Code::closed : missing;
    return refuse_claim(plan, why, {});
  }
  return wait(plan.patience);
}

void Ledger::prepare(const ClaimRequest& request) const noexcept {
  const bool one_slot = request.slot.value != 0;
  const LaneId lane = one_slot ? request.slot.lane() : request.lane;
  if (lane.value >= days_.lanes()) return;
  applicant_index_.prefetch(applicant_hash(request.applicant, days_.rules(lane).scope));
  operation_index_.prefetch(operation_hash(request.operation));
  if (!one_slot) return;
  DayView view;
  if (!days_.find(lane, request.slot.day(), view)) return;
  const std::uint16_t i = view.shape->index_of_minute[request.slot.minute().value];
  if (i != DayShape::kNoSlot) __builtin_prefetch(&days_.word(view.first_slot + i), 1, 3);
}

}  // namespace janji::ledger
