// Every code that a problem document can carry, and what belongs to it: one table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <janji/result.hpp>

#include "http/language.hpp"

namespace janjid {

enum class ProblemCode : std::uint8_t {
  slot_full,
  already_booked,
  blocked,
  already_waiting,
  not_blocked,
  hold_expired,
  booking_not_found,
  slot_not_found,
  not_released,
  outside_horizon,
  closed,
  illegal_transition,
  changes_exceeded,
  slot_not_allowed,
  too_early,
  wrong_branch,
  in_group,
  group_invalid,
  nobody_waiting,
  entitlement_not_found,
  entitlement_exhausted,
  entitlement_not_valid,
  not_eligible,
  too_late,
  limit_reached,
  category_not_allowed,
  seats_exceeded,
  retry,
  overloaded,
  read_only,
  outcome_unknown,
  idempotency_mismatch,
  invalid_request,
  unauthorized,
  forbidden,
  gap,
  not_found,
  method_not_allowed,
  request_timeout,
  payload_too_large,
  unsupported_media_type,
  headers_too_large,
  too_many_streams,
  backup_unavailable,
  directory_not_empty,
  backup_running,
  backup_failed,
  catalogue_invalid,
  catalogue_changed,
  internal_error,
};

struct ProblemEntry {
  ProblemCode code;
  std::string_view name;  // as it stands in `code` and in /problems/<name>
  unsigned status;
  std::uint32_t retry_after_ms;  // 0: trying again as it is won't help
  Text title;                    // what is the matter
  Text detail;                   // what it means and what to do next
};

std::span<const ProblemEntry> problem_table() noexcept;  // in the order of ProblemCode
const ProblemEntry& entry_of(ProblemCode code) noexcept;
std::optional<ProblemCode> find_problem(std::string_view name) noexcept;

// The one table that turns the engine's refusals into HTTP. `code` is not ok.
ProblemCode problem_of(janji::Code code) noexcept;

}  // namespace janjid
