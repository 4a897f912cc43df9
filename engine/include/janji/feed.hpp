// The change feed: every decision as an event, in the order in which they were decided.
//
// Nothing of applicants is in it, no operation id and no details, so that it can be handed on: to
// a mirror, a notifier, an auditor.
#pragma once

#include <cstddef>
#include <cstdint>

#include <janji/types.hpp>

namespace janji {

// What happened. The numbers are stable: they are part of bindings.
enum class EventKind : std::uint8_t {
  none = 0,
  day_opened = 3,  // a lane's day got its slots
  claim = 4,
  confirm = 5,
  cancel = 6,
  expire = 7,         // a hold's, or a wait's, deadline passed
  free = 8,           // an ended booking is forgotten: its id answers no more
  day_archived = 10,  // a finished day's slots are gone
  reschedule = 11,
  extend = 12,
  submit = 13,  // details were given; payment or approval is waited for
  approve = 14,
  refuse = 15,
  check_in = 16,
  serve = 17,
  complete = 18,
  no_show = 19,
  lapse = 20,        // nobody said what became of a visit: ended by rule
  slot = 21,         // staff closed, opened or resized it
  displace = 22,     // the booking's slot was closed
  reinstate = 23,    // and is open again
  reissue = 24,      // the booking's token was issued anew; its state stays
  progress = 25,     // what its service does after the visit came to a stage; its state stays
  join = 26,         // in a waitlist: of a slot, or of several of a day
  promote = 27,      // seats that came free are held for whoever waited
  block = 48,        // some applicant, who isn't named, may claim nothing until a time
  lift = 49,         // and may again
  entitlement = 52,  // an entitlement was granted, or is another from now on; whose isn't said
  eligible = 53,     // applicants came onto its list or left it
  fall_back = 56,    // seats of a pool that nobody had are the general lane's: two events with one
                     // LSN, first that of the slot that lost them
  tranche = 57,      // seats of a slot that were kept back can be claimed
  catalogue = 62,    // the catalogue is another, and all slots were changed that this meant
  erase = 58,        // the details of a booking, or of a group, were erased; their states stay
  seats_back = 64,   // seats that were given up before, to come later, can be claimed again
  walk_in = 66,      // who had no appointment got a seat, was confirmed and checked in, all at once
};

// The kind's stable name, e.g. "check_in".
const char* to_string(EventKind kind) noexcept;

// One decision, or what one about a group is for one of its members: such a decision is as many
// events with one LSN, one behind the other, as it has members; a fall_back is one for each slot.
// What a field doesn't apply to, it is empty (zero) for.
//
// Who follows the feed from a booking's claim on knows it wholly: a claim, or a walk-in, names slot
// and seats, a promote or a reschedule the new slot, and all, like `state`, say how it is from here
// on, so that an event that is applied once more, or to a booking that was read later, does no harm
// in the end.
struct Event {
  Lsn lsn;
  EventKind kind{EventKind::none};
  // From here on. none: as it was (reissue, progress, erase), or confirmed if it was displaced
  // (reschedule); gone (free); or what it was leads to (lapse: from confirmed to no_show, from
  // checked_in to completed, from displaced to cancelled, from waiting to
  // expired).
  BookingState state{BookingState::none};
  std::uint16_t
      seats{};  // claim, walk_in, join, seats_back, tranche; fall_back: how many changed lanes
  BookingId booking;          // 0 for days, the catalogue, and when a group's details were erased
  EntitlementId entitlement;  // entitlement, eligible: which; claim, join: under which, if any
  BookingId group;            // whose member it is, when the decision was about the whole group;
                              // erase: whose details they were
  bool more{};                // the next event is of the same decision
  SlotKey slot;       // claim, walk_in, join, promote, reschedule: its slot from here on; slot,
                      // fall_back, tranche, seats_back: which
  SlotKey last_slot;  // join: he waits for any of those from `slot` to this one of the day;
                      // 0: for `slot` alone
  SlotKey from;       // reschedule: the slot that it left; its seats are free again,
                      // unless `later`. fall_back, the second event: whose they were
  bool later{};       // the seats that were given up come by a seats_back, and not before
  LaneId lane;        // day_opened, day_archived
  Day day;            // likewise
  std::uint32_t
      argument{};  // check_in, walk_in: queue number; serve: counter; refuse, reissue, block,
                   // lift, erase: reason; progress: its ProgressId; day_opened: how many
                   // slots (0: closed all day); slot, fall_back, tranche: its capacity
                   // from here on;
                   // entitlement: its quota; eligible: how many came and left
  bool closed{};   // slot: nobody can book it from here on
  ActorId actor;   // who decided; 0: the holder, or nobody (what is done by rule)
  LedgerTime decided_at;  // where the record has no time of its own, its round's
  LedgerTime deadline;    // claim, submit, extend, promote: until when it is held or waits.
                          // An opening of the engine may put it off
  CivilTime until;        // block: until when
  CivilTime civil_at;     // by the wall clock of then; 0 for days and free
};

// What Engine::read_feed() found.
struct FeedPage {
  std::size_t events{0};  // how many were filled in
  Lsn next;               // read on behind this: all events up to it were told
};

}  // namespace janji
