// Confirm, cancel and reschedule: a booking is marked busy, an operation entered, a record
// published.
#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

constexpr int kTriesMax = 3;

BookingState target_of(record::Type type, BookingState from) noexcept {
  if (type == record::Type::reschedule) return from;
  return type == record::Type::confirm ? BookingState::confirmed : BookingState::cancelled;
}

bool may_change(record::Type type, BookingState from) noexcept {
  if (from == BookingState::held) return true;
  return type != record::Type::confirm && from == BookingState::confirmed;
}

// Those that give seats back, or make good on them, may use the room that is kept for them.
bool may_use_reserve(record::Type type) noexcept {
  return type != record::Type::reschedule;
}

}  // namespace

Decision Ledger::try_confirm(const ConfirmRequest& request, Patience& patience) noexcept {
  if (request.details.size() > kDetailsMax) return refuse(Code::invalid_argument);
  const Gate now = gate();
  if (now == Gate::failed) return refuse(Code::outcome_unknown);
  if (now == Gate::closed) return refuse(Code::stopped);
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  // The details themselves may be sealed with a fresh nonce each time, so their size and bytes
  // don't count; what the caller was asked for stands in its payload.
  Change confirm{record::Type::confirm,
                 request.booking,
                 {},
                 request.operation,
                 base::mix(0x636F6E6669726DULL, request.booking.value, request.payload),
                 request.details,
                 patience,
                 *caller,
                 record::place_of(request.booking),
                 operation_hash(request.operation)};
  const Decision decision =
      now == Gate::read_only ? refuse_change(confirm, Code::read_only, {}) : change(confirm);
  count(*caller, decision, (*caller).count.confirms);
  return decision;
}

Decision Ledger::try_cancel(const CancelRequest& request, Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed) return refuse(Code::outcome_unknown);
  if (now == Gate::closed) return refuse(Code::stopped);
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  Change cancel{record::Type::cancel,
                request.booking,
                {},
                request.operation,
                base::mix(0x63616E63656CULL, request.booking.value, request.payload),
                {},
                patience,
                *caller,
                record::place_of(request.booking),
                operation_hash(request.operation)};
  const Decision decision =
      now == Gate::read_only ? refuse_change(cancel, Code::read_only, {}) : change(cancel);
  count(*caller, decision, (*caller).count.cancels);
  return decision;
}

Decision Ledger::try_reschedule(const RescheduleRequest& request, Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed) return refuse(Code::outcome_unknown);
  if (now == Gate::closed) return refuse(Code::stopped);
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  Change move{record::Type::reschedule,
              request.booking,
              request.slot,
              request.operation,
              base::mix(0x6D6F7665ULL + request.booking.value, request.slot.value, request.payload),
              {},
              patience,
              *caller,
              record::place_of(request.booking),
              operation_hash(request.operation)};
  // It takes seats, as a claim does, and stops where claims do.
  const Decision decision = now == Gate::read_only ? refuse_change(move, Code::read_only, {})
                            : now == Gate::backlog ? refuse_change(move, Code::overloaded, {})
                                                   : change(move);
  count(*caller, decision, (*caller).count.reschedules);
  return decision;
}

Decision Ledger::change(Change& change) noexcept {
  if (change.booking.value == 0 || change.place >= bookings_.size()) {
    return refuse(Code::booking_not_found);
  }
  BookingCell& cell = bookings_[change.place];
  for (int tries = 0; tries < kTriesMax; ++tries) {
    // acquire: pairs with the release of whoever changed the booking last.
    BookingWord word{cell.word.load(std::memory_order_acquire)};
    if (!word.names(change.booking) || word.state() == BookingState::none) {
      return refuse(Code::booking_not_found, rests_on());
    }
    if (word.busy()) return wait(change.patience);
    const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
    if (!may_change(change.type, word.state())) {
      if (cell.word.load(std::memory_order_relaxed) != word.bits) continue;
      return refuse_change(
          change,
          word.state() == BookingState::expired ? Code::hold_expired : Code::illegal_transition,
          lsn);
    }
    KeyIndex::Walk operation;
    if (!change.operation.empty()) {
      operation = walk_operation(change.operation, change.operation_hash);
      if (operation.found != KeyIndex::kNone) return replay_change(change, operation.found);
    }
    // Rule 3: all room before any word is touched.
    if (!has_block(change.caller, may_use_reserve(change.type))) return refuse(Code::overloaded);
    if (take_operation(change.caller) == kNothing) return refuse(Code::limit_reached);

    JANJI_STEP("before_busy");
    // acq_rel: linearization point of owning the booking; see BookingWord.
    if (cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                          std::memory_order_acq_rel, std::memory_order_relaxed)) {
      JANJI_STEP("marked_busy");
      return change_busy(change, word, operation);
    }
  }
  return wait(change.patience);
}

