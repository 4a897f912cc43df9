// Journals written by hand, for the model's own tests and for tools: valid unless told otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <janji/types.hpp>

#include "record/record.hpp"

namespace janji::model {

using Bytes = std::vector<std::byte>;

// A record with its header filled in, followed by `tail`.
template <class R>
Bytes to_bytes(R head, const Bytes& tail = {}) {
  head.header =
      record::Header{R::kType, 0, static_cast<std::uint16_t>(sizeof head + tail.size()), 0};
  const auto* begin = reinterpret_cast<const std::byte*>(&head);
  Bytes bytes(begin, begin + sizeof head);
  bytes.insert(bytes.end(), tail.begin(), tail.end());
  return bytes;
}

Bytes lane_record(std::uint32_t lane, std::string_view key);
Bytes day_record(std::uint32_t lane, std::int32_t day, const std::vector<record::DaySlot>& slots);

// The one small office of the model's tests: lane 0, day 20000, three slots of 2 seats.
namespace sample {

inline constexpr LaneId kLane{0};
inline constexpr Day kDay{20000};
inline constexpr std::uint32_t kEpochRandom = 0xABCDE;
inline constexpr std::int64_t kOpened = 1000;  // ledger time
inline constexpr SlotKey kNine{kLane, kDay, Minute{540}};
inline constexpr SlotKey kTen{kLane, kDay, Minute{600}};
inline constexpr SlotKey kEleven{kLane, kDay, Minute{660}};

record::Epoch epoch(std::uint64_t number = 1);
Bytes lane();
Bytes day();
// Epoch, lane and day: what every stream starts with.
std::vector<Bytes> opening();

BookingId id(std::uint32_t place, std::uint32_t generation = 0);
// A claim of one seat at nine in scope 1 by applicant `who`, operation `who`, in place `who`;
// decided at 2000, held until 3000.
record::Claim claim(std::uint32_t who);
record::Confirm confirm(std::uint32_t who, std::uint64_t operation);  // decided at 2500
record::Cancel cancel(std::uint32_t who, std::uint64_t operation);    // decided at 2500
// From nine to eleven, decided at 2500.
record::Reschedule reschedule(std::uint32_t who, std::uint64_t operation);
record::Expire expire(std::uint32_t who);  // decided at 3000
record::Free free_place(std::uint32_t who);

}  // namespace sample
}  // namespace janji::model
