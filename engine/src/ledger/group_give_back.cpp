// What comes back of groups after a commit: the writer's thread only.
#include "ledger/entitlement_parts.hpp"

namespace janji::ledger {

void Ledger::settle_claimed(SlotKey slot, std::uint32_t seats) noexcept {
  DayView view;
  const std::uint32_t i = live_slot(slot, view);
  settle_claimed(slot, view.first_slot + i, seats);
}

void Ledger::settle_seats(SlotKey slot, std::uint32_t seats) noexcept {
  DayView view;
  const std::uint32_t i = live_slot(slot, view);
  settle_seats(slot, view.first_slot + i, seats);
}

void Ledger::give_back_group(const record::GroupClaim& claim) noexcept {
  const auto members = record::members_of(claim);
  for (const record::NewMember& member : members) {
    settle_claimed(SlotKey{member.slot}, 1);
    wheel_.link(record::place_of(BookingId{member.booking}), claim.deadline_ms);
  }
  settle_group_units(EntitlementId{claim.entitlement}, claim.members);
  // relaxed: a statistic. The head has a place, too.
  counts_.in_use.store(counts_.in_use.load(std::memory_order_relaxed) + members.size() + 1,
                       std::memory_order_relaxed);
}

void Ledger::give_back_group(const record::GroupChange& change, std::uint32_t details) noexcept {
  if (details != kNothing) details_.give_back(details);
  for (const std::uint64_t member : record::members_of(change)) {
    const BookingId id{member};
    const Place place = record::place_of(id);
    if (change.step == record::Type::free) {
      free_booking(place, id);
      continue;
    }
    // relaxed: while the record was on its way nobody moved who ended with it; of the others the
    // slot is a hint here, as in give_back().
    const SlotKey slot{bookings_[place].slot.load(std::memory_order_relaxed)};
    DayView view;
    const std::uint64_t i = live_slot(slot, view);
    const std::uint64_t index = view.first_slot + i;
    switch (change.step) {
      case record::Type::cancel:
      case record::Type::lapse:
      case record::Type::refuse:
        end_at(place, id, index, LedgerTime{change.decided_ms}, true,
               (change.header.flags & record::Header::kLater) != 0);
        break;
      case record::Type::confirm:
      case record::Type::submit:
      case record::Type::approve:
        if (SlotWord{days_.word(index).load(std::memory_order_relaxed)}.closed()) {
          doors_changed_ = true;
        }
        break;
      default: break;
    }
  }
  if (change.step == record::Type::free) {
    const BookingId group{change.booking};
    free_booking(record::place_of(group), group);
  }
}

void Ledger::give_back_group(const record::GroupMove& move) noexcept {
  // First what they left: whoever no longer finds the new seats pending finds those free, or their
  // count raised (hazard 9).
  for (const record::MovedMember& member : record::members_of(move)) {
    const SlotKey from{member.from};
    DayView view;
    const std::uint32_t i = live_slot(from, view);
    give_up(from, view.first_slot + i, 1, (move.header.flags & record::Header::kLater) != 0);
  }
  for (const record::MovedMember& member : record::members_of(move)) {
    settle_claimed(SlotKey{member.slot}, 1);
    days_.count_booking(SlotKey{member.from}, -1);
  }
  settle_units(entitlement_of(bookings_[record::place_of(BookingId{move.booking})]), 1);
}

}  // namespace janji::ledger
