#include "model/judge.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

#include <janji/catalogue.hpp>

#include "model/judge_parts.hpp"
#include "model/names.hpp"

namespace janji::model {
namespace {

// All offices in which people are called are there.
const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::claim: return "claim";
    case Kind::confirm: return "confirm";
    case Kind::cancel: return "cancel";
    case Kind::reschedule: return "reschedule";
    case Kind::act: return "act";
    case Kind::next: return "next";
    case Kind::find: return "find";
    case Kind::claim_group: return "claim_group";
    case Kind::move_group: return "move_group";
    case Kind::block: return "block";
    case Kind::join: return "join";
    case Kind::walk_in: return "walk_in";
    case Kind::join_group: return "join_group";
  }
  return "";
}

// "nothing changed, ask again": true whenever they are said, hence proven by nothing.
bool is_for_now(Code code) {
  // read_only: the checkpointer is so far behind; on a busy machine that happens.
  return code == Code::retry || code == Code::overloaded || code == Code::limit_reached ||
         code == Code::read_only;
}

// Of the slots that he asks to wait for, those that there may be.
template <class Join>
SlotKey first_of(const Join& join) {
  return join.slot.value != 0 ? join.slot : SlotKey(join.lane, join.day, join.from);
}
template <class Join>
SlotKey last_of(const Join& join) {
  return join.slot.value != 0 ? join.slot : SlotKey(join.lane, join.day, join.until);
}

}  // namespace

std::string words_of(const Call& call) {
  return std::string(name_of(call.kind)) + " by " + name(call.operation) + " of " +
         (call.kind == Kind::claim        ? name(call.claim.slot)
          : call.kind == Kind::walk_in    ? name(SlotKey(call.walk_in.lane, Day{}, Minute{}))
          : call.kind == Kind::join       ? name(first_of(call.join))
          : call.kind == Kind::join_group ? name(first_of(call.group_join.asked))
                                          : name(call.booking)) +
         ", answered " + to_string(call.decision.code) +
         (call.decision.replayed ? " (replayed)" : "") + " at LSN " +
         std::to_string(call.decision.lsn.value);
}

namespace {

// As the payload hash of an operation has it.
bool is_same_request(const Call& a, const Call& b) {
  if (a.kind != b.kind || a.booking != b.booking || a.payload != b.payload || a.slot != b.slot) {
    return false;
  }
  if (a.kind == Kind::act) {
    return a.act.act == b.act.act && a.act.argument == b.act.argument;
  }
  if (a.kind == Kind::block) {
    return a.block.applicant == b.block.applicant && a.block.until == b.block.until &&
           a.block.reason == b.block.reason && a.block.payload == b.block.payload;
  }
  if (a.kind == Kind::join) {
    return a.join.slot == b.join.slot && first_of(a.join) == first_of(b.join) &&
           last_of(a.join) == last_of(b.join) && a.join.seats == b.join.seats &&
           a.join.category == b.join.category && a.join.applicant == b.join.applicant &&
           a.join.payload == b.join.payload;
  }
  if (a.kind == Kind::walk_in) {
    return a.walk_in.slot == b.walk_in.slot &&
           (a.walk_in.slot.value != 0 || a.walk_in.lane == b.walk_in.lane) &&
           a.walk_in.seats == b.walk_in.seats && a.walk_in.category == b.walk_in.category &&
           a.walk_in.applicant == b.walk_in.applicant && a.walk_in.payload == b.walk_in.payload;
  }
  if (a.kind == Kind::join_group) return same(a.group_join, b.group_join);
  if (a.kind == Kind::claim_group) return same(a.group, b.group);
  if (a.kind == Kind::move_group) return same(a.move, b.move);
  if (a.kind == Kind::next) {
    return a.next.branch == b.next.branch && a.next.service == b.next.service &&
           a.next.counter == b.next.counter;
  }
  if (a.kind != Kind::claim) return true;
  const ClaimRequest& one = a.claim;
  const ClaimRequest& other = b.claim;
  const bool same_lane =
      one.lanes.empty() ? other.lanes.empty() && one.lane == other.lane : !other.lanes.empty();
  const bool same_place = one.slot == other.slot &&
                          (one.slot.value != 0 || (same_lane && one.first_day == other.first_day &&
                                                   one.last_day == other.last_day));
  return same_place && one.seats == other.seats && one.category == other.category &&
         one.applicant == other.applicant && one.payload == other.payload;
}

std::span<const LaneId> lanes_of(const ClaimRequest& claim) {
  return claim.lanes.empty() ? std::span(&claim.lane, 1) : claim.lanes;
}

bool is_of_lanes(const ClaimRequest& claim, LaneId lane) {
  const auto lanes = lanes_of(claim);
  return std::find(lanes.begin(), lanes.end(), lane) != lanes.end();
}

}  // namespace

