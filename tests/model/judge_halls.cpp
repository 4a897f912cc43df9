// Whether what was said at a counter was true: who was called, and who was taken in.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "model/judge.hpp"
#include "model/judge_parts.hpp"
#include "model/names.hpp"

namespace janji::model {
namespace {

constexpr std::int64_t kZoneMs = 8 * 3'600'000;
constexpr std::int64_t kDayMs = 86'400'000;

// The same day by the wall clock, from its beginning to its end.
bool is_of_one_day(const Call& call) {
  return (call.civil_before.value + kZoneMs) / kDayMs ==
         (call.civil_after.value + kZoneMs) / kDayMs;
}

}  // namespace

// Whether somebody of the branch with a number below `below` had been told that he is checked in
// before it was asked for, on the day of `civil`, and was neither called nor done by `end`.
bool Judge::waited(const Call& call, std::uint32_t below, CivilTime civil, Lsn end) const {
  const auto day_of = [](std::int64_t ms) { return (ms + kZoneMs) / kDayMs; };
  return std::any_of(known_.begin(), known_.end(), [&](const auto& one) {
    const Known& known = one.second;
    const bool came = known.queue_number != 0 && known.checked_in <= call.durable_before &&
                      known.queue_number < below && known.lane == call.lane &&
                      day_of(known.checked_in_ms) == day_of(civil.value);
    return came &&
           std::none_of(known.changes.begin(), known.changes.end(), [&](const auto& change) {
             const bool is_over = change.type == record::Type::serve ||
                                  change.type == record::Type::complete ||
                                  change.type == record::Type::lapse;
             return is_over && change.lsn <= end;
           });
  });
}

// Nobody who had come before was passed over, and nobody is called by two.
std::string Judge::hear_called(const Call& call) const {
  const Known& called = known_.at(call.decision.booking);
  const Lsn lsn = call.decision.lsn;
  const auto before =
      std::count_if(called.changes.begin(), called.changes.end(), [&](const Known::Change& change) {
        return change.type == record::Type::serve && change.lsn < lsn;
      });
  if (called.lane != call.lane || called.queue_number == 0 || before != 0) {
    return words_of(call) + ": " + name(call.decision.booking) + " wasn't waiting there";
  }
  if (!is_of_one_day(call)) return {};
  if (!waited(call, called.queue_number, call.civil_after, lsn)) return {};
  return words_of(call) + ": somebody was passed over";
}

// By which day it was looked, when the wall clock was set meanwhile, isn't known.
bool Judge::hall_was_empty(const Call& call, Moments moments) const {
  return !is_of_one_day(call) || !waited(call, ~0U, call.civil_after, moments.high);
}

// What the clock says isn't known here, so neither is which slots counted: one of the lane at least
// lacked seats, or was closed.
bool Judge::walk_in_explained(const Call& call, Code code, Moments moments) const {
  const WalkInRequest& asked = call.walk_in;
  if (code == Code::already_booked) {
    return timeline_.applicant_had_one(asked.applicant, scope_id("person"), moments.low,
                                       moments.high);
  }
  if (code == Code::blocked) return was_blocked(call, asked.applicant, moments);
  if (code == Code::too_early || code == Code::too_late) return true;
  // The catalogue says so, which isn't known here.
  if (code == Code::slot_not_allowed || code == Code::illegal_transition) return true;
  const SlotKey first = asked.slot.value != 0 ? asked.slot : SlotKey(asked.lane, Day{0}, Minute{0});
  const SlotKey last = asked.slot.value != 0
                           ? asked.slot
                           : SlotKey(asked.lane, Day{(1 << SlotKey::kDayBits) - 1}, Minute{2047});
  const std::vector<SlotKey> slots = timeline_.slots_between(first, last);
  if (code == Code::closed && slots.empty()) return asked.slot.value == 0;
  return std::any_of(slots.begin(), slots.end(), [&](SlotKey slot) {
    return code == Code::slot_full
               ? timeline_.slot_lacked(slot, asked.seats, moments.low, moments.high)
               : code == Code::closed && timeline_.slot_was_closed(slot, moments.low, moments.high);
  });
}

}  // namespace janji::model
