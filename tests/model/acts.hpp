// What the acts are, read off the design and not off the engine's table.
#pragma once

#include <set>

#include <janji/decision.hpp>

#include "record/record.hpp"

namespace janji::model {

inline constexpr Act kActs[] = {Act::extend,   Act::approve, Act::refuse,
                                Act::check_in, Act::serve,   Act::complete,
                                Act::no_show,  Act::reissue, Act::progress};

constexpr record::Type type_of(Act act) {
  switch (act) {
    case Act::extend: return record::Type::extend;
    case Act::approve: return record::Type::approve;
    case Act::refuse: return record::Type::refuse;
    case Act::check_in: return record::Type::check_in;
    case Act::serve: return record::Type::serve;
    case Act::complete: return record::Type::complete;
    case Act::no_show: return record::Type::no_show;
    case Act::reissue: return record::Type::reissue;
    case Act::progress: return record::Type::progress;
  }
  return record::Type::none;
}

constexpr bool has_argument(Act act) {
  return act == Act::refuse || act == Act::serve || act == Act::reissue || act == Act::progress;
}

// Whether it can be done with a booking in that state.
constexpr bool allows(Act act, BookingState state) {
  switch (act) {
    case Act::extend: return state == BookingState::held;
    case Act::approve:
    case Act::refuse: return state == BookingState::awaiting;
    case Act::check_in:
    case Act::no_show: return state == BookingState::confirmed;
    case Act::serve:
    case Act::complete: return state == BookingState::checked_in;
    case Act::reissue: return is_active(state);
    case Act::progress:
      return state == BookingState::checked_in || state == BookingState::completed;
  }
  return false;
}

// All of those.
inline std::set<BookingState> states_for(Act act) {
  std::set<BookingState> states;
  for (int state = 1; state <= static_cast<int>(BookingState::waiting); ++state) {
    if (allows(act, static_cast<BookingState>(state))) {
      states.insert(static_cast<BookingState>(state));
    }
  }
  return states;
}

}  // namespace janji::model
