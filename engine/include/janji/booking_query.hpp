// Which bookings somebody wants to see, and where a page of them ends.
#pragma once

#include <cstddef>
#include <cstdint>

#include <janji/types.hpp>

namespace janji {

// Everything that is set must hold; nothing set: all bookings there are, ended ones within their
// retention too.
struct BookingQuery {
  static constexpr std::uint32_t kAny = ~0U;

  SlotKey slot;                 // 0: any
  std::uint32_t branch{kAny};   // index in Catalogue::branches()
  std::uint32_t service{kAny};  // index in Catalogue::services()
  Day first_day{INT32_MIN};     // of the slot, both included
  Day last_day{INT32_MAX};
  std::uint32_t states{~0U};  // set of state_bit()
  ApplicantKey applicant;     // empty: any
  ProgressId progress;        // 0: any
};

constexpr std::uint32_t state_bit(BookingState state) {
  return 1U << static_cast<unsigned>(state);
}

// Those that keep a seat.
inline constexpr std::uint32_t kActiveStates =
    state_bit(BookingState::held) | state_bit(BookingState::awaiting) |
    state_bit(BookingState::confirmed) | state_bit(BookingState::checked_in) |
    state_bit(BookingState::displaced);

// Where a walk over all bookings stands. A booking keeps its place for as long as it is there, so
// a walk in pages meets each booking that was there all the time once, whatever is claimed,
// changed or moved meanwhile; one that is made or freed meanwhile may be met or not.
struct BookingCursor {
  std::uint32_t place{0};  // the next one to be looked at
  bool at_end{false};
};

}  // namespace janji
