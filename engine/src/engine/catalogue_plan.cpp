#include "engine/catalogue_plan.hpp"

#include <algorithm>

#include "engine/lane_terms.hpp"
#include "record/hash.hpp"

namespace janji {

namespace {

using record::Planned;

constexpr std::int64_t kMinuteMs = 60'000;

// The lane's slot of a plan that starts then and lasts as long; null: it plans none.
const SlotPlan* find_in(const DayPlan& plan, std::uint16_t minute, std::uint16_t length) {
  const auto at = std::lower_bound(
      plan.slots.begin(), plan.slots.end(), minute,
      [](const SlotPlan& slot, std::uint16_t wanted) { return slot.start.value < wanted; });
  const bool same =
      at != plan.slots.end() && at->start.value == minute && at->length_minutes == length;
  return same ? &*at : nullptr;
}

class DayLook {
 public:
  DayLook(const ledger::DayTable& days, LaneId lane, Day day, const ledger::DayView& view,
          CivilTime now, CataloguePlan& made)
      : days_(days), view_(view), now_(now), made_(made) {
    changed_.lane = lane;
    changed_.day = day;
  }

  void run(const DayPlan& plan) {
    std::uint32_t met = 0;  // slots of the plan that the day has
    for (std::uint32_t i = 0; i < view_.slots; ++i) {
      if (has_begun(view_.shape->start[i])) continue;
      const SlotPlan* slot = find_in(plan, view_.shape->start[i], view_.shape->length[i]);
      if (slot != nullptr) ++met;
      look_at(i, slot);
    }
    const auto ahead = std::count_if(plan.slots.begin(), plan.slots.end(),
                                     [&](const SlotPlan& s) { return !has_begun(s.start.value); });
    changed_.missing = static_cast<std::uint32_t>(ahead) - met;
    if (!slots_.empty() && plan.slots.empty()) changed_.reason = plan.reason;
    if (slots_.empty() && changed_.missing == 0) return;
    for (CataloguePlan::SlotChange& slot : slots_) {
      slot.day = static_cast<std::uint32_t>(made_.preview.days.size());
      made_.slots.push_back(slot);
    }
    made_.preview.days.push_back(std::move(changed_));
  }

 private:
  bool has_begun(std::uint16_t minute) const {
    return view_.midnight_ms + minute * kMinuteMs <= now_.value;
  }

  void look_at(std::uint32_t i, const SlotPlan* slot) {
    const std::uint64_t at = view_.first_slot + i;
    const Planned from = days_.planned(at);
    const Planned to =
        slot != nullptr ? Planned::of(slot->capacity, false) : Planned::of(from.capacity(), true);
    if (from == to) return;
    // relaxed: a hint; what is done of it looks again.
    const ledger::SlotWord word{days_.word(at).load(std::memory_order_relaxed)};
    const bool says_so = from.closed() != to.closed();
    const bool shut = says_so && to.closed() && !word.closed();
    if (shut) ++changed_.closed;
    if (says_so && !to.closed() && word.closed()) ++changed_.opened;
    if (from.capacity() != to.capacity()) {
      const std::uint32_t kept = days_.kept(at).load(std::memory_order_relaxed);
      ++(word.capacity() + kept == from.capacity() ? changed_.resized : changed_.kept);
    }
    const SlotKey key(changed_.lane, changed_.day, Minute{view_.shape->start[i]});
    slots_.push_back({key, to, 0, shut});
  }

  const ledger::DayTable& days_;
  const ledger::DayView& view_;
  const CivilTime now_;
  CataloguePlan& made_;
  ChangedDay changed_;
  std::vector<CataloguePlan::SlotChange> slots_;
};

void add_rules(std::vector<std::uint64_t>& words, const ledger::LaneRules& rules) {
  const auto add = [&](auto word) { words.push_back(static_cast<std::uint64_t>(word)); };
  add(rules.hold_ms);
  add(rules.lead_ms);
  add(rules.horizon_days);
  add(rules.first_day.value);
  add(rules.last_day.value);
  add(rules.seats_max);
  add(rules.group_max);
  add(rules.scope.value);
  add(rules.categories);
  add(rules.reschedules_max);
  add(rules.reschedule_elsewhere);
  add(rules.reschedule_cutoff_ms);
  add(rules.extensions_max);
  add(rules.approval_ms);
  add(rules.offer_ms);
  add(rules.freed_seats.least_ms);
  add(rules.freed_seats.most_ms);
  add(rules.check_in_ms);
  add(rules.no_show_ms);
  add(rules.needs_entitlement);
  for (const ProgressId stage : rules.progress) add(stage.value);
  add(rules.fall_back_ms);
}

std::uint64_t digest_of(const CataloguePlan& plan) {
  std::vector<std::uint64_t> words{plan.lanes.size(), plan.slots.size()};
  for (const CataloguePlan::LaneChange& lane : plan.lanes) {
    words.push_back(lane.lane.value);
    add_rules(words, lane.to);
  }
  for (const CataloguePlan::SlotChange& slot : plan.slots) {
    words.push_back(slot.slot.value);
    words.push_back(slot.to.bits);
  }
  return std::max<std::uint64_t>(record::hash64(std::as_bytes(std::span(words)), 0), 1);
}

}  // namespace

CataloguePlan plan_catalogue(const ledger::DayTable& days, const LaneBook& lanes,
                             const Catalogue& to, CivilTime now) {
  CataloguePlan made;
  for (std::uint32_t i = 0; i < to.lanes().size(); ++i) {
    const LaneId lane = lanes.lane(i);
    const ledger::LaneRules& before = days.rules(lane);
    ledger::LaneRules rules = rules_of(to, i);
    rules.general = before.general;
    if (rules != before) made.lanes.push_back({lane, rules});
    const std::int32_t today = to.local_day(rules.branch, now).value;
    const auto ring = static_cast<std::int32_t>(days.ring_days());
    for (std::int32_t d = today; d < today + ring; ++d) {
      ledger::DayView view;
      if (!days.find(lane, Day{d}, view)) continue;
      DayLook(days, lane, Day{d}, view, now, made).run(to.plan(i, Day{d}));
    }
  }
  made.preview.lanes = static_cast<std::uint32_t>(made.lanes.size());
  made.preview.digest = digest_of(made);
  return made;
}

}  // namespace janji
