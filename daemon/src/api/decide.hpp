// From the engine's decision to an answer.
#pragma once

#include <algorithm>

#include <janji/engine.hpp>

#include "api/exchange.hpp"

namespace janjid {

// Asks the engine by look() -> Decision; waits when it says so; answers a refusal by
// refused(decision) -> Response, a grant by granted(decision) -> Reply, which may be to wait and is
// asked again then. A refusal is told when what it rests on is durable.
template <class Look, class Refused, class Granted>
Reply decide_and_tell(Exchange& exchange, Look look, Refused refused, Granted granted) {
  std::optional<janji::Decision>& decided = exchange.attempt.granted;
  if (!decided) {
    const janji::Decision decision = look();
    switch (decision.verdict) {
      case janji::Verdict::wait: return exchange.wait(decision.round);
      case janji::Verdict::refused:
        return {refused(decision), exchange.api().acknowledge_at(decision.lsn)};
      case janji::Verdict::granted: decided = decision;
    }
  }
  return granted(*decided);
}

// The same of a booking: answers a refusal by refused(code) -> Response; else reads the booking as
// it is now and answers by granted(booking, replayed) -> Response, told when all of it is durable.
template <class Look, class Refused, class Granted>
Reply decide(Exchange& exchange, Look look, Refused refused, Granted granted) {
  const auto refused_for = [&](const janji::Decision& decision) { return refused(decision.code); };
  return decide_and_tell(exchange, look, refused_for, [&](const janji::Decision& decided) -> Reply {
    const Api& api = exchange.api();
    // Before the look: whoever is seen changing the booking ends with a round behind this one.
    const std::uint64_t rounds = api.rounds();
    const janji::Result<janji::Booking> booking = api.engine().find(decided.booking);
    if (!booking) {
      if (booking.code() == janji::Code::retry) return exchange.wait(rounds + 1);
      return {problem(ProblemCode::outcome_unknown, exchange.audience())};
    }
    return {granted(*booking, decided.replayed),
            api.acknowledge_at(std::max(decided.lsn, booking->lsn))};
  });
}

}  // namespace janjid
