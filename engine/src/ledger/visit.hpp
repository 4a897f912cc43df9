// What a walk-in has besides a claim.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "ledger/decision_parts.hpp"

namespace janji::ledger {

// Problem: a walk-in needs more room than a claim: a long block, as its record is longer; a chair
// in the hall; entries for its confirm and its check-in; a buffer for its details.
// Operation: make_room() takes all of it, when nothing speaks against the walk-in any more and
// before any word is touched (rule 3); what isn't kept goes back when the scope is left.
// Concurrency: its caller's. Limits: those of each of these.
class Ledger::Visit {
 public:
  // `today`: of the branch, by the same clock as the plan's.
  Visit(Ledger& ledger, const WalkInRequest& request, std::uint32_t branch, Day today) noexcept;
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  // Why a lane with these rules takes nobody in so; ok: it does.
  static Code why_none(const Ledger& ledger, const LaneRules& rules) noexcept;
  // Whether somebody can be served in the slot now; decided: yes.
  static Attempt time_for(const ClaimPlan& plan, const DayView& view, Day day,
                          std::uint32_t i) noexcept;

  std::uint64_t payload() const noexcept { return payload_; }
  // Of a try that comes behind another one, nothing.
  Code make_room() noexcept;
  std::uint32_t block() const noexcept { return block_; }
  // The entries and the record, while nobody else can see them; the number comes last.
  void fill(const ClaimPlan& plan, const Seating& seating, Place place, BookingId id,
            LedgerTime now) noexcept;
  // When nothing can fail any more, so that none is used up by a refusal.
  void draw_number() noexcept;
  // Published.
  void keep(Lsn lsn) noexcept;

 private:
  // By what they stand for, in the order in which they would have been granted.
  static constexpr std::array kSteps{record::Type::confirm, record::Type::check_in};

  void fill_entry(std::size_t at, Place place, CivilTime civil) noexcept;
  OperationCell& entry(std::size_t at) noexcept { return ledger_.operations_[entries_[at]]; }

  Ledger& ledger_;
  const WalkInRequest& request_;
  const std::uint64_t payload_;
  const std::uint32_t branch_;
  const Day today_;
  std::optional<SharedEntry> shared_;  // the check-in's
  std::array<std::uint32_t, kSteps.size()> entries_{kNothing, kNothing};
  std::uint32_t block_{kNothing};
  std::uint32_t details_{kNothing};
  bool chair_{false};
};

}  // namespace janji::ledger
