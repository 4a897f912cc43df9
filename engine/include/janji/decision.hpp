// What callers ask of the ledger, and what it answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janji {

// Takes `seats` places for one applicant: in the slot named, or, when `slot` is 0, in the
// earliest slot of `lane` from `first_day` to `last_day` (both included, at most 100 days) that
// has them, chosen and taken in one step.
//
// With `lanes`, in the earliest slot of theirs, of equal ones that of the lane named first: e.g. of
// all branches of a state. They must be of one service and pool, kLanesAtOnce at most; `lane`
// doesn't count then. Each has its own calendar, so a day is that of each branch's zone. Which
// lanes they are is no part of what is asked: a repeat may name others, for a catalogue may have
// got one.
struct ClaimRequest {
  SlotKey slot;
  LaneId lane;
  std::span<const LaneId> lanes{};
  Day first_day;
  Day last_day;
  std::uint16_t seats{1};
  Category category{Category::citizen};
  ApplicantKey applicant;        // not empty
  OperationId operation;         // empty: no protection against acting twice
  std::uint64_t payload{0};      // the caller's hash of whatever else stood in its request
  bool operation_is_new{false};  // the caller knows that it never sent this id before: a
                                 // refusal then skips the look-up of the id
  ActorId actor{};
};

inline constexpr std::size_t kLanesAtOnce = 256;

// Takes in somebody who is there and has no appointment: claims a seat for him, confirms it and
// checks him in, in one step. For trusted callers, at a counter.
//
// The lane must be of the pool `kiosk`. Of its slots those count in which he can be served now:
// today's, by the branch's clock, for which check-in has begun (ServiceRules::check_in_ms) and that
// aren't over. He gets `slot`, or, when that is 0, the earliest of `lane` that has room. All rules
// of a claim hold but its lead time, which is for those who have yet to come. Whoever waits for a
// slot is before him, until its lead time begins: from then on it is offered to nobody. A service
// that waits for payment or approval (ServiceRules::approval_ms) takes nobody in so.
//
// The day isn't part of what is asked: a repeat after midnight is the same request.
struct WalkInRequest {
  SlotKey slot;
  LaneId lane;
  std::uint16_t seats{1};
  Category category{Category::citizen};
  ApplicantKey applicant;              // not empty
  OperationId operation;               // empty: no protection against acting twice
  std::uint64_t payload{0};            // the caller's hash of whatever else stood in its request
  std::span<const std::byte> details;  // as in ConfirmRequest
  ActorId actor{};
};

// Under which of a booking's tokens its holder acts: its Booking::reissues when the token was
// looked at. If the token was issued anew since, the change isn't made, and waits for another look;
// staff, who needs no token, names none.
inline constexpr std::uint8_t kAnyIssue = 0xFF;

// Makes a hold permanent; or, if the service waits for payment or approval, takes the details and
// prolongs the hold to the deadline of that: the booking is `awaiting` then. `details` are opaque
// (sealed by the caller), at most kDetailsMax.
struct ConfirmRequest {
  BookingId booking;
  OperationId operation;
  std::uint64_t payload{0};
  std::span<const std::byte> details;
  ActorId actor{};
  std::uint8_t issue{kAnyIssue};
};
inline constexpr std::size_t kDetailsMax = 4096;

// Ends a held, awaiting or confirmed booking; its seats come back one commit later.
struct CancelRequest {
  BookingId booking;
  OperationId operation;
  std::uint64_t payload{0};
  ActorId actor{};
  std::uint8_t issue{kAnyIssue};
};

// Moves a held or confirmed booking to another slot of its service and pool. The seats are taken
// there before they are given back here; its reference, state and deadline stay.
struct RescheduleRequest {
  BookingId booking;
  SlotKey slot;
  OperationId operation;
  std::uint64_t payload{0};
  ActorId actor{};
  std::uint8_t issue{kAnyIssue};
};

// The steps of a booking that change nothing but itself.
enum class Act : std::uint8_t {
  extend,   // of its holder: a hold lasts for the service's hold time from now on, if that is later
  approve,  // awaiting -> confirmed: what it waited for has come
  refuse,   // awaiting -> refused: it won't come; `argument`: the portal's number of the reason
  check_in,  // confirmed -> checked_in; gives it the next queue number of its branch and day, and a
             // place in the hall until it is called
  serve,     // checked_in: called to a counter; `argument`: its number. Again to call once more
  complete,  // checked_in -> completed
  no_show,   // confirmed -> no_show, from its slot's start on
  reissue,   // whatever is active: what proves authority over it (a token) is issued anew, and the
             // old one is good for nothing; `argument`: the portal's number of the reason
  progress,  // checked in or completed: what its service does after the visit has come to a stage,
             // `argument`, which lies behind the one before; whoever has ended is kept from now on
};

