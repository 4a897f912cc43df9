// From which state to which each record leads a booking: the one table of it.
#pragma once

#include <janji/types.hpp>

#include "record/record.hpp"

namespace janji::record {

// Where a record of `type` leads a booking that is in state `from`; none: it can't. A free place
// is in state none, and only a claim, a join or a walk-in leads out of it.
constexpr BookingState target_of(Type type, BookingState from) noexcept {
  using State = BookingState;
  const auto if_from = [from](State wanted, State to) { return from == wanted ? to : State::none; };
  switch (type) {
    case Type::claim: return if_from(State::none, State::held);
    case Type::join: return if_from(State::none, State::waiting);
    case Type::walk_in: return if_from(State::none, State::checked_in);
    case Type::promote: return if_from(State::waiting, State::held);
    case Type::extend: return if_from(State::held, State::held);
    case Type::submit: return if_from(State::held, State::awaiting);
    case Type::confirm: return if_from(State::held, State::confirmed);
    case Type::approve: return if_from(State::awaiting, State::confirmed);
    case Type::refuse: return if_from(State::awaiting, State::refused);
    case Type::reschedule:
      return from == State::held || from == State::confirmed ? from
             : from == State::displaced                      ? State::confirmed
                                                             : State::none;
    case Type::cancel:
      return from == State::held || from == State::awaiting || from == State::confirmed ||
                     from == State::displaced || from == State::waiting
                 ? State::cancelled
                 : State::none;
    case Type::expire:
      return from == State::held || from == State::awaiting ? State::expired : State::none;
    case Type::check_in: return if_from(State::confirmed, State::checked_in);
    case Type::serve: return if_from(State::checked_in, State::checked_in);
    case Type::complete: return if_from(State::checked_in, State::completed);
    case Type::no_show: return if_from(State::confirmed, State::no_show);
    case Type::lapse:
      return from == State::confirmed    ? State::no_show
             : from == State::checked_in ? State::completed
             : from == State::displaced  ? State::cancelled
             : from == State::waiting    ? State::expired
                                         : State::none;
    case Type::displace: return if_from(State::confirmed, State::displaced);
    case Type::reinstate: return if_from(State::displaced, State::confirmed);
    case Type::reissue: return is_active(from) ? from : State::none;
    case Type::progress:
      return from == State::checked_in || from == State::completed ? from : State::none;
    default: return State::none;
  }
}

// In these a booking ends by itself at its deadline, and is nobody's to use from then on.
constexpr bool has_deadline(BookingState state) noexcept {
  return state == BookingState::held || state == BookingState::awaiting;
}

}  // namespace janji::record
