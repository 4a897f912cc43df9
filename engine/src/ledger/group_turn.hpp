// A waiting group's turn: the writer's thread only.
#pragma once

#include <array>
#include <cstdint>

#include "ledger/group_parts.hpp"

namespace janji::ledger {

// Problem: a group takes seats of several slots, or none, when it is its turn in one of them, and
// overtakes nobody in any.
// Operation: of the slot that is looked at it may take what is free there, as anybody whose turn it
// is; of its others what the last look at each left, of which everybody who waits there was
// asked. Where a look is due that is nothing, unless it is first there: its turn comes again with
// that look.
class Ledger::GroupTurn {
 public:
  GroupTurn(Ledger& ledger, Place head) noexcept : ledger_(ledger), head_(head), members_(ledger) {}

  // It stands in the line of the slot, of whose seats so many are free. As take_turn().
  Turn take(std::uint64_t slot_index, std::uint32_t free, HandOut& round) noexcept;
  // None of its slots can be claimed any more, by this clock.
  bool waits_in_vain(CivilTime civil) const noexcept;
  // Then it waits no longer, unless somebody changes it just now.
  void give_up(LedgerTime now) noexcept;

 private:
  // Slots of its span, in their order, and how many seats it may take in each.
  struct Usable {
    std::uint64_t index;
    std::uint32_t seats;
  };

  // Only groups under an entitlement claim there by now, and it joined under none.
  bool is_shut_out() const noexcept;
  std::uint32_t look_for_seats(std::uint64_t slot_index, std::uint32_t free, std::uint32_t wanted,
                               CivilTime civil) noexcept;
  // Marks head and members. False: one of them is being changed, and nothing is marked.
  bool mark() noexcept;
  Turn unmark(Turn turn) noexcept;
  ApplicantKey applicant_of(Place place) const noexcept;
  // ok: its turn is on; retry: that isn't known yet; else why the group is passed over.
  Code why_passed(CivilTime civil) const noexcept;
  Turn offer(std::uint64_t slot_index, const HandOut& round) noexcept;
  bool enter_applicants(Turn& turn) noexcept;
  void publish_offer(const GroupSeats& seats, std::uint64_t slot_index,
                     const HandOut& round) noexcept;
  void lapse(LedgerTime now) noexcept;
  template <class Settle>
  void publish(std::uint32_t block, BookingState to, Settle&& settle) noexcept;

  Ledger& ledger_;
  const Place head_;
  BookingWord before_{};  // the head's, once it is marked
  BusyMembers members_;
  std::array<Usable, kGroupMembersMax> usable_;
  std::size_t usables_{0};
};

}  // namespace janji::ledger
