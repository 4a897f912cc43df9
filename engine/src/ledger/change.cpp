// Every change of a booking: it is marked busy, an operation entered, a record published.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

constexpr int kTriesMax = 3;

// A booking must always have room for what its service allows: to be extended, submitted and
// approved, moved, checked in, called, and ended, to have its
// token issued anew and to go through its service's stages.
static_assert(kMaxExtensions + 2 + kMaxReschedules + kDisplacedMoves + 1 + kServesMax + 1 +
                  kReissuesMax + kMaxProgress <=
              record::kOperationsPerBooking);

// A confirm that has to wait for something is granted as a submit.
constexpr record::Type asked_as(record::Type type) noexcept {
  return type == record::Type::submit ? record::Type::confirm : type;
}

constexpr record::Type type_of(Act act) noexcept {
  switch (act) {
    case Act::extend: return record::Type::extend;
    case Act::approve: return record::Type::approve;
    case Act::refuse: return record::Type::refuse;
    case Act::check_in: return record::Type::check_in;
    case Act::serve: return record::Type::serve;
    case Act::complete: return record::Type::complete;
    case Act::no_show: return record::Type::no_show;
    case Act::reissue: return record::Type::reissue;
    case Act::progress: return record::Type::progress;
  }
  return record::Type::none;
}

// Those whose number says more; of a progress, which stage it is.
constexpr bool has_argument(Act act) noexcept {
  return act == Act::refuse || act == Act::serve || act == Act::reissue || act == Act::progress;
}

}  // namespace

Decision Ledger::try_confirm(const ConfirmRequest& request, Patience& patience) noexcept {
  if (request.details.size() > kDetailsMax) return refuse(Code::invalid_argument);
  // The details themselves may be sealed with a fresh nonce each time, so their size and bytes
  // don't count; what the caller was asked for stands in its payload.
  const std::uint64_t payload =
      base::mix(0x636F6E6669726DULL, request.booking.value, request.payload);
  return try_change({.type = record::Type::confirm,
                     .booking = request.booking,
                     .operation = request.operation,
                     .payload = payload,
                     .actor = request.actor,
                     .issue = request.issue,
                     .details = request.details},
                    patience, &CallerCounters::confirms);
}

Decision Ledger::try_cancel(const CancelRequest& request, Patience& patience) noexcept {
  const std::uint64_t payload =
      base::mix(0x63616E63656CULL, request.booking.value, request.payload);
  return try_change({.type = record::Type::cancel,
                     .booking = request.booking,
                     .operation = request.operation,
                     .payload = payload,
                     .actor = request.actor,
                     .issue = request.issue},
                    patience, &CallerCounters::cancels);
}

Decision Ledger::try_reschedule(const RescheduleRequest& request, Patience& patience) noexcept {
  const std::uint64_t payload =
      base::mix(0x6D6F7665ULL + request.booking.value, request.slot.value, request.payload);
  return try_change({.type = record::Type::reschedule,
                     .booking = request.booking,
                     .operation = request.operation,
                     .payload = payload,
                     .actor = request.actor,
                     .issue = request.issue,
                     .to = request.slot},
                    patience, &CallerCounters::reschedules);
}

Decision Ledger::try_act(const ActRequest& request, Patience& patience) noexcept {
  const record::Type type = type_of(request.act);
  if (type == record::Type::none || (request.argument != 0 && !has_argument(request.act))) {
    return refuse(Code::invalid_argument);
  }
  const std::uint64_t what =
      base::mix(static_cast<std::uint64_t>(type), request.argument, request.payload);
  const std::uint64_t payload = base::mix(0x616374ULL, request.booking.value, what);
  return try_change({.type = type,
                     .booking = request.booking,
                     .operation = request.operation,
                     .payload = payload,
                     .actor = request.actor,
                     .issue = request.issue,
                     .argument = request.argument,
                     .branch = request.branch},
                    patience, &CallerCounters::acts);
}

