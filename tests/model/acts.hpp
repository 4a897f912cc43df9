// What the acts are, read off the design and not off the engine's table.
#pragma once

#include <janji/decision.hpp>

#include "record/record.hpp"

namespace janji::model {

inline constexpr Act kActs[] = {Act::extend, Act::approve,  Act::refuse, Act::check_in,
                                Act::serve,  Act::complete, Act::no_show};

constexpr record::Type type_of(Act act) {
  switch (act) {
    case Act::extend: return record::Type::extend;
    case Act::approve: return record::Type::approve;
    case Act::refuse: return record::Type::refuse;
    case Act::check_in: return record::Type::check_in;
    case Act::serve: return record::Type::serve;
    case Act::complete: return record::Type::complete;
    case Act::no_show: return record::Type::no_show;
  }
  return record::Type::none;
}

// The one state in which it can be done.
constexpr BookingState state_for(Act act) {
  switch (act) {
    case Act::extend: return BookingState::held;
    case Act::approve:
    case Act::refuse: return BookingState::awaiting;
    case Act::check_in:
    case Act::no_show: return BookingState::confirmed;
    case Act::serve:
    case Act::complete: return BookingState::checked_in;
  }
  return BookingState::none;
}

}  // namespace janji::model
