// What each record does to the booking it names. Pure: no clock, no memory, nothing but the image
// and the record. The checkpointer and the replay of a start both use it, so that what is kept and
// what is served can't drift apart. Which state leads to which stands in transitions.hpp.
//
// Each returns `damaged` with words when the record doesn't apply, and then the image is untouched.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/booking_id.hpp"
#include "record/group_records.hpp"
#include "record/image.hpp"
#include "record/record.hpp"
#include "record/transitions.hpp"

namespace janji::record {

// "confirm of booking 0x...: it is cancelled". Cold.
Error does_not_apply(Type type, std::uint64_t booking, const BookingImage& image, const char* why);

inline BookingState state_of(const BookingImage& image) noexcept {
  return static_cast<BookingState>(image.state);
}

// Seats that the booking keeps from others.
inline std::uint32_t seats_taken(const BookingImage& image) noexcept {
  return is_active(state_of(image)) ? image.seats : 0U;
}

// The booking that a record names, or the head of the group; 0 for records that are about something
// else.
inline BookingId booking_of(const Header& header) noexcept {
  switch (header.type) {
    case Type::none:
    case Type::epoch:
    case Type::lane:
    case Type::day:
    case Type::tick:
    case Type::archive:
    case Type::slot:
    case Type::catalogue:
    case Type::fall_back:
    case Type::tranche:
    case Type::block:
    case Type::forget_block:
    case Type::entitlement:
    case Type::eligible:
    case Type::forget_entitlement:
    case Type::give_back: return BookingId{};
    default: break;
  }
  std::uint64_t id = 0;  // stands first in all the others
  std::memcpy(&id, reinterpret_cast<const std::byte*>(&header) + sizeof header, sizeof id);
  return BookingId{id};
}

namespace detail {

// Why a change of type R can't be, or null. Nothing that its owner or staff does is in time at the
// deadline or behind it.
template <class R>
const char* why_not(const BookingImage& image, const R& record) noexcept {
  if (image.booking != record.booking) return "its place isn't its own";
  const BookingState state = state_of(image);
  if (target_of(R::kType, state) == BookingState::none) return "its state doesn't allow it";
  if (has_deadline(state) && record.decided_ms >= image.ledger_ms) return "its hold had expired";
  if (image.operations == kOperationsPerBooking) return "it was changed too often";
  return nullptr;
}

// The operation that was granted, so that it never acts twice; and the state that it leads to.
template <class R>
OperationImage& change(BookingImage& image, Lsn lsn, const R& record, std::int64_t at_ms) noexcept {
  OperationImage& entry = image.operation[image.operations++];
  entry = OperationImage{};
  entry.operation_hi = record.operation_hi;
  entry.operation_lo = record.operation_lo;
  entry.payload = record.payload;
  entry.lsn = lsn.value;
  entry.at_ms = at_ms;
  entry.type = static_cast<std::uint8_t>(R::kType);
  image.state = static_cast<std::uint8_t>(target_of(R::kType, state_of(image)));
  image.lsn = lsn.value;
  image.version = next_version(image.version);
  return entry;
}

inline void end(BookingImage& image, std::int64_t decided_ms, std::int64_t ended_ms) noexcept {
  image.ended_ms = ended_ms;
  image.ledger_ms = decided_ms;
}

}  // namespace detail

// What a claim, a join and a walk-in have in common.
template <class R>
Status begin(BookingImage& image, Lsn lsn, const R& record, std::int64_t deadline_ms) {
  if (image.booking != 0) [[unlikely]] {
    return does_not_apply(R::kType, record.booking, image, "its place is taken");
  }
  const std::uint32_t generation = image.generation & ((1U << kGenerationBits) - 1);
  if (generation_of(BookingId{record.booking}) != generation) [[unlikely]] {
    return does_not_apply(R::kType, record.booking, image, "its place has another generation");
  }
  image.booking = record.booking;
  image.group = 0;
  image.entitlement = 0;
  image.slot = record.slot;
  image.applicant_hi = record.applicant_hi;
  image.applicant_lo = record.applicant_lo;
  image.operation_hi = record.operation_hi;
  image.operation_lo = record.operation_lo;
  image.payload = record.payload;
  image.ledger_ms = deadline_ms;
  image.created_ms = record.created_ms;
  image.ended_ms = 0;
  image.lsn = lsn.value;
  image.seats = record.seats;
  image.scope = record.scope;
  image.category = record.category;
  image.state = static_cast<std::uint8_t>(target_of(R::kType, BookingState::none));
  image.version = 1;
  image.operations = 0;
  return success();
}

inline Status apply(BookingImage& image, Lsn lsn, const Claim& claim) {
  return begin(image, lsn, claim, claim.deadline_ms);
}

inline Status apply(BookingImage& image, Lsn lsn, const Join& join) {
  return begin(image, lsn, join, join.last);
}

// Leaves the entries of a confirm and of a check-in, too, without ids of their own.
Status apply(BookingImage& image, Lsn lsn, const WalkIn& walk_in);

inline Status apply(BookingImage& image, Lsn lsn, const Confirm& confirm) {
  if (const char* why = detail::why_not(image, confirm)) [[unlikely]] {
    return does_not_apply(Type::confirm, confirm.booking, image, why);
  }
  OperationImage& entry = detail::change(image, lsn, confirm, confirm.confirmed_ms);
  entry.details_hash = confirm.details_hash;
  entry.details_size = confirm.details_size;
  return success();
}

inline Status apply(BookingImage& image, Lsn lsn, const Submit& submit) {
  if (const char* why = detail::why_not(image, submit)) [[unlikely]] {
    return does_not_apply(Type::submit, submit.booking, image, why);
  }
  if (submit.deadline_ms < image.ledger_ms) [[unlikely]] {
    return does_not_apply(Type::submit, submit.booking, image, "its deadline would come nearer");
  }
  OperationImage& entry = detail::change(image, lsn, submit, submit.acted_ms);
  entry.details_hash = submit.details_hash;
  entry.details_size = submit.details_size;
  image.ledger_ms = submit.deadline_ms;
  return success();
}

inline Status apply(BookingImage& image, Lsn lsn, const Extend& extend) {
  if (const char* why = detail::why_not(image, extend)) [[unlikely]] {
    return does_not_apply(Type::extend, extend.booking, image, why);
  }
  if (extend.deadline_ms < image.ledger_ms) [[unlikely]] {
    return does_not_apply(Type::extend, extend.booking, image, "its deadline would come nearer");
  }
  detail::change(image, lsn, extend, extend.acted_ms);
  image.ledger_ms = extend.deadline_ms;
  return success();
}

inline Status apply(BookingImage& image, Lsn lsn, const Cancel& cancel) {
  if (const char* why = detail::why_not(image, cancel)) [[unlikely]] {
    return does_not_apply(Type::cancel, cancel.booking, image, why);
  }
  const bool waited = state_of(image) == BookingState::waiting;
  detail::change(image, lsn, cancel, cancel.ended_ms).details_size = waited ? kLeftWaitlist : 0;
  detail::end(image, cancel.decided_ms, cancel.ended_ms);
  return success();
}

inline Status apply(BookingImage& image, Lsn lsn, const Reschedule& move) {
  const char* why = detail::why_not(image, move);
  if (why == nullptr && image.slot != move.from) why = "it is in another slot";
  if (why != nullptr) [[unlikely]] {
    return does_not_apply(Type::reschedule, move.booking, image, why);
  }
  detail::change(image, lsn, move, move.moved_ms);
  image.slot = move.slot;
  return success();
}

template <Type kType>
Status apply(BookingImage& image, Lsn lsn, const Act<kType>& act) {
  if (const char* why = detail::why_not(image, act)) [[unlikely]] {
    return does_not_apply(kType, act.booking, image, why);
  }
  const bool had_ended = !is_active(state_of(image));
  detail::change(image, lsn, act, act.acted_ms).details_size = act.argument;
  if (had_ended) {
    image.ledger_ms = act.decided_ms;  // it is kept from its last change on
  } else if (!is_active(state_of(image))) {
    detail::end(image, act.decided_ms, act.acted_ms);
  }
  return success();
}

// What no caller asked for. `why`: null if the record is in time.
template <class R>
Status apply_rule(BookingImage& image, Lsn lsn, const R& record, const char* why) {
  const BookingState to = target_of(R::kType, state_of(image));
  if (to == BookingState::none) why = "its state doesn't allow it";
  if (image.booking != record.booking) why = "its place isn't its own";
  if (why != nullptr) [[unlikely]] {
    return does_not_apply(R::kType, record.booking, image, why);
  }
  image.state = static_cast<std::uint8_t>(to);
  image.lsn = lsn.value;
  image.version = next_version(image.version);
  return success();
}

inline Status apply(BookingImage& image, Lsn lsn, const Expire& expire) {
  const bool lasts = expire.decided_ms < image.ledger_ms;
  Status applied = apply_rule(image, lsn, expire, lasts ? "its hold still lasted" : nullptr);
  if (applied.ok()) detail::end(image, expire.decided_ms, expire.ended_ms);
  return applied;
}

inline Status apply(BookingImage& image, Lsn lsn, const Lapse& lapse) {
  const bool waited = state_of(image) == BookingState::waiting;
  Status applied = apply_rule(image, lsn, lapse, nullptr);
  if (!applied.ok()) return applied;
  image.only_waited = waited ? 1 : 0;
  detail::end(image, lapse.decided_ms, lapse.ended_ms);
  return applied;
}

inline Status apply(BookingImage& image, Lsn lsn, const Promote& promote) {
  const bool waited = waits_for(image, SlotKey{promote.slot});
  Status applied = apply_rule(image, lsn, promote, waited ? nullptr : "it waited for another slot");
  if (!applied.ok()) return applied;
  image.slot = promote.slot;
  image.ledger_ms = promote.deadline_ms;
  return applied;
}

template <Type kType>
Status apply(BookingImage& image, Lsn lsn, const Turn<kType>& turn) {
  return apply_rule(image, lsn, turn, nullptr);
}

// Of a booking that has ended, or of a group, of whose members whoever keeps the images must know
// whether all have. A member's `lsn` says which steps of its group were its own: it stays.
Status apply(BookingImage& image, Lsn lsn, const Erase& erase);

inline Status apply(BookingImage& image, Lsn, const Free& free) {
  if (image.booking != free.booking) [[unlikely]] {
    return does_not_apply(Type::free, free.booking, image, "its place isn't its own");
  }
  if (!has_ended(state_of(image))) [[unlikely]] {
    return does_not_apply(Type::free, free.booking, image, "it hasn't ended");
  }
  const std::uint32_t generation = image.generation + 1;
  image = BookingImage{};
  image.generation = generation;
  return success();
}

// An opening gives every hold, awaiting ones too, at least its grace; other bookings have no
// deadline left to move.
inline void apply(BookingImage& image, const Epoch& epoch) noexcept {
  if (!has_deadline(state_of(image))) return;
  image.ledger_ms = std::max(image.ledger_ms, epoch.ledger_ms + epoch.grace_ms);
}

// What a record about a group does to the image at `place`, its head's or a member's.
Status apply_to(BookingImage& image, Place place, Lsn lsn, const GroupClaim& claim);
Status apply_to(BookingImage& image, Place place, Lsn lsn, const GroupChange& change);
Status apply_to(BookingImage& image, Place place, Lsn lsn, const GroupMove& move);
Status apply_to(BookingImage& image, Place place, Lsn lsn, const GroupJoin& join);
Status apply_to(BookingImage& image, Place place, Lsn lsn, const GroupPromote& promote);

// Calls `visit` with the id of each booking that the record touches, a group's head, too: it is
// there before its members and after them. Not at all for records that are about something else.
template <class Visit>
void for_each_booking(const Header& header, Visit&& visit) {
  const BookingId id = booking_of(header);
  if (id == BookingId{}) return;
  const bool comes = header.type == Type::group_claim || header.type == Type::group_join;
  if (comes) visit(id);
  const auto members = [&](const auto& record) {
    for (const auto& member : members_of(record)) visit(BookingId{id_of(member)});
  };
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  if (header.type == Type::group_claim) members(as<GroupClaim>(bytes));
  if (header.type == Type::group_change) members(as<GroupChange>(bytes));
  if (header.type == Type::group_move) members(as<GroupMove>(bytes));
  if (header.type == Type::group_join) members(as<GroupJoin>(bytes));
  if (header.type == Type::group_promote) members(as<GroupPromote>(bytes));
  if (!comes) visit(id);
}

// Whichever of the booking records `header` begins (booking_of() isn't 0), as far as it is about
// the booking at `place`, one of for_each_booking(); checked bytes.
Status apply_booking(BookingImage& image, Place place, Lsn lsn, const Header& header);

}  // namespace janji::record
