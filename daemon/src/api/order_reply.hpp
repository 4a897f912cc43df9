// The answer to an order that a desk has.
#pragma once

#include <cstdint>

#include "api/exchange.hpp"
#include "api/order_desk.hpp"

namespace janjid {

// Looks again for `wait_ms` while it runs; then `answer(whether it had been asked for already)`.
template <class Answer>
Reply order_reply(Exchange& exchange, const OrderState& state, std::int64_t wait_ms,
                  Answer answer) {
  Attempt& attempt = exchange.attempt;
  if (!attempt.repeated) attempt.repeated = state.repeated;
  if (state.step == OrderStep::refused) {
    return problem(state.code, exchange.audience(), {.detail = state.detail});
  }
  const bool may_wait = !attempt.last_look && !exchange.site.draining() &&
                        exchange.api().engine().health() != janji::Health::failed;
  if (state.step == OrderStep::running && wait_ms > 0 && may_wait) {
    return exchange.look_often(wait_ms);
  }
  return answer(*attempt.repeated);
}

}  // namespace janjid
