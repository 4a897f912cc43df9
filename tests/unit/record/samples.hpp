// Records for the tests of everything that stores or reads them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include <janji/catalogue.hpp>
#include <janji/types.hpp>

#include "record/booking_id.hpp"
#include "record/entitlement_records.hpp"
#include "record/group_records.hpp"
#include "record/image.hpp"
#include "record/record.hpp"

namespace janji::samples {

using Bytes = std::vector<std::byte>;

inline constexpr std::uint32_t kRandom = 0x5A5A5;  // of the first epoch
inline constexpr LaneId kLane{3};
inline constexpr Day kDay{20000};

template <class R>
R begin(std::size_t size = sizeof(R)) {
  R record{};
  record.header.type = R::kType;
  record.header.size = static_cast<std::uint16_t>(size);
  return record;
}

template <class R>
Bytes bytes_of(const R& record) {
  Bytes bytes(record.header.size);
  std::memcpy(bytes.data(), &record, sizeof record);
  return bytes;
}

inline record::Header header_of(const Bytes& bytes) {
  record::Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  return header;
}

inline record::Epoch epoch(std::uint64_t number, std::int64_t ledger_ms,
                           std::int64_t grace_ms = 0) {
  auto r = begin<record::Epoch>();
  r.number = number;
  r.random = kRandom + static_cast<std::uint32_t>(number) - 1;
  r.format = record::kFormat;
  r.ledger_ms = ledger_ms;
  r.grace_ms = grace_ms;
  r.civil_ms = 1'700'000'000'000 + ledger_ms;
  return r;
}

inline Bytes lane(LaneId id, std::string_view key) {
  const std::size_t size = sizeof(record::Lane) + (key.size() + 7) / 8 * 8;
  auto r = begin<record::Lane>(size);
  r.lane = id.value;
  r.key_size = static_cast<std::uint32_t>(key.size());
  Bytes bytes = bytes_of(r);
  std::memcpy(bytes.data() + sizeof r, key.data(), key.size());
  return bytes;
}

// `slots` slots of 20 minutes from 09:00 on.
inline Bytes day(LaneId lane_id, Day date, std::uint32_t slots, std::uint16_t capacity,
                 std::uint16_t kept = 0) {
  auto r = begin<record::Day>(sizeof(record::Day) + slots * sizeof(record::DaySlot));
  r.lane = lane_id.value;
  r.day = date.value;
  r.slots = slots;
  Bytes bytes = bytes_of(r);
  for (std::uint32_t i = 0; i < slots; ++i) {
    const record::DaySlot slot{static_cast<std::uint16_t>(540 + 20 * i), 20, capacity, kept};
    std::memcpy(bytes.data() + sizeof r + i * sizeof slot, &slot, sizeof slot);
  }
  return bytes;
}

inline SlotKey slot_key(std::uint32_t number = 0, LaneId lane_id = kLane, Day date = kDay) {
  return SlotKey{lane_id, date, Minute{static_cast<std::uint16_t>(540 + 20 * number)}};
}

inline BookingId booking_id(record::Place place, std::uint32_t generation = 0,
                            std::uint32_t random = kRandom) {
  return record::make_booking_id(place, generation, random);
}

inline record::Claim claim(BookingId id, SlotKey slot, std::int64_t decided_ms = 1000,
                           std::int64_t deadline_ms = 601'000) {
  auto r = begin<record::Claim>();
  r.booking = id.value;
  r.slot = slot.value;
  r.applicant_hi = id.value * 3;
  r.applicant_lo = 17;
  r.operation_hi = id.value * 5;
  r.operation_lo = 1;
  r.payload = id.value * 7;
  r.decided_ms = decided_ms;
  r.deadline_ms = deadline_ms;
  r.created_ms = 1'700'000'000'000 + decided_ms;
  r.seats = 1;
  r.scope = 9;
  r.category = static_cast<std::uint8_t>(Category::foreigner);
  return r;
}

inline record::WalkIn walk_in(BookingId id, SlotKey slot = slot_key(), std::uint32_t details = 0,
                              std::int64_t decided_ms = 1000) {
  auto r = begin<record::WalkIn>();
  r.booking = id.value;
  r.slot = slot.value;
  r.applicant_hi = id.value * 3;
  r.applicant_lo = 17;
  r.operation_hi = id.value * 5;
  r.operation_lo = 1;
  r.payload = id.value * 7;
  r.decided_ms = decided_ms;
  r.created_ms = 1'700'000'000'000 + decided_ms;
  r.details_hash = details == 0 ? 0 : id.value * 13;
  r.details_size = details;
  r.queue_number = 23;
  r.seats = 1;
  r.scope = 9;
  r.category = static_cast<std::uint8_t>(Category::foreigner);
  return r;
}

inline record::Join join(BookingId id, SlotKey slot, std::int64_t decided_ms = 900) {
  auto r = begin<record::Join>();
  r.booking = id.value;
  r.slot = slot.value;
  r.applicant_hi = id.value * 3;
  r.applicant_lo = 17;
  r.operation_hi = id.value * 5;
  r.operation_lo = 1;
  r.payload = id.value * 7;
  r.decided_ms = decided_ms;
  r.created_ms = 1'700'000'000'000 + decided_ms;
  r.seats = 1;
  r.scope = 9;
  r.category = static_cast<std::uint8_t>(Category::foreigner);
  return r;
}

inline record::Promote promote(BookingId id, SlotKey slot = slot_key(),
                               std::int64_t decided_ms = 950, std::int64_t deadline_ms = 601'000) {
  auto r = begin<record::Promote>();
  r.booking = id.value;
  r.slot = slot.value;
  r.decided_ms = decided_ms;
  r.deadline_ms = deadline_ms;
  r.promoted_ms = 1'700'000'000'000 + decided_ms;
  return r;
}

inline record::Confirm confirm(BookingId id, std::int64_t decided_ms = 2000,
                               std::uint32_t details_size = 0) {
  auto r = begin<record::Confirm>();
  r.booking = id.value;
  r.operation_hi = id.value * 5;
  r.operation_lo = 2;
  r.payload = id.value * 11;
  r.decided_ms = decided_ms;
  r.confirmed_ms = 1'700'000'000'000 + decided_ms;
  r.details_size = details_size;
  r.details_hash = details_size == 0 ? 0 : id.value * 13;
  return r;
}

inline record::Cancel cancel(BookingId id, std::int64_t decided_ms = 3000) {
  auto r = begin<record::Cancel>();
  r.booking = id.value;
  r.operation_hi = id.value * 5;
  r.operation_lo = 3;
  r.payload = id.value * 13;
  r.decided_ms = decided_ms;
  r.ended_ms = 1'700'000'000'000 + decided_ms;
  return r;
}

// From the first slot of samples::day() to the second.
inline record::Reschedule reschedule(BookingId id, SlotKey from = slot_key(0),
                                     SlotKey to = slot_key(1), std::int64_t decided_ms = 2500) {
  auto r = begin<record::Reschedule>();
  r.booking = id.value;
  r.operation_hi = id.value * 5;
  r.operation_lo = 4;
  r.payload = id.value * 17;
  r.from = from.value;
  r.slot = to.value;
  r.decided_ms = decided_ms;
  r.moved_ms = 1'700'000'000'000 + decided_ms;
  return r;
}

inline record::Extend extend(BookingId id, std::int64_t deadline_ms = 650'000,
                             std::int64_t decided_ms = 2100) {
  auto r = begin<record::Extend>();
  r.booking = id.value;
  r.operation_hi = id.value * 5;
  r.operation_lo = 5;
  r.payload = id.value * 19;
  r.decided_ms = decided_ms;
  r.acted_ms = 1'700'000'000'000 + decided_ms;
  r.deadline_ms = deadline_ms;
  return r;
}

inline record::Submit submit(BookingId id, std::int64_t deadline_ms = 700'000,
                             std::uint32_t details_size = 0, std::int64_t decided_ms = 2200) {
  auto r = begin<record::Submit>();
  r.booking = id.value;
  r.operation_hi = id.value * 5;
  r.operation_lo = 6;
  r.payload = id.value * 23;
  r.decided_ms = decided_ms;
  r.acted_ms = 1'700'000'000'000 + decided_ms;
  r.details_size = details_size;
  r.details_hash = details_size == 0 ? 0 : id.value * 13;
  r.deadline_ms = deadline_ms;
  return r;
}

template <class R>
R act(BookingId id, std::int64_t decided_ms = 2600) {
  auto r = begin<R>();
  r.booking = id.value;
  r.operation_hi = id.value * 5;
  r.operation_lo = 100 + static_cast<std::uint64_t>(R::kType);
  r.payload = id.value * 29;
  r.decided_ms = decided_ms;
  r.acted_ms = 1'700'000'000'000 + decided_ms;
  return r;
}

inline record::Progress progress(BookingId id, std::int64_t decided_ms = 2600,
                                 std::uint32_t stage = 77) {
  auto r = act<record::Progress>(id, decided_ms);
  r.operation_lo += stage;
  r.argument = stage;
  return r;
}

inline record::Lapse lapse(BookingId id, std::int64_t decided_ms = 9'000'000) {
  auto r = begin<record::Lapse>();
  r.booking = id.value;
  r.decided_ms = decided_ms;
  r.ended_ms = 1'700'000'000'000 + decided_ms;
  return r;
}

inline record::GiveBack give_back(SlotKey slot, std::uint32_t seats = 1,
                                  std::int64_t decided_ms = 2800) {
  auto r = begin<record::GiveBack>();
  r.slot = slot.value;
  r.decided_ms = decided_ms;
  r.returned_ms = 1'700'000'000'000 + decided_ms;
  r.seats = seats;
  return r;
}

inline record::Slot slot_change(SlotKey slot, std::uint32_t capacity, bool closed,
                                std::int64_t decided_ms = 2700) {
  auto r = begin<record::Slot>();
  r.slot = slot.value;
  r.decided_ms = decided_ms;
  r.changed_ms = 1'700'000'000'000 + decided_ms;
  r.capacity = capacity;
  r.closed = closed ? 1 : 0;
  return r;
}

inline record::Slot slot_change(SlotKey slot, std::uint32_t capacity, OperationId operation) {
  auto r = slot_change(slot, capacity, false);
  r.operation_hi = operation.hi;
  r.operation_lo = operation.lo;
  r.payload = 5;
  return r;
}

inline record::Catalogue catalogue(bool done, std::uint64_t digest = 77,
                                   std::int64_t decided_ms = 2700) {
  auto r = begin<record::Catalogue>();
  r.digest = digest;
  r.decided_ms = decided_ms;
  r.changed_ms = 1'700'000'000'000 + decided_ms;
  r.done = done ? 1 : 0;
  return r;
}

// From the pool of `from` to another lane's slot of the same hour; both have two seats.
inline record::FallBack fall_back(SlotKey from = slot_key(), LaneId to = LaneId{kLane.value + 1},
                                  std::uint16_t seats = 1, std::int64_t decided_ms = 2700) {
  auto r = begin<record::FallBack>();
  r.from = from.value;
  r.slot = SlotKey(to, from.day(), from.minute()).value;
  r.decided_ms = decided_ms;
  r.fell_ms = 1'700'000'000'000 + decided_ms;
  r.seats = seats;
  r.from_capacity = static_cast<std::uint16_t>(2 - seats);
  r.capacity = static_cast<std::uint16_t>(2 + seats);
  return r;
}

// To a slot of two seats, of as many that are kept back.
inline record::Tranche tranche(SlotKey slot = slot_key(), std::uint16_t seats = 1,
                               std::int64_t decided_ms = 2700) {
  auto r = begin<record::Tranche>();
  r.slot = slot.value;
  r.decided_ms = decided_ms;
  r.came_ms = 1'700'000'000'000 + decided_ms;
  r.seats = seats;
  r.capacity = static_cast<std::uint16_t>(2 + seats);
  r.kept = static_cast<std::uint16_t>(2 - seats);
  return r;
}

inline record::Block block(std::uint64_t who, std::int64_t until_ms, std::uint32_t cell = 0,
                           std::int64_t decided_ms = 2900) {
  auto r = begin<record::Block>();
  r.applicant_hi = 77;
  r.applicant_lo = who;
  r.operation_hi = 5;
  r.operation_lo = who;
  r.decided_ms = decided_ms;
  r.acted_ms = 1'700'000'000'000 + decided_ms;
  r.until_ms = until_ms;
  r.cell = cell;
  r.reason = 4;
  return r;
}

inline record::ForgetBlock forget_block(std::uint64_t who, std::uint32_t cell = 0,
                                        std::int64_t decided_ms = 3000) {
  auto r = begin<record::ForgetBlock>();
  r.applicant_hi = 77;
  r.applicant_lo = who;
  r.decided_ms = decided_ms;
  r.ended_ms = 1'700'000'000'000 + decided_ms;
  r.cell = cell;
  return r;
}

template <class R>
R turn(BookingId id, std::int64_t decided_ms = 2800) {
  auto r = begin<R>();
  r.booking = id.value;
  r.decided_ms = decided_ms;
  r.turned_ms = 1'700'000'000'000 + decided_ms;
  return r;
}

inline record::Expire expire(BookingId id, std::int64_t decided_ms = 601'000) {
  auto r = begin<record::Expire>();
  r.booking = id.value;
  r.decided_ms = decided_ms;
  r.ended_ms = 1'700'000'000'000 + decided_ms;
  return r;
}

inline record::Free free_place(BookingId id) {
  auto r = begin<record::Free>();
  r.booking = id.value;
  return r;
}

inline record::Tick tick(std::int64_t ledger_ms) {
  auto r = begin<record::Tick>();
  r.ledger_ms = ledger_ms;
  return r;
}

inline record::Archive archive(LaneId lane_id, Day date) {
  auto r = begin<record::Archive>();
  r.lane = lane_id.value;
  r.day = date.value;
  return r;
}

// In cell `cell`, granted by the first epoch; another change of it when `granted` is false.
inline EntitlementId entitlement_id(std::uint32_t cell, std::uint32_t generation = 0) {
  return record::make_entitlement_id(cell, generation, kRandom);
}
inline record::Entitlement entitlement(EntitlementId id, std::uint32_t quota, bool granted = true,
                                       std::int64_t decided_ms = 3100) {
  auto r = begin<record::Entitlement>();
  r.entitlement = id.value;
  r.holder_hi = 5;
  r.holder_lo = 6;
  r.operation_hi = 6;
  r.operation_lo = id.value;
  r.payload = 78;
  r.decided_ms = decided_ms;
  r.acted_ms = 1'700'000'000'000 + decided_ms;
  r.service = service_key("passport").value;
  r.quota = quota;
  r.from = kDay.value - 10;
  r.until = kDay.value + 100;
  r.granted = granted ? 1 : 0;
  return r;
}
inline Bytes eligible(EntitlementId id, const std::vector<ApplicantKey>& added,
                      const std::vector<ApplicantKey>& removed = {},
                      std::int64_t decided_ms = 3200) {
  const std::size_t many = added.size() + removed.size();
  auto r = begin<record::Eligible>(sizeof(record::Eligible) + many * sizeof(ApplicantKey));
  r.entitlement = id.value;
  r.operation_hi = 7;
  r.operation_lo = id.value;
  r.payload = 79;
  r.decided_ms = decided_ms;
  r.acted_ms = 1'700'000'000'000 + decided_ms;
  r.added = static_cast<std::uint32_t>(added.size());
  r.removed = static_cast<std::uint32_t>(removed.size());
  Bytes bytes(r.header.size);
  std::memcpy(bytes.data(), &r, sizeof r);
  std::size_t at = sizeof r;
  for (const auto* keys : {&added, &removed}) {
    for (const ApplicantKey& key : *keys) {
      std::memcpy(bytes.data() + at, &key, sizeof key);
      at += sizeof key;
    }
  }
  return bytes;
}
inline record::ForgetEntitlement forget_entitlement(EntitlementId id,
                                                    std::int64_t decided_ms = 3300) {
  auto r = begin<record::ForgetEntitlement>();
  r.entitlement = id.value;
  r.decided_ms = decided_ms;
  r.ended_ms = (std::int64_t{kDay.value} + 103) * 86'400'000;
  return r;
}

inline record::Erase erase(BookingId id, Lsn details, std::int64_t decided_ms = 3400,
                           bool is_group = false) {
  auto r = begin<record::Erase>();
  r.booking = id.value;
  r.details_lsn = details.value;
  r.decided_ms = decided_ms;
  r.acted_ms = 1'700'000'000'000 + decided_ms;
  r.reason = 5;
  r.is_group = is_group ? 1 : 0;
  return r;
}

// A record with what stands behind its fixed part.
template <class R, class Member>
Bytes with_members(R record, const std::vector<Member>& members) {
  record.members = static_cast<decltype(record.members)>(members.size());
  record.header.size = static_cast<std::uint16_t>(sizeof record + members.size() * sizeof(Member));
  Bytes bytes(sizeof record);
  std::memcpy(bytes.data(), &record, sizeof record);
  for (const Member& member : members) {
    std::array<std::byte, sizeof(Member)> one;
    std::memcpy(one.data(), &member, sizeof member);
    bytes.insert(bytes.end(), one.begin(), one.end());
  }
  return bytes;
}

// Two members behind the head, at the next places.
inline std::vector<std::uint64_t> member_ids(BookingId head) {
  return {head.value + 1, head.value + 2};
}

inline record::GroupClaim group_claim_head(BookingId head) {
  auto r = begin<record::GroupClaim>();
  r.booking = head.value;
  r.applicant_hi = 5;
  r.applicant_lo = 6;
  r.operation_hi = head.value * 3;
  r.operation_lo = 3;
  r.payload = 77;
  r.decided_ms = 1000;
  r.deadline_ms = 601'000;
  r.created_ms = 1'700'000'001'000;
  r.scope = 2;
  return r;
}

inline Bytes group_claim(BookingId head) {
  std::vector<record::NewMember> members;
  for (const std::uint64_t id : member_ids(head)) {
    members.push_back({id, slot_key().value, 8, id});
  }
  return with_members(group_claim_head(head), members);
}

inline record::GroupChange group_change_head(BookingId head, record::Type step) {
  auto r = begin<record::GroupChange>();
  r.booking = head.value;
  r.step = step;
  if (step == record::Type::free) return r;
  r.operation_hi = head.value * 3;
  r.operation_lo = 4 + static_cast<std::uint64_t>(step);
  r.payload = 78;
  r.decided_ms = 2000;
  r.acted_ms = 1'700'000'002'000;
  if (step == record::Type::extend || step == record::Type::submit) r.deadline_ms = 700'000;
  return r;
}

inline Bytes group_change(BookingId head, record::Type step) {
  return with_members(group_change_head(head, step), member_ids(head));
}

inline record::GroupMove group_move_head(BookingId head) {
  auto r = begin<record::GroupMove>();
  r.booking = head.value;
  r.operation_hi = head.value * 3;
  r.operation_lo = 99;
  r.payload = 79;
  r.decided_ms = 2100;
  r.moved_ms = 1'700'000'002'100;
  return r;
}

inline Bytes group_move(BookingId head) {
  std::vector<record::MovedMember> members;
  for (const std::uint64_t id : member_ids(head)) {
    members.push_back({id, slot_key().value, slot_key(1).value});
  }
  return with_members(group_move_head(head), members);
}

inline record::GroupJoin group_join_head(BookingId head, std::uint16_t last = 0) {
  auto r = begin<record::GroupJoin>();
  r.booking = head.value;
  r.slot = slot_key().value;
  r.applicant_hi = 5;
  r.applicant_lo = 6;
  r.operation_hi = head.value * 3;
  r.operation_lo = 5;
  r.payload = 80;
  r.decided_ms = 1000;
  r.created_ms = 1'700'000'001'000;
  r.scope = 2;
  r.last = last;
  return r;
}

inline Bytes group_join(BookingId head, std::uint16_t last = 0) {
  std::vector<record::JoiningMember> members;
  for (const std::uint64_t id : member_ids(head)) members.push_back({id, 8, id});
  return with_members(group_join_head(head, last), members);
}

inline record::GroupPromote group_promote_head(BookingId head) {
  auto r = begin<record::GroupPromote>();
  r.booking = head.value;
  r.decided_ms = 1500;
  r.deadline_ms = 601'000;
  r.promoted_ms = 1'700'000'001'500;
  return r;
}

// The first member gets a seat of one slot, the second of another.
inline Bytes group_promote(BookingId head, SlotKey first = slot_key(),
                           SlotKey second = slot_key()) {
  const auto ids = member_ids(head);
  const std::vector<record::PromotedMember> members{{ids[0], first.value}, {ids[1], second.value}};
  return with_members(group_promote_head(head), members);
}

// A waiting group leaves, or has waited in vain.
inline Bytes group_leaves(BookingId head, record::Type step) {
  auto r = group_change_head(head, step);
  if (step == record::Type::cancel) {
    r.details_size = record::kLeftWaitlist;
  } else {
    r.operation_hi = r.operation_lo = r.payload = 0;
  }
  return with_members(r, member_ids(head));
}

}  // namespace janji::samples