void Judge::note(Lsn lsn, std::span<const std::byte> record, const LedgerModel& ledger) {
  timeline_.note(lsn, record, ledger);
  const auto parsed = parse(record);
  const auto act = [&](const auto& made, SlotKey slot) {
    const OperationId operation{made.operation_hi, made.operation_lo};
    BookingId booking;
    if constexpr (requires { made.booking; }) booking = BookingId{made.booking};
    acted_[lsn] = {made.header.type, booking, operation, slot};
    if (!operation.empty()) acts_of_.emplace(operation, lsn);
  };
  const auto& what = std::get<Parsed>(parsed);
  const auto changed = [&](BookingId id, record::Type type) {
    known_[id].changes.push_back({lsn, ledger.find_booking(id)->slot, type});
  };
  const auto change = [&](const auto& made) { changed(BookingId{made.booking}, made.header.type); };
  if (const auto* lane = std::get_if<LaneRecord>(&what)) {
    services_[lane->lane] = ledger.service_of(lane->lane);
  }
  if (const auto* claim = std::get_if<GroupClaimRecord>(&what)) {
    act(claim->head, SlotKey{});
    for (const record::NewMember& member : claim->members) {
      groups_[BookingId{claim->head.booking}].push_back(BookingId{member.booking});
      members_.insert(BookingId{member.booking});
      note_entitlement(*claim, BookingId{member.booking});
      known_[BookingId{member.booking}] = {{member.applicant_hi, member.applicant_lo}, 1, {}};
      changed(BookingId{member.booking}, record::Type::claim);
    }
  }
  if (const auto* join = std::get_if<GroupJoinRecord>(&what)) {
    act(join->head, SlotKey{join->head.slot});
    for (const record::JoiningMember& member : join->members) {
      groups_[BookingId{join->head.booking}].push_back(BookingId{member.booking});
      members_.insert(BookingId{member.booking});
      note_entitlement(*join, BookingId{member.booking});
      known_[BookingId{member.booking}] = {
          {member.applicant_hi, member.applicant_lo}, 1, {}, {}, 0, 0, {}};
      changed(BookingId{member.booking}, record::Type::join);
    }
  }
  if (const auto* promote = std::get_if<GroupPromoteRecord>(&what)) {
    for (const record::PromotedMember& member : promote->members) {
      changed(BookingId{member.booking}, record::Type::promote);
    }
  }
  if (const auto* step = std::get_if<GroupChangeRecord>(&what)) {
    const bool is_free = step->head.step == record::Type::free;
    if (!is_free && step->head.step != record::Type::lapse) {
      act(step->head, SlotKey{});
      acted_[lsn].type = step->head.step;
    }
    for (const std::uint64_t member : step->members) {
      if (is_free) {
        freed_[BookingId{member}] = lsn;
      } else {
        changed(BookingId{member}, step->head.step);
      }
    }
    if (is_free) freed_[BookingId{step->head.booking}] = lsn;
  }
  if (const auto* move = std::get_if<GroupMoveRecord>(&what)) {
    act(move->head, SlotKey{});
    for (const record::MovedMember& member : move->members) {
      changed(BookingId{member.booking}, record::Type::reschedule);
    }
  }
  if (const auto* claim = std::get_if<record::Claim>(&what)) {
    known_[BookingId{claim->booking}] = {
        {claim->applicant_hi, claim->applicant_lo}, claim->seats, {}, {}, 0, 0, {}};
  }
  if (const auto* walk_in = std::get_if<record::WalkIn>(&what)) {
    const BookingId id{walk_in->booking};
    known_[id] = {{walk_in->applicant_hi, walk_in->applicant_lo}, walk_in->seats, {}, {}, 0, 0, {}};
    known_[id].queue_number = walk_in->queue_number;
    known_[id].checked_in_ms = walk_in->created_ms;
    known_[id].checked_in = lsn;
    known_[id].lane = SlotKey{walk_in->slot}.lane();
  }
  if (const auto* join = std::get_if<record::Join>(&what)) {
    known_[BookingId{join->booking}] = {
        {join->applicant_hi, join->applicant_lo}, join->seats, {}, {}, 0, 0, {}};
  }
  if (const auto* there = std::get_if<record::CheckIn>(&what)) {
    Known& known = known_[BookingId{there->booking}];
    known.queue_number = there->argument;
    known.checked_in_ms = there->acted_ms;
    known.checked_in = lsn;
    known.lane = ledger.find_booking(BookingId{there->booking})->slot.lane();
  }
  std::visit(
      [&](const auto& made) {
        using Made = std::decay_t<decltype(made)>;
        // Staff's acts on entitlements and slots are in nobody's diary.
        constexpr bool kIsStaffs =
            std::is_same_v<Made, record::Entitlement> || std::is_same_v<Made, record::Slot>;
        if constexpr (!kIsStaffs && requires { made.operation_hi; }) {
          if constexpr (requires { made.slot; }) {
            act(made, SlotKey{made.slot});
          } else {
            act(made, SlotKey{});
          }
        }
        // Nor are erasures, below.
        constexpr bool kIsChange =
            !std::is_same_v<Made, record::Free> && !std::is_same_v<Made, record::Erase>;
        if constexpr (kIsChange && requires { made.booking; }) {
          change(made);
        }
      },
      what);
  if (const auto* erase = std::get_if<record::Erase>(&what); erase != nullptr) {
    const BookingId id{erase->booking};
    const bool is_single = ledger.find_booking(id) != nullptr && !members_.contains(id);
    if (is_single) changed(id, record::Type::erase);
    if (members_.contains(id)) known_[id].erased = true;  // by itself; its LSN stays
  }
  if (const auto* forget = std::get_if<record::ForgetBlock>(&what)) {
    forgotten_[{forget->applicant_hi, forget->applicant_lo}].push_back(lsn);
  }
  if (const auto* freed = std::get_if<record::Free>(&what)) freed_[BookingId{freed->booking}] = lsn;
}

