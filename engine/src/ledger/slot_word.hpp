// The state of one slot in one 64-bit word, so that each change of it is one atomic step.
#pragma once

#include <cstdint>

#include <janji/check.hpp>
#include <janji/types.hpp>

namespace janji::ledger {

// Fields from the lowest bit: taken, pending, capacity, day tag, flags.
//
// Invariants: pending <= taken; taken <= capacity, except after staff lowered the capacity.
// `pending` counts seats that are taken but not yet durable. Seats come back only after the commit
// of what freed them, and a seat's claim is committed no later than its cancel, so pending never
// exceeds taken and needs no wider field, however often a seat is claimed and cancelled.
//
// The day tag tells a word that was reused for another day: it is the day's low bits. A day that
// was archived isn't opened again before the engine is, so within one life of these words two uses
// with one tag lie 2^kTagBits days (179 years) apart.
//
// gone: the day is being archived, or was, and its words are free. Set by the writer, by CAS on a
// word of which nothing is taken, before the record is published; from then on no CAS of a claim
// that read the word before can succeed (hazard 7).
//
// waiters: somebody waits for the slot, durably; what is free there is nobody else's. Set and
// cleared by the writer alone.
//
// joined: somebody entered the slot's waitlist, or is about to. Set by whoever joins, by CAS on a
// word that serves his day, before his record; taken away by the writer when it archives the day
// (archive.cpp). The day isn't archived while it is set (hazard 7).
//
// asked: staff wants to change the slot as soon as nothing is pending. Set by staff, by CAS; taken
// away by the CAS that sets `staff_busy`, or by the writer when nobody came for it
// (asked_slots.hpp).
struct SlotWord {
  static constexpr int kSeatBits = 14;
  static constexpr int kTagBits = 16;
  static constexpr int kPendingShift = kSeatBits;
  static constexpr int kCapacityShift = 2 * kSeatBits;
  static constexpr int kTagShift = 3 * kSeatBits;
  static constexpr int kFlagShift = kTagShift + kTagBits;
  static_assert(kFlagShift + 6 <= 64);

  static constexpr std::uint64_t kSeatMask = (1ULL << kSeatBits) - 1;
  static constexpr std::uint64_t kTakenOne = 1;
  static constexpr std::uint64_t kPendingOne = 1ULL << kPendingShift;
  static constexpr std::uint64_t kCapacityOne = 1ULL << kCapacityShift;
  static constexpr std::uint64_t kWaiters = 1ULL << kFlagShift;
  static constexpr std::uint64_t kClosed = 1ULL << (kFlagShift + 1);
  static constexpr std::uint64_t kStaffBusy = 1ULL << (kFlagShift + 2);
  static constexpr std::uint64_t kGone = 1ULL << (kFlagShift + 3);
  static constexpr std::uint64_t kJoined = 1ULL << (kFlagShift + 4);
  static constexpr std::uint64_t kAsked = 1ULL << (kFlagShift + 5);
  static constexpr std::uint32_t kCapacityMax = kSeatMask;

  std::uint64_t bits{};

  static constexpr std::uint32_t tag_of(Day day) {
    return static_cast<std::uint32_t>(day.value) & ((1U << kTagBits) - 1);
  }
  static constexpr SlotWord make(Day day, std::uint32_t capacity, std::uint32_t taken = 0) {
    return SlotWord{(std::uint64_t{tag_of(day)} << kTagShift) |
                    (std::uint64_t{capacity} << kCapacityShift) | taken};
  }

