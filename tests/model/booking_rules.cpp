// What the promises say of bookings.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "model/ledger_model.hpp"
#include "model/names.hpp"
#include "record/booking_id.hpp"

namespace janji::model {
namespace {

constexpr std::uint8_t kCategories = 3;

}  // namespace

Finding LedgerModel::check_new_id(BookingId id) const {
  if (id.value == 0) return breaks(Promise::state, "booking id 0 names nothing");
  if (ids_.contains(id)) return breaks(Promise::state, name(id) + " was given out before");
  if (record::epoch_of(id) != epoch_random_) {
    return breaks(Promise::state, name(id) + " was made under another epoch");
  }
  const auto place = places_.find(record::place_of(id));
  if (place != places_.end()) {
    return breaks(Promise::state,
                  name(id) + " takes a place that " + name(place->second) + " still keeps");
  }
  return {};
}

Finding LedgerModel::check_seats(SlotKey key, std::uint32_t seats) const {
  const ModelSlot* slot = key.valid() ? find_slot(key) : nullptr;
  if (slot == nullptr) return breaks(Promise::state, name(key) + " isn't of an open day");
  if (seats == 0) return breaks(Promise::capacity, "a claim of no seats");
  if (slot->closed) return breaks(Promise::state, name(key) + " is closed");
  if (slot->taken + seats > slot->capacity) {
    return breaks(Promise::capacity, name(key) + " would have " +
                                         std::to_string(slot->taken + seats) + " of " +
                                         std::to_string(slot->capacity) + " seats taken");
  }
  return {};
}

Finding LedgerModel::check_applicant(ApplicantKey applicant, std::uint8_t category,
                                     ScopeId scope) const {
  if (applicant.empty()) return breaks(Promise::applicant, "a claim for nobody");
  if (category >= kCategories) return breaks(Promise::form, "no such category");
  const BookingId other = active_booking(applicant, scope);
  if (other.value != 0) {
    return breaks(Promise::applicant, name(applicant) + " already has " + name(other) +
                                          " in scope " + std::to_string(scope.value));
  }
  return {};
}

Finding LedgerModel::check_operation(OperationId operation) const {
  if (operation.empty()) return {};
  const ModelOperation* before = find_operation(operation);
  if (before == nullptr) return {};
  return breaks(Promise::operation, name(operation) + " already acted at LSN " +
                                        std::to_string(before->lsn.value) + " on " +
                                        name(before->booking));
}

Finding LedgerModel::check_change(BookingId id, std::int64_t decided_ms) const {
  const ModelBooking* booking = find_booking(id);
  if (booking == nullptr) return breaks(Promise::state, "there is no " + name(id));
  if (decided_ms < booking->decided_ms) {
    return breaks(Promise::deadline, name(id) + " was last changed at " +
                                         std::to_string(booking->decided_ms) + " ms, now at " +
                                         std::to_string(decided_ms));
  }
  return check_time(decided_ms);
}

Finding LedgerModel::check_usable(const ModelBooking& booking, std::int64_t decided_ms) const {
  if (!lasts_until_deadline(booking.state) || decided_ms < booking.deadline_ms) return {};
  return breaks(Promise::deadline, name(booking.id) + " is used at " + std::to_string(decided_ms) +
                                       " ms, its deadline was " +
                                       std::to_string(booking.deadline_ms));
}

// What claims and walk-ins take.
template <class R>
Finding LedgerModel::check_claim(const R& record) const {
  if (auto wrong = check_new_id(BookingId{record.booking})) return wrong;
  if (auto wrong = check_operation({record.operation_hi, record.operation_lo})) return wrong;
  const ApplicantKey applicant{record.applicant_hi, record.applicant_lo};
  if (auto wrong = check_applicant(applicant, record.category, ScopeId{record.scope})) return wrong;
  if (auto wrong = check_not_blocked(applicant, record.created_ms)) return wrong;
  if (auto wrong = check_seats(SlotKey{record.slot}, record.seats)) return wrong;
  return check_time(record.decided_ms);
}

template <class R>
ModelBooking& LedgerModel::begin(const R& record, BookingState state) {
  const BookingId id{record.booking};
  ModelBooking& booking = bookings_[id];
  booking.id = id;
  booking.state = state;
  booking.version = 1;
  booking.seats = record.seats;
  booking.category = record.category;
  booking.scope = ScopeId{record.scope};
  booking.slot = SlotKey{record.slot};
  booking.applicant = {record.applicant_hi, record.applicant_lo};
  booking.created_ms = record.created_ms;
  booking.decided_ms = record.decided_ms;
  booking.lsn = now_;
  ids_.insert(id);
  places_[record::place_of(id)] = id;
  if (booking.scope != kNoScope) active_[{booking.applicant, booking.scope}] = id;
  slots_.at(booking.slot).taken += booking.seats;
  ledger_ms_ = std::max(ledger_ms_, record.decided_ms);
  remember({record.operation_hi, record.operation_lo}, R::kType, booking, record.payload);
  return booking;
}

Finding LedgerModel::on(const record::Claim& claim) {
  if (auto wrong = check_claim(claim)) return wrong;
  if (claim.deadline_ms <= claim.decided_ms) {
    return breaks(Promise::deadline,
                  name(BookingId{claim.booking}) + " is held for no time at all");
  }
  begin(claim, BookingState::held).deadline_ms = claim.deadline_ms;
  return {};
}

// Claimed, confirmed and checked in at once.
Finding LedgerModel::on(const record::WalkIn& walk_in) {
  if (auto wrong = check_claim(walk_in)) return wrong;
  if (walk_in.details_size > 4096 || (walk_in.details_size == 0 && walk_in.details_hash != 0)) {
    return breaks(Promise::form, "details of " + std::to_string(walk_in.details_size) + " bytes");
  }
  if (walk_in.queue_number == 0) {
    return breaks(Promise::form, name(BookingId{walk_in.booking}) + " has no queue number");
  }
  ModelBooking& booking = begin(walk_in, BookingState::checked_in);
  booking.confirmed_ms = booking.checked_in_ms = walk_in.created_ms;
  booking.queue_number = walk_in.queue_number;
  booking.details_size = walk_in.details_size;
  booking.details_hash = walk_in.details_hash;
  booking.details_lsn = walk_in.details_size == 0 ? Lsn{} : now_;
  return {};
}

Finding LedgerModel::on(const record::Confirm& confirm) {
  const BookingId id{confirm.booking};
  const OperationId operation{confirm.operation_hi, confirm.operation_lo};
  if (auto wrong = check_change(id, confirm.decided_ms)) return wrong;
  if (auto wrong = check_operation(operation)) return wrong;
  const ModelBooking& before = bookings_.at(id);
  if (before.state != BookingState::held) {
    return breaks(Promise::state, name(id) + " is confirmed while " + name(before.state));
  }
  if (auto wrong = check_usable(before, confirm.decided_ms)) return wrong;
  if (auto wrong = check_alone(id, "confirmed")) return wrong;
  if (confirm.details_size > 4096 || (confirm.details_size == 0 && confirm.details_hash != 0)) {
    return breaks(Promise::form, "details of " + std::to_string(confirm.details_size) + " bytes");
  }

  ModelBooking& booking = change(id, BookingState::confirmed, confirm.decided_ms);
  booking.confirmed_ms = confirm.confirmed_ms;
  booking.details_size = confirm.details_size;
  booking.details_hash = confirm.details_hash;
  booking.details_lsn = confirm.details_size == 0 ? Lsn{} : now_;
  remember(operation, record::Type::confirm, booking, confirm.payload);
  return {};
}

Finding LedgerModel::on(const record::Cancel& cancel) {
  const BookingId id{cancel.booking};
  const OperationId operation{cancel.operation_hi, cancel.operation_lo};
  if (auto wrong = check_change(id, cancel.decided_ms)) return wrong;
  if (auto wrong = check_operation(operation)) return wrong;
  const ModelBooking& before = bookings_.at(id);
  const bool waits = before.state == BookingState::waiting;
  if (!waits && (!is_active(before.state) || before.state == BookingState::checked_in)) {
    return breaks(Promise::state, name(id) + " is cancelled while " + name(before.state));
  }
  if (auto wrong = check_usable(before, cancel.decided_ms)) return wrong;
  if (waits && cancel.header.flags != 0) {
    return breaks(Promise::form, name(id) + " waits, and gives up seats");
  }

  ModelBooking& booking = change(id, BookingState::cancelled, cancel.decided_ms);
  remember(operation, record::Type::cancel, booking, cancel.payload);
  if (waits) {
    leave(booking, cancel.ended_ms);
  } else {
    end(booking, cancel.ended_ms, cancel.header.flags);
  }
  return {};
}

// The seats are taken where it goes before they are given back where it was: never a moment
// without.
Finding LedgerModel::on(const record::Reschedule& move) {
  const BookingId id{move.booking};
  const SlotKey to{move.slot};
  const OperationId operation{move.operation_hi, move.operation_lo};
  if (auto wrong = check_change(id, move.decided_ms)) return wrong;
  if (auto wrong = check_operation(operation)) return wrong;
  const ModelBooking& before = bookings_.at(id);
  if (before.state != BookingState::held && before.state != BookingState::confirmed &&
      before.state != BookingState::displaced) {
    return breaks(Promise::state, name(id) + " is moved while " + name(before.state));
  }
  if (auto wrong = check_usable(before, move.decided_ms)) return wrong;
  if (before.state != BookingState::displaced) {
    if (auto wrong = check_alone(id, "moved")) return wrong;
  }
  if (SlotKey{move.from} != before.slot) {
    return breaks(Promise::state, name(id) + " leaves " + name(SlotKey{move.from}) +
                                      ", but it is in " + name(before.slot));
  }
  if (to == before.slot) return breaks(Promise::state, name(id) + " is moved to where it is");
  if (auto wrong = check_seats(to, before.seats)) return wrong;
  if (auto wrong = check_valid_there(id, to)) return wrong;

  const bool is_held = before.state == BookingState::held;
  const BookingState state = is_held ? BookingState::held : BookingState::confirmed;
  ModelBooking& booking = change(id, state, move.decided_ms);
  slots_.at(booking.slot).give_up(booking.seats, move.header.flags);
  booking.slot = to;
  slots_.at(to).taken += booking.seats;
  ++booking.moves;
  ++booking.own_moves;
  remember(operation, record::Type::reschedule, booking, move.payload);
  return {};
}

Finding LedgerModel::on(const record::Expire& expire) {
  const BookingId id{expire.booking};
  if (auto wrong = check_change(id, expire.decided_ms)) return wrong;
  const ModelBooking& before = bookings_.at(id);
  if (!lasts_until_deadline(before.state)) {
    return breaks(Promise::state, name(id) + " expires while " + name(before.state));
  }
  if (expire.decided_ms < before.deadline_ms) {
    return breaks(Promise::deadline, name(id) + " expires at " + std::to_string(expire.decided_ms) +
                                         " ms, its deadline is " +
                                         std::to_string(before.deadline_ms));
  }
  end(change(id, BookingState::expired, expire.decided_ms), expire.ended_ms, expire.header.flags);
  return {};
}

Finding LedgerModel::on(const record::Free& free) {
  const BookingId id{free.booking};
  const auto found = bookings_.find(id);
  if (found == bookings_.end()) return breaks(Promise::state, "there is no " + name(id));
  if (!has_ended(found->second.state)) {
    return breaks(Promise::operation,
                  "the place of " + name(id) + " is freed while " + name(found->second.state));
  }
  if (found->second.group.value != 0) {
    return breaks(Promise::operation, name(id) + " is forgotten without its group");
  }
  for (const OperationId operation : found->second.operations) operations_.erase(operation);
  places_.erase(record::place_of(id));
  bookings_.erase(found);
  return {};
}

template <class R>
Finding LedgerModel::check_act(const R& record, BookingState from, const char* words) const {
  const BookingId id{record.booking};
  if (auto wrong = check_change(id, record.decided_ms)) return wrong;
  if (auto wrong = check_operation({record.operation_hi, record.operation_lo})) return wrong;
  const ModelBooking& before = bookings_.at(id);
  if (before.state != from) {
    return breaks(Promise::state, name(id) + " is " + words + " while " + name(before.state));
  }
  const bool of_group = R::kType == record::Type::extend || R::kType == record::Type::submit ||
                        R::kType == record::Type::approve || R::kType == record::Type::refuse;
  if (of_group) {
    if (auto wrong = check_alone(id, words)) return wrong;
  }
  return check_usable(before, record.decided_ms);
}

template <class R>
ModelBooking& LedgerModel::act(const R& record, BookingState to) {
  ModelBooking& booking = change(BookingId{record.booking}, to, record.decided_ms);
  remember({record.operation_hi, record.operation_lo}, R::kType, booking, record.payload);
  return booking;
}

Finding LedgerModel::on(const record::Extend& extend) {
  if (auto wrong = check_act(extend, BookingState::held, "extended")) return wrong;
  const std::int64_t before = bookings_.at(BookingId{extend.booking}).deadline_ms;
  if (extend.deadline_ms < before) {
    return breaks(Promise::deadline, "an extension brings the deadline nearer, from " +
                                         std::to_string(before) + " to " +
                                         std::to_string(extend.deadline_ms));
  }
  ModelBooking& booking = act(extend, BookingState::held);
  booking.deadline_ms = extend.deadline_ms;
  ++booking.extensions;
  return {};
}

Finding LedgerModel::on(const record::Submit& submit) {
  if (auto wrong = check_act(submit, BookingState::held, "submitted")) return wrong;
  if (submit.deadline_ms < bookings_.at(BookingId{submit.booking}).deadline_ms) {
    return breaks(Promise::deadline, "waiting for approval brings the deadline nearer");
  }
  if (submit.details_size > 4096 || (submit.details_size == 0 && submit.details_hash != 0)) {
    return breaks(Promise::form, "details of " + std::to_string(submit.details_size) + " bytes");
  }
  ModelBooking& booking = act(submit, BookingState::awaiting);
  booking.deadline_ms = submit.deadline_ms;
  booking.submitted_ms = submit.acted_ms;
  booking.details_size = submit.details_size;
  booking.details_hash = submit.details_hash;
  booking.details_lsn = submit.details_size == 0 ? Lsn{} : now_;
  return {};
}

Finding LedgerModel::on(const record::Approve& approve) {
  if (auto wrong = check_act(approve, BookingState::awaiting, "approved")) return wrong;
  act(approve, BookingState::confirmed).confirmed_ms = approve.acted_ms;
  return {};
}

Finding LedgerModel::on(const record::Refuse& refuse) {
  if (auto wrong = check_act(refuse, BookingState::awaiting, "refused")) return wrong;
  ModelBooking& booking = act(refuse, BookingState::refused);
  booking.refuse_reason = refuse.argument;
  end(booking, refuse.acted_ms, refuse.header.flags);
  return {};
}

Finding LedgerModel::on(const record::CheckIn& check_in) {
  if (auto wrong = check_act(check_in, BookingState::confirmed, "checked in")) return wrong;
  ModelBooking& booking = act(check_in, BookingState::checked_in);
  booking.checked_in_ms = check_in.acted_ms;
  booking.queue_number = check_in.argument;
  return {};
}

Finding LedgerModel::on(const record::Serve& serve) {
  if (auto wrong = check_act(serve, BookingState::checked_in, "called")) return wrong;
  ModelBooking& booking = act(serve, BookingState::checked_in);
  booking.served_ms = serve.acted_ms;
  booking.counter = serve.argument;
  ++booking.calls;
  return {};
}

Finding LedgerModel::on(const record::Complete& complete) {
  if (auto wrong = check_act(complete, BookingState::checked_in, "completed")) return wrong;
  end(act(complete, BookingState::completed), complete.acted_ms);
  return {};
}

Finding LedgerModel::on(const record::NoShow& missed) {
  if (auto wrong = check_act(missed, BookingState::confirmed, "missed")) return wrong;
  end(act(missed, BookingState::no_show), missed.acted_ms);
  return {};
}

Finding LedgerModel::on(const record::Reissue& reissue) {
  const ModelBooking* before = find_booking(BookingId{reissue.booking});
  const bool active = before != nullptr && is_active(before->state);
  const BookingState state = active ? before->state : BookingState::confirmed;
  if (auto wrong = check_act(reissue, state, "given a new token")) return wrong;
  if (before->reissues == 3) {
    return breaks(Promise::state, name(before->id) + " is given a new token a fourth time");
  }
  ++act(reissue, state).reissues;
  return {};
}

// Which stages there are, and in which order, is the catalogue's; but none is come to twice.
Finding LedgerModel::on(const record::Progress& progress) {
  const ModelBooking* before = find_booking(BookingId{progress.booking});
  const bool over = before != nullptr && before->state == BookingState::completed;
  const BookingState state = over ? BookingState::completed : BookingState::checked_in;
  if (auto wrong = check_act(progress, state, "made progress with")) return wrong;
  const auto& stages = before->stages;
  if (progress.argument == 0 || stages.size() == 8 ||
      std::find(stages.begin(), stages.end(), progress.argument) != stages.end()) {
    return breaks(Promise::state, name(before->id) + " comes to stage " +
                                      std::to_string(progress.argument) + " again, or to none");
  }
  ModelBooking& booking = act(progress, state);
  booking.stages.push_back(progress.argument);
  booking.progress_ms = progress.acted_ms;
  return {};
}

Finding LedgerModel::on(const record::Lapse& lapse) {
  const BookingId id{lapse.booking};
  if (auto wrong = check_change(id, lapse.decided_ms)) return wrong;
  const BookingState before = bookings_.at(id).state;
  // Why somebody waits no longer isn't asked here: his other booking may end meanwhile.
  if (before == BookingState::waiting) {
    leave(change(id, BookingState::expired, lapse.decided_ms), lapse.ended_ms);
    return {};
  }
  if (before != BookingState::confirmed && before != BookingState::checked_in &&
      before != BookingState::displaced) {
    return breaks(Promise::state, name(id) + " lapses while " + name(before));
  }
  const BookingState to = before == BookingState::checked_in  ? BookingState::completed
                          : before == BookingState::displaced ? BookingState::cancelled
                                                              : BookingState::no_show;
  end(change(id, to, lapse.decided_ms), lapse.ended_ms);
  return {};
}

// Bookings stay whatever becomes of their slot: nobody is cancelled silently.
Finding LedgerModel::on(const record::Slot& change) {
  const SlotKey key{change.slot};
  const auto slot = slots_.find(key);
  if (slot == slots_.end()) return breaks(Promise::state, name(key) + " isn't of an open day");
  // A pool whose seats fell back keeps having none until it is given some.
  const bool has_none = change.capacity == 0 && slot->second.capacity != 0;
  if (has_none || change.capacity > kMaxSlotCapacity || change.closed > 1) {
    return breaks(Promise::form, name(key) + " can't have " + std::to_string(change.capacity) +
                                     " seats, or such a door");
  }
  if (change.planned != 0 && changing_ == 0) {
    return breaks(Promise::state, name(key) + " is changed by a catalogue that isn't");
  }
  const OperationId operation{change.operation_hi, change.operation_lo};
  if (auto wrong = check_operation(operation)) return wrong;
  if (auto wrong = check_time(change.decided_ms)) return wrong;
  // Who wants fewer seats there doesn't want those that are kept back; a catalogue wants as many of
  // what is its own as make up what it gives.
  ModelSlot& has = slot->second;
  const bool is_given = change.planned != 0 && has.capacity + has.kept == has.planned.capacity();
  if (change.capacity < has.capacity) has.kept = 0;
  if (is_given) {
    const std::uint32_t gives = record::Planned{change.planned}.capacity();
    while (has.kept != 0 && change.capacity + has.kept > gives) --has.kept;
  }
  has.capacity = change.capacity;
  has.closed = change.closed != 0;
  if (change.planned != 0) has.planned = record::Planned{change.planned};
  if (!operation.empty()) {
    operations_[operation] = ModelOperation{record::Type::slot, BookingId{}, change.payload, now_};
    slot_operations_[{key.lane(), key.day()}].push_back(operation);
  }
  ledger_ms_ = std::max(ledger_ms_, change.decided_ms);
  return {};
}

// As many as were given up for later, at most.
// A change that was given up may be followed by another; one that is done was begun.
Finding LedgerModel::on(const record::Catalogue& change) {
  if (change.digest == 0 || change.done > 1) return breaks(Promise::form, "a change of nothing");
  if (change.done != 0 && changing_ != change.digest) {
    return breaks(Promise::state, "a change of the catalogue is done that wasn't begun");
  }
  if (auto wrong = check_time(change.decided_ms)) return wrong;
  changing_ = change.done != 0 ? 0 : change.digest;
  ledger_ms_ = std::max(ledger_ms_, change.decided_ms);
  return {};
}

Finding LedgerModel::on(const record::GiveBack& made) {
  const SlotKey key{made.slot};
  const auto slot = slots_.find(key);
  if (slot == slots_.end()) return breaks(Promise::state, name(key) + " isn't of an open day");
  if (auto wrong = check_time(made.decided_ms)) return wrong;
  if (made.seats == 0 || made.seats > slot->second.later) {
    return breaks(Promise::capacity, std::to_string(made.seats) + " seats of " + name(key) +
                                         " come back, of " + std::to_string(slot->second.later));
  }
  slot->second.later -= made.seats;
  slot->second.taken -= made.seats;
  ledger_ms_ = std::max(ledger_ms_, made.decided_ms);
  return {};
}

// Whether its slot is closed isn't asked here: the door may be changed again while the record is on
// its way. At rest it must fit: see overdue().
Finding LedgerModel::on(const record::Displace& turn) {
  const BookingId id{turn.booking};
  if (auto wrong = check_change(id, turn.decided_ms)) return wrong;
  const ModelBooking& before = bookings_.at(id);
  if (before.state != BookingState::confirmed) {
    return breaks(Promise::state, name(id) + " is displaced while " + name(before.state));
  }
  change(id, BookingState::displaced, turn.decided_ms);
  return {};
}

Finding LedgerModel::on(const record::Reinstate& turn) {
  const BookingId id{turn.booking};
  if (auto wrong = check_change(id, turn.decided_ms)) return wrong;
  const ModelBooking& before = bookings_.at(id);
  if (before.state != BookingState::displaced) {
    return breaks(Promise::state, name(id) + " is reinstated while " + name(before.state));
  }
  change(id, BookingState::confirmed, turn.decided_ms);
  return {};
}

ModelBooking& LedgerModel::change(BookingId id, BookingState to, std::int64_t decided_ms) {
  ModelBooking& booking = bookings_.at(id);
  booking.state = to;
  ++booking.version;
  booking.decided_ms = decided_ms;
  booking.lsn = now_;
  ledger_ms_ = std::max(ledger_ms_, decided_ms);
  return booking;
}

void LedgerModel::end(ModelBooking& booking, std::int64_t ended_ms, std::uint8_t flags) {
  booking.ended_ms = ended_ms;
  slots_.at(booking.slot).give_up(booking.seats, flags);
  give_up(booking);
  if (booking.scope != kNoScope) active_.erase({booking.applicant, booking.scope});
}

void LedgerModel::remember(OperationId operation, record::Type type, ModelBooking& booking,
                           std::uint64_t payload) {
  if (operation.empty()) return;
  operations_[operation] = ModelOperation{type, booking.id, payload, now_};
  booking.operations.push_back(operation);
}

}  // namespace janji::model
