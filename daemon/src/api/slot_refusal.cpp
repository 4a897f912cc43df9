#include "api/slot_refusal.hpp"

#include <string>

#include "api/alternatives.hpp"
#include "api/civil_text.hpp"
#include "api/slot_json.hpp"

namespace janjid {
namespace {

// Of a slot that is full, or of none.
MoreSeats more_in(Exchange& exchange, const LaneView& lane, janji::Day day, janji::Minute minute) {
  const janji::Engine& engine = exchange.api().engine();
  auto& slots = exchange.scratch.slots;
  slots.resize(janji::kMaxSlotsPerDay);
  slots.resize(engine.slots(lane.id, day, slots));
  for (const janji::SlotAvailability& slot : slots) {
    if (slot.slot.minute() != minute) continue;
    return more_of(lane, slot.slot, slot.kept, engine.civil_now());
  }
  return {};
}

}  // namespace

Response refuse_slot(Exchange& exchange, janji::Code code, const LaneView& lane, janji::Day day,
                     janji::Minute minute, std::uint16_t seats) {
  if (code == janji::Code::slot_full) {
    const MoreSeats more = more_in(exchange, lane, day, minute);
    std::string more_at;
    if (more.seats != 0) append_moment(more_at, more.at, lane.utc_offset_seconds(more.at));
    const std::string_view alternatives = alternatives_to(exchange, lane, day, minute, seats);
    return problem(
        ProblemCode::slot_full, exchange.audience(),
        {.alternatives_json = alternatives, .more_at = more_at, .more_seats = more.seats});
  }
  if (code == janji::Code::not_released) {
    const janji::CivilTime at = opening_of(lane, day);
    std::string text;
    append_moment(text, at, lane.utc_offset_seconds(at));
    return problem(ProblemCode::not_released, exchange.audience(), {.opens_at = text});
  }
  return problem(problem_of(code), exchange.audience());
}

}  // namespace janjid