std::string Judge::hear(const Call& call) {
  ++answers_[std::string(name_of(call.kind)) + " " +
             (call.decision.replayed ? "replayed" : to_string(call.decision.code))];
  if (call.kind == Kind::find) return hear_found(call);
  if (call.decision.verdict == Verdict::refused) return hear_refused(call);
  return call.decision.replayed ? hear_replayed(call) : hear_granted(call);
}

// The record under its LSN is its own.
std::string Judge::hear_granted(const Call& call) {
  granted_.push_back({call.called_ns, call.returned_ns, call.decision.lsn});
  grants_of_.emplace(call.operation, &call);
  const auto found = acted_.find(call.decision.lsn);
  if (found == acted_.end()) return words_of(call) + ": the journal has no such record";
  const Acted& acted = found->second;
  if (!is_of(acted.type, call) || acted.booking != call.decision.booking ||
      acted.operation != call.operation) {
    return words_of(call) + ": the journal has another record there, of " + name(acted.booking);
  }
  if (call.kind == Kind::claim_group) {
    const bool whole = groups_.at(acted.booking).size() == call.group.members.size();
    return whole ? "" : words_of(call) + ": it has another number of members";
  }
  if (call.kind == Kind::next) return hear_called(call);
  if (call.kind == Kind::walk_in) {
    const WalkInRequest& asked = call.walk_in;
    const bool as_asked =
        asked.slot.value != 0 ? acted.slot == asked.slot : acted.slot.lane() == asked.lane;
    return as_asked ? "" : words_of(call) + ": it got " + name(acted.slot);
  }
  if (call.kind == Kind::join_group) {
    const GroupJoinRequest& asked = call.group_join.asked;
    const bool there = first_of(asked) <= acted.slot && acted.slot <= last_of(asked) &&
                       groups_.at(acted.booking).size() == call.group_join.members.size();
    return there ? "" : words_of(call) + ": it waits elsewhere, or with others";
  }
  if (call.kind == Kind::join) {
    const bool there = first_of(call.join) <= acted.slot && acted.slot <= last_of(call.join);
    return there ? "" : words_of(call) + ": he waits elsewhere";
  }
  if (call.kind != Kind::claim) {
    if (acted.booking != call.booking) return words_of(call) + ": another booking was changed";
    if (!was_issued(call)) return words_of(call) + ": its token had been issued anew";
    return acted.slot == call.slot ? "" : words_of(call) + ": it was moved to " + name(acted.slot);
  }
  const ClaimRequest& asked = call.claim;
  const bool as_asked = asked.slot.value != 0 ? acted.slot == asked.slot
                                              : is_of_lanes(asked, acted.slot.lane()) &&
                                                    asked.first_day <= acted.slot.day() &&
                                                    acted.slot.day() <= asked.last_day;
  return as_asked ? "" : words_of(call) + ": it got " + name(acted.slot);
}