Decision Ledger::try_change(const Asked& asked, Patience& patience,
                            std::atomic<std::uint64_t> CallerCounters::*granted) noexcept {
  const Gate now = gate();
  if (now == Gate::failed) return refuse(Code::outcome_unknown);
  if (now == Gate::closed) return refuse(Code::stopped);
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  Change change{asked, patience, *caller, record::place_of(asked.booking),
                operation_hash(asked.operation)};
  const bool too_far = now == Gate::backlog && is_like_a_claim(asked.type);
  const Decision decision = now == Gate::read_only ? refuse_change(change, Code::read_only, {})
                            : too_far              ? refuse_change(change, Code::overloaded, {})
                                                   : this->change(change);
  count(*caller, decision, (*caller).count.*granted);
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
    if (word.state() == BookingState::group) return change_group(change, word);
    if (!change.parts.empty()) return refuse(Code::booking_not_found, rests_on());
    const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
    if (record::target_of(change.type, word.state()) == BookingState::none) {
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
    if (!has_block(change.caller, !is_like_a_claim(change.type))) return refuse(Code::overloaded);
    SharedEntry shared(*this, change.type);
    if (!shared || take_operation(change.caller) == kNothing) return refuse(Code::limit_reached);

    JANJI_STEP("before_busy");
    // acq_rel: linearization point of owning the booking; see BookingWord.
    if (cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                          std::memory_order_acq_rel, std::memory_order_relaxed)) {
      JANJI_STEP("marked_busy");
      return change_busy(change, word, operation, shared);
    }
  }
  return wait(change.patience);
}

// The booking is ours. Every way out publishes and clears the mark, or clears it unchanged.
Decision Ledger::change_busy(Change& change, BookingWord before, KeyIndex::Walk operation,
                             SharedEntry& shared) noexcept {
  BookingCell& cell = bookings_[change.place];
  const auto unmark = [&] { cell.word.store(before.bits, std::memory_order_release); };
  // Hazard 11: the clock is read after the mark, and the record carries what it said.
  Moment moment{time_.ledger_now(), time_.civil_now()};
  const auto deadline = static_cast<std::int64_t>(cell.time_ms.load(std::memory_order_relaxed));
  if (record::has_deadline(before.state()) && moment.now.value >= deadline) {
    const std::uint32_t block = take_block(change.caller, true);
    JANJI_CHECK(block != kNothing);  // change() saw that there is one
    const Lsn lsn = publish_by_rule<record::Expire>(change.place, before, block, moment.now);
    CallerSlot::add_one(change.caller.count.expiries);
    journal_.rounds.wake_if_idle();
    return refuse_change(change, Code::hold_expired, lsn);
  }

  // Under the mark no other issue can come. Nothing to refuse: whose token it is says the next
  // look.
  if (change.issue != kAnyIssue && change.issue != times(cell, record::Type::reissue)) {
    unmark();
    return wait(change.patience);
  }
  const bool moves = change.type == record::Type::reschedule;
  const NewSeat seat = moves ? take_new_seat(change)
                             : NewSeat{Attempt::decided, why_not_acted(change, moment.civil)};
  if (!seat.taken()) {
    const Lsn lsn{cell.lsn.load(std::memory_order_relaxed)};
    unmark();
    return refuse_unmarked(change, seat, lsn);
  }
  const std::uint32_t hall = change.type == record::Type::check_in ? branch_of(cell) : kNoLane;
  if (hall != kNoLane && !halls_.take_chair(hall)) {
    unmark();
    return refuse(Code::limit_reached);
  }
  settle_terms(change, deadline, moment);
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
  fill_operation(change, index, moment, details, hash);
  if (!change.operation.empty()) {
    const auto entered = operation_index_.insert(
        change.operation_hash, index | kEntryBit, operation,
        [&](std::uint32_t other) { return is_operation(other, change.operation); });
    if (entered.outcome != KeyIndex::Insert::done) {
      if (details != kNothing) details_.give_back(details);
      if (hall != kNoLane) halls_.leave_chair(hall);
      if (moves) undo_move(seat.entitlement);
      if (moves) undo_seats(seat.seats, seat.index);
      unmark();
      journal_.rounds.request_round();
      if (entered.outcome == KeyIndex::Insert::exists) return replay_change(change, entered.found);
      return refuse(Code::limit_reached);
    }
  }
  JANJI_STEP("change_entered");
  change.caller.operation = kNothing;  // the entry is in use now
  shared.keep();

  constexpr auto release = std::memory_order_release;
  OperationCell& entry = operations_[index];
  const std::uint32_t block_index = take_block(change.caller, !is_like_a_claim(change.type));
  JANJI_CHECK(block_index != kNothing);  // as above
  fill_change(change, block_index, hash, moment);
  journal::RecordBlock& block = journal_.blocks[block_index];
  if (moves) {
    cell.slot.store(change.to.value, release);
    cell.slot_index.store(static_cast<std::uint32_t>(seat.index), release);
  }
  block.slot = cell.slot_index.load(std::memory_order_relaxed);
  block.place = change.place;
  block.operation = index;
  block.details = details;

  entry.next.store(cell.operations.load(std::memory_order_relaxed), release);
  cell.operations.store(index, release);
  const BookingState to = record::target_of(change.type, before.state());
  if (moment.deadline_ms != 0) cell.time_ms.store(word_of(moment.deadline_ms), release);
  // Of one that had ended before it stays when it did.
  if (!has_ended(before.state()) && has_ended(to)) {
    cell.time_ms.store(word_of(moment.civil.value), release);
  }
  const Lsn lsn = publish(block_index);
  // Promise 7, within a booking; relaxed: the busy mark is ours.
  JANJI_CHECK(lsn.value > cell.lsn.load(std::memory_order_relaxed));
  entry.lsn.store(lsn.value, release);
  cell.lsn.store(lsn.value, release);
  // Rule 2: published first, then no longer busy.
  cell.word.store(before.moved_to(to).bits, release);
  JANJI_STEP("change_visible");
  journal_.rounds.wake_if_idle();
  return Decision{Verdict::granted, Code::ok, false, change.booking, lsn, 0};
}

