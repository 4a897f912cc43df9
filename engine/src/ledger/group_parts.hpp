// Parts of the ledger that its files about groups share and nobody else sees.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <janji/group.hpp>

#include "ledger/decision_parts.hpp"
#include "record/group_records.hpp"

namespace janji::ledger {

// Seats that a group takes, in the order of their slots, and gives back if it gets too few.
class Ledger::GroupSeats {
 public:
  explicit GroupSeats(Ledger& ledger) noexcept : ledger_(ledger) {}
  ~GroupSeats() { undo(); }
  GroupSeats(const GroupSeats&) = delete;
  GroupSeats& operator=(const GroupSeats&) = delete;

  struct Taken {
    SlotKey slot;
    std::uint64_t index;
    std::uint32_t seats;
  };

  // decided: all seats of all parts are taken, or `code` says why none are.
  NewSeat take(LaneId lane, std::span<const GroupPart> parts, CivilTime civil) noexcept;
  // For those who wait, whose the free ones are, behind what was taken so far. False: there are
  // fewer in the slot by now, or staff is at it.
  bool take_free(SlotKey slot, std::uint64_t index, std::uint32_t seats) noexcept;
  // What was taken stays so: a record about it is published.
  void keep() noexcept { count_ = 0; }
  void undo() noexcept;

  std::span<const Taken> taken() const noexcept { return {taken_.data(), count_}; }
  // The slot of the n-th seat.
  const Taken& of_seat(std::size_t n) const noexcept;

 private:
  // What a scan of one part met, beside seats.
  struct Met {
    bool pending{false}, full{false}, late{false}, closed{false};
    Code missing{Code::ok};
  };
  std::uint32_t take_part(LaneId lane, const GroupPart& part, CivilTime civil, Met& met) noexcept;
  std::uint32_t take_slot(Day day, std::uint64_t index, std::uint32_t wanted, Met& met) noexcept;

  Ledger& ledger_;
  std::array<Taken, kGroupMembersMax> taken_;
  std::size_t count_{0};
};

// What a try of a group's claim knows.
struct Ledger::GroupPlan {
  const GroupClaimRequest& request;
  Patience& patience;
  CallerSlot& caller;
  const LaneRules& rules;
  std::uint64_t payload;
  std::uint64_t operation_hash;
  CivilTime civil;
  bool scoped;
  bool named;
  // Members by applicant key: the order in which they enter the index (hazard 9).
  std::array<std::uint16_t, kGroupMembersMax> by_key;
  std::uint32_t entitlement{kNothing};  // its cell, once units are taken
};

// The members of a group that one step is about, each marked busy, in the group's order; marked no
// longer when the scope is left, unless they were published.
class Ledger::BusyMembers {
 public:
  explicit BusyMembers(Ledger& ledger) noexcept : ledger_(ledger) {}
  ~BusyMembers() { unmark(); }
  BusyMembers(const BusyMembers&) = delete;
  BusyMembers& operator=(const BusyMembers&) = delete;

  struct One {
    Place place;
    BookingWord before;
  };
  // The head is marked. Marks those members whom a record of `step` would lead somewhere. False:
  // one of them is busy with another, and none is marked any more.
  bool mark(Place head, record::Type step) noexcept;
  // As they were before.
  void unmark() noexcept;
  // Another than this one, which isn't ours any more.
  void forget(std::size_t i) noexcept { ones_[i].place = record::kNoPlace; }
  void published() noexcept { count_ = 0; }

  std::span<const One> ones() const noexcept { return {ones_.data(), count_}; }
  // Whether a member that hasn't ended can't take the step; one has expired; and the last change of
  // any of them.
  bool some_cannot() const noexcept { return some_cannot_; }
  bool some_expired() const noexcept { return some_expired_; }
  Lsn last() const noexcept { return last_; }

 private:
  Ledger& ledger_;
  std::array<One, kGroupMembersMax> ones_;
  std::size_t count_{0};
  bool some_cannot_{false}, some_expired_{false};
  Lsn last_;
};

// Whether the parts are in order, each at least one seat in a day, and how many in all; 0: not so.
std::uint32_t seats_of(std::span<const GroupPart> parts) noexcept;

// The members in the order of their keys, in which they enter an index (hazard 9); false: one has
// none, or two have the same.
bool sort_by_key(std::span<const ApplicantKey> members, std::span<std::uint16_t> order) noexcept;

// The caller's hash of where a group wants to be.
std::uint64_t hash_of(LaneId lane, std::span<const GroupPart> parts) noexcept;

}  // namespace janji::ledger
