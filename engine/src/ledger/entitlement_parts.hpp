// Parts of the ledger that its files about entitlements and groups share and nobody else sees.
#pragma once

#include <optional>

#include "ledger/group_parts.hpp"

namespace janji::ledger {

// Units that a group takes, to claim or to wait, and gives back if it gets no further.
// Concurrency: its caller's.
class Ledger::Units {
 public:
  explicit Units(Ledger& ledger) noexcept : ledger_(ledger) {}
  ~Units() { undo(); }
  Units(const Units&) = delete;
  Units& operator=(const Units&) = delete;

  struct Asked {
    const LaneRules& rules;
    EntitlementId entitlement;  // 0: none
    ApplicantKey holder;
    std::span<const ApplicantKey> members;
    Day first, last;  // of their slots
  };
  // What was read of it.
  struct Look {
    Code code{Code::ok};           // retry: it is being changed, or units are pending
    std::uint32_t cell{kNothing};  // kNothing: none is named, and none is needed
    EntitlementWord word{};        // whose terms all of that rests on
    std::uint32_t member{0};       // not_eligible: which
  };
  // All that is against it but what others take meanwhile. Everything that is read holds as long as
  // the word's terms are the same: take() compares them with its CAS.
  static Look look(const Ledger& ledger, const Asked& asked) noexcept;

  // ok, also when none is named; retry; entitlement_exhausted. On the terms that `look` saw.
  Code take(const Look& look, std::uint32_t units) noexcept;
  // What was taken stays so: a record about it is published.
  void keep() noexcept { units_ = 0; }
  void undo() noexcept {
    if (units_ != 0) ledger_.undo_units(cell_, EntitlementWord::undone(units_));
    units_ = 0;
  }

 private:
  Ledger& ledger_;
  std::uint32_t cell_{kNothing};
  std::uint32_t units_{0};
};

// What one try of staff to change an entitlement knows.
struct Ledger::Staffing {
  Ledger& ledger;
  Patience& patience;
  CallerSlot& caller;
  record::Type type;
  EntitlementId id;  // of a grant: once it has a cell
  OperationId operation;
  std::uint64_t payload;
  ActorId actor;
  CivilTime civil{ledger.time_.civil_now()};
  std::uint64_t operation_hash{ledger.operation_hash(operation)};
  bool named{!operation.empty()};
  SharedEntry shared{ledger, type};
  KeyIndex::Walk walk{};
  std::uint32_t cell{record::cell_of(id)};
  std::uint32_t entry{kNothing};

  EntitlementCell& at() noexcept { return ledger.entitlements_[cell]; }
};

}  // namespace janji::ledger
