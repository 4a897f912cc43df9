// What the joins of one applicant and of a group know and nobody else sees.
#pragma once

#include <span>

#include <janji/waitlist.hpp>

#include "ledger/decision_parts.hpp"

namespace janji::ledger {

// What one try of it knows.
struct Ledger::JoinPlan {
  const JoinRequest& request;
  Patience& patience;
  CallerSlot& caller;
  const LaneRules& rules;
  std::uint64_t payload;
  std::uint64_t operation_hash;
  CivilTime civil;
  bool named;            // the operation index counts
  SlotKey slot{};        // the first for which he waits
  std::uint16_t last{};  // as record::Join::last
  std::uint32_t slot_index{kNothing};
  std::span<const ApplicantKey> members{};  // of a group; empty: the applicant for himself

  LaneId lane() const noexcept {
    return request.slot.value != 0 ? request.slot.lane() : request.lane;
  }
  Day day() const noexcept { return request.slot.value != 0 ? request.slot.day() : request.day; }
};

}  // namespace janji::ledger
