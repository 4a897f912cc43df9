// What the acts on a booking ask for beside its state: all under its busy mark, which change.cpp
// sets and clears.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

constexpr bool is_at_office(record::Type type) noexcept {
  return type == record::Type::check_in || type == record::Type::serve ||
         type == record::Type::complete || type == record::Type::no_show;
}

}  // namespace

// How often an operation of this type was granted on the booking.
std::uint32_t Ledger::times(const BookingCell& cell, record::Type type) const noexcept {
  std::uint32_t times = 0;
  // relaxed: the busy mark is ours.
  for (std::uint32_t i = cell.operations.load(std::memory_order_relaxed); i != kNothing;
       i = operations_[i].next.load(std::memory_order_relaxed)) {
    const auto found =
        static_cast<record::Type>(operations_[i].type.load(std::memory_order_relaxed));
    times += found == type ? 1U : 0U;
  }
  return times;
}

// ok: nothing against it.
Code Ledger::why_not_acted(const Change& change, CivilTime civil) const noexcept {
  const BookingCell& cell = bookings_[change.place];
  const SlotKey slot{cell.slot.load(std::memory_order_relaxed)};
  const LaneRules& rules = days_.rules(slot.lane());
  // First of all: who may act at one branch only learns nothing else of another's booking. Of one
  // whose lane left the catalogue nobody knows the branch.
  const bool known = rules.catalogue_index != kNoLane;
  if (change.branch != ActRequest::kAnyBranch && (!known || change.branch != rules.branch)) {
    return Code::wrong_branch;
  }
  if (is_of_group(cell) && record::is_group_step(change.type) &&
      change.type != record::Type::cancel) {
    return Code::in_group;
  }
  if (change.type == record::Type::extend) {
    const bool may = times(cell, change.type) < rules.extensions_max;
    return may ? Code::ok : Code::changes_exceeded;
  }
  if (change.type == record::Type::reissue) {
    return times(cell, change.type) < kReissuesMax ? Code::ok : Code::changes_exceeded;
  }
  if (change.type == record::Type::progress) return why_no_progress(cell, rules, change.argument);
  if (change.type == record::Type::confirm && doors_used_.load(std::memory_order_relaxed)) {
    // relaxed: friendliness; whoever is confirmed behind a door that closes now is displaced.
    const std::uint32_t index = cell.slot_index.load(std::memory_order_relaxed);
    const SlotWord word{days_.word(index).load(std::memory_order_relaxed)};
    if (word.closed()) return Code::closed;
  }
  if (!is_at_office(change.type)) return Code::ok;
  if (change.type == record::Type::serve) {
    const std::uint32_t most = change.next ? 1 : kServesMax;
    return times(cell, change.type) < most ? Code::ok : Code::changes_exceeded;
  }
  DayView view;
  const std::uint32_t i = live_slot(slot, view);
  const std::int64_t start = slot_start(view, i).value;
  if (change.type == record::Type::check_in) {
    if (civil.value < start - rules.check_in_ms) return Code::too_early;
    if (civil.value >= start + rules.no_show_ms) return Code::too_late;
    const Day today = known ? catalogue_.local_day(rules.branch, civil) : Day{};
    if (known && !may_draw(queue_numbers_.last(rules.branch, today), callers_.size())) {
      return Code::limit_reached;
    }
  }
  if (change.type == record::Type::no_show && civil.value < start) return Code::too_early;
  return Code::ok;
}

// Forward only: what a later request said isn't taken back by one that was late, and the holder who
// was told that something is ready may rely on it.
Code Ledger::why_no_progress(const BookingCell& cell, const LaneRules& rules,
                             std::uint32_t stage) const noexcept {
  const auto& stages = rules.progress;
  const auto place_of_stage = [&](std::uint32_t wanted) {
    return std::find(stages.begin(), stages.end(), ProgressId{wanted});
  };
  const auto to = place_of_stage(stage);
  if (stage == 0 || to == stages.end()) return Code::invalid_argument;
  std::uint32_t last = 0;
  std::size_t many = 0;
  // relaxed: the busy mark is ours. Newest first.
  for (std::uint32_t i = cell.operations.load(std::memory_order_relaxed); i != kNothing;
       i = operations_[i].next.load(std::memory_order_relaxed)) {
    const OperationCell& entry = operations_[i];
    if (static_cast<record::Type>(entry.type.load(std::memory_order_relaxed)) !=
        record::Type::progress) {
      continue;
    }
    if (many++ == 0) last = entry.details_size.load(std::memory_order_relaxed);
  }
  if (last != 0) {
    // A stage that the catalogue lost lies behind none.
    const auto from = place_of_stage(last);
    if (from != stages.end() && to <= from) return Code::illegal_transition;
  }
  // Only stages that an edit of the catalogue took out and put in anew can make it that many.
  return many < kMaxProgress ? Code::ok : Code::changes_exceeded;
}

// Of a check-in. 0: nobody knows any more which branch the booking is for.
std::uint32_t Ledger::queue_number(const Change& change, CivilTime civil) noexcept {
  const SlotKey slot{bookings_[change.place].slot.load(std::memory_order_relaxed)};
  const LaneRules& rules = days_.rules(slot.lane());
  if (rules.catalogue_index == kNoLane) return 0;
  return queue_numbers_.next(rules.branch, catalogue_.local_day(rules.branch, civil));
}

}  // namespace janji::ledger
