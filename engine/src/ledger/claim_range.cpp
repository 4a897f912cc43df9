// The earliest slot with room, of one lane or of several, chosen and taken in one step.
#include <algorithm>
#include <array>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

constexpr std::int32_t kRangeDaysMax = 100;

std::span<const LaneId> lanes_of(const ClaimRequest& request) noexcept {
  return request.lanes.empty() ? std::span(&request.lane, 1) : request.lanes;
}

}  // namespace

// What was met on the way, besides slots that were tried.
struct Ledger::RangeSeen {
  bool pending{false}, full{false}, early{false}, late{false}, closed{false};
  Code missing{Code::ok};  // why the first day that isn't open is not
};

// Problem: try the slots of several lanes in the order of their starts, though each lane's days
// begin at its own midnight, and open and close as it goes.
// Operation: a place in each lane's days, and a heap of the lanes that have a slot left, by the
// start of that. All of it on the stack, so the many have a size of their own.
template <std::size_t kMost>
class Ledger::RangeWalk {
 public:
  RangeWalk(const Ledger& ledger, const ClaimPlan& plan, RangeSeen& seen) noexcept
      : ledger_(ledger), plan_(plan), seen_(seen), lanes_(lanes_of(plan.request)) {
    for (std::uint32_t at = 0; at < lanes_.size(); ++at) {
      places_[at].day = plan.request.first_day;
      enter_day(at);
    }
  }

  bool more() const noexcept { return many_ != 0; }
  // The next slot: of which lane, day and view, and where in it.
  LaneId lane() const noexcept { return lanes_[heap_[0].at]; }
  Day day() const noexcept { return places_[heap_[0].at].day; }
  const DayView& view() const noexcept { return places_[heap_[0].at].view; }
  std::uint32_t index() const noexcept { return places_[heap_[0].at].index; }

  void move_on() noexcept {
    if constexpr (kMost > 1) std::pop_heap(heap_.data(), heap_.data() + many_, is_later);
    const std::uint32_t at = heap_[--many_].at;
    Place& place = places_[at];
    if (++place.index < place.view.slots) return enter(at);
    ++place.day.value;
    enter_day(at);
  }

 private:
  struct Place {
    Day day;
    std::uint32_t index{0};
    DayView view;
  };
  struct Next {
    std::int64_t start_ms;
    std::uint32_t at;
  };
  // Of equal starts the lane that was named first.
  static bool is_later(const Next& a, const Next& b) noexcept {
    return a.start_ms != b.start_ms ? a.start_ms > b.start_ms : a.at > b.at;
  }

  void enter(std::uint32_t at) noexcept {
    const Place& place = places_[at];
    heap_[many_++] = {slot_start(place.view, place.index).value, at};
    if constexpr (kMost > 1) std::push_heap(heap_.data(), heap_.data() + many_, is_later);
  }

  // From the lane's `day` on the first one that is open and has slots; or none.
  void enter_day(std::uint32_t at) noexcept {
    Place& place = places_[at];
    for (; place.day <= plan_.request.last_day; ++place.day.value) {
      if (!ledger_.days_.find(lanes_[at], place.day, place.view)) {
        if (seen_.missing == Code::ok) {
          seen_.missing = ledger_.why_no_day(plan_.civil, lanes_[at], place.day);
        }
        continue;
      }
      seen_.closed = seen_.closed || place.view.slots == 0;
      if (place.view.slots == 0) continue;
      place.index = 0;
      return enter(at);
    }
  }

  const Ledger& ledger_;
  const ClaimPlan& plan_;
  RangeSeen& seen_;
  const std::span<const LaneId> lanes_;
  std::array<Place, kMost> places_;
  std::array<Next, kMost> heap_;
  std::size_t many_{0};
};

// Lanes that are asked for together: their rules must be those of one service.
Code Ledger::why_not_together(const ClaimRequest& request) const noexcept {
  if (request.slot.value != 0 || request.lanes.empty()) return Code::ok;
  if (request.lanes.size() > kLanesAtOnce) return Code::invalid_argument;
  const LaneSpec* first = nullptr;
  for (const LaneId lane : request.lanes) {
    if (lane.value >= days_.lanes()) return Code::slot_not_found;
    const std::uint32_t index = days_.rules(lane).catalogue_index;
    if (index == kNoLane) return Code::slot_not_found;
    const LaneSpec& spec = catalogue_.lanes()[index];
    if (first == nullptr) first = &spec;
    if (spec.service != first->service || spec.pool != first->pool) return Code::invalid_argument;
  }
  return Code::ok;
}

// How often a seat came back in the days that are looked through.
std::uint64_t Ledger::give_backs_of(const ClaimRequest& request) const noexcept {
  std::uint64_t sum = 0;
  for (const LaneId lane : lanes_of(request)) {
    for (Day day = request.first_day; day <= request.last_day; ++day.value) {
      // acquire: pairs with the writer's count after each give-back (hazard 9).
      sum += days_.row(lane, day).give_backs.load(std::memory_order_acquire);
    }
  }
  return sum;
}

// One look through the range; true: decided.
template <std::size_t kMost>
bool Ledger::scan_range(ClaimPlan& plan, RangeSeen& seen) noexcept {
  for (RangeWalk<kMost> walk(*this, plan, seen); walk.more(); walk.move_on()) {
    plan.lane = walk.lane();
    const Attempt attempt = take_at(plan, walk.view(), walk.day(), walk.index());
    if (attempt == Attempt::decided) return true;
    seen.pending = seen.pending || attempt == Attempt::pending;
    seen.full = seen.full || attempt == Attempt::full;
    seen.early = seen.early || attempt == Attempt::early;
    seen.late = seen.late || attempt == Attempt::late;
    seen.closed = seen.closed || attempt == Attempt::closed;
  }
  return false;
}

void Ledger::claim_range(ClaimPlan& plan) noexcept {
  const ClaimRequest& request = plan.request;
  const std::int64_t span = std::int64_t{request.last_day.value} - request.first_day.value;
  if (span < 0 || span >= kRangeDaysMax) {
    plan.decision = refuse(Code::invalid_argument);
    return;
  }
  for (int look = 0; look < kLooksMax; ++look) {
    const std::uint64_t before = give_backs_of(request);
    RangeSeen seen;
    const bool decided =
        request.lanes.empty() ? scan_range<1>(plan, seen) : scan_range<kLanesAtOnce>(plan, seen);
    if (decided) return;
    JANJI_STEP("range_scanned");
    if (seen.pending) break;
    // A seat may have moved behind the scan.
    if (seen.full && give_backs_of(request) != before) continue;
    const Code why = seen.full     ? Code::slot_full
                     : seen.early  ? Code::too_early
                     : seen.late   ? Code::too_late
                     : seen.closed ? Code::closed
                                   : seen.missing;
    plan.decision = refuse_claim(plan, why, seen.full ? rests_on() : Lsn{});
    return;
  }
  plan.decision = wait(plan.patience);
}

}  // namespace janji::ledger