// `branch`: the one that the caller may act for, an index of Catalogue::branches(); the booking
// must be for it. kAnyBranch: for all. It is no part of what is asked: a repeat may have another.
struct ActRequest {
  Act act{};
  BookingId booking{};
  OperationId operation{};
  std::uint64_t payload{0};
  std::uint32_t argument{0};  // 0 where the act has none
  std::uint32_t branch{kAnyBranch};
  ActorId actor{};
  std::uint8_t issue{kAnyIssue};
  static constexpr std::uint32_t kAnyBranch = ~0U;
};
inline constexpr std::uint32_t kServesMax = 3;    // how often one booking can be called
inline constexpr std::uint32_t kReissuesMax = 3;  // how often its token can be issued anew

static_assert(kReissuesMax < kAnyIssue);

// Calls the next one in a branch's waiting hall to a counter: of those who checked in there today
// and weren't called yet, the one with the least queue number. It is a `serve` of that booking,
// chosen and made in one step: whoever asks at the same time gets another one, and nobody is passed
// over.
struct NextRequest {
  static constexpr std::uint32_t kAnyService = ~0U;
  std::uint32_t branch{0};             // index of Catalogue::branches()
  std::uint32_t service{kAnyService};  // of Catalogue::services(): of these only
  std::uint32_t counter{0};
  OperationId operation{};
  std::uint64_t payload{0};
  ActorId actor{};
};

// A call to a counter, for a screen in the hall.
struct HallCall {
  std::uint32_t queue_number{0};
  std::uint32_t counter{0};
  CivilTime at{};
};

// What staff makes of one slot: whether it can be booked, and by how many. Bookings that it has
// stay; those in a slot that was closed become `displaced`, one by one, within moments, and whoever
// has one may move it to another slot, or cancel it; when the slot opens again they are `confirmed`
// as before. A slot with fewer seats than are taken takes nobody until enough are given back; one
// that gets fewer than it has loses what is kept back of it, too (Catalogue::kept_back).
//
// Under an operation id it is remembered until the slot's day is archived, also when the slot is so
// already: a late repeat doesn't undo what was changed since. All slots of a lane's day can be
// changed 1,024 times so, and 512 more times to be closed; then it is `changes_exceeded`. Those
// that don't close leave half of the entries that changes share to others
// (Options::operations_max).
struct SlotChangeRequest {
  enum class Doors : std::uint8_t { as_they_are, closed, open };
  SlotKey slot;
  Doors doors{Doors::as_they_are};
  std::uint16_t capacity{0};  // 0: as it is
  ActorId actor{};
  OperationId operation{};
  std::uint64_t payload{0};
};

enum class Verdict : std::uint8_t {
  granted,  // acknowledge when `lsn` is durable
  refused,  // final; acknowledge when `lsn` is durable (0: at once)
  wait,     // can't be said yet: ask again with the same Patience when `round` is complete
};

struct Decision {
  Verdict verdict{Verdict::refused};
  Code code{Code::ok};   // ok when granted
  bool replayed{false};  // granted before under the same operation id
  BookingId booking;     // when granted
  Lsn lsn;
  std::uint64_t round{0};       // when waiting
  EntitlementId entitlement{};  // when one was granted or changed
  std::uint32_t member{0};      // not_eligible: which of a group's members, the first such one
};

// What a block that was asked for and isn't decided yet waits for: the engine's own. Whoever was
// told to wait asks again, or the applicant hears `retry` for two seconds, and nothing changed.
struct BlockWait {
  std::uint64_t mark{0};  // 0: none was asked for
  std::uint64_t phase{0};
  std::uint32_t cell{0};
};

// How often and since when one request has looked. Make one per request and pass it to each try
// of it: after three looks, or 50 ms and two commits, `wait` becomes `refused` with `retry`.
struct Patience {
  int looks{0};
  std::int64_t since_ms{0};
  std::uint64_t since_round{0};
  BlockWait block{};
};

// Seats of one day of one lane. Not a promise: others may claim meanwhile.
struct DayAvailability {
  enum class Status : std::uint8_t { available, full, closed, unreleased, past };
  Day day;
  Status status{Status::closed};
  std::uint32_t free{0};
  std::uint32_t capacity{0};
};

struct SlotAvailability {
  SlotKey slot;
  std::uint16_t length_minutes{0};
  std::uint16_t capacity{0};
  std::uint16_t free{0};
  DayAvailability::Status status{DayAvailability::Status::closed};
  std::uint16_t later{0};  // neither free nor booked: given up, and to be claimed again later
  std::uint16_t kept{0};   // beside the capacity: kept back, see Catalogue::kept_back()
};

}  // namespace janji