// The booking is ours. Every way out publishes and clears the mark, or clears it unchanged.
Decision Ledger::change_busy(Change& change, BookingWord before,
                             KeyIndex::Walk operation) noexcept {
  BookingCell& cell = bookings_[change.place];
  const auto unmark = [&] { cell.word.store(before.bits, std::memory_order_release); };
  // Hazard 11: the clock is read after the mark, and the record carries what it said.
  const LedgerTime now = time_.ledger_now();
  if (before.state() == BookingState::held &&
      now.value >= static_cast<std::int64_t>(cell.time_ms.load(std::memory_order_relaxed))) {
    const std::uint32_t block = take_block(change.caller, true);
    JANJI_CHECK(block != kNothing);  // change() saw that there is one
    const Lsn lsn = expire(change.place, before, block, now);
    CallerSlot::add_one(change.caller.count.expiries);
    journal_.rounds.wake_if_idle();
    return refuse_change(change, Code::hold_expired, lsn);
  }

  NewSeat seat{Attempt::decided};
  if (change.type == record::Type::reschedule) {
    seat = take_new_seat(change);
    if (!seat.taken()) {
      const Lsn lsn{cell.lsn.load(std::memory_order_relaxed)};
      unmark();
      return refuse_move(change, seat, lsn);
    }
  }
  std::uint32_t details = kNothing;
  std::uint64_t hash = 0;
  if (!change.details.empty()) {
    details = details_.take();
    if (details == DetailsBuffers::kNone) {
      unmark();
      journal_.rounds.request_round();
      return refuse(Code::overloaded);
    }
    hash = details_.fill(details, change.details);
  }
  const std::uint32_t index = take_operation(change.caller);
  JANJI_CHECK(index != kNothing);  // change() saw that there is one
  OperationCell& entry = operations_[index];
  const CivilTime civil = time_.civil_now();
  constexpr auto release = std::memory_order_release;
  entry.operation_hi.store(change.operation.hi, release);
  entry.operation_lo.store(change.operation.lo, release);
  entry.payload.store(change.payload, release);
  entry.lsn.store(0, release);
  entry.at_ms.store(word_of(civil.value), release);
  entry.details_hash.store(hash, release);
  entry.place.store(change.place, release);
  entry.details_size.store(static_cast<std::uint32_t>(change.details.size()), release);
  entry.type.store(static_cast<std::uint8_t>(change.type), release);

  if (!change.operation.empty()) {
    const auto entered = operation_index_.insert(
        change.operation_hash, index | kEntryBit, operation,
        [&](std::uint32_t other) { return is_operation(other, change.operation); });
    if (entered.outcome != KeyIndex::Insert::done) {
      if (details != kNothing) details_.give_back(details);
      if (change.type == record::Type::reschedule) undo_seats(seat.seats, seat.index);
      unmark();
      journal_.rounds.request_round();
      if (entered.outcome == KeyIndex::Insert::exists) return replay_change(change, entered.found);
      return refuse(Code::limit_reached);
    }
  }
  JANJI_STEP("change_entered");
  change.caller.operation = kNothing;  // the entry is in use now

  const std::uint32_t block_index = take_block(change.caller, may_use_reserve(change.type));
  JANJI_CHECK(block_index != kNothing);  // as above
  fill_change(change, block_index, hash, now, civil);
  journal::RecordBlock& block = journal_.blocks[block_index];
  if (change.type == record::Type::reschedule) {
    cell.slot.store(change.to.value, release);
    cell.slot_index.store(static_cast<std::uint32_t>(seat.index), release);
  }
  block.slot = cell.slot_index.load(std::memory_order_relaxed);
  block.place = change.place;
  block.operation = index;
  block.details = details;

  entry.next.store(cell.operations.load(std::memory_order_relaxed), release);
  cell.operations.store(index, release);
  if (change.type != record::Type::reschedule) {
    cell.time_ms.store(change.type == record::Type::cancel ? word_of(civil.value) : 0, release);
  }
  const Lsn lsn = publish(block_index);
  // Promise 7, within a booking; relaxed: the busy mark is ours.
  JANJI_CHECK(lsn.value > cell.lsn.load(std::memory_order_relaxed));
  entry.lsn.store(lsn.value, release);
  cell.lsn.store(lsn.value, release);
  // Rule 2: published first, then no longer busy.
  cell.word.store(before.moved_to(target_of(change.type, before.state())).bits, release);
  JANJI_STEP("change_visible");
  journal_.rounds.wake_if_idle();
  return Decision{Verdict::granted, Code::ok, false, change.booking, lsn, 0};
}

