// What the judge's files share.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>

#include "model/acts.hpp"
#include "model/call.hpp"

namespace janji::model {

// What was called for, and what was answered. judge.cpp
std::string words_of(const Call& call);

// A confirm may have become a submit.
inline bool is_of(record::Type type, const Call& call) {
  switch (call.kind) {
    case Kind::claim: return type == record::Type::claim;
    case Kind::confirm: return type == record::Type::confirm || type == record::Type::submit;
    case Kind::cancel: return type == record::Type::cancel;
    case Kind::reschedule: return type == record::Type::reschedule;
    case Kind::act: return type == type_of(call.act.act);
    case Kind::next: return type == record::Type::serve;
    case Kind::claim_group: return type == record::Type::group_claim;
    case Kind::move_group: return type == record::Type::group_move;
    case Kind::block: return type == record::Type::block;
    case Kind::join: return type == record::Type::join;
    case Kind::walk_in: return type == record::Type::walk_in;
    case Kind::join_group: return type == record::Type::group_join;
    case Kind::find: break;
  }
  return false;
}

// Said of the entitlement that a group names.
inline bool is_of_entitlement(Code code) {
  return code == Code::entitlement_exhausted || code == Code::entitlement_not_found ||
         code == Code::entitlement_not_valid || code == Code::not_eligible;
}

// What a call may be done with, as engine.md's states say; an expired booking is told otherwise.
inline bool allows(const Call& call, BookingState state) {
  using State = BookingState;
  if (state == State::expired || state == State::none) return true;
  const auto is = [&](std::initializer_list<State> states) {
    return std::find(states.begin(), states.end(), state) != states.end();
  };
  switch (call.kind) {
    case Kind::confirm: return is({State::held});
    case Kind::cancel:
      return is({State::held, State::awaiting, State::confirmed, State::displaced, State::waiting});
    case Kind::move_group:
    case Kind::reschedule: return is({State::held, State::confirmed, State::displaced});
    case Kind::act: return allows(call.act.act, state);
    default: return true;
  }
}

}  // namespace janji::model
