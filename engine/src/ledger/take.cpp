// A claim's seats are taken, its applicant and operation id entered, its record published; or all
// of it is undone in reverse.
#include "base/step.hpp"
#include "ledger/decision_parts.hpp"
#include "ledger/visit.hpp"

namespace janji::ledger {

// One look at one slot. Takes its seats and finishes the claim, or says why not.
Ledger::Attempt Ledger::take_at(ClaimPlan& plan, const DayView& view, Day day,
                                std::uint32_t i) noexcept {
  const bool is_late = slot_start(view, i).value - plan.rules.lead_ms <= plan.civil.value;
  if (plan.visit != nullptr) [[unlikely]] {
    const Attempt when = Visit::time_for(plan, view, day, i);
    if (when != Attempt::decided) return when;
  } else if (is_late) {
    return Attempt::late;
  }
  const std::uint64_t slot_index = view.first_slot + i;
  std::atomic<std::uint64_t>& at = days_.word(slot_index);
  const std::uint32_t seats = plan.request.seats;

  // acquire: pairs with the writer's give-backs; a seat seen free comes with all that freed it.
  SlotWord word{at.load(std::memory_order_acquire)};
  JANJI_STEP("slot_read");
  // Who waits for several slots of the day can't be offered this one any more, once claims come too
  // late (hand_out.cpp): who walks in then keeps nothing from him.
  const auto judged = [&] { return judge(is_late ? word.without_waiters() : word, day, seats); };
  if (const Attempt attempt = judged(); attempt != Attempt::decided) return attempt;

  Seating seating{slot_index,
                  SlotKey(plan.lane, day, Minute{view.shape->start[i]}),
                  operation_hash(plan.request.operation),
                  applicant_hash(plan.request.applicant, plan.rules.scope),
                  {},
                  {}};
  if (plan.named) operation_index_.prefetch(seating.operation_hash);
  if (plan.scoped) applicant_index_.prefetch(seating.applicant_hash);
  // Rule 3: room for the record and the booking before any word is touched.
  Code room = has_room(plan.caller);

  // Look before taking: whoever has booked already must not even shake the seats.
  if (plan.named) {
    seating.operation = walk_operation(plan.request.operation, seating.operation_hash);
    if (seating.operation.found != KeyIndex::kNone) {
      plan.decision = replay_claim(plan, seating.operation.found);
      return Attempt::decided;
    }
  }
  if (const Blocked is = look_for_block(plan.request.applicant, plan.civil); is.code != Code::ok)
      [[unlikely]] {
    plan.decision =
        is.code == Code::blocked ? refuse_claim(plan, Code::blocked, is.lsn) : wait(plan.patience);
    return Attempt::decided;
  }
  if (plan.scoped) {
    seating.applicant = applicant_index_.walk(seating.applicant_hash, [&](std::uint32_t place) {
      return is_applicant(place, plan.request.applicant, plan.rules.scope);
    });
    if (seating.applicant.found != KeyIndex::kNone) {
      plan.decision = meet_applicant(plan, seating.applicant.found);
      return Attempt::decided;
    }
  }
  if (room == Code::ok && plan.visit != nullptr) [[unlikely]]
    room = plan.visit->make_room();
  if (room != Code::ok) {
    plan.decision = refuse(room);
    return Attempt::decided;
  }
  // acq_rel: linearization point of the seats; release pairs with the writer's and others' loads.
  while (!at.compare_exchange_weak(word.bits, word.with_taken(seats).bits,
                                   std::memory_order_acq_rel, std::memory_order_acquire)) {
    if (const Attempt attempt = judged(); attempt != Attempt::decided) return attempt;
  }
  JANJI_STEP("seats_taken");
  finish_claim(plan, seating);
  return Attempt::decided;
}

// The seats are taken. Enters the indexes and publishes, or undoes in reverse.
void Ledger::finish_claim(ClaimPlan& plan, const Seating& seating) noexcept {
  using Insert = KeyIndex::Insert;
  Visit* visit = plan.visit;
  const std::uint32_t block = visit == nullptr ? take_block(plan.caller, false) : visit->block();
  const Place place = take_place(plan.caller);
  JANJI_CHECK(block != kNothing && place != kNothing);  // has_room() said so
  BookingCell& cell = bookings_[place];
  const BookingWord before{cell.word.load(std::memory_order_relaxed)};
  JANJI_CHECK(before.state() == BookingState::none && !before.busy());
  const BookingId id = record::make_booking_id(place, before.generation(), epoch_);
  fill_claim(plan, seating, place, block, id);
  JANJI_STEP("claim_filled");

  const auto undo = [&](Insert why) {
    // release, both: whoever meets the place through a stale reference sees nothing there.
    cell.operations.store(kNothing, std::memory_order_release);
    cell.word.store(BookingWord::make(id, BookingState::none, 0, 0).bits,
                    std::memory_order_release);
    plan.caller.places.put(place);
    if (visit == nullptr) plan.caller.blocks.put(block);  // else the visit gives it back
    undo_seats(plan.request.seats, seating.slot_index);
    if (why == Insert::full) plan.decision = refuse(Code::limit_reached);
  };
  KeyIndex::Spot spot;
  if (plan.scoped) {
    const auto entered = applicant_index_.insert(
        seating.applicant_hash, place, seating.applicant, [&](std::uint32_t other) {
          return is_applicant(other, plan.request.applicant, plan.rules.scope);
        });
    if (entered.outcome != Insert::done) [[unlikely]] {
      undo(entered.outcome);
      if (entered.outcome == Insert::exists) plan.decision = meet_applicant(plan, entered.found);
      return;
    }
    spot = entered.spot;
  }
  JANJI_STEP("applicant_entered");
  if (plan.named) {
    const auto entered = operation_index_.insert(
        seating.operation_hash, place, seating.operation,
        [&](std::uint32_t other) { return is_operation(other, plan.request.operation); });
    if (entered.outcome != Insert::done) [[unlikely]] {
      if (plan.scoped) applicant_index_.retract(seating.applicant_hash, spot);
      JANJI_STEP("applicant_retracted");
      undo(entered.outcome);
      if (entered.outcome == Insert::exists) plan.decision = replay_claim(plan, entered.found);
      return;
    }
  }
  JANJI_STEP("operation_entered");

  if (visit != nullptr) [[unlikely]]
    visit->draw_number();
  const Lsn lsn = publish(block);
  if (visit != nullptr) [[unlikely]]
    visit->keep(lsn);
  // Rule 2: published first, then no longer busy. release: pairs with every reader of the word.
  cell.lsn.store(lsn.value, std::memory_order_release);
  const BookingState state = visit == nullptr ? BookingState::held : BookingState::checked_in;
  cell.word.store(BookingWord::make(id, state, 1, 0).bits, std::memory_order_release);
  JANJI_STEP("claim_visible");
  journal_.rounds.wake_if_idle();
  // Part by part: an aggregate is built beside it and copied, which waits for the stores
  // (claim.cpp).
  Decision& decision = plan.decision;
  decision.verdict = Verdict::granted;
  decision.code = Code::ok;
  decision.replayed = false;
  decision.booking = id;
  decision.lsn = lsn;
}

// Fills booking and record while nobody else can see them.
void Ledger::fill_claim(const ClaimPlan& plan, const Seating& seating, Place place,
                        std::uint32_t block_index, BookingId id) noexcept {
  const ClaimRequest& request = plan.request;
  const LedgerTime now = time_.ledger_now_coarse();
  const std::int64_t deadline = plan.visit == nullptr ? now.value + plan.rules.hold_ms : 0;
  const std::uint64_t payload = plan.payload();

  BookingCell& cell = bookings_[place];
  // relaxed: each of the stores below releases it, so whoever sees a new field sees, at the second
  // look at the word, that the place is busy.
  cell.word.store(BookingWord::make(id, BookingState::none, 0, BookingWord::kBusy).bits,
                  std::memory_order_relaxed);
  constexpr auto release = std::memory_order_release;
  cell.applicant_hi.store(request.applicant.hi, release);
  cell.applicant_lo.store(request.applicant.lo, release);
  cell.operation_hi.store(request.operation.hi, release);
  cell.operation_lo.store(request.operation.lo, release);
  cell.payload.store(payload, release);
  cell.slot.store(seating.key.value, release);
  cell.time_ms.store(word_of(deadline), release);
  cell.created_ms.store(word_of(plan.civil.value), release);
  cell.lsn.store(0, release);
  cell.slot_index.store(static_cast<std::uint32_t>(seating.slot_index), release);
  cell.operations.store(kNothing, release);
  cell.seats.store(request.seats, release);
  cell.scope.store(plan.rules.scope.value, release);
  cell.kin.store(Kin::make(static_cast<std::uint8_t>(request.category), record::kNoPlace).bits,
                 release);

  if (plan.visit != nullptr) [[unlikely]] {
    plan.visit->fill(plan, seating, place, id, now);
    return;
  }
  journal::RecordBlock& block = journal_.blocks[block_index];
  block.record<record::Claim>() =
      record::Claim{.header = {record::Type::claim, 0, sizeof(record::Claim), request.actor.value},
                    .booking = id.value,
                    .slot = seating.key.value,
                    .applicant_hi = request.applicant.hi,
                    .applicant_lo = request.applicant.lo,
                    .operation_hi = request.operation.hi,
                    .operation_lo = request.operation.lo,
                    .payload = payload,
                    .decided_ms = now.value,
                    .deadline_ms = deadline,
                    .created_ms = plan.civil.value,
                    .seats = request.seats,
                    .scope = plan.rules.scope.value,
                    .category = static_cast<std::uint8_t>(request.category),
                    .reserved = {}};
  block.slot = static_cast<std::uint32_t>(seating.slot_index);
  block.place = place;
  block.operation = kNothing;
  block.details = kNothing;
}

// The only give-back by a caller: of what nobody was told of.
void Ledger::undo_seats(std::uint32_t seats, std::uint64_t slot_index) noexcept {
  JANJI_STEP("before_undo_seats");
  const SlotWord before{
      days_.word(slot_index).fetch_sub(SlotWord::undone(seats), std::memory_order_acq_rel)};
  JANJI_CHECK(before.taken() >= seats && before.pending() >= seats);
  // Who waits since these were taken sleeps through it if the writer doesn't look (hazard 10).
  // acq_rel: pairs with hand_out_all(), which sees the seats of all who left this mark.
  if (before.waiters()) [[unlikely]]
    seats_undone_.exchange(true, std::memory_order_acq_rel);
  // Whoever waits because of these seats waits for a round (hazard 6).
  journal_.rounds.request_round();
}

}  // namespace janji::ledger
