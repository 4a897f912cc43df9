// Erasure: the details of bookings that have ended are deleted for good.
//
// What was decided, when and by whom stays: bookings, counts, the journal with the salted hashes of
// the details (the salt goes with them), applicant keys, which are keyed hashes. An erasure is a
// record of its own, with who decided it and why.
//
// At once: nobody is told the details any more, and no later backup has them. Within
// Options::erase_within_ms: the files of the data directory have nothing of them either, wherever
// LMDB had left it (Engine::complete_erasures() does it now). Backups that were taken before have
// them for as long as they are kept, and what is restored from one has them again: erase again.
#pragma once

#include <cstdint>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janji {

// The details of one booking that has ended, or of a group all of whose members have. A member's
// are its group's, unless it was confirmed by itself.
struct EraseRequest {
  BookingId booking;        // or a group's id
  std::uint32_t reason{0};  // the portal's number of it
  ActorId actor{};
};

// Those of all bookings and groups for which everything that is set holds; something must be.
// Asking twice does no harm: what is erased stays erased.
struct EraseQuery {
  ApplicantKey applicant;   // of a group: who claimed it; empty: anybody
  CivilTime ended_before;   // of a group: its last member; 0: whenever
  std::uint32_t reason{0};  // as above
  ActorId actor{};
};

// Where a walk over all bookings stands, as a BookingCursor.
struct EraseCursor {
  std::uint32_t place{0};  // the next one to be looked at
  bool at_end{false};
};

// What became of a stretch of the walk.
struct ErasePage {
  Code code{Code::ok};      // why it stopped: read_only, overloaded, stopped, outcome_unknown,
                            // invalid_argument (nothing is set). ok: go on, if not at the end
  std::uint32_t erased{0};  // bookings and groups whose details went
  std::uint32_t active{0};  // that have details and haven't ended: they keep them
  Lsn lsn;                  // of the last one: tell it when that is durable
  std::uint64_t round{0};   // when set, somebody changes the next one: go on when it is complete
};

}  // namespace janji
