// What each record does to the booking it names. Pure: no clock, no memory, nothing but the image
// and the record. The checkpointer and the replay of a start both use it, so that what is kept and
// what is served can't drift apart.
//
//            claim              confirm                cancel
//     none --------> held ------------------> confirmed ------> cancelled --+
//      ^              |------ cancel ------------------------> cancelled --+ free
//      |              |------ expire ------------------------> expired ----+
//      +-------------------------------------------------------------------+
//
// A reschedule leads from held to held and from confirmed to confirmed, in another slot.
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
#include "record/image.hpp"
#include "record/record.hpp"

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

// The booking that a record names; 0 for records that are about something else.
inline BookingId booking_of(const Header& header) noexcept {
  switch (header.type) {
    case Type::claim:
    case Type::confirm:
    case Type::cancel:
    case Type::expire:
    case Type::reschedule:
    case Type::free: break;
    default: return BookingId{};
  }
  std::uint64_t id = 0;  // stands first in all of these
  std::memcpy(&id, reinterpret_cast<const std::byte*>(&header) + sizeof header, sizeof id);
  return BookingId{id};
}

namespace detail {

inline bool lasts_at(const BookingImage& image, std::int64_t decided_ms) noexcept {
  return state_of(image) != BookingState::held || decided_ms < image.ledger_ms;
}

// Confirm, Cancel and Reschedule: the operation that was granted, remembered so that it never acts
// twice.
template <class R>
void remember(BookingImage& image, Lsn lsn, const R& record, std::int64_t at_ms) noexcept {
  OperationImage& entry = image.operation[image.operations++];
  entry = OperationImage{};
  entry.operation_hi = record.operation_hi;
  entry.operation_lo = record.operation_lo;
  entry.payload = record.payload;
  entry.lsn = lsn.value;
  entry.at_ms = at_ms;
  entry.type = static_cast<std::uint8_t>(R::kType);
}

inline void change(BookingImage& image, Lsn lsn, BookingState to) noexcept {
  image.state = static_cast<std::uint8_t>(to);
  image.lsn = lsn.value;
  ++image.version;
}

}  // namespace detail

inline Status apply(BookingImage& image, Lsn lsn, const Claim& claim) {
  if (image.booking != 0) [[unlikely]] {
    return does_not_apply(Type::claim, claim.booking, image, "its place is taken");
  }
  const BookingId id{claim.booking};
  if (generation_of(id) != (image.generation & ((1U << kGenerationBits) - 1))) [[unlikely]] {
    return does_not_apply(Type::claim, claim.booking, image, "its place has another generation");
  }
  image.booking = claim.booking;
  image.slot = claim.slot;
  image.applicant_hi = claim.applicant_hi;
  image.applicant_lo = claim.applicant_lo;
  image.operation_hi = claim.operation_hi;
  image.operation_lo = claim.operation_lo;
  image.payload = claim.payload;
  image.ledger_ms = claim.deadline_ms;
  image.created_ms = claim.created_ms;
  image.ended_ms = 0;
  image.lsn = lsn.value;
  image.seats = claim.seats;
  image.scope = claim.scope;
  image.category = claim.category;
  image.state = static_cast<std::uint8_t>(BookingState::held);
  image.version = 1;
  image.operations = 0;
  return success();
}

inline Status apply(BookingImage& image, Lsn lsn, const Confirm& confirm) {
  if (image.booking != confirm.booking) [[unlikely]] {
    return does_not_apply(Type::confirm, confirm.booking, image, "its place isn't its own");
  }
  if (state_of(image) != BookingState::held) [[unlikely]] {
    return does_not_apply(Type::confirm, confirm.booking, image, "it isn't held");
  }
  if (!detail::lasts_at(image, confirm.decided_ms)) [[unlikely]] {
    return does_not_apply(Type::confirm, confirm.booking, image, "its hold had expired");
  }
  if (image.operations == kOperationsPerBooking) [[unlikely]] {
    return does_not_apply(Type::confirm, confirm.booking, image, "it was changed too often");
  }
  detail::remember(image, lsn, confirm, confirm.confirmed_ms);
  OperationImage& entry = image.operation[image.operations - 1];
  entry.details_hash = confirm.details_hash;
  entry.details_size = confirm.details_size;
  detail::change(image, lsn, BookingState::confirmed);
  return success();
}