// The token under which it was asked for was still the booking's when it was done.
bool Judge::was_issued(const Call& call) const {
  if (call.issue == kAnyIssue) return true;
  const auto& changes = known_.at(call.booking).changes;
  const auto many = std::count_if(changes.begin(), changes.end(), [&](const Known::Change& one) {
    return one.type == record::Type::reissue && one.lsn < call.decision.lsn;
  });
  return many == call.issue;
}

// What it returned was made, or changed, by the same id, not behind what it was told to wait for.
std::string Judge::hear_replayed(const Call& call) const {
  const auto [begin, end] = acts_of_.equal_range(call.operation);
  const bool known = std::any_of(begin, end, [&](const auto& act) {
    const Acted& acted = acted_.at(act.second);
    return is_of(acted.type, call) && acted.booking == call.decision.booking &&
           act.second <= call.decision.lsn;
  });
  return known ? "" : words_of(call) + ": this id never acted on " + name(call.decision.booking);
}

// From what was durable before the call to what could be seen committed when it returned.
Judge::Moments Judge::moments_of(const Call& call) const {
  return {call.durable_before, std::max(commits_.after(call.durable_after), call.decision.lsn)};
}

std::string Judge::hear_refused(const Call& call) {
  if (is_for_now(call.decision.code)) return {};
  refused_.push_back(&call);
  if (explained(call, moments_of(call))) return {};
  const Moments moments = moments_of(call);
  return words_of(call) + ": not true at any moment from LSN " + std::to_string(moments.low.value) +
         " to " + std::to_string(moments.high.value);
}

