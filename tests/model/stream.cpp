#include "model/stream.hpp"

#include "record/booking_id.hpp"

namespace janji::model {

Bytes lane_record(std::uint32_t lane, std::string_view key) {
  Bytes tail((key.size() + 7) / 8 * 8);
  for (std::size_t at = 0; at < key.size(); ++at) tail[at] = static_cast<std::byte>(key[at]);
  record::Lane head{};
  head.lane = lane;
  head.key_size = static_cast<std::uint32_t>(key.size());
  return to_bytes(head, tail);
}

Bytes day_record(std::uint32_t lane, std::int32_t day, const std::vector<record::DaySlot>& slots) {
  record::Day head{};
  head.lane = lane;
  head.day = day;
  head.slots = static_cast<std::uint32_t>(slots.size());
  const auto* begin = reinterpret_cast<const std::byte*>(slots.data());
  return to_bytes(head, Bytes(begin, begin + slots.size() * sizeof(record::DaySlot)));
}

namespace sample {

record::Epoch epoch(std::uint64_t number) {
  record::Epoch epoch{};
  epoch.number = number;
  epoch.random = kEpochRandom;
  epoch.format = 1;
  epoch.ledger_ms = kOpened;
  epoch.grace_ms = 100;
  return epoch;
}

Bytes lane() {
  return lane_record(kLane.value, "office/passport/general");
}

Bytes day() {
  return day_record(kLane.value, kDay.value, {{540, 60, 2, 0}, {600, 60, 2, 0}, {660, 60, 2, 0}});
}

std::vector<Bytes> opening() {
  return {to_bytes(epoch()), lane(), day()};
}

BookingId id(std::uint32_t place, std::uint32_t generation) {
  return record::make_booking_id(place, generation, kEpochRandom);
}

record::Claim claim(std::uint32_t who) {
  record::Claim claim{};
  claim.booking = id(who).value;
  claim.slot = kNine.value;
  claim.applicant_lo = who + 1;
  claim.operation_lo = who + 1;
  claim.payload = 7;
  claim.decided_ms = 2000;
  claim.deadline_ms = 3000;
  claim.created_ms = 1'700'000'000'000;
  claim.seats = 1;
  claim.scope = 1;
  return claim;
}

record::Confirm confirm(std::uint32_t who, std::uint64_t operation) {
  record::Confirm confirm{};
  confirm.booking = id(who).value;
  confirm.operation_lo = operation;
  confirm.decided_ms = 2500;
  confirm.confirmed_ms = 1'700'000'000'500;
  return confirm;
}

record::Cancel cancel(std::uint32_t who, std::uint64_t operation) {
  record::Cancel cancel{};
  cancel.booking = id(who).value;
  cancel.operation_lo = operation;
  cancel.decided_ms = 2500;
  cancel.ended_ms = 1'700'000'000'500;
  return cancel;
}

record::Reschedule reschedule(std::uint32_t who, std::uint64_t operation) {
  record::Reschedule move{};
  move.booking = id(who).value;
  move.operation_lo = operation;
  move.from = kNine.value;
  move.slot = kEleven.value;
  move.decided_ms = 2500;
  move.moved_ms = 1'700'000'000'500;
  return move;
}

record::Expire expire(std::uint32_t who) {
  record::Expire expire{};
  expire.booking = id(who).value;
  expire.decided_ms = 3000;
  expire.ended_ms = 1'700'000'001'000;
  return expire;
}

record::Free free_place(std::uint32_t who) {
  record::Free free{};
  free.booking = id(who).value;
  return free;
}

}  // namespace sample
}  // namespace janji::model
