// What the engine knows of one booking, as a value copied at one moment.
#pragma once

#include <cstdint>

#include <janji/types.hpp>

namespace janji {

struct Booking {
  BookingId id;
  BookingState state{BookingState::none};
  std::uint16_t version{};  // 1 when claimed, one more for each change
  std::uint16_t seats{};
  Category category{Category::citizen};
  ScopeId scope;
  SlotKey slot;
  ApplicantKey applicant;
  CivilTime created_at;
  LedgerTime deadline;     // when held: the hold is usable strictly before this
  CivilTime expires_at;    // when held: the same moment by the wall clock of the look-up
  CivilTime confirmed_at;  // 0 unless it was confirmed
  CivilTime ended_at;      // 0 unless cancelled or expired
  std::uint32_t details_size{};
  Lsn lsn;  // of its last change: durable once the durable LSN reached it
};

}  // namespace janji
