#include "api/lane_board.hpp"

#include <algorithm>

#include "api/day_span.hpp"
#include "api/slot_json.hpp"

namespace janjid {

LaneBoard::LaneBoard(const janji::Engine& engine)
    : engine_(engine), entries_(engine.catalogue().lanes().size()) {}

std::shared_ptr<LaneDays> LaneBoard::look(const LaneView& lane, janji::CivilTime now) const {
  auto seen = std::make_shared<LaneDays>();
  seen->lsn = engine_.durable_lsn();  // before the look
  const DaySpan span = calendar_span(lane, now);
  seen->first = span.from;
  seen->days.resize(span.days());
  seen->days.resize(engine_.days(lane.id, span.from, span.to, seen->days));
  return seen;
}

std::shared_ptr<const LaneDays> LaneBoard::newest(const LaneView& lane, std::uint64_t rounds) {
  Entry& entry = entries_[lane.index];
  const std::lock_guard lock(entry.mutex);
  const janji::CivilTime now = engine_.civil_now();
  const std::int64_t second = now.value / 1000;
  if (entry.newest && entry.rounds >= rounds && entry.second == second) return entry.newest;
  const auto seen = look(lane, now);
  entry.rounds = std::max(entry.rounds, rounds);
  entry.second = second;
  const LaneDays* const known = entry.newest.get();
  if (known != nullptr && known->days.size() == seen->days.size() &&
      std::equal(seen->days.begin(), seen->days.end(), known->days.begin(), same_day)) {
    return entry.newest;
  }
  seen->sole = known == nullptr || known->lsn < seen->lsn;
  entry.newest = seen;
  return entry.newest;
}

}  // namespace janjid
