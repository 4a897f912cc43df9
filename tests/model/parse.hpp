// Records as the model sees them: taken from bytes with no trust in whoever wrote them.
//
// This is deliberately not the engine's own decoder: two readings of one format find what one
// alone would hide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "record/entitlement_records.hpp"
#include "record/group_records.hpp"
#include "record/record.hpp"

namespace janji::model {

struct LaneRecord {
  LaneId lane;
  std::string key;
};

struct DayRecord {
  LaneId lane;
  Day day;
  std::vector<record::DaySlot> slots;
};

struct GroupClaimRecord {
  record::GroupClaim head;
  std::vector<record::NewMember> members;
};

struct GroupChangeRecord {
  record::GroupChange head;
  std::vector<std::uint64_t> members;  // ids
};

struct GroupMoveRecord {
  record::GroupMove head;
  std::vector<record::MovedMember> members;
};

struct GroupJoinRecord {
  record::GroupJoin head;
  std::vector<record::JoiningMember> members;
};

struct GroupPromoteRecord {
  record::GroupPromote head;
  std::vector<record::PromotedMember> members;
};

struct EligibleRecord {
  record::Eligible head;
  std::vector<ApplicantKey> added, removed;
};

using Parsed =
    std::variant<record::Epoch, LaneRecord, DayRecord, record::Claim, record::Confirm,
                 record::Cancel, record::Expire, record::Free, record::Tick, record::Archive,
                 record::Reschedule, record::Extend, record::Submit, record::Approve,
                 record::Refuse, record::CheckIn, record::Serve, record::Complete, record::NoShow,
                 record::Lapse, record::Slot, record::FallBack, record::Tranche, record::GiveBack,
                 record::Displace, record::Reinstate, GroupClaimRecord, GroupChangeRecord,
                 GroupMoveRecord, record::Reissue, record::Progress, record::Block,
                 record::ForgetBlock, record::Entitlement, EligibleRecord,
                 record::ForgetEntitlement, record::Join, record::Promote, record::Erase,
                 record::Catalogue, record::WalkIn, GroupJoinRecord, GroupPromoteRecord>;

// Either a record or the words of what is wrong with it.
std::variant<Parsed, std::string> parse(std::span<const std::byte> bytes);

}  // namespace janji::model
