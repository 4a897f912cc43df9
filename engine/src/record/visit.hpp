// From a record's bytes to its struct.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include <janji/check.hpp>

#include "record/entitlement_records.hpp"
#include "record/group_records.hpp"
#include "record/record.hpp"

namespace janji::record {

// What stands behind the fixed part of a Lane or a Day. Only for records in place, in bytes that
// passed check_record(); never for a copy of the struct alone.
inline std::string_view key_of(const Lane& lane) noexcept {
  return {reinterpret_cast<const char*>(&lane + 1), lane.key_size};
}
inline std::span<const DaySlot> slots_of(const Day& day) noexcept {
  return {reinterpret_cast<const DaySlot*>(&day + 1), day.slots};
}

// Calls `visitor` with the record as its own type, and returns what it returns. `header` begins a
// whole record that passed check_record() and is aligned to 8 bytes.
template <class Visitor>
decltype(auto) visit_record(const Header& header, Visitor&& visitor) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  switch (header.type) {
    case Type::epoch: return visitor(as<Epoch>(bytes));
    case Type::lane: return visitor(as<Lane>(bytes));
    case Type::day: return visitor(as<Day>(bytes));
    case Type::claim: return visitor(as<Claim>(bytes));
    case Type::confirm: return visitor(as<Confirm>(bytes));
    case Type::cancel: return visitor(as<Cancel>(bytes));
    case Type::expire: return visitor(as<Expire>(bytes));
    case Type::free: return visitor(as<Free>(bytes));
    case Type::tick: return visitor(as<Tick>(bytes));
    case Type::archive: return visitor(as<Archive>(bytes));
    case Type::reschedule: return visitor(as<Reschedule>(bytes));
    case Type::extend: return visitor(as<Extend>(bytes));
    case Type::submit: return visitor(as<Submit>(bytes));
    case Type::approve: return visitor(as<Approve>(bytes));
    case Type::refuse: return visitor(as<Refuse>(bytes));
    case Type::check_in: return visitor(as<CheckIn>(bytes));
    case Type::serve: return visitor(as<Serve>(bytes));
    case Type::complete: return visitor(as<Complete>(bytes));
    case Type::no_show: return visitor(as<NoShow>(bytes));
    case Type::lapse: return visitor(as<Lapse>(bytes));
    case Type::slot: return visitor(as<Slot>(bytes));
    case Type::fall_back: return visitor(as<FallBack>(bytes));
    case Type::tranche: return visitor(as<Tranche>(bytes));
    case Type::displace: return visitor(as<Displace>(bytes));
    case Type::reinstate: return visitor(as<Reinstate>(bytes));
    case Type::reissue: return visitor(as<Reissue>(bytes));
    case Type::progress: return visitor(as<Progress>(bytes));
    case Type::join: return visitor(as<Join>(bytes));
    case Type::promote: return visitor(as<Promote>(bytes));
    case Type::group_claim: return visitor(as<GroupClaim>(bytes));
    case Type::group_change: return visitor(as<GroupChange>(bytes));
    case Type::group_move: return visitor(as<GroupMove>(bytes));
    case Type::group_join: return visitor(as<GroupJoin>(bytes));
    case Type::group_promote: return visitor(as<GroupPromote>(bytes));
    case Type::block: return visitor(as<Block>(bytes));
    case Type::forget_block: return visitor(as<ForgetBlock>(bytes));
    case Type::entitlement: return visitor(as<Entitlement>(bytes));
    case Type::eligible: return visitor(as<Eligible>(bytes));
    case Type::forget_entitlement: return visitor(as<ForgetEntitlement>(bytes));
    case Type::give_back: return visitor(as<GiveBack>(bytes));
    case Type::erase: return visitor(as<Erase>(bytes));
    case Type::catalogue: return visitor(as<Catalogue>(bytes));
    case Type::walk_in: return visitor(as<WalkIn>(bytes));
    case Type::none: break;
  }
  check_failed("a record of a known type", __FILE__, __LINE__);
}

}  // namespace janji::record
