#include <janji/result.hpp>

namespace janji {

const char* to_string(Code code) noexcept {
  switch (code) {
    case Code::ok: return "ok";
    case Code::slot_full: return "slot_full";
    case Code::already_booked: return "already_booked";
    case Code::hold_expired: return "hold_expired";
    case Code::booking_not_found: return "booking_not_found";
    case Code::slot_not_found: return "slot_not_found";
    case Code::not_released: return "not_released";
    case Code::outside_horizon: return "outside_horizon";
    case Code::closed: return "closed";
    case Code::illegal_transition: return "illegal_transition";
    case Code::retry: return "retry";
    case Code::overloaded: return "overloaded";
    case Code::read_only: return "read_only";
    case Code::outcome_unknown: return "outcome_unknown";
    case Code::too_late: return "too_late";
    case Code::limit_reached: return "limit_reached";
    case Code::category_not_allowed: return "category_not_allowed";
    case Code::seats_exceeded: return "seats_exceeded";
    case Code::operation_mismatch: return "operation_mismatch";
    case Code::invalid_argument: return "invalid_argument";
    case Code::damaged: return "damaged";
    case Code::io_error: return "io_error";
    case Code::locked: return "locked";
    case Code::stopped: return "stopped";
    case Code::changes_exceeded: return "changes_exceeded";
    case Code::change_too_late: return "change_too_late";
    case Code::slot_not_allowed: return "slot_not_allowed";
    case Code::too_early: return "too_early";
    case Code::wrong_branch: return "wrong_branch";
    case Code::gap: return "gap";
    case Code::in_group: return "in_group";
    case Code::group_invalid: return "group_invalid";
    case Code::nobody_waiting: return "nobody_waiting";
    case Code::blocked: return "blocked";
    case Code::entitlement_not_found: return "entitlement_not_found";
    case Code::entitlement_exhausted: return "entitlement_exhausted";
    case Code::entitlement_not_valid: return "entitlement_not_valid";
    case Code::not_eligible: return "not_eligible";
    case Code::already_waiting: return "already_waiting";
    case Code::details_erased: return "details_erased";
  }
  return "unknown";
}

}  // namespace janji
