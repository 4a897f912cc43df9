// A booking as it is kept in the state, and as recovery builds it: the meaning of a booking's
// records so far, in plain bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <janji/types.hpp>

namespace janji::record {

// An operation that was granted on a booking after its claim.
struct OperationImage {
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::uint64_t lsn;
  std::uint64_t details_hash;  // confirm only
  std::int64_t at_ms;          // civil time
  std::uint32_t details_size;  // confirm only
  std::uint8_t type;           // record::Type
  std::uint8_t reserved[3];
};
static_assert(sizeof(OperationImage) == 56);

// Confirm, cancel and as many reschedules as a service may allow: see ledger/reschedule.cpp.
inline constexpr std::size_t kOperationsPerBooking = 4;

struct BookingImage {
  std::uint64_t booking;  // 0: the place is free; then only `generation` counts
  std::uint64_t slot;
  std::uint64_t applicant_hi, applicant_lo;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t ledger_ms;   // held: the deadline; ended: when it ended; else of no meaning
  std::int64_t created_ms;  // civil time
  std::int64_t ended_ms;    // civil time; 0 while active
  std::uint64_t lsn;        // of the last change
  std::uint16_t seats;
  std::uint16_t scope;
  std::uint8_t category;
  std::uint8_t state;  // BookingState
  std::uint16_t version;
  std::uint32_t generation;  // of the place: how often it was freed
  std::uint32_t operations;  // how many of the next are used
  std::array<OperationImage, kOperationsPerBooking> operation;
};
static_assert(sizeof(BookingImage) == 11 * 8 + 16 + kOperationsPerBooking * 56);
static_assert(std::is_trivially_copyable_v<BookingImage>);

}  // namespace janji::record
