// The live bookings, in memory.
#pragma once

#include <atomic>
#include <cstdint>

#include <janji/types.hpp>

#include "base/region.hpp"
#include "ledger/caller_slots.hpp"
#include "record/booking_id.hpp"
#include "record/image.hpp"
#include "record/record.hpp"

namespace janji::ledger {

using record::Place;

// Identity, state and change marks of a booking in one word, so that each change is one CAS.
//
// Fields from the highest bit: epoch 20, generation 16 (both as in the id), version 16, state 4,
// one unused, busy 1. A word whose state is `none` belongs to no booking yet: the place is free, or
// (busy) a claim is being built there.
//
// busy: someone is changing the booking; nobody else may, and its fields are not to be read. Set
//   by CAS, cleared by whoever set it, after the record is published (rule 2, hazards 1 and 2).
struct BookingWord {
  static constexpr std::uint64_t kBusy = 1;
  static constexpr int kStateShift = 2;
  static constexpr int kVersionShift = 6;
  static constexpr int kIdShift = 22;
  static_assert(kIdShift + record::kGenerationBits + record::kEpochBits <= 64);

  std::uint64_t bits{};

  static constexpr std::uint64_t identity_of(BookingId id) {
    return id.value >> record::kPlaceBits;
  }
  static constexpr BookingWord make(BookingId id, BookingState state, std::uint32_t version,
                                    std::uint64_t marks) {
    return BookingWord{(identity_of(id) << kIdShift) |
                       (std::uint64_t{version & 0xFFFFU} << kVersionShift) |
                       (static_cast<std::uint64_t>(state) << kStateShift) | marks};
  }
  constexpr bool busy() const { return (bits & kBusy) != 0; }
  constexpr BookingState state() const {
    return static_cast<BookingState>((bits >> kStateShift) & 15);
  }
  constexpr std::uint16_t version() const {
    return static_cast<std::uint16_t>(bits >> kVersionShift);
  }
  constexpr std::uint32_t generation() const {
    return static_cast<std::uint32_t>(bits >> kIdShift) & ((1U << record::kGenerationBits) - 1);
  }
  constexpr BookingId id(Place place) const {
    return BookingId{((bits >> kIdShift) << record::kPlaceBits) | place};
  }
  constexpr bool names(BookingId id) const { return (bits >> kIdShift) == identity_of(id); }
  constexpr BookingWord with_busy() const { return BookingWord{bits | kBusy}; }
  // The next version in another state, no longer busy.
  constexpr BookingWord moved_to(BookingState state) const {
    return make(BookingId{(bits >> kIdShift) << record::kPlaceBits}, state,
                record::next_version(version()), 0);
  }
};

// One booking: 96 bytes. All fields are atomics, since readers copy them while they may change and
// then compare `word` (acquire loads, release stores: no fence is needed). They change only while
// the word is busy.
struct alignas(32) BookingCell {
  using Word64 = std::atomic<std::uint64_t>;

  Word64 word;
  Word64 applicant_hi, applicant_lo;
  Word64 operation_hi, operation_lo;  // of the claim
  Word64 payload;                     // hash of the claim's request; a group's member: the place
                                      // of the next one
  Word64 slot;                        // SlotKey
  Word64 time_ms;     // held: deadline (ledger time); ended: when (civil time); a group's head:
                      // GroupLife; waiting: as record::Join::last; else unused
  Word64 created_ms;  // civil time
  Word64 lsn;         // of the last change
  std::atomic<std::uint32_t> slot_index;  // free: the next magazine of free places; a group's head:
                                          // the cell of its entitlement, or kNothing
  std::atomic<std::uint32_t> operations;  // first entry in OperationSlab
  std::atomic<std::uint16_t> seats;
  std::atomic<std::uint16_t> scope;
  std::atomic<std::uint32_t> kin;  // Kin
};
static_assert(sizeof(BookingCell) == 96);

// What kind of applicant a booking is for, and the head of its group: its own place if it is one,
// kNoPlace if it is of none.
struct Kin {
  std::uint32_t bits{};

  static constexpr Kin make(std::uint8_t category, Place head) {
    return Kin{std::uint32_t{category} << record::kPlaceBits | head};
  }
  constexpr std::uint8_t category() const {
    return static_cast<std::uint8_t>(bits >> record::kPlaceBits);
  }
  constexpr Place head() const { return bits & record::kNoPlace; }
};

// Of a booking that nobody else changes now.
inline bool is_of_group(const BookingCell& cell) noexcept {
  return Kin{cell.kin.load(std::memory_order_relaxed)}.head() != record::kNoPlace;
}

// The head of its group, or kNoPlace; constant while the booking has its place.
inline Place head_of(const BookingCell& cell) noexcept {
  return Kin{cell.kin.load(std::memory_order_relaxed)}.head();
}

// Of a group's head: where its members begin, constant, and how many haven't ended, which is the
// writer's to change.
struct GroupLife {
  std::uint64_t bits{};

  static constexpr GroupLife make(Place first, std::uint64_t live) {
    return GroupLife{live << record::kPlaceBits | first};
  }
  constexpr Place first() const { return static_cast<Place>(bits) & record::kNoPlace; }
  constexpr std::uint64_t live() const { return bits >> record::kPlaceBits; }
};

// An operation granted on a booking after its claim (confirm, cancel): 64 bytes. Written before it
// enters the operation index or its booking's chain, except `lsn`, which the booking's busy mark
// protects.
struct alignas(64) OperationCell {
  using Word64 = std::atomic<std::uint64_t>;

  Word64 operation_hi, operation_lo;
  Word64 payload;
  Word64 lsn;
  Word64 at_ms;  // civil time
  Word64 details_hash;
  std::atomic<std::uint32_t> place;  // of the booking
  std::atomic<std::uint32_t> next;   // in the booking's chain, newest first; free: next free entry
  std::atomic<std::uint32_t> details_size;
  std::atomic<std::uint8_t> type;  // record::Type

  // Of what is no booking's: an entry that nobody else knows of yet, its LSN still to come.
  // `owner`: an entitlement's cell, else 0.
  void fill(OperationId id, std::uint64_t its_payload, record::Type its_type, CivilTime at,
            std::uint32_t owner) noexcept {
    constexpr auto release = std::memory_order_release;
    operation_hi.store(id.hi, release);
    operation_lo.store(id.lo, release);
    payload.store(its_payload, release);
    lsn.store(0, release);
    at_ms.store(static_cast<std::uint64_t>(at.value), release);
    details_hash.store(0, release);
    place.store(kNothing, release);
    details_size.store(owner, release);
    type.store(static_cast<std::uint8_t>(its_type), release);
  }
};
static_assert(sizeof(OperationCell) == 64);

using BookingSlab = base::Region<BookingCell>;
using OperationSlab = base::Region<OperationCell>;

// A reference in the operation index: a booking's place, or an entry of the operation slab.
inline constexpr std::uint32_t kEntryBit = 1U << 31;
constexpr bool is_entry(std::uint32_t reference) {
  return (reference & kEntryBit) != 0;
}
constexpr std::uint32_t entry_of(std::uint32_t reference) {
  return reference & ~kEntryBit;
}

}  // namespace janji::ledger
