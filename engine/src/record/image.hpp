// A booking as it is kept in the state, and as recovery builds it: the meaning of a booking's
// records so far, in plain bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <janji/types.hpp>

#include "record/booking_id.hpp"
#include "record/record.hpp"

namespace janji::record {

// An operation that was granted on a booking after its claim.
struct OperationImage {
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::uint64_t lsn;
  std::uint64_t details_hash;  // confirm and submit only
  std::int64_t at_ms;          // civil time
  std::uint32_t details_size;  // confirm and submit (kDetailsErased: they are gone); of an Act:
                               // its argument; of a cancel, a group's too: kLeftWaitlist or 0
  std::uint8_t type;           // record::Type
  std::uint8_t reserved[3];
};
static_assert(sizeof(OperationImage) == 56);

// Enough for every state's operations, each as often as a service may allow: see ledger/change.cpp.
inline constexpr std::size_t kOperationsPerBooking = 24;

// Whether an operation of this type has details in a table of their own; others have a number
// there.
constexpr bool brings_details(Type type) noexcept {
  return type == Type::confirm || type == Type::submit;
}

// Whether an operation in an image, or in memory, has details that are still there.
template <class Entry>
constexpr bool has_details(const Entry& entry) noexcept {
  return brings_details(static_cast<Type>(entry.type)) && is_there(entry.details_size);
}

// Of a cancel, in place of an argument: who left waited, and so gave up no seat.
inline constexpr std::uint32_t kLeftWaitlist = 1;
constexpr bool left_waitlist(Type type, std::uint32_t details_size) noexcept {
  return type == Type::cancel && details_size == kLeftWaitlist;
}

// Of a booking's version, which counts its changes: 0 says that nothing made it, and staff may
// close and open a slot as often as it likes.
constexpr std::uint16_t next_version(std::uint16_t version) noexcept {
  const auto next = static_cast<std::uint16_t>(version + 1U);
  return next != 0 ? next : std::uint16_t{1};
}

struct BookingImage {
  std::uint64_t booking;      // 0: the place is free; then only `generation` counts
  std::uint64_t group;        // the head's id, of its members and of itself; 0: of no group
  std::uint64_t entitlement;  // of a group, and of its members: whose units they take; 0: none
  std::uint64_t slot;
  std::uint64_t applicant_hi, applicant_lo;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;    // of a group's member: next_member()
  std::int64_t ledger_ms;   // held or awaiting: the deadline; ended: when, or when it made progress
                            // since; of a group's head: the place of its first member; waiting: as
                            // Join::last; else of no meaning
  std::int64_t created_ms;  // civil time
  std::int64_t ended_ms;    // civil time; 0 while active
  std::uint64_t lsn;        // of the last change
  std::uint16_t seats;
  std::uint16_t scope;
  std::uint8_t category;
  std::uint8_t state;  // BookingState
  std::uint16_t version;
  std::uint32_t generation;   // of the place: how often it was freed
  std::uint16_t operations;   // how many of the next are used
  std::uint16_t only_waited;  // 1: it ended by a Lapse while it waited, and never had a seat
  std::array<OperationImage, kOperationsPerBooking> operation;
};
static_assert(sizeof(BookingImage) == 13 * 8 + 16 + kOperationsPerBooking * 56);
static_assert(std::is_trivially_copyable_v<BookingImage>);

// A member of a group, which has one seat; its head has none.
inline bool is_member(const BookingImage& image) noexcept {
  return image.group != 0 && image.group != image.booking;
}
// The place of the member behind this one; kNoPlace: it is the last.
inline Place next_member(const BookingImage& image) noexcept {
  return static_cast<Place>(image.payload);
}

// For what an applicant waits, once: for his slot; or, if for any of several (`last` as in Join),
// for their day, which is named by a minute in which no slot starts.
constexpr SlotKey waited_for(SlotKey slot, std::uint64_t last) noexcept {
  constexpr Minute kNoSlots{(1U << SlotKey::kMinuteBits) - 1};
  return last == 0 ? slot : SlotKey(slot.lane(), slot.day(), kNoSlots);
}

// Of one who waits: this slot is his, or one of his.
inline bool waits_for(const BookingImage& image, SlotKey slot) noexcept {
  const SlotKey first{image.slot};
  return slot == first || (image.ledger_ms != 0 && slot > first &&
                           slot.value - first.value <=
                               static_cast<std::uint64_t>(image.ledger_ms) - first.minute().value);
}

// What a booking takes of its entitlement: a unit, also while it waits, and whether for good. It
// gives the unit back when it ends without having used it; who doesn't come has, since the seat was
// kept.
struct Units {
  std::uint32_t used{0}, spent{0};
};
inline Units units_of(const BookingImage& image) noexcept {
  if (!is_member(image) || image.entitlement == 0) return {};
  const auto state = static_cast<BookingState>(image.state);
  const bool spent = state == BookingState::completed || state == BookingState::no_show;
  return {spent || !has_ended(state) ? 1U : 0U, spent ? 1U : 0U};
}

}  // namespace janji::record
