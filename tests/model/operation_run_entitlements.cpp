// Entitlements in a run of operations.
#include "model/operation_run.hpp"

namespace janji::model {
namespace {

constexpr std::size_t kEnough = 8;  // of entitlements_max

bool is_new(const Decision& decision) {
  return decision.verdict == janji::Verdict::granted && !decision.replayed;
}

}  // namespace

std::string OperationRun::entitle() {
  const bool few = watched_.model().entitlements().size() < kEnough;
  const std::uint64_t dice = random_.below(100);
  if (few && dice < 25) return grant_entitlement();
  if (dice < 60) return change_eligible();
  EntitlementChangeRequest request = requests_.change_entitlement();
  // Now and then one, again and again.
  std::string wrong;
  for (int left = random_.percent(3) ? 65 : 1; left > 0 && wrong.empty(); --left) {
    wrong = change_entitlement(request);
    request.operation = requests_.new_operation();
    if (request.quota) request.quota = *request.quota + 1;
  }
  return wrong;
}

std::string OperationRun::grant_entitlement() {
  const EntitlementGrantRequest request = requests_.grant_entitlement();
  const Expected expected = watched_.operations().grant_entitlement(request);
  Patience patience;
  const Decision decision = watched_.engine().try_grant(request, patience);
  if (std::string wrong = judge("grant", expected, decision); !wrong.empty()) return wrong;
  if (is_new(decision)) {
    requests_.granted(request);
    watched_.operations().granted(request);
  }
  if (std::string wrong = watched_.catch_up(); !wrong.empty() || !is_new(decision)) return wrong;
  const bool there = watched_.model().find_entitlement(decision.entitlement) != nullptr;
  return there ? "" : "an entitlement was granted that isn't in the journal";
}

std::string OperationRun::change_entitlement(const EntitlementChangeRequest& request) {
  const Expected expected = watched_.operations().change_entitlement(request);
  Patience patience;
  const Decision decision = watched_.engine().try_change_entitlement(request, patience);
  if (std::string wrong = judge("terms", expected, decision); !wrong.empty()) return wrong;
  if (is_new(decision)) {
    requests_.granted(request);
    watched_.operations().granted(request);
  }
  return watched_.catch_up();
}

std::string OperationRun::change_eligible() {
  const EligibleCall request = requests_.change_eligible();
  const Expected expected = watched_.operations().change_eligible(request);
  Patience patience;
  const Decision decision = watched_.engine().try_change_eligible(request.request(), patience);
  if (std::string wrong = judge("list", expected, decision); !wrong.empty()) return wrong;
  if (is_new(decision)) {
    requests_.granted(request);
    watched_.operations().granted(request);
  }
  return watched_.catch_up();
}

}  // namespace janji::model
