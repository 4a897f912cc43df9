#include "engine/seat_releaser.hpp"

#include <algorithm>

namespace janji {

namespace {

constexpr std::int64_t kMinuteMs = 60'000;

}  // namespace

bool SeatReleaser::has_tranches(LaneId lane) const {
  const std::uint32_t index = ledger_.day_table().rules(lane).catalogue_index;
  return !taken_.catalogue->lanes()[index].tranches.empty();
}

// Of a lane that had tranches once, something may still be kept back.
void SeatReleaser::watch(LaneId lane, Why why) {
  const bool keeps =
      why == Why::tranches && (has_tranches(lane) || ledger_.day_table().keeps_any(lane));
  lanes_.push_back({lane, why, keeps});
}

void SeatReleaser::adopt() {
  taken_ = shelf_.take();
  for (Watched& watched : lanes_) {
    if (watched.why == Why::tranches && has_tranches(watched.lane)) watched.ever_keeps = true;
  }
}

void SeatReleaser::release_due(CivilTime civil, LedgerTime now, std::size_t budget) {
  using ledger::Gate;
  const std::int64_t minute = civil.value / kMinuteMs;
  const std::uint64_t opens = ledger_.day_table().opens();
  if (!looking_ && minute == minute_ && opens == opens_) return;
  // Nothing can be written, or there is hardly room for what must be.
  const Gate gate = ledger_.gate();
  if (gate == Gate::failed || gate == Gate::read_only || !clock_.believes(civil, now)) return;
  if (shelf_.edition() != taken_.edition) adopt();
  if (!looking_) {
    minute_ = minute;
    opens_ = opens;
    looking_ = true;
    watched_ = 0;
    day_ = 0;
    slot_ = 0;
  }
  Room room{kSlotsARound, std::min(budget, kRecordsARound)};
  for (; watched_ < lanes_.size(); ++watched_) {
    if (!look_over_lane(lanes_[watched_], civil, now, room)) return;
    day_ = 0;
  }
  looking_ = false;
}

// False: no room for more in this round.
bool SeatReleaser::look_over_lane(const Watched& watched, CivilTime civil, LedgerTime now,
                                  Room& room) {
  const ledger::LaneRules& rules = ledger_.day_table().rules(watched.lane);
  // By the catalogue of now.
  if (watched.why == Why::fall_back ? rules.fall_back_ms == 0 : !watched.ever_keeps) return true;
  const Catalogue& catalogue = *taken_.catalogue;
  const CivilTime until{civil.value + rules.fall_back_ms};
  const std::int32_t today = catalogue.local_day(rules.branch, civil).value;
  const Day last = watched.why == Why::tranches
                       ? catalogue.last_released(rules.catalogue_index, civil)
                       : catalogue.local_day(rules.branch, until);
  if (day_ < today) {
    day_ = today;
    slot_ = 0;
  }
  for (; day_ <= last.value; ++day_) {
    ledger::DayView view;
    if (ledger_.day_table().find(watched.lane, Day{day_}, view)) {
      const Look look{watched.lane, Day{day_}, view, civil, now};
      const bool done =
          watched.why == Why::tranches ? bring_tranches(look, room) : let_fall_back(look, room);
      if (!done) return false;
    }
    slot_ = 0;
  }
  return true;
}

bool SeatReleaser::let_fall_back(const Look& look, Room& room) {
  const ledger::DayTable& days = ledger_.day_table();
  const ledger::LaneRules& rules = days.rules(look.lane);
  for (; slot_ < look.view.slots; ++slot_) {
    const std::int64_t start = look.start(slot_);
    if (start - rules.fall_back_ms > look.civil.value) return true;  // nor are those behind it
    if (start - rules.lead_ms <= look.civil.value) continue;         // nobody can claim it any more
    if (room.slots == 0) return false;
    --room.slots;
    // relaxed: only whether it is worth a look.
    const ledger::SlotWord word{
        days.word(look.view.first_slot + slot_).load(std::memory_order_relaxed)};
    if (word.free() == 0) continue;
    if (room.records == 0) return false;
    if (!count(ledger_.try_fall_back(look.key(slot_), look.civil, look.now), room)) return false;
  }
  return true;
}

bool SeatReleaser::bring_tranches(const Look& look, Room& room) {
  const ledger::DayTable& days = ledger_.day_table();
  const ledger::LaneRules& rules = days.rules(look.lane);
  if (room.slots == 0) return false;
  --room.slots;  // most days have nothing that is due
  const std::uint16_t keep =
      taken_.catalogue->kept_back(rules.catalogue_index, look.day, look.civil).seats;
  for (; slot_ < look.view.slots; ++slot_) {
    // relaxed: this thread's own.
    if (days.kept(look.view.first_slot + slot_).load(std::memory_order_relaxed) <= keep) continue;
    if (look.start(slot_) - rules.lead_ms <= look.civil.value) continue;
    if (room.slots == 0 || room.records == 0) return false;
    --room.slots;
    if (!count(ledger_.try_tranche(look.key(slot_), keep, look.civil, look.now), room)) {
      return false;
    }
  }
  return true;
}

// False: no room for its record.
bool SeatReleaser::count(ledger::Ledger::Falling fell, Room& room) noexcept {
  using Falling = ledger::Ledger::Falling;
  if (fell == Falling::published) --room.records;
  return fell != Falling::no_room;
}

}  // namespace janji
