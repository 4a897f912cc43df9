// The vocabulary of the engine: strong types instead of bare integers.
//
// Every type here is a trivially copyable value. Units stand last in names (`hold_ms`).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace janji {

// A distinct integer type: two strong types never mix, and neither mixes with a bare integer.
template <class Tag, class Rep>
struct Strong {
  using rep = Rep;
  Rep value{};

  constexpr Strong() = default;
  constexpr explicit Strong(Rep v) : value(v) {}
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
};

// Position of a record in the journal. Dense, from 1; 0 means "no record".
using Lsn = Strong<struct LsnTag, std::uint64_t>;

// Number of a lane: one (branch, service, pool). Given once, journalled, never reused.
// At most kMaxLanes.
using LaneId = Strong<struct LaneTag, std::uint32_t>;
inline constexpr std::uint32_t kMaxLanes = 1U << 24;

// A civil date in the branch's time zone, as days since 1970-01-01.
using Day = Strong<struct DayTag, std::int32_t>;

// Elapsed minutes since the local midnight that began the day (not the wall clock's minutes):
// an hour that daylight saving repeats has two values, one that it skips has none. Below 2048.
using Minute = Strong<struct MinuteTag, std::uint16_t>;

// Milliseconds of ledger time: for intervals only. Starts at the greatest durable value and
// advances with a monotonic clock that counts suspend. Never compare with civil time.
using LedgerTime = Strong<struct LedgerTimeTag, std::int64_t>;

// Milliseconds since the Unix epoch by the wall clock: for released, past and display. It may
// be corrected at any moment, so no interval is ever measured with it.
using CivilTime = Strong<struct CivilTimeTag, std::int64_t>;

// Within one scope an applicant has at most one active booking. 0 means: no such rule.
using ScopeId = Strong<struct ScopeTag, std::uint16_t>;
inline constexpr ScopeId kNoScope{};

// Names a booking for ever: over restarts, and never again for another booking, not even
// after a backup was restored (a random part is drawn at every start). 0 names nothing.
using BookingId = Strong<struct BookingTag, std::uint64_t>;

// Names an entitlement for ever, as a booking's id does. 0 names nothing.
using EntitlementId = Strong<struct EntitlementTag, std::uint64_t>;

// The number of a service: service_key() makes it of its id, since it is journalled. 0: none.
using ServiceKey = Strong<struct ServiceTag, std::uint32_t>;

// Names a slot for ever: lane, date and elapsed minute. Stable over restarts and catalogue
// edits. 0 names nothing.
struct SlotKey {
  std::uint64_t value{};

  static constexpr int kMinuteBits = 11;
  static constexpr int kDayBits = 20;

  constexpr SlotKey() = default;
  constexpr explicit SlotKey(std::uint64_t v) : value(v) {}
  constexpr SlotKey(LaneId lane, Day day, Minute minute)
      : value((static_cast<std::uint64_t>(lane.value + 1) << (kDayBits + kMinuteBits)) |
              ((static_cast<std::uint64_t>(static_cast<std::uint32_t>(day.value)) &
                ((1ULL << kDayBits) - 1))
               << kMinuteBits) |
              minute.value) {}

  constexpr LaneId lane() const {
    return LaneId{static_cast<std::uint32_t>(value >> (kDayBits + kMinuteBits)) - 1};
  }
  constexpr Day day() const {
    return Day{static_cast<std::int32_t>((value >> kMinuteBits) & ((1ULL << kDayBits) - 1))};
  }
  constexpr Minute minute() const {
    return Minute{static_cast<std::uint16_t>(value & ((1ULL << kMinuteBits) - 1))};
  }
  // False for every bit pattern that the three-part constructor can't have made.
  constexpr bool valid() const {
    const std::uint64_t lane = value >> (kDayBits + kMinuteBits);
    return lane >= 1 && lane <= kMaxLanes;
  }
  friend constexpr auto operator<=>(const SlotKey&, const SlotKey&) = default;
};

// 128 bits that the caller derives from an identity document by a keyed hash. The engine never
// sees the document. All zero is not a key.
struct ApplicantKey {
  std::uint64_t hi{};
  std::uint64_t lo{};
  constexpr bool empty() const { return (hi | lo) == 0; }
  friend constexpr auto operator<=>(const ApplicantKey&, const ApplicantKey&) = default;
};

// 128 bits that name one intent of one caller: the same id never acts twice. All zero means
// that the caller gives up that protection.
struct OperationId {
  std::uint64_t hi{};
  std::uint64_t lo{};
  constexpr bool empty() const { return (hi | lo) == 0; }
  friend constexpr auto operator<=>(const OperationId&, const OperationId&) = default;
};

// Who does something: a number that the caller gives each of its users of the engine (a portal's
// key, a member of staff). Journalled with every decision. 0: the applicant, or nobody in
// particular.
using ActorId = Strong<struct ActorTag, std::uint32_t>;

// A stage of what a service does after the visit (received, in process, ready, ...): a number that
// progress_id() makes of its name. 0: none.
using ProgressId = Strong<struct ProgressTag, std::uint32_t>;

// A share of a slot's capacity that is kept for someone.
enum class Pool : std::uint8_t { general = 0, priority = 1, employer = 2, kiosk = 3 };
inline constexpr int kPools = 4;

// Who may use a service. A set of these is a bit mask: 1 << category.
enum class Category : std::uint8_t { citizen = 0, foreigner = 1, employer = 2 };

// The life of a booking; docs/architecture.md has the diagram with the function of each edge.
enum class BookingState : std::uint8_t {
  none = 0,
  held = 1,
  awaiting = 2,
  confirmed = 3,
  checked_in = 4,
  completed = 5,
  no_show = 6,
  cancelled = 7,
  expired = 8,
  refused = 9,
  displaced = 10,
  waiting = 11,  // in a waitlist, see janji/waitlist.hpp: it has no seat yet
  group = 12,    // not a booking but the head of a group, see janji/group.hpp; always in this state
};

// Members of one group.
inline constexpr std::size_t kGroupMembersMax = 100;

// True for the states that keep a seat and count for "one active booking per scope".
constexpr bool is_active(BookingState s) {
  return s == BookingState::held || s == BookingState::awaiting || s == BookingState::confirmed ||
         s == BookingState::checked_in || s == BookingState::displaced;
}

// True for those that lead nowhere any more.
constexpr bool has_ended(BookingState s) {
  return s == BookingState::completed || s == BookingState::no_show ||
         s == BookingState::cancelled || s == BookingState::expired || s == BookingState::refused;
}

}  // namespace janji

template <class Tag, class Rep>
struct std::hash<janji::Strong<Tag, Rep>> {
  std::size_t operator()(const janji::Strong<Tag, Rep>& v) const noexcept {
    return std::hash<Rep>{}(v.value);
  }
};
template <>
struct std::hash<janji::SlotKey> {
  std::size_t operator()(const janji::SlotKey& v) const noexcept {
    return std::hash<std::uint64_t>{}(v.value);
  }
};
