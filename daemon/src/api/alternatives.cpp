#include "api/alternatives.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "api/lane_request.hpp"
#include "api/slot_json.hpp"

namespace janjid {
namespace {

using Status = janji::DayAvailability::Status;

// The nearest ones so far, in order of distance.
class Nearest {
 public:
  explicit Nearest(std::int64_t wanted_minute) : wanted_(wanted_minute) {}

  void offer(const janji::SlotAvailability& slot) {
    const std::int64_t distance = std::abs(minute_of(slot.slot) - wanted_);
    std::size_t at = size_;
    while (at > 0 && distance < distances_[at - 1]) --at;
    if (at == kAlternativesMax) return;
    size_ = std::min(size_ + 1, kAlternativesMax);
    for (std::size_t i = size_ - 1; i > at; --i) {
      slots_[i] = slots_[i - 1];
      distances_[i] = distances_[i - 1];
    }
    slots_[at] = slot;
    distances_[at] = distance;
  }
  // True when no slot of a day so many days away can be nearer than those found.
  bool settled_by(std::int32_t days_away) const {
    return size_ == kAlternativesMax &&
           distances_[size_ - 1] <= std::int64_t{days_away - 1} * kMinutesOfDay;
  }
  std::span<const janji::SlotAvailability> found() const { return {slots_.data(), size_}; }

 private:
  static constexpr std::int64_t kMinutesOfDay = 1440;
  static std::int64_t minute_of(janji::SlotKey slot) {
    return std::int64_t{slot.day().value} * kMinutesOfDay + slot.minute().value;
  }

  std::int64_t wanted_;
  std::array<janji::SlotAvailability, kAlternativesMax> slots_{};
  std::array<std::int64_t, kAlternativesMax> distances_{};
  std::size_t size_{0};
};

struct Search {
  const Api& api;
  const LaneView& lane;
  std::uint16_t seats;
  std::vector<janji::SlotAvailability>& slots;
  Nearest nearest;

  void look_at(const janji::DayAvailability& day) {
    if (day.status != Status::available || day.free < seats) return;
    slots.resize(janji::kMaxSlotsPerDay);
    const std::size_t many = api.engine().slots(lane.id, day.day, slots);
    for (std::size_t i = 0; i < many; ++i) {
      if (slots[i].status == Status::available && slots[i].free >= seats) nearest.offer(slots[i]);
    }
  }
};

void search(Search& search, janji::Day day, std::vector<janji::DayAvailability>& days) {
  const janji::Day first{day.value - kAlternativesDays};
  const janji::Day last{day.value + kAlternativesDays};
  days.resize(2 * kAlternativesDays + 1);
  days.resize(search.api.engine().days(search.lane.id, first, last, days));
  for (std::int32_t away = 0; away <= kAlternativesDays; ++away) {
    if (search.nearest.settled_by(away)) return;
    for (const std::int32_t offset : {kAlternativesDays + away, kAlternativesDays - away}) {
      const auto at = static_cast<std::size_t>(offset);
      if (at < days.size()) search.look_at(days[at]);
      if (away == 0) break;
    }
  }
}

}  // namespace

std::size_t nearest_slots(Exchange& exchange, const LaneView& lane, janji::Day day,
                          janji::Minute minute, std::uint16_t seats,
                          std::span<janji::SlotAvailability, kAlternativesMax> out) {
  Search found{exchange.api(), lane, seats, exchange.scratch.slots,
               Nearest{std::int64_t{day.value} * 1440 + minute.value}};
  search(found, day, exchange.scratch.days);
  std::copy(found.nearest.found().begin(), found.nearest.found().end(), out.begin());
  return found.nearest.found().size();
}

std::string_view alternatives_to(Exchange& exchange, const LaneView& lane, janji::Day day,
                                 janji::Minute minute, std::uint16_t seats) {
  const Api& api = exchange.api();
  const RenderCache::Key key{RenderCache::Kind::alternatives,
                             janji::SlotKey{lane.id, day, minute}.value, seats};
  const auto render = [&](RenderCache::Rendered& rendered) {
    std::array<janji::SlotAvailability, kAlternativesMax> found;
    const std::size_t many = nearest_slots(exchange, lane, day, minute, seats, found);
    JsonWriter json{rendered.body};
    json.begin_array();
    for (std::size_t i = 0; i < many; ++i) {
      write_slot(json, lane, found[i], {}, api.engine().civil_now());
    }
    json.end_array();
  };
  return cached(exchange, key, api.engine().civil_now(), render).body;
}

}  // namespace janjid
