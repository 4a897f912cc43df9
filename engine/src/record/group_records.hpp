// Records about several bookings at once: a group and its members.
//
// A group is a booking's place of its own, its head, in state `group`: it has the group's operation
// ids, has no seats, and lives until the last member's place is free. Its members are bookings like
// any other, one seat each, which know their head.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <janji/types.hpp>

#include "record/booking_id.hpp"
#include "record/record.hpp"

namespace janji::record {

struct NewMember {
  std::uint64_t booking;
  std::uint64_t slot;
  std::uint64_t applicant_hi, applicant_lo;
};

struct GroupClaim {
  static constexpr Type kType = Type::group_claim;
  Header header;
  std::uint64_t booking;                     // of the head
  std::uint64_t applicant_hi, applicant_lo;  // who claims for all; may be a member or not
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t deadline_ms;
  std::int64_t created_ms;  // civil time
  std::uint32_t members;    // NewMembers that follow, at least one
  std::uint16_t scope;
  std::uint8_t category;
  std::uint8_t reserved;
  std::uint64_t entitlement;  // of the applicant's, of which each member takes a unit; 0: none
};

struct JoiningMember {
  std::uint64_t booking;
  std::uint64_t applicant_hi, applicant_lo;
};

// The group waits: its members are there, and take nothing but units.
struct GroupJoin {
  static constexpr Type kType = Type::group_join;
  Header header;
  std::uint64_t booking;                     // of the head
  std::uint64_t slot;                        // as in Join, for all members
  std::uint64_t applicant_hi, applicant_lo;  // as in GroupClaim
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t created_ms;  // civil time
  std::uint16_t members;    // JoiningMembers that follow, at least one
  std::uint16_t last;       // as in Join
  std::uint16_t scope;
  std::uint8_t category;
  std::uint8_t reserved;
  std::uint64_t entitlement;  // as in GroupClaim
};

struct PromotedMember {
  std::uint64_t booking;
  std::uint64_t slot;  // that they waited for, or one of those
};

// All members that still wait are held a seat, each in the slot that is named.
struct GroupPromote {
  static constexpr Type kType = Type::group_promote;
  Header header;
  std::uint64_t booking;
  std::int64_t decided_ms;
  std::int64_t deadline_ms;  // ledger time: until then the seats are held
  std::int64_t promoted_ms;  // civil time
  std::uint32_t members;     // PromotedMembers that follow
  std::uint32_t reserved;
};

// A step of the members that are named: what a record of type `step` would do to each of them by
// itself. `free`: the whole group is forgotten, and every member is named. `lapse`: it waited in
// vain; nobody asked for that, so the head remembers no operation.
struct GroupChange {
  static constexpr Type kType = Type::group_change;
  Header header;
  std::uint64_t booking;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t acted_ms;       // civil time
  std::int64_t deadline_ms;    // of an extend or a submit; else 0
  std::uint64_t details_hash;  // as in Confirm
  std::uint32_t details_size;  // of a confirm or a submit; of a refuse: the reason; of a cancel:
                               // kLeftWaitlist, if the members waited
  std::uint16_t members;       // ids that follow
  Type step;
  std::uint8_t reserved;
};

struct MovedMember {
  std::uint64_t booking;
  std::uint64_t from, slot;  // as in Reschedule
};

struct GroupMove {
  static constexpr Type kType = Type::group_move;
  Header header;
  std::uint64_t booking;
  std::uint64_t operation_hi, operation_lo;
  std::uint64_t payload;
  std::int64_t decided_ms;
  std::int64_t moved_ms;  // civil time
  std::uint32_t members;  // MovedMembers that follow
  std::uint32_t reserved;
};

static_assert(sizeof(NewMember) == 32 && sizeof(GroupClaim) == 96 && sizeof(GroupChange) == 80);
static_assert(sizeof(MovedMember) == 24 && sizeof(GroupMove) == 64);
static_assert(sizeof(JoiningMember) == 24 && sizeof(GroupJoin) == 96);
static_assert(sizeof(PromotedMember) == 16 && sizeof(GroupPromote) == 48);
static_assert(sizeof(GroupClaim) + kGroupMembersMax * sizeof(NewMember) <= kRecordMax);

// What a group's members can do together.
constexpr bool is_group_step(Type step) noexcept {
  switch (step) {
    case Type::confirm:
    case Type::submit:
    case Type::extend:
    case Type::approve:
    case Type::refuse:
    case Type::cancel:
    case Type::lapse:
    case Type::free: return true;
    default: return false;
  }
}

// What stands behind the fixed part: for records in place, as key_of() in visit.hpp.
inline std::span<const NewMember> members_of(const GroupClaim& claim) noexcept {
  return {reinterpret_cast<const NewMember*>(&claim + 1), claim.members};
}
inline std::span<const std::uint64_t> members_of(const GroupChange& change) noexcept {
  return {reinterpret_cast<const std::uint64_t*>(&change + 1), change.members};
}
inline std::span<const MovedMember> members_of(const GroupMove& move) noexcept {
  return {reinterpret_cast<const MovedMember*>(&move + 1), move.members};
}

inline std::span<const JoiningMember> members_of(const GroupJoin& join) noexcept {
  return {reinterpret_cast<const JoiningMember*>(&join + 1), join.members};
}
inline std::span<const PromotedMember> members_of(const GroupPromote& promote) noexcept {
  return {reinterpret_cast<const PromotedMember*>(&promote + 1), promote.members};
}

constexpr std::uint64_t id_of(const NewMember& member) noexcept {
  return member.booking;
}
constexpr std::uint64_t id_of(const MovedMember& member) noexcept {
  return member.booking;
}
constexpr std::uint64_t id_of(const JoiningMember& member) noexcept {
  return member.booking;
}
constexpr std::uint64_t id_of(const PromotedMember& member) noexcept {
  return member.booking;
}
constexpr std::uint64_t id_of(std::uint64_t member) noexcept {
  return member;
}

template <class R>
inline constexpr bool is_group_record = requires(const R& record) {
  members_of(record);
};

}  // namespace janji::record