bool Judge::explained(const Call& call, Moments moments) const {
  const Code code = call.decision.code;
  if (code == Code::operation_mismatch) {
    const auto [begin, end] = acts_of_.equal_range(call.operation);
    return std::any_of(begin, end, [&](const auto& act) { return act.second <= moments.high; });
  }
  if (call.kind == Kind::claim) return claim_explained(call, code, moments);
  if (call.kind == Kind::claim_group) return group_claim_explained(call, code, moments);
  if (call.kind == Kind::block) return block_explained(call, code, moments);
  if (call.kind == Kind::join) return join_explained(call, code, moments);
  if (call.kind == Kind::walk_in) return walk_in_explained(call, code, moments);
  if (call.kind == Kind::join_group) return group_join_explained(call, code, moments);
  if (groups_.contains(call.booking)) return group_explained(call, code, moments);
  if (code == Code::in_group) return members_.contains(call.booking);
  // What isn't a group isn't one at any time.
  if (call.kind == Kind::move_group) return code == Code::booking_not_found;
  if (call.kind == Kind::next) return code == Code::nobody_waiting && hall_was_empty(call, moments);
  const auto was = [&](auto&& asked) {
    return timeline_.booking_was(call.booking, asked, moments.low, moments.high);
  };
  if (code == Code::booking_not_found) {
    return was([](BookingState state) { return state == BookingState::none; });
  }
  if (code == Code::hold_expired) {
    return was([](BookingState state) { return state == BookingState::expired; });
  }
  // Its slot's door was closed; in which slot it was then isn't looked up.
  if (code == Code::closed && call.kind == Kind::confirm) return timeline_.any_was_closed();
  if (code != Code::illegal_transition) {
    if (call.kind == Kind::act) return act_explained(call, code, moments);
    return call.kind == Kind::reschedule && move_explained(call, code, moments);
  }
  // Which stage lies behind which isn't known here; but it had come to one.
  const bool may_be_back = call.kind == Kind::act && call.act.act == Act::progress;
  if (may_be_back && was_done(call, moments)) return true;
  return was([&](BookingState state) { return !allows(call, state); });
}

// How often it may is the service's rule, which isn't known here; but it was done.
bool Judge::was_done(const Call& call, Moments moments) const {
  const auto at = known_.find(call.booking);
  return at != known_.end() && std::any_of(at->second.changes.begin(), at->second.changes.end(),
                                           [&](const Known::Change& change) {
                                             return change.lsn <= moments.high &&
                                                    is_of(change.type, call);
                                           });
}

// What the clock and the catalogue say against it isn't known here: only for whom they can.
bool Judge::act_explained(const Call& call, Code code, Moments moments) const {
  if (code == Code::changes_exceeded) return was_done(call, moments);
  const Act act = call.act.act;
  if (code == Code::too_early) return act == Act::check_in || act == Act::no_show;
  if (code == Code::too_late) return act == Act::check_in;
  return code == Code::wrong_branch && call.act.branch != ActRequest::kAnyBranch;
}

bool Judge::move_explained(const Call& call, Code code, Moments moments) const {
  const auto at = known_.find(call.booking);
  if (at == known_.end()) return false;
  const auto& changes = at->second.changes;
  if (code == Code::slot_full) {
    return timeline_.slot_lacked(call.slot, at->second.seats, moments.low, moments.high);
  }
  if (code == Code::closed) {
    return timeline_.slot_was_closed(call.slot, moments.low, moments.high);
  }
  if (code == Code::changes_exceeded) return was_done(call, moments);
  if (code == Code::entitlement_not_valid) {
    const auto under = entitlement_of_.find(call.booking);
    const Day day = call.slot.day();
    return under != entitlement_of_.end() && timeline_.entitlement_was(
                                                 under->second,
                                                 [&](const ModelEntitlement* of) {
                                                   return of != nullptr &&
                                                          (day < of->from || day > of->until);
                                                 },
                                                 moments.low, moments.high);
  }
  // It was there already, at some moment, or in a lane that no way leads out of.
  if (code != Code::slot_not_allowed) return false;
  for (std::size_t i = 0; i < changes.size() && changes[i].lsn <= moments.high; ++i) {
    const bool was_seen = i + 1 == changes.size() || changes[i + 1].lsn > moments.low;
    if (!was_seen) continue;
    const SlotKey from = changes[i].slot;
    if (from == call.slot || (no_way_ && no_way_(from.lane(), call.slot.lane()))) return true;
  }
  return false;
}

// At some moment, by one of the times that the wall clock showed meanwhile.
bool Judge::was_blocked(const Call& call, ApplicantKey applicant, Moments moments) const {
  const CivilTime earliest = std::min(call.civil_before, call.civil_after);
  return timeline_.block_was(
      applicant, [&](std::int64_t until) { return earliest.value < until; }, moments.low,
      moments.high);
}

