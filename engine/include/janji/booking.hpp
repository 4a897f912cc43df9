// What the engine knows of one booking, as a value copied at one moment.
#pragma once

#include <cstdint>

#include <janji/types.hpp>

namespace janji {

struct Booking {
  BookingId id;
  BookingId group;  // of which it is a member; 0: of none
  BookingState state{BookingState::none};
  std::uint16_t version{};  // 1 when claimed, one more for each change
  std::uint16_t seats{};
  Category category{Category::citizen};
  ScopeId scope;
  SlotKey slot;       // who waits for several: the first of them
  SlotKey last_slot;  // and the last one, of the same day; 0 for all others
  ApplicantKey applicant;
  CivilTime created_at;
  LedgerTime deadline;            // when held or awaiting: it is usable strictly before this
  CivilTime expires_at;           // likewise: the same moment by the wall clock of the look-up
  CivilTime submitted_at;         // 0 unless its details were given to wait for payment or approval
  CivilTime confirmed_at;         // 0 unless it was confirmed, or approved
  CivilTime checked_in_at;        // 0 unless the applicant checked in
  CivilTime served_at;            // 0 unless called to a counter: the last time
  CivilTime progress_at;          // 0 unless its service made progress with it: the last time
  CivilTime ended_at;             // 0 unless it has ended, in whatever way
  std::uint32_t queue_number{};   // from 1; 0 unless checked in
  std::uint32_t counter{};        // to which it was called last
  std::uint32_t refuse_reason{};  // when refused
  std::uint16_t extensions{};     // how often its hold was extended
  std::uint16_t moves{};          // how often it was moved to another slot
  std::uint8_t reissues{};        // how often its token was issued anew
  ProgressId progress;            // the stage that was reached last
  std::uint32_t details_size{};
  bool details_erased{};  // there were some
  Lsn lsn;                // of its last change: durable once the durable LSN reached it
};

}  // namespace janji
