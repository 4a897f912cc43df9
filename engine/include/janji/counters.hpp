// What the engine has done since it was opened.
#pragma once

#include <cstdint>

#include <janji/types.hpp>

namespace janji {

// Counters since open; each only grows, but for bookings_in_use, bookings_in_days, waiting,
// seats_later, days_kept and erasure_pending_ms, which say how it is. A snapshot is not one moment
// in time.
struct Counters {
  std::uint64_t claims{0}, confirms{0}, cancels{0}, reschedules{0}, acts{0}, expiries{0};
  std::uint64_t walk_ins{0};
  std::uint64_t lapses{0};  // visits that nobody ended, and that ended by rule; waits in vain, too
  std::uint64_t erasures{0};     // bookings and groups whose details were erased
  std::uint64_t compactions{0};  // how often the files were written anew, to complete erasures
  std::int64_t erasure_pending_ms{0};     // how long the oldest that isn't complete has waited
  std::uint64_t joins{0}, promotions{0};  // of waitlists: who joined, and who was offered seats
  std::uint64_t seats_fallen_back{0};     // of pools, to their general lanes
  std::uint64_t seats_released{0};        // that were kept back
  std::uint64_t replays{0}, refusals{0};
  std::uint64_t retries{0}, waits{0}, commits{0}, records{0};
  Lsn durable, applied;
  std::uint64_t bookings_in_use{0};
  // Likewise, but as they were counted day by day, by which a finished one is archived: those that
  // are a group's whole lie in none.
  std::uint64_t bookings_in_days{0};
  std::uint64_t waiting{0};
  std::uint64_t seats_later{0};  // given up, and to be claimed again later
  std::uint64_t days_opened{0};
  std::uint64_t days_not_opened{0};  // due, but a table is full: see Engine::last_problem()
  std::uint64_t days_archived{0};
  // Past ones that Options::archive_after_ms lets go, but bookings in them haven't ended, or did
  // less than retention_ms ago. As of the last look, once a minute.
  std::uint64_t days_kept{0};
};

}  // namespace janji
