// The checks of records about entitlements.
#include "record/entitlement_records.hpp"
#include "record/record_rules.hpp"

namespace janji::record {
namespace {

bool names_one(std::uint64_t id) noexcept {
  return id != 0 && cell_of(EntitlementId{id}) < kEntitlementsMax;
}

}  // namespace

Status check_entitlement(Bytes bytes) {
  Rules rules = sized<Entitlement>("entitlement.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto made = load<Entitlement>(bytes);
  return rules.holds(names_one(made.entitlement), "entitlement.entitlement names none")
      .holds((made.holder_hi | made.holder_lo) != 0, "entitlement.holder is 0: names nobody")
      .within("entitlement.decided_ms", made.decided_ms, 0, kLedgerMsMax)
      .civil("entitlement.acted_ms", made.acted_ms)
      .holds(made.service != 0, "entitlement.service is 0: names none")
      .within("entitlement.quota", made.quota, 0, kEntitlementUnitsMax)
      .within("entitlement.from", made.from, 0, kDayMax)
      .within("entitlement.until", made.until, made.from, kDayMax)
      .within("entitlement.listed", made.listed, 0, 1)
      .within("entitlement.granted", made.granted, 0, 1)
      .status();
}

Status check_eligible(Bytes bytes) {
  Rules rules;
  rules.within("eligible.size", static_cast<std::int64_t>(bytes.size()), sizeof(Eligible),
               kRecordMax);
  if (!rules.fine()) return rules.status();
  const auto change = load<Eligible>(bytes);
  constexpr auto kMost = static_cast<std::int64_t>(kEligibleAtOnce);
  rules.within("eligible.added", change.added, 0, kMost)
      .within("eligible.removed", change.removed, 0, kMost - change.added);
  if (!rules.fine()) return rules.status();
  const std::size_t many = std::size_t{change.added} + change.removed;
  rules = sized<Eligible>("eligible.size", bytes, many * sizeof(ApplicantKey));
  rules.holds(names_one(change.entitlement), "eligible.entitlement names none")
      .within("eligible.decided_ms", change.decided_ms, 0, kLedgerMsMax)
      .civil("eligible.acted_ms", change.acted_ms);
  for (std::size_t i = 0; i < many && rules.fine(); ++i) {
    const auto key = load<ApplicantKey>(bytes.subspan(sizeof(Eligible) + i * sizeof(ApplicantKey)));
    rules.holds(!key.empty(), "eligible.applicant is 0: names nobody");
  }
  return rules.status();
}

Status check_forget_entitlement(Bytes bytes) {
  Rules rules = sized<ForgetEntitlement>("forget_entitlement.size", bytes);
  if (!rules.fine()) return rules.status();
  const auto forget = load<ForgetEntitlement>(bytes);
  return rules.holds(names_one(forget.entitlement), "forget_entitlement.entitlement names none")
      .within("forget_entitlement.decided_ms", forget.decided_ms, 0, kLedgerMsMax)
      .civil("forget_entitlement.ended_ms", forget.ended_ms)
      .status();
}

}  // namespace janji::record
