#include "engine/day_opener.hpp"

#include <algorithm>

#include <janji/check.hpp>

#include "base/words.hpp"

namespace janji {

// Another catalogue releases, and plans, other days.
void DayOpener::adopt() {
  taken_ = shelf_.take();
  done_.assign(done_.size(), kNoSpan);
  unfinished_ = true;
}

bool DayOpener::open_due(CivilTime civil, LedgerTime now) {
  if (shelf_.edition() != taken_.edition) adopt();
  const std::int64_t second = civil.value / 1000;
  if (!unfinished_ && second == looked_at_s_) return false;
  looked_at_s_ = second;
  done_.resize(days_.lanes(), kNoSpan);
  left_out_.resize(days_.lanes(), false);
  slots_ahead_.resize(days_.lanes(), 0);
  row_lacks_in_.resize(days_.lanes(), 0);
  unfinished_ = false;
  if (!clock_.believes(civil, now)) return false;
  const bool more_room = days_.forgets() != forgets_;
  for (std::uint32_t i = 0; i < days_.lanes(); ++i) {
    const LaneId lane{i};
    const ledger::LaneRules& rules = days_.rules(lane);
    if (rules.catalogue_index == ledger::kNoLane) continue;
    const Span span = released(lane, civil);
    // Not `<=`: a clock that was ahead and came back must find what is due, whatever it was before.
    if (span == done_[i] && !left_out_[i]) {
      if (more_room && row_lacks_in_[i] != 0) look_ahead(lane, span);
      continue;
    }
    if (span == done_[i] && !more_room) continue;
    left_out_[i] = false;
    done_[i] = kNoSpan;  // until all were tried
    if (!open_lane(lane, span, civil)) {
      unfinished_ = true;
      return true;
    }
    done_[i] = span;
    look_ahead(lane, span);
    warn_ = true;
  }
  forgets_ = days_.forgets();
  if (warn_ || more_room) warn();
  warn_ = false;
  return false;
}

// From today on.
DayOpener::Span DayOpener::released(LaneId lane, CivilTime civil) const {
  const ledger::LaneRules& rules = days_.rules(lane);
  return {taken_.catalogue->local_day(rules.branch, civil).value,
          taken_.catalogue->last_released(rules.catalogue_index, civil).value};
}

// No day that was archived since the engine was opened, nor one before it: by another clock they
// were past, and a caller may still be on its way to a word of theirs (hazard 7).
DayOpener::Span DayOpener::due(LaneId lane, Span released) const {
  const ledger::LaneRules& rules = days_.rules(lane);
  const LaneSpec& spec = taken_.catalogue->lanes()[rules.catalogue_index];
  const std::int32_t gone = days_.newest_forgotten(lane).value;
  return {std::max({released.first, spec.first_day.value, gone + 1}),
          std::min(released.last, spec.last_day.value)};
}

Status DayOpener::room_for_due(CivilTime civil, std::uint64_t freed) const {
  const std::uint64_t used = days_.slots_used() - freed;
  std::uint64_t slots = 0;
  for (std::uint32_t i = 0; i < days_.lanes(); ++i) {
    const ledger::LaneRules& rules = days_.rules(LaneId{i});
    if (rules.catalogue_index == ledger::kNoLane) continue;
    const Span span = due(LaneId{i}, released(LaneId{i}, civil));
    for (std::int32_t d = span.first; d <= span.last; ++d) {
      if (days_.is_open(LaneId{i}, Day{d})) continue;
      slots += taken_.catalogue->plan(rules.catalogue_index, Day{d}).slots.size();
    }
  }
  if (used + slots <= days_.slots_max()) return success();
  return Error{Code::limit_reached, base::words("slots_max: ", used, " of ", days_.slots_max(),
                                                " are used, and the days that are due want ", slots,
                                                "; raise it, or leave it 0")};
}

// False: no room for more in this round.
bool DayOpener::open_lane(LaneId lane, Span released, CivilTime civil) {
  const Span span = due(lane, released);
  for (std::int32_t d = span.first; d <= span.last; ++d) {
    if (days_.is_open(lane, Day{d})) continue;
    if (!publish(lane, Day{d}, civil)) return false;
  }
  return true;
}

void DayOpener::look_ahead(LaneId lane, Span released) {
  const ledger::LaneRules& rules = days_.rules(lane);
  const LaneSpec& spec = taken_.catalogue->lanes()[rules.catalogue_index];
  const std::int32_t next = released.last + 1;
  row_lacks_in_[lane.value] = 0;
  for (std::int32_t d = next; d < next + kRowsAheadDays && d <= spec.last_day.value; ++d) {
    if (!days_.row_is_taken(lane, Day{d})) continue;
    row_lacks_in_[lane.value] = d - next + 1;
    break;
  }
  std::uint64_t slots = 0;
  for (std::int32_t d = next; d < next + kSlotsAheadDays && d <= spec.last_day.value; ++d) {
    if (!days_.is_open(lane, Day{d})) {
      slots += taken_.catalogue->plan(rules.catalogue_index, Day{d}).slots.size();
    }
  }
  all_slots_ahead_ += slots - slots_ahead_[lane.value];
  slots_ahead_[lane.value] = slots;
}

// As it is now: what was archived since may have made room.
void DayOpener::warn() {
  warning_.clear();
  std::size_t first = row_lacks_in_.size();
  for (std::size_t lane = 0; lane < row_lacks_in_.size(); ++lane) {
    const std::int32_t in = row_lacks_in_[lane];
    if (in != 0 && (first == row_lacks_in_.size() || in < row_lacks_in_[first])) first = lane;
  }
  if (first != row_lacks_in_.size()) {
    warning_ = base::words("in ", row_lacks_in_[first], " days lane ", first,
                           " will have no row for another day: end the bookings of past days, or "
                           "close the engine and open it again (restart janjid) before, which "
                           "makes room for the days to come");
  } else if (days_.slots_used() + all_slots_ahead_ > days_.slots_max()) {
    warning_ =
        base::words("slots_max: ", days_.slots_used(), " of ", days_.slots_max(),
                    " are used, and the ", kSlotsAheadDays, " days that are opened next want ",
                    all_slots_ahead_, "; raise it, or leave it 0, and open the engine again");
  }
}

bool DayOpener::publish(LaneId lane, Day day, CivilTime civil) {
  const Catalogue& catalogue = *taken_.catalogue;
  const std::uint32_t index_of_lane = days_.rules(lane).catalogue_index;
  const DayPlan plan = catalogue.plan(index_of_lane, day);
  const std::uint16_t kept = catalogue.kept_back(index_of_lane, day, civil).seats;
  JANJI_CHECK(plan.slots.size() <= record::Day::kSlotsMax);
  const auto slots = static_cast<std::uint32_t>(plan.slots.size());
  if (Status can = days_.can_open(lane, day, slots); !can.ok()) {
    // Left out, counted and said; the days already open go on being served.
    not_opened_.fetch_add(1, std::memory_order_relaxed);
    left_out_[lane.value] = true;
    lacks_slots_ = lacks_slots_ || can.code() == Code::limit_reached;
    problem_ = base::words("day ", day.value, " of lane ", lane.value,
                           " can't be opened: ", can.error().detail);
    return true;
  }
  const std::uint32_t index = blocks_.take_large();
  if (index == journal::kNoIndex) return false;
  journal::RecordBlock& block = blocks_[index];
  auto& made = block.begin<record::Day>(sizeof(record::Day) + slots * sizeof(record::DaySlot));
  made.lane = lane.value;
  made.day = day.value;
  made.slots = slots;
  auto* to = reinterpret_cast<record::DaySlot*>(&made + 1);
  for (const SlotPlan& slot : plan.slots) {
    const auto seats = static_cast<std::uint16_t>(slot.capacity - kept);
    *to++ = record::DaySlot{slot.start.value, slot.length_minutes, seats, kept};
  }
  // Set aside now, so that another day of this round can't have them.
  block.slot = static_cast<std::uint32_t>(days_.reserve(slots));
  block.place = journal::kNoIndex;
  block.operation = journal::kNoIndex;
  block.details = journal::kNoIndex;
  list_.publish(blocks_, index);
  opened_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

}  // namespace janji