// Fills an entry that nobody else knows of yet; its LSN comes with the record.
void Ledger::fill_operation(const Change& change, std::uint32_t index, const Moment& moment,
                            std::uint32_t details, std::uint64_t hash) noexcept {
  OperationCell& entry = operations_[index];
  constexpr auto release = std::memory_order_release;
  entry.operation_hi.store(change.operation.hi, release);
  entry.operation_lo.store(change.operation.lo, release);
  entry.payload.store(change.payload, release);
  entry.lsn.store(0, release);
  entry.at_ms.store(word_of(moment.civil.value), release);
  entry.details_hash.store(hash, release);
  entry.place.store(change.place, release);
  // Bytes of details, or the number that an act has in their place.
  entry.details_size.store(
      details == kNothing ? change.argument : static_cast<std::uint32_t>(change.details.size()),
      release);
  entry.type.store(static_cast<std::uint8_t>(change.type), release);
}

// What the service's rules make of what was asked: a deadline, a submit where there is something to
// wait for, a queue number.
void Ledger::settle_terms(Change& change, std::int64_t deadline_ms, Moment& moment) noexcept {
  const SlotKey slot{bookings_[change.place].slot.load(std::memory_order_relaxed)};
  const LaneRules& rules = days_.rules(slot.lane());
  std::int64_t lasts_ms = 0;
  if (change.type == record::Type::extend) lasts_ms = rules.hold_ms;
  if (change.type == record::Type::confirm && rules.approval_ms != 0) {
    change.type = record::Type::submit;
    lasts_ms = rules.approval_ms;
  }
  if (lasts_ms != 0) moment.deadline_ms = std::max(deadline_ms, moment.now.value + lasts_ms);
  if (change.type == record::Type::check_in) {
    change.argument = queue_number(change, moment.civil);
  }
}