bool Judge::block_explained(const Call& call, Code code, Moments moments) const {
  const CivilTime latest = std::max(call.civil_before, call.civil_after);
  if (code == Code::too_late) return call.block.until <= latest;
  if (code == Code::illegal_transition && call.block.until.value == 0) {
    return timeline_.block_was(
        call.block.applicant, [&](std::int64_t until) { return until <= latest.value; },
        moments.low, moments.high);
  }
  // It was changed; how often isn't counted here.
  return code == Code::changes_exceeded &&
         timeline_.was_ever_blocked(call.block.applicant, moments.high);
}

bool Judge::join_explained(const Call& call, Code code, Moments moments) const {
  const JoinRequest& join = call.join;
  const std::vector<SlotKey> slots = timeline_.slots_between(first_of(join), last_of(join));
  if (code == Code::already_waiting) {
    // Of a day, of which he asked for one slot only, he waited for that one.
    const SlotKey first = first_of(join);
    const auto waited = [&](SlotKey slot) {
      return timeline_.waited_for(join.applicant, slot, moments.low, moments.high);
    };
    // Or of several, all but the last of which have passed.
    const bool for_last = join.slot.value == 0 && !slots.empty() && waited(slots.back());
    return for_last || waited(first) ||
           (join.slot.value == 0 &&
            timeline_.waited_for(join.applicant, wait_key(first, true), moments.low, moments.high));
  }
  if (code == Code::already_booked) {
    return timeline_.applicant_had_one(join.applicant, scope_id("person"), moments.low,
                                       moments.high);
  }
  if (code == Code::blocked) return was_blocked(call, join.applicant, moments);
  if (code == Code::seats_exceeded) {
    return std::any_of(slots.begin(), slots.end(), [&](SlotKey slot) {
      return timeline_.slot_was_smaller(slot, join.seats, moments.low, moments.high);
    });
  }
  return code == Code::closed && std::all_of(slots.begin(), slots.end(), [&](SlotKey slot) {
           return timeline_.slot_was_closed(slot, moments.low, moments.high);
         });
}

bool Judge::group_join_explained(const Call& call, Code code, Moments moments) const {
  const GroupJoinRequest& asked = call.group_join.asked;
  const auto& members = call.group_join.members;
  // Of any of them alone.
  const auto any = [&](auto&& is_so) { return std::any_of(members.begin(), members.end(), is_so); };
  if (code == Code::blocked && was_blocked(call, asked.applicant, moments)) return true;
  if (is_of_entitlement(code)) {
    const SlotKey first = first_of(asked);
    return entitlement_explained(
        call,
        {asked.entitlement, asked.applicant, &members, first.lane(), first.day(), first.day()},
        moments);
  }
  if (code == Code::seats_exceeded) {  // of all slots together, hence of each
    const auto slots = timeline_.slots_between(first_of(asked), last_of(asked));
    return std::any_of(slots.begin(), slots.end(), [&](SlotKey slot) {
      return timeline_.slot_was_smaller(slot, static_cast<std::uint32_t>(members.size()),
                                        moments.low, moments.high);
    });
  }
  return any([&](ApplicantKey member) {
    Call alone = call;
    alone.kind = Kind::join;
    alone.join = {};
    alone.join.slot = asked.slot;
    alone.join.lane = asked.lane;
    alone.join.day = asked.day;
    alone.join.from = asked.from;
    alone.join.until = asked.until;
    alone.join.applicant = member;
    return join_explained(alone, code, moments);
  });
}

bool Judge::claim_explained(const Call& call, Code code, Moments moments) const {
  const ClaimRequest& claim = call.claim;
  if (code == Code::already_booked) {
    return timeline_.applicant_had_one(claim.applicant, scope_id("person"), moments.low,
                                       moments.high);
  }
  if (code == Code::blocked) return was_blocked(call, claim.applicant, moments);
  if (code == Code::closed) {
    return claim.slot.value == 0 ||
           timeline_.slot_was_closed(claim.slot, moments.low, moments.high);
  }
  if (code != Code::slot_full) return false;
  if (claim.slot.value != 0) {
    return timeline_.slot_lacked(claim.slot, claim.seats, moments.low, moments.high);
  }
  const auto lacked = [&](CivilTime civil) {
    return timeline_.days_lacked(lanes_of(claim), claim.first_day, claim.last_day, claim.seats,
                                 moments.low, moments.high,
                                 [&](SlotKey slot) { return too_late_(slot, civil); });
  };
  return lacked(call.civil_before) || lacked(call.civil_after);
}

