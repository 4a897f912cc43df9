// The checks of records about groups.
#include <limits>

#include "record/group_records.hpp"
#include "record/image.hpp"
#include "record/record_rules.hpp"

namespace janji::record {
namespace {

// Of a record about a group: whether it is as long as its members make it.
template <class R, class Member>
Rules sized_group(const char* name, Bytes bytes, std::uint32_t R::*many) {
  Rules rules;
  const std::string size = std::string(name) + ".size";
  rules.within(size.c_str(), static_cast<std::int64_t>(bytes.size()), sizeof(R), kRecordMax);
  if (!rules.fine()) return rules;
  const std::uint32_t members = load<R>(bytes).*many;
  rules.within((std::string(name) + ".members").c_str(), members, 1, kGroupMembersMax);
  if (!rules.fine()) return rules;
  return sized<R>(size.c_str(), bytes, members * sizeof(Member));
}

}  // namespace

Status check_group_claim(Bytes bytes) {
  Rules rules = sized_group<GroupClaim, NewMember>("group_claim", bytes, &GroupClaim::members);
  if (!rules.fine()) return rules.status();
  const auto claim = load<GroupClaim>(bytes);
  rules.holds(claim.booking != 0, "group_claim.booking is 0: names nothing")
      .holds((claim.applicant_hi | claim.applicant_lo) != 0, "group_claim.applicant is empty")
      .within("group_claim.decided_ms", claim.decided_ms, 0, kLedgerMsMax)
      .within("group_claim.deadline_ms", claim.deadline_ms, 1, kLedgerMsMax)
      .holds(claim.deadline_ms > claim.decided_ms, "group_claim.deadline_ms: not after decided_ms")
      .civil("group_claim.created_ms", claim.created_ms)
      .within("group_claim.category", claim.category, 0, kCategoryMax)
      .zero("group_claim.reserved", claim.reserved);
  for (std::uint32_t i = 0; i < claim.members && rules.fine(); ++i) {
    const auto member = load<NewMember>(bytes.subspan(sizeof(GroupClaim) + i * sizeof(NewMember)));
    rules
        .holds(member.booking != 0 && member.booking != claim.booking,
               "group_claim.member.booking names nothing, or the group")
        .holds(SlotKey{member.slot}.valid(), "group_claim.member.slot names no slot")
        .holds((member.applicant_hi | member.applicant_lo) != 0,
               "group_claim.member.applicant is empty");
  }
  return rules.status();
}

Status check_group_change(Bytes bytes) {
  Rules rules;
  rules.within("group_change.size", static_cast<std::int64_t>(bytes.size()), sizeof(GroupChange),
               kRecordMax);
  if (!rules.fine()) return rules.status();
  const auto change = load<GroupChange>(bytes);
  rules.within("group_change.members", change.members, 1, kGroupMembersMax);
  if (!rules.fine()) return rules.status();
  rules = sized<GroupChange>("group_change.size", bytes, change.members * sizeof(std::uint64_t));
  if (!rules.fine()) return rules.status();
  const bool prolongs = change.step == Type::extend || change.step == Type::submit;
  const std::int64_t said_max = brings_details(change.step)   ? std::int64_t{kDetailsBytesMax}
                                : change.step == Type::cancel ? std::int64_t{kLeftWaitlist}
                                : change.step == Type::refuse
                                    ? std::int64_t{std::numeric_limits<std::uint32_t>::max()}
                                    : 0;
  rules.holds(change.booking != 0, "group_change.booking is 0: names nothing")
      .holds(is_group_step(change.step), "group_change.step: nothing that a group does")
      .within("group_change.decided_ms", change.decided_ms, 0, kLedgerMsMax)
      .civil("group_change.acted_ms", change.acted_ms)
      .within("group_change.deadline_ms", change.deadline_ms, 0, prolongs ? kLedgerMsMax : 0)
      .holds(!prolongs || change.deadline_ms > change.decided_ms,
             "group_change.deadline_ms: not after decided_ms")
      .within("group_change.details_size", change.details_size, 0, said_max)
      .holds(change.details_hash == 0 || (brings_details(change.step) && change.details_size != 0),
             "group_change.details_hash: set, though there are no details")
      .holds(change.header.flags == 0 || change.step == Type::cancel || change.step == Type::refuse,
             "group_change.header.flags: seats come later that nobody gave up")
      .holds(change.step != Type::lapse || (change.header.actor | change.operation_hi |
                                            change.operation_lo | change.payload) == 0,
             "group_change: somebody asked for a lapse")
      .zero("group_change.reserved", change.reserved);
  for (std::uint32_t i = 0; i < change.members && rules.fine(); ++i) {
    const auto member = load<std::uint64_t>(bytes.subspan(sizeof(GroupChange) + i * 8));
    rules.holds(member != 0 && member != change.booking,
                "group_change.member names nothing, or the group");
  }
  return rules.status();
}

Status check_group_move(Bytes bytes) {
  Rules rules = sized_group<GroupMove, MovedMember>("group_move", bytes, &GroupMove::members);
  if (!rules.fine()) return rules.status();
  const auto move = load<GroupMove>(bytes);
  rules.holds(move.booking != 0, "group_move.booking is 0: names nothing")
      .within("group_move.decided_ms", move.decided_ms, 0, kLedgerMsMax)
      .civil("group_move.moved_ms", move.moved_ms)
      .zero("group_move.reserved", move.reserved);
  for (std::uint32_t i = 0; i < move.members && rules.fine(); ++i) {
    const auto member =
        load<MovedMember>(bytes.subspan(sizeof(GroupMove) + i * sizeof(MovedMember)));
    rules
        .holds(member.booking != 0 && member.booking != move.booking,
               "group_move.member.booking names nothing, or the group")
        .holds(SlotKey{member.from}.valid(), "group_move.member.from names no slot")
        .holds(SlotKey{member.slot}.valid(), "group_move.member.slot names no slot")
        .holds(member.slot != member.from, "group_move.member.slot is the one that it left");
  }
  return rules.status();
}

Status check_group_join(Bytes bytes) {
  Rules rules;
  rules.within("group_join.size", static_cast<std::int64_t>(bytes.size()), sizeof(GroupJoin),
               kRecordMax);
  if (!rules.fine()) return rules.status();
  const auto join = load<GroupJoin>(bytes);
  rules.within("group_join.members", join.members, 1, kGroupMembersMax);
  if (!rules.fine()) return rules.status();
  rules = sized<GroupJoin>("group_join.size", bytes, join.members * sizeof(JoiningMember));
  if (!rules.fine()) return rules.status();
  rules.holds(join.booking != 0, "group_join.booking is 0: names nothing")
      .holds(SlotKey{join.slot}.valid(), "group_join.slot: not a slot's key")
      .holds((join.applicant_hi | join.applicant_lo) != 0, "group_join.applicant is empty")
      .within("group_join.decided_ms", join.decided_ms, 0, kLedgerMsMax)
      .civil("group_join.created_ms", join.created_ms)
      .within("group_join.category", join.category, 0, kCategoryMax)
      .within("group_join.last", join.last, 0, kMinuteMax)
      .holds(join.last == 0 || join.last > SlotKey{join.slot}.minute().value,
             "group_join.last: not after the minute of group_join.slot")
      .zero("group_join.reserved", join.reserved);
  for (std::uint32_t i = 0; i < join.members && rules.fine(); ++i) {
    const auto member =
        load<JoiningMember>(bytes.subspan(sizeof(GroupJoin) + i * sizeof(JoiningMember)));
    rules
        .holds(member.booking != 0 && member.booking != join.booking,
               "group_join.member.booking names nothing, or the group")
        .holds((member.applicant_hi | member.applicant_lo) != 0,
               "group_join.member.applicant is empty");
  }
  return rules.status();
}

Status check_group_promote(Bytes bytes) {
  Rules rules =
      sized_group<GroupPromote, PromotedMember>("group_promote", bytes, &GroupPromote::members);
  if (!rules.fine()) return rules.status();
  const auto promote = load<GroupPromote>(bytes);
  rules.holds(promote.booking != 0, "group_promote.booking is 0: names nothing")
      .within("group_promote.decided_ms", promote.decided_ms, 0, kLedgerMsMax)
      .within("group_promote.deadline_ms", promote.deadline_ms, 1, kLedgerMsMax)
      .holds(promote.deadline_ms > promote.decided_ms,
             "group_promote.deadline_ms: not after decided_ms")
      .civil("group_promote.promoted_ms", promote.promoted_ms)
      .zero("group_promote.reserved", promote.reserved);
  for (std::uint32_t i = 0; i < promote.members && rules.fine(); ++i) {
    const auto member =
        load<PromotedMember>(bytes.subspan(sizeof(GroupPromote) + i * sizeof(PromotedMember)));
    rules
        .holds(member.booking != 0 && member.booking != promote.booking,
               "group_promote.member.booking names nothing, or the group")
        .holds(SlotKey{member.slot}.valid(), "group_promote.member.slot names no slot");
  }
  return rules.status();
}

}  // namespace janji::record
