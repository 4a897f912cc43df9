// For what somebody waits, by himself or with others.
#pragma once

#include <optional>

#include <janji/engine.hpp>
#include <janji/waitlist.hpp>

#include "api/claim_body.hpp"
#include "api/lane_view.hpp"
#include "http/field_error.hpp"
#include "identity/operation_id.hpp"

namespace janjid {

// A slot; or those of a day that start from one minute of it to another.
struct WaitTarget {
  LaneView lane;
  janji::SlotKey slot;  // 0: those of the day
  janji::Day day;
  janji::Minute from{0};
  janji::Minute until = janji::JoinRequest{}.until;

  // What a JoinRequest or a GroupJoinRequest says of it.
  template <class Request>
  void ask_for(Request& request) const {
    request.slot = slot;
    if (slot.value != 0) return;
    request.lane = lane.id;
    request.day = day;
    request.from = from;
    request.until = until;
  }
  // Names it.
  void add_to(PayloadHash& payload) const;
};

// Nothing: there is none, or what is wrong with the span was reported.
std::optional<WaitTarget> find_wait_target(const janji::Engine& engine, const JoinTarget& asked,
                                           FieldErrors& errors);

}  // namespace janjid