// As it was claimed, and of the version that the record under its LSN made.
bool Judge::is_whole(const Booking& found) const {
  const auto at = known_.find(found.id);
  if (at == known_.end()) return false;
  const Known& known = at->second;
  const auto change = std::find_if(known.changes.begin(), known.changes.end(),
                                   [&](const Known::Change& one) { return one.lsn == found.lsn; });
  return found.applicant == known.applicant && found.seats == known.seats &&
         change != known.changes.end() && found.slot == change->slot &&
         (found.version == change - known.changes.begin() + 1 ||
          (known.erased && found.version == change - known.changes.begin() + 2));
}

// A booking was found whole, in a state that it had while it was looked for.
std::string Judge::hear_found(const Call& call) const {
  const Code code = call.decision.code;
  if (code == Code::retry) return {};
  if (code == Code::booking_not_found) {
    const Moments moments = moments_of(call);
    const bool gone = timeline_.booking_was(
        call.booking,
        [](BookingState state) {
          return state == BookingState::none || state == BookingState::group;
        },
        moments.low, moments.high);
    return gone ? "" : name(call.booking) + " wasn't found, but it was there all the time";
  }
  if (code != Code::ok) return std::string("find answered ") + to_string(code);
  const Booking& found = call.found;
  const auto was_so = [&](Lsn low, Lsn high) {
    return timeline_.booking_was(
        found.id, [&](BookingState state) { return state == found.state; }, low, high);
  };
  const Moments moments = moments_of(call);
  const bool was = found.id == call.booking && is_whole(found) && was_so(found.lsn, found.lsn) &&
                   was_so(std::max(found.lsn, moments.low), std::max(found.lsn, moments.high));
  return was ? ""
             : name(found.id) + " was found " + name(found.state) + " by LSN " +
                   std::to_string(found.lsn.value) + ", which it wasn't";
}

std::string Judge::conclude() {
  if (const auto finding = check_order(granted_)) return to_string(*finding);
  if (granted_.size() != acted_.size()) {
    return std::to_string(acted_.size()) + " records, but " + std::to_string(granted_.size()) +
           " calls were granted";
  }
  // Promise 5 and hazard 4: who was granted before must not be refused when asking again.
  for (const Call* call : refused_) {
    if (call->operation.empty()) continue;
    const auto [begin, end] = grants_of_.equal_range(call->operation);
    if (call->decision.code == Code::operation_mismatch) {
      const bool is_no_other = std::all_of(
          begin, end, [&](const auto& grant) { return is_same_request(*grant.second, *call); });
      if (begin == end || !is_no_other) continue;
      return words_of(*call) + ": it is the very request that was granted";
    }
    for (auto grant = begin; grant != end; ++grant) {
      const Call& before = *grant->second;
      if (before.returned_ns >= call->called_ns) continue;
      // Another request under its id may hear of what it asks for first.
      if (before.kind != call->kind || before.booking != call->booking) continue;
      const auto freed = freed_.find(before.decision.booking);
      if (freed != freed_.end() && freed->second <= moments_of(*call).high) continue;
      if (call->kind == Kind::block) {
        if (!is_same_request(before, *call)) continue;
        const auto forgotten = forgotten_.find(call->block.applicant);
        const auto is_between = [&](Lsn lsn) {
          return before.decision.lsn < lsn && lsn <= moments_of(*call).high;
        };
        if (forgotten != forgotten_.end() &&
            std::any_of(forgotten->second.begin(), forgotten->second.end(), is_between)) {
          continue;
        }
      }
      return words_of(*call) + ": the same id had been granted at LSN " +
             std::to_string(before.decision.lsn.value);
    }
  }
  return {};
}

}  // namespace janji::model