inline Status apply(BookingImage& image, Lsn lsn, const Cancel& cancel) {
  if (image.booking != cancel.booking) [[unlikely]] {
    return does_not_apply(Type::cancel, cancel.booking, image, "its place isn't its own");
  }
  if (state_of(image) != BookingState::held && state_of(image) != BookingState::confirmed)
      [[unlikely]] {
    return does_not_apply(Type::cancel, cancel.booking, image, "it is neither held nor confirmed");
  }
  if (!detail::lasts_at(image, cancel.decided_ms)) [[unlikely]] {
    return does_not_apply(Type::cancel, cancel.booking, image, "its hold had expired");
  }
  if (image.operations == kOperationsPerBooking) [[unlikely]] {
    return does_not_apply(Type::cancel, cancel.booking, image, "it was changed too often");
  }
  detail::remember(image, lsn, cancel, cancel.ended_ms);
  image.ended_ms = cancel.ended_ms;
  image.ledger_ms = cancel.decided_ms;
  detail::change(image, lsn, BookingState::cancelled);
  return success();
}

inline Status apply(BookingImage& image, Lsn lsn, const Reschedule& move) {
  if (image.booking != move.booking) [[unlikely]] {
    return does_not_apply(Type::reschedule, move.booking, image, "its place isn't its own");
  }
  if (state_of(image) != BookingState::held && state_of(image) != BookingState::confirmed)
      [[unlikely]] {
    return does_not_apply(Type::reschedule, move.booking, image,
                          "it is neither held nor confirmed");
  }
  if (!detail::lasts_at(image, move.decided_ms)) [[unlikely]] {
    return does_not_apply(Type::reschedule, move.booking, image, "its hold had expired");
  }
  if (image.slot != move.from) [[unlikely]] {
    return does_not_apply(Type::reschedule, move.booking, image, "it is in another slot");
  }
  if (image.operations == kOperationsPerBooking) [[unlikely]] {
    return does_not_apply(Type::reschedule, move.booking, image, "it was changed too often");
  }
  detail::remember(image, lsn, move, move.moved_ms);
  image.slot = move.slot;
  detail::change(image, lsn, state_of(image));
  return success();
}

inline Status apply(BookingImage& image, Lsn lsn, const Expire& expire) {
  if (image.booking != expire.booking) [[unlikely]] {
    return does_not_apply(Type::expire, expire.booking, image, "its place isn't its own");
  }
  if (state_of(image) != BookingState::held) [[unlikely]] {
    return does_not_apply(Type::expire, expire.booking, image, "it isn't held");
  }
  if (detail::lasts_at(image, expire.decided_ms)) [[unlikely]] {
    return does_not_apply(Type::expire, expire.booking, image, "its hold still lasted");
  }
  image.ended_ms = expire.ended_ms;
  image.ledger_ms = expire.decided_ms;
  detail::change(image, lsn, BookingState::expired);
  return success();
}

inline Status apply(BookingImage& image, Lsn, const Free& free) {
  if (image.booking != free.booking) [[unlikely]] {
    return does_not_apply(Type::free, free.booking, image, "its place isn't its own");
  }
  if (is_active(state_of(image))) [[unlikely]] {
    return does_not_apply(Type::free, free.booking, image, "it hasn't ended");
  }
  const std::uint32_t generation = image.generation + 1;
  image = BookingImage{};
  image.generation = generation;
  return success();
}

// An opening gives every hold at least its grace; other bookings have no deadline left to move.
inline void apply(BookingImage& image, const Epoch& epoch) noexcept {
  if (state_of(image) != BookingState::held) return;
  image.ledger_ms = std::max(image.ledger_ms, epoch.ledger_ms + epoch.grace_ms);
}

// Whichever of the six booking records `header` begins (booking_of() isn't 0); checked bytes.
Status apply_booking(BookingImage& image, Lsn lsn, const Header& header);

}  // namespace janji::record
