// What a client wrote down of one call, from its first try to its final answer.
#pragma once

#include <cstdint>

#include <janji/booking.hpp>
#include <janji/decision.hpp>

namespace janji::model {

enum class Kind : std::uint8_t { claim, confirm, cancel, reschedule, act, find };

struct Call {
  Kind kind{};
  std::int64_t called_ns{};  // of one clock that all clients share
  std::int64_t returned_ns{};
  Lsn durable_before;  // read before the call
  Lsn durable_after;   // read after it
  OperationId operation;
  BookingId booking;                    // of all but a claim
  std::uint64_t payload{0};             // of all changes
  ActRequest act;                       // of an act
  SlotKey slot;                         // of a reschedule: where to
  ClaimRequest claim;                   // of a claim
  CivilTime civil_before, civil_after;  // when the wall clock matters
  Decision decision;                    // of all but find
  Booking found;                        // of a find that found something
};

}  // namespace janji::model
