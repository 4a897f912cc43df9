#include "api/slot_refusal.hpp"

#include <string>

#include "api/alternatives.hpp"
#include "api/civil_text.hpp"
#include "api/slot_json.hpp"

namespace janjid {

Response refuse_slot(Exchange& exchange, janji::Code code, const LaneView& lane, janji::Day day,
                     janji::Minute minute, std::uint16_t seats) {
  if (code == janji::Code::slot_full) {
    const std::string_view alternatives = alternatives_to(exchange, lane, day, minute, seats);
    return problem(ProblemCode::slot_full, exchange.audience(),
                   {.alternatives_json = alternatives});
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