void Ledger::fill_change(const Change& change, std::uint32_t block_index, std::uint64_t hash,
                         LedgerTime now, CivilTime civil) noexcept {
  journal::RecordBlock& block = journal_.blocks[block_index];
  const auto begin = [&](auto& made) {
    made.booking = change.booking.value;
    made.operation_hi = change.operation.hi;
    made.operation_lo = change.operation.lo;
    made.payload = change.payload;
    made.decided_ms = now.value;
  };
  if (change.type == record::Type::confirm) {
    auto& made = block.begin<record::Confirm>();
    begin(made);
    made.confirmed_ms = civil.value;
    made.details_hash = hash;
    made.details_size = static_cast<std::uint32_t>(change.details.size());
  } else if (change.type == record::Type::cancel) {
    auto& made = block.begin<record::Cancel>();
    begin(made);
    made.ended_ms = civil.value;
  } else {
    auto& made = block.begin<record::Reschedule>();
    begin(made);
    made.from = bookings_[change.place].slot.load(std::memory_order_relaxed);
    made.slot = change.to.value;
    made.moved_ms = civil.value;
  }
}

// Publishes that a hold is over and lets the booking go. The caller has marked it busy.
Lsn Ledger::expire(Place place, BookingWord before, std::uint32_t block_index,
                   LedgerTime now) noexcept {
  BookingCell& cell = bookings_[place];
  const CivilTime civil = time_.civil_now();
  journal::RecordBlock& block = journal_.blocks[block_index];
  auto& made = block.begin<record::Expire>();
  made.booking = before.id(place).value;
  made.decided_ms = now.value;
  made.ended_ms = civil.value;
  block.slot = cell.slot_index.load(std::memory_order_relaxed);
  block.place = place;
  block.operation = kNothing;
  block.details = kNothing;
  cell.time_ms.store(word_of(civil.value), std::memory_order_release);
  const Lsn lsn = publish(block_index);
  JANJI_CHECK(lsn.value > cell.lsn.load(std::memory_order_relaxed));  // as in change_busy()
  cell.lsn.store(lsn.value, std::memory_order_release);
  cell.word.store(before.moved_to(BookingState::expired).bits, std::memory_order_release);
  return lsn;
}

// Hazard 4: decided first, looked up last.
Decision Ledger::refuse_change(Change& change, Code code, Lsn lsn) noexcept {
  JANJI_STEP("before_last_look_up");
  if (!change.operation.empty()) {
    const KeyIndex::Walk walk = walk_operation(change.operation, change.operation_hash);
    if (walk.found != KeyIndex::kNone) return replay_change(change, walk.found);
  }
  return refuse(code, lsn);
}

Decision Ledger::replay_change(Change& change, std::uint32_t reference) noexcept {
  if (!is_entry(reference)) {
    const Lsn lsn{bookings_[reference].lsn.load(std::memory_order_acquire)};
    // In flight, or reused since it was found: look again.
    if (lsn.value == 0 || !is_operation(reference, change.operation)) return wait(change.patience);
    return refuse(Code::operation_mismatch, lsn);
  }
  const OperationCell& entry = operations_[entry_of(reference)];
  const Place place = entry.place.load(std::memory_order_acquire);
  const std::uint64_t payload = entry.payload.load(std::memory_order_acquire);
  const auto type = static_cast<record::Type>(entry.type.load(std::memory_order_acquire));
  if (place >= bookings_.size()) return wait(change.patience);  // the entry was just reused
  const BookingCell& cell = bookings_[place];
  const BookingWord word{cell.word.load(std::memory_order_acquire)};
  const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
  if (word.busy()) return wait(change.patience);  // in flight
  // acquire: stored before the mark was cleared. 0 without a mark: that operation was taken back
  // by whoever entered it, having met another under the same id; nothing was granted under it.
  if (entry.lsn.load(std::memory_order_acquire) == 0) return wait(change.patience);
  const bool same_operation = is_operation(reference, change.operation);
  if (!same_operation || cell.word.load(std::memory_order_relaxed) != word.bits) {
    return wait(change.patience);  // being freed
  }
  if (type != change.type || payload != change.payload || place != change.place) {
    return refuse(Code::operation_mismatch, lsn);
  }
  // Freed since the entry was found: the next look finds no booking.
  if (!word.names(change.booking) || word.state() == BookingState::none) {
    return wait(change.patience);
  }
  return Decision{Verdict::granted, Code::ok, true, change.booking, lsn, 0};
}

}  // namespace janji::ledger
