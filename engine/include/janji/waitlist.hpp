// The waitlist: who wants a seat of a slot that is full, or of a day whose slots are.
#pragma once

#include <cstdint>
#include <span>

#include <janji/types.hpp>

namespace janji {

// Enters an applicant in a slot's waitlist, or, when `slot` is 0, in that of all slots of a day
// that start between two minutes of it and can still be claimed. He is a booking like any other,
// with an id, in the state `waiting`: it takes no seat, and doesn't count for "one active booking
// per scope". Of one who waits for several slots Booking::slot and Booking::last_slot say which;
// only one is left: he waits for that.
//
// Seats that come free while somebody waits are nobody else's: a claim hears slot_full. Of all who
// wait for their slot, by itself or among others, the first in the order of the joins' LSNs for
// whom what is free suffices is offered his seats, of several slots those of the earliest: his
// booking becomes `held` there, with a deadline (ServiceRules::offer_ms), and is confirmed,
// cancelled or expires as any hold; in the latter cases the next one is offered them. If seats are
// free when he joins, it is his turn at once.
//
// Whose turn comes while he has an active booking in the scope, or is blocked, is passed over: he
// waits no longer (`expired`). So is who gave up a seat in the same slot since he joined: it is
// never offered back to him; if he waits for others of the day too, he goes on waiting for these.
// Who hasn't been offered a seat by the time from which his slot, or the last of them, can't be
// claimed any more, has waited in vain (`expired`). To leave is to cancel.
//
// Nobody waits by himself for a service that only groups claim (ServiceRules::needs_entitlement).
struct JoinRequest {
  SlotKey slot;  // 0: any slot of the following
  LaneId lane;
  Day day;
  Minute from{0};                                  // that start then or later
  Minute until{(1U << SlotKey::kMinuteBits) - 1};  // and not later than that
  std::uint16_t seats{1};                          // all at once, or none
  Category category{Category::citizen};
  ApplicantKey applicant;    // not empty; once in a slot's waitlist, and once in a day's
  OperationId operation;     // empty: no protection against acting twice
  std::uint64_t payload{0};  // the caller's hash of whatever else stood in its request
  ActorId actor{};
};

// Enters several applicants as a group, whose members are bookings in the state `waiting`, each
// with one seat; nothing else is different about such a group (group.hpp). It waits in the same
// lines as everybody, as one, since its join. When what is free in its slots suffices for all
// members that still wait, they are held a seat each in one step, as if they had claimed those
// slots as a part: in the earliest as many as are free there, then on to the next. All that
// is said of an applicant above goes for each of them: if one has an active booking when their turn
// comes, or is blocked, or whoever joined for them is, the whole group is passed over; and a slot
// in which one of them gave up a seat since isn't offered to them any more. A member who cancels
// leaves the others waiting.
//
// A group that names an entitlement takes a unit of it for each member when it joins, as a claim
// would, and keeps them while it waits: no offer can fail for want of units. A member that leaves,
// or waits in vain, gives its unit back; from the offer on all is as if it had claimed. What staff
// changes of the entitlement meanwhile leaves those who wait alone, as it leaves what was booked.
struct GroupJoinRequest {
  SlotKey slot;  // as in JoinRequest, up to `until`
  LaneId lane;
  Day day;
  Minute from{0};
  Minute until{(1U << SlotKey::kMinuteBits) - 1};
  std::span<const ApplicantKey> members;  // as in GroupClaimRequest; each as a JoinRequest's
  ApplicantKey applicant;                 // who joins for them: one of them or not; not empty
  EntitlementId entitlement{};  // as in GroupClaimRequest; for the date of its slots; 0: none
  Category category{Category::citizen};
  OperationId operation;
  std::uint64_t payload{0};
  ActorId actor{};
};

}  // namespace janji