template <class R>
void Ledger::fill_act(const Change& change, journal::RecordBlock& block,
                      const Moment& moment) noexcept {
  auto& made = begin_change<R>(change, block, moment);
  made.acted_ms = moment.civil.value;
  made.argument = change.argument;
  if constexpr (R::kType == record::Type::refuse) {
    made.header.flags = later_flag(bookings_[change.place], moment.civil);
  }
}

template <class R>
R& Ledger::begin_change(const Change& change, journal::RecordBlock& block,
                        const Moment& moment) noexcept {
  auto& made = block.begin<R>();
  made.header.actor = change.actor.value;
  made.booking = change.booking.value;
  made.operation_hi = change.operation.hi;
  made.operation_lo = change.operation.lo;
  made.payload = change.payload;
  made.decided_ms = moment.now.value;
  return made;
}

void Ledger::fill_change(const Change& change, std::uint32_t block_index, std::uint64_t hash,
                         const Moment& moment) noexcept {
  using record::Type;
  journal::RecordBlock& block = journal_.blocks[block_index];
  const auto size = static_cast<std::uint32_t>(change.details.size());
  switch (change.type) {
    case Type::confirm: {
      auto& made = begin_change<record::Confirm>(change, block, moment);
      made.confirmed_ms = moment.civil.value;
      made.details_hash = hash;
      made.details_size = size;
      return;
    }
    case Type::submit: {
      auto& made = begin_change<record::Submit>(change, block, moment);
      made.acted_ms = moment.civil.value;
      made.details_hash = hash;
      made.details_size = size;
      made.deadline_ms = moment.deadline_ms;
      return;
    }
    case Type::extend: {
      auto& made = begin_change<record::Extend>(change, block, moment);
      made.acted_ms = moment.civil.value;
      made.deadline_ms = moment.deadline_ms;
      return;
    }
    case Type::cancel: {
      auto& made = begin_change<record::Cancel>(change, block, moment);
      made.header.flags = later_flag(bookings_[change.place], moment.civil);
      made.ended_ms = moment.civil.value;
      return;
    }
    case Type::reschedule: {
      auto& made = begin_change<record::Reschedule>(change, block, moment);
      made.header.flags = later_flag(bookings_[change.place], moment.civil);
      made.from = bookings_[change.place].slot.load(std::memory_order_relaxed);
      made.slot = change.to.value;
      made.moved_ms = moment.civil.value;
      return;
    }
    case Type::approve: return fill_act<record::Approve>(change, block, moment);
    case Type::refuse: return fill_act<record::Refuse>(change, block, moment);
    case Type::check_in: return fill_act<record::CheckIn>(change, block, moment);
    case Type::serve: return fill_act<record::Serve>(change, block, moment);
    case Type::complete: return fill_act<record::Complete>(change, block, moment);
    case Type::no_show: return fill_act<record::NoShow>(change, block, moment);
    case Type::reissue: return fill_act<record::Reissue>(change, block, moment);
    case Type::progress: return fill_act<record::Progress>(change, block, moment);
    default: check_failed("a change that callers can ask for", __FILE__, __LINE__);
  }
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
  const bool is_of_none = type == record::Type::block || type == record::Type::slot ||
                          type == record::Type::entitlement || type == record::Type::eligible;
  if (is_of_none) {
    const Lsn lsn{entry.lsn.load(std::memory_order_acquire)};
    const bool same = lsn.value != 0 && is_operation(reference, change.operation);
    return same ? refuse(Code::operation_mismatch, lsn) : wait(change.patience);
  }
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
  if (asked_as(type) != asked_as(change.type) || payload != change.payload ||
      (place != change.place && !change.next)) {
    return refuse(Code::operation_mismatch, lsn);
  }
  // Freed since the entry was found: the next look finds no booking.
  const BookingId booking = change.next ? word.id(place) : change.booking;
  if (!word.names(booking) || word.state() == BookingState::none) return wait(change.patience);
  return Decision{Verdict::granted, Code::ok, true, booking, lsn, 0};
}

}  // namespace janji::ledger
