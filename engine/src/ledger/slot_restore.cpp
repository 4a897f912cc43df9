// What staff and the hour made of slots, at opening: as in restore.cpp, every store is relaxed.
#include <string>
#include <utility>

#include "base/words.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

using base::words;

constexpr auto relaxed = std::memory_order_relaxed;

Error damaged(std::string words) {
  return Error{Code::damaged, std::move(words)};
}

}  // namespace

Status Ledger::restore_slot(SlotKey slot, std::uint32_t capacity, bool closed,
                            record::Planned planned) {
  DayView view;
  if (!slot.valid() || !days_.find(slot.lane(), slot.day(), view)) {
    return damaged("it changes a slot of a day that isn't open");
  }
  const std::uint16_t i = view.shape->index_of_minute[slot.minute().value];
  if (i == DayShape::kNoSlot) return damaged("it changes a slot that doesn't exist");
  std::atomic<std::uint64_t>& at = days_.word(view.first_slot + i);
  const SlotWord before{at.load(relaxed)};
  std::atomic<std::uint16_t>& kept = days_.kept(view.first_slot + i);
  kept.store(record::kept_behind(kept.load(relaxed), before.capacity(), capacity,
                                 days_.planned(view.first_slot + i), planned),
             relaxed);
  at.store(before.changed_to(capacity, closed).bits, relaxed);
  if (planned.bits != 0) days_.plan(view.first_slot + i, planned);
  if (closed) doors_used_.store(true, relaxed);
  return success();
}

// The slot is of an open day. One without an id isn't kept.
Status Ledger::restore_grant(SlotKey slot, const record::SlotGrant& grant) {
  if (grant.operation_hi == 0 && grant.operation_lo == 0) return success();
  auto& kept = restored_.grants[SlotKey(slot.lane(), slot.day(), Minute{0}).value];
  if (kept.size() >= record::kSlotGrantsPerDay) {
    return damaged(words("more than ", record::kSlotGrantsPerDay,
                         " changes of slots were granted on one day of lane ", slot.lane().value));
  }
  kept.push_back(grant);
  return success();
}

Status Ledger::relink_grants() {
  for (const auto& [day, grants] : restored_.grants) {
    const SlotKey slot{day};
    DayView view;
    JANJI_CHECK(days_.find(slot.lane(), slot.day(), view));  // restore_slot() found it
    const auto many = static_cast<std::uint32_t>(grants.size());
    view.row->grants.store(many, relaxed);
    view.row->granted.store(many, relaxed);
    std::uint32_t& first = days_.first_grant(slot.lane(), slot.day());
    const std::string of =
        words("a slot of day ", slot.day().value, " of lane ", slot.lane().value);
    for (const record::SlotGrant& grant : grants) {
      record::OperationImage made{};
      made.operation_hi = grant.operation_hi;
      made.operation_lo = grant.operation_lo;
      made.payload = grant.payload;
      made.lsn = grant.lsn;
      made.details_size = 0;
      made.type = static_cast<std::uint8_t>(record::Type::slot);
      if (Status linked = relink_entry(made, first, of); !linked.ok()) return linked;
    }
  }
  restored_.grants.clear();
  return success();
}

// Both slots are of open days; what leaves the one is free there, and both come to have what the
// record says.
Status Ledger::restore_fall_back(const record::FallBack& fall) {
  std::uint64_t from = 0, to = 0;
  if (!find_open_slot(SlotKey{fall.from}, from) || !find_open_slot(SlotKey{fall.slot}, to)) {
    return damaged("it moves seats between slots of which one doesn't exist");
  }
  const SlotWord left{days_.word(from).load(relaxed)};
  const SlotWord came{days_.word(to).load(relaxed)};
  if (left.free() < fall.seats || left.capacity() - fall.seats != fall.from_capacity ||
      came.capacity() + fall.seats != fall.capacity) {
    return damaged(words("it moves ", fall.seats, " seats of ", left.free(), " that are free of ",
                         left.capacity(), " to a slot of ", came.capacity()));
  }
  days_.word(from).store(left.changed_to(fall.from_capacity, left.closed()).bits, relaxed);
  days_.word(to).store(came.changed_to(fall.capacity, came.closed()).bits, relaxed);
  return success();
}

Status Ledger::restore_tranche(const record::Tranche& tranche) {
  std::uint64_t at = 0;
  if (!find_open_slot(SlotKey{tranche.slot}, at)) {
    return damaged("it brings seats to a slot that doesn't exist");
  }
  const SlotWord word{days_.word(at).load(relaxed)};
  const std::uint32_t kept = days_.kept(at).load(relaxed);
  if (tranche.kept + tranche.seats != kept || word.capacity() + tranche.seats != tranche.capacity) {
    return damaged(words("it brings ", tranche.seats, " seats of ", kept,
                         " that are kept back to a slot of ", word.capacity()));
  }
  days_.word(at).store(word.changed_to(tranche.capacity, word.closed()).bits, relaxed);
  days_.kept(at).store(tranche.kept, relaxed);
  return success();
}

}  // namespace janji::ledger
