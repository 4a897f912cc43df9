#include "engine/seat_releaser.hpp"

#include <algorithm>

namespace janji {

namespace {

constexpr std::int64_t kMinuteMs = 60'000;

}  // namespace

void SeatReleaser::release_due(CivilTime civil, LedgerTime now, std::size_t budget) {
  using ledger::Gate;
  const std::int64_t minute = civil.value / kMinuteMs;
  const std::uint64_t opens = ledger_.day_table().opens();
  if (!looking_ && minute == minute_ && opens == opens_) return;
  // Nothing can be written, or there is hardly room for what must be.
  const Gate gate = ledger_.gate();
  if (gate == Gate::failed || gate == Gate::read_only || !clock_.believes(civil, now)) return;
  if (!looking_) {
    minute_ = minute;
    opens_ = opens;
    looking_ = true;
    pool_ = 0;
    day_ = 0;
    slot_ = 0;
  }
  Room room{kSlotsARound, std::min(budget, kRecordsARound)};
  for (; pool_ < pools_.size(); ++pool_) {
    if (!look_over_lane(pools_[pool_], civil, now, room)) return;
    day_ = 0;
  }
  looking_ = false;
}

// False: no room for more in this round.
bool SeatReleaser::look_over_lane(LaneId lane, CivilTime civil, LedgerTime now, Room& room) {
  const ledger::LaneRules& rules = ledger_.day_table().rules(lane);
  const CivilTime until{civil.value + rules.fall_back_ms};
  const std::int32_t today = catalogue_.local_day(rules.branch, civil).value;
  if (day_ < today) {
    day_ = today;
    slot_ = 0;
  }
  for (; day_ <= catalogue_.local_day(rules.branch, until).value; ++day_) {
    if (!look_over_day(lane, Day{day_}, civil, now, room)) return false;
    slot_ = 0;
  }
  return true;
}

bool SeatReleaser::look_over_day(LaneId lane, Day day, CivilTime civil, LedgerTime now,
                                 Room& room) {
  const ledger::DayTable& days = ledger_.day_table();
  const ledger::LaneRules& rules = days.rules(lane);
  ledger::DayView view;
  if (!days.find(lane, day, view)) return true;
  for (; slot_ < view.slots; ++slot_) {
    const std::int64_t start = view.midnight_ms + view.shape->start[slot_] * kMinuteMs;
    if (start - rules.fall_back_ms > civil.value) return true;  // nor are those behind it
    if (start - rules.lead_ms <= civil.value) continue;         // nobody can claim it any more
    if (room.slots == 0) return false;
    --room.slots;
    // relaxed: only whether it is worth a look.
    const ledger::SlotWord word{days.word(view.first_slot + slot_).load(std::memory_order_relaxed)};
    if (word.free() == 0) continue;
    if (room.records == 0) return false;
    using Falling = ledger::Ledger::Falling;
    const Falling fell =
        ledger_.try_fall_back(SlotKey(lane, day, Minute{view.shape->start[slot_]}), civil, now);
    if (fell == Falling::no_room) return false;
    if (fell == Falling::published) --room.records;
  }
  return true;
}

}  // namespace janji