  constexpr std::uint32_t taken() const { return static_cast<std::uint32_t>(bits & kSeatMask); }
  constexpr std::uint32_t pending() const {
    return static_cast<std::uint32_t>((bits >> kPendingShift) & kSeatMask);
  }
  constexpr std::uint32_t capacity() const {
    return static_cast<std::uint32_t>((bits >> kCapacityShift) & kSeatMask);
  }
  constexpr std::uint32_t tag() const {
    return static_cast<std::uint32_t>(bits >> kTagShift) & ((1U << kTagBits) - 1);
  }
  constexpr bool closed() const { return (bits & kClosed) != 0; }
  constexpr bool staff_busy() const { return (bits & kStaffBusy) != 0; }
  constexpr bool waiters() const { return (bits & kWaiters) != 0; }
  constexpr bool joined() const { return (bits & kJoined) != 0; }
  constexpr bool asked() const { return (bits & kAsked) != 0; }
  constexpr bool gone() const { return (bits & kGone) != 0; }
  // It is the day's, and not gone: in one comparison, for each claim makes it.
  constexpr bool serves(Day day) const {
    constexpr std::uint64_t kWhose = (((1ULL << kTagBits) - 1) << kTagShift) | kGone;
    return (bits & kWhose) == std::uint64_t{tag_of(day)} << kTagShift;
  }
  // Neither staff, who may have closed it, nor those who wait keep it from claims: in one
  // comparison, as above.
  constexpr bool unhindered() const {
    return (bits & (kWaiters | kClosed | kStaffBusy | kAsked)) == 0;
  }
  // Staff is at it, or about to be: whoever wants seats looks again.
  constexpr bool is_staffs() const { return (bits & (kStaffBusy | kAsked)) != 0; }
  // A seat may leave it for another lane, or come to it from one: nobody forbids that.
  constexpr bool may_give(Day day) const { return serves(day) && unhindered(); }
  constexpr bool may_receive(Day day) const {
    return serves(day) && (bits & (kClosed | kStaffBusy | kAsked)) == 0;
  }
  // Nobody has a seat or is about to, waits or is about to, and nobody is about to change it.
  constexpr bool at_rest() const {
    return taken() == 0 && pending() == 0 &&
           (bits & (kStaffBusy | kGone | kJoined | kWaiters)) == 0;
  }
  constexpr SlotWord with_gone() const { return SlotWord{bits | kGone}; }
  constexpr SlotWord with_joined() const { return SlotWord{bits | kJoined}; }
  constexpr SlotWord with_asked() const { return SlotWord{bits | kAsked}; }
  constexpr SlotWord with_staff_busy() const { return SlotWord{(bits & ~kAsked) | kStaffBusy}; }
  // As whoever sees it whom those who wait don't concern.
  constexpr SlotWord without_waiters() const { return SlotWord{bits & ~kWaiters}; }
  // Never below zero: a lowered slot has more taken than capacity.
  constexpr std::uint32_t free() const { return taken() >= capacity() ? 0 : capacity() - taken(); }
  constexpr bool has_room(std::uint32_t seats) const { return free() >= seats; }
  constexpr SlotWord with_taken(std::uint32_t seats) const {
    return SlotWord{bits + seats * (kTakenOne + kPendingOne)};
  }

  // With so many more, which are nobody's yet: taken until the record of it is durable.
  constexpr SlotWord with_more(std::uint32_t seats) const {
    return SlotWord{bits + seats * (kCapacityOne + kTakenOne + kPendingOne)};
  }

  // With another capacity and door, and no longer staff's.
  constexpr SlotWord changed_to(std::uint32_t capacity, bool close) const {
    const std::uint64_t kept = bits & ~((kSeatMask << kCapacityShift) | kClosed | kStaffBusy);
    return SlotWord{kept | (std::uint64_t{capacity} << kCapacityShift) | (close ? kClosed : 0)};
  }

  // What to subtract: a claim became durable; seats came back; a claim was undone unpublished.
  static constexpr std::uint64_t made_durable(std::uint32_t seats) { return seats * kPendingOne; }
  static constexpr std::uint64_t given_back(std::uint32_t seats) { return seats * kTakenOne; }
  static constexpr std::uint64_t undone(std::uint32_t seats) {
    return seats * (kTakenOne + kPendingOne);
  }
  // Likewise: seats that were added are durable, and free; seats that were taken to leave are gone.
  static constexpr std::uint64_t added(std::uint32_t seats) { return undone(seats); }
  static constexpr std::uint64_t gone_from_it(std::uint32_t seats) {
    return seats * (kCapacityOne + kTakenOne + kPendingOne);
  }
};
static_assert(sizeof(SlotWord) == 8);

}  // namespace janji::ledger
