#include "peers/plain_ledger.hpp"

#include <algorithm>

#include <janji/catalogue.hpp>
#include <janji/clock.hpp>

#include "record/booking_id.hpp"

namespace janji::bench::peers {

namespace {

constexpr std::uint32_t kEpoch = 1;

std::uint64_t payload_of(const ClaimRequest& r) {
  return base::mix(r.slot.value, r.applicant.hi ^ r.seats, r.applicant.lo ^ r.payload);
}

Decision refuse(Code code, Lsn lsn = {}) {
  return Decision{Verdict::refused, code, false, {}, lsn, 0};
}
Decision wait() {
  return Decision{Verdict::wait, Code::retry, false, {}, {}, 0};
}
Decision grant(BookingId id, Lsn lsn, bool replayed = false) {
  return Decision{Verdict::granted, Code::ok, replayed, id, lsn, 0};
}

}  // namespace

PlainLedger::PlainLedger(const Options& options, std::uint64_t seed, LedgerTime now)
    : seed_(seed),
      days_(options.slots_max, static_cast<std::uint32_t>(options.catalogue->lanes().size()), 128,
            options.huge_pages),
      slots_(options.slots_max, options.huge_pages),
      bookings_(options.bookings_max, options.huge_pages),
      operations_(options.operations_max, options.huge_pages),
      applicants_(options.bookings_max, options.huge_pages),
      operation_ids_(std::uint64_t{options.bookings_max} + options.operations_max,
                     options.huge_pages),
      timers_(options.bookings_max, options.huge_pages),
      wheel_(timers_),
      retention_(timers_, options.retention_ms),
      ring_(options.record_blocks, options.huge_pages),
      owed_(options.record_blocks + 1, options.huge_pages) {
  for (std::uint32_t i = options.bookings_max; i-- > 0; free_place_ = i) {
    bookings_[i].operations = free_place_;
  }
  for (std::uint32_t i = options.operations_max; i-- > 0; free_operation_ = i) {
    operations_[i].next = free_operation_;
  }
  open_days(options);
  wheel_.start_at(now);
  auto& made = ring_.begin<record::Epoch>();
  made.number = 1;
  made.random = kEpoch;
  made.format = record::kFormat;
  made.ledger_ms = now.value;
  made.civil_ms = system_clock().civil_ms();
  ring_.publish(std::memory_order_seq_cst);
}

void PlainLedger::open_days(const Options& options) {
  const Catalogue& catalogue = *options.catalogue;
  const CivilTime now{system_clock().civil_ms()};
  std::uint64_t at = 0;
  for (std::uint32_t i = 0; i < catalogue.lanes().size(); ++i) {
    const LaneSpec& lane = catalogue.lanes()[i];
    const ServiceRules& rules = catalogue.services()[lane.service].rules;
    ledger::LaneRules of_lane;
    of_lane.catalogue_index = i;
    of_lane.branch = lane.branch;
    of_lane.hold_ms = rules.hold_ms;
    of_lane.lead_ms = rules.lead_ms;
    of_lane.horizon_days = rules.horizon_days;
    of_lane.seats_max = rules.seats_max;
    of_lane.group_max = rules.group_max;
    of_lane.scope = rules.scope;
    of_lane.categories = 7;
    days_.set_lane(LaneId{i}, of_lane);
    const Day today = catalogue.local_day(lane.branch, now);
    for (std::int32_t d = 0; d < rules.horizon_days; ++d) {
      const Day day{today.value + d};
      std::vector<record::DaySlot> slots;
      for (const SlotPlan& plan : catalogue.plan(i, day).slots) {
        slots.push_back({plan.start.value, plan.length_minutes, plan.capacity, 0});
        slots_[at++].bits = std::uint64_t{plan.capacity} << Slot::kSeatBits;
      }
      days_.open_day(LaneId{i}, day, catalogue.midnight(lane.branch, day).value, slots);
    }
  }
}

Code PlainLedger::plan(const ClaimRequest& request, CivilTime now, Task& task) const noexcept {
  if (request.applicant.empty()) return Code::invalid_argument;
  const LaneId lane = request.slot.lane();
  if (!request.slot.valid() || lane.value >= days_.lanes()) return Code::slot_not_found;
  const ledger::LaneRules& rules = days_.rules(lane);
  if (request.seats == 0 || request.seats > rules.seats_max) return Code::seats_exceeded;
  if ((rules.categories >> static_cast<unsigned>(request.category) & 1U) == 0) {
    return Code::category_not_allowed;
  }
  ledger::DayView view;
  if (!days_.find(lane, request.slot.day(), view)) return Code::outside_horizon;
  const std::uint16_t i = view.shape->index_of_minute[request.slot.minute().value];
  if (i == ledger::DayShape::kNoSlot) return Code::slot_not_found;
  if (view.midnight_ms + std::int64_t{view.shape->start[i]} * 60'000 - rules.lead_ms <= now.value) {
    return Code::too_late;
  }
  task.applicant = request.applicant;
  task.operation = request.operation;
  task.payload = payload_of(request);
  task.applicant_hash = applicant_hash(request.applicant, rules.scope.value);
  task.operation_hash = operation_hash(request.operation);
  task.slot = request.slot;
  task.hold_ms = rules.hold_ms;
  task.slot_index = static_cast<std::uint32_t>(view.first_slot + i);
  task.seats = request.seats;
  task.scope = rules.scope.value;
  task.category = request.category;
  task.is_new = request.operation_is_new;
  return Code::ok;
}

void PlainLedger::prefetch(const Task& task) const noexcept {
  __builtin_prefetch(&slots_[task.slot_index], 1, 3);
  operation_ids_.prefetch(task.operation_hash);
  applicants_.prefetch(task.applicant_hash);
}

std::uint32_t PlainLedger::find_operation(OperationId id, std::uint64_t hash) const noexcept {
  return operation_ids_.find(hash, [&](std::uint32_t r) {
    return ((r & kEntryBit) != 0 ? operations_[r & ~kEntryBit].operation
                                 : bookings_[r].operation) == id;
  });
}

Decision PlainLedger::claim(const Task& task, Moment now) noexcept {
  Slot& slot = slots_[task.slot_index];
  if (slot.taken() + task.seats > slot.capacity()) {
    return refuse_claim(task, Code::slot_full, slot.last());
  }
  const bool named = !task.operation.empty();
  if (named) {
    const std::uint32_t known = find_operation(task.operation, task.operation_hash);
    if (known != OpenIndex::kNone) return replay(known, task.payload);
  }
  const bool scoped = task.scope != kNoScope.value;
  if (scoped) {
    const std::uint32_t other = applicants_.find(task.applicant_hash, [&](std::uint32_t place) {
      return bookings_[place].applicant == task.applicant && bookings_[place].scope == task.scope;
    });
    if (other != OpenIndex::kNone) {
      const Booking& met = bookings_[other];
      if (!is_active(met.state)) return wait();  // ended, but not yet durably so
      return refuse_claim(task, Code::already_booked, met.lsn);
    }
  }
  if (ring_.full()) return refuse(Code::overloaded);
  const Place place = free_place_;
  if (place == kNothing) return refuse(Code::limit_reached);

  Booking& booking = bookings_[place];
  free_place_ = booking.operations;
  if (free_place_ != kNothing) {
    __builtin_prefetch(&bookings_[free_place_], 1, 3);
    __builtin_prefetch(&bookings_[free_place_].created_ms, 1, 3);
  }
  const Lsn lsn = ring_.next();
  slot.take(task.seats, lsn);
  booking.id = record::make_booking_id(place, booking.generation, kEpoch);
  booking.applicant = task.applicant;
  booking.operation = task.operation;
  booking.payload = task.payload;
  booking.slot = task.slot;
  booking.time_ms = now.ledger.value + task.hold_ms;
  booking.created_ms = now.civil.value;
  booking.lsn = lsn;
  booking.slot_index = task.slot_index;
  booking.operations = kNothing;
  booking.seats = task.seats;
  booking.scope = task.scope;
  booking.category = task.category;
  booking.state = BookingState::held;
  if (scoped) applicants_.insert(task.applicant_hash, place);
  if (named) operation_ids_.insert(task.operation_hash, place);
  wheel_.link(place, booking.time_ms);
  ++in_use_;

  auto& made = ring_.begin<record::Claim>();
  made.booking = booking.id.value;
  made.slot = task.slot.value;
  made.applicant_hi = task.applicant.hi;
  made.applicant_lo = task.applicant.lo;
  made.operation_hi = task.operation.hi;
  made.operation_lo = task.operation.lo;
  made.payload = task.payload;
  made.decided_ms = now.ledger.value;
  made.deadline_ms = booking.time_ms;
  made.created_ms = now.civil.value;
  made.seats = task.seats;
  made.scope = task.scope;
  made.category = static_cast<std::uint8_t>(task.category);
  return grant(booking.id, lsn);
}

// As in the engine: decided first, looked up last.
Decision PlainLedger::refuse_claim(const Task& task, Code code, Lsn lsn) noexcept {
  if (!task.operation.empty() && !task.is_new) {
    const std::uint32_t known = find_operation(task.operation, task.operation_hash);
    if (known != OpenIndex::kNone) return replay(known, task.payload);
  }
  return refuse(code, lsn <= durable_ ? Lsn{} : lsn);
}

Decision PlainLedger::replay(std::uint32_t reference, std::uint64_t payload) const noexcept {
  if ((reference & kEntryBit) != 0) {
    const Operation& entry = operations_[reference & ~kEntryBit];
    if (entry.payload != payload) return refuse(Code::operation_mismatch, entry.lsn);
    return grant(bookings_[entry.place].id, entry.lsn, true);
  }
  const Booking& booking = bookings_[reference];
  if (booking.payload != payload) return refuse(Code::operation_mismatch, booking.lsn);
  return grant(booking.id, booking.lsn, true);
}

Decision PlainLedger::cancel(const CancelRequest& request, Moment now) noexcept {
  const Place place = record::place_of(request.booking);
  if (request.booking.value == 0 || place >= bookings_.size()) {
    return refuse(Code::booking_not_found);
  }
  Booking& booking = bookings_[place];
  if (booking.id != request.booking || booking.state == BookingState::none) {
    return refuse(Code::booking_not_found);
  }
  const std::uint64_t payload = base::mix(1, request.booking.value, request.payload);
  const std::uint64_t hash = operation_hash(request.operation);
  const bool named = !request.operation.empty();
  if (named) {
    const std::uint32_t known = find_operation(request.operation, hash);
    if (known != OpenIndex::kNone) return replay(known, payload);
  }
  if (!is_active(booking.state)) return refuse(Code::illegal_transition, booking.lsn);
  if (booking.time_ms <= now.ledger.value) return refuse(Code::hold_expired, booking.lsn);
  if (ring_.full()) return refuse(Code::overloaded);
  if (free_operation_ == kNothing) return refuse(Code::limit_reached);

  const std::uint32_t index = free_operation_;
  Operation& entry = operations_[index];
  free_operation_ = entry.next;
  const Lsn lsn = ring_.next();
  entry = Operation{request.operation,
                    payload,
                    lsn,
                    now.civil.value,
                    0,
                    place,
                    booking.operations,
                    static_cast<std::uint64_t>(record::Type::cancel)};
  if (named) operation_ids_.insert(hash, index | kEntryBit);
  booking.operations = index;
  booking.state = BookingState::cancelled;
  booking.time_ms = now.civil.value;
  booking.lsn = lsn;
  remember(lsn, place, false);

  auto& made = ring_.begin<record::Cancel>();
  made.booking = booking.id.value;
  made.operation_hi = request.operation.hi;
  made.operation_lo = request.operation.lo;
  made.payload = payload;
  made.decided_ms = now.ledger.value;
  made.ended_ms = now.civil.value;
  return grant(booking.id, lsn);
}

void PlainLedger::sweep(Moment now, std::size_t budget) noexcept {
  Place place = 0;
  for (; budget > 0 && !ring_.full() && wheel_.pop_due(now.ledger, place); --budget) {
    Booking& booking = bookings_[place];
    if (booking.state != BookingState::held) {
      // Ended: if not durably so, give_back() will find it unlinked.
      if (booking.lsn <= durable_) retention_.push(place, now.ledger);
      continue;
    }
    if (now.ledger.value < booking.time_ms) {
      wheel_.link(place, booking.time_ms);
      continue;
    }
    const Lsn lsn = ring_.next();
    booking.state = BookingState::expired;
    booking.time_ms = now.civil.value;
    booking.lsn = lsn;
    remember(lsn, place, false);
    auto& made = ring_.begin<record::Expire>();
    made.booking = booking.id.value;
    made.decided_ms = now.ledger.value;
    made.ended_ms = now.civil.value;
  }
  for (; budget > 0 && !ring_.full() && retention_.pop_due(now.ledger, place); --budget) {
    remember(ring_.next(), place, true);
    ring_.begin<record::Free>().booking = bookings_[place].id.value;
  }
}

void PlainLedger::remember(Lsn lsn, Place place, bool freed) noexcept {
  owed_[owed_tail_] = Owed{lsn, place, freed};
  owed_tail_ = owed_tail_ + 1 == owed_.size() ? 0 : owed_tail_ + 1;
  JANJI_CHECK(owed_tail_ != owed_head_);
}

bool PlainLedger::give_back(Lsn durable, std::size_t many, LedgerTime now) noexcept {
  durable_ = durable;
  for (; many > 0 && owed_head_ != owed_tail_ && owed_[owed_head_].lsn <= durable; --many) {
    const Owed& owed = owed_[owed_head_];
    if (owed.freed) {
      free_booking(owed.place);
    } else {
      end_booking(owed.place, now);
    }
    owed_head_ = owed_head_ + 1 == owed_.size() ? 0 : owed_head_ + 1;
  }
  return owed_head_ == owed_tail_ || owed_[owed_head_].lsn > durable;
}

void PlainLedger::end_booking(Place place, LedgerTime now) noexcept {
  const Booking& booking = bookings_[place];
  if (booking.scope != kNoScope.value) {
    JANJI_CHECK(applicants_.erase(applicant_hash(booking.applicant, booking.scope), place));
  }
  Slot& slot = slots_[booking.slot_index];
  JANJI_CHECK(slot.taken() >= booking.seats);
  slot.bits -= booking.seats;
  if (!timers_.linked(place)) retention_.push(place, now);
}

void PlainLedger::free_booking(Place place) noexcept {
  Booking& booking = bookings_[place];
  if (!booking.operation.empty()) {
    JANJI_CHECK(operation_ids_.erase(operation_hash(booking.operation), place));
  }
  for (std::uint32_t i = booking.operations; i != kNothing;) {
    Operation& entry = operations_[i];
    const std::uint32_t next = entry.next;
    if (!entry.operation.empty()) {
      JANJI_CHECK(operation_ids_.erase(operation_hash(entry.operation), i | kEntryBit));
    }
    entry.next = free_operation_;
    free_operation_ = i;
    i = next;
  }
  booking.state = BookingState::none;
  ++booking.generation;
  booking.operations = free_place_;
  free_place_ = place;
  --in_use_;
}

}  // namespace janji::bench::peers
