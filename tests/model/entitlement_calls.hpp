// Requests of staff about entitlements that own what they ask for, so that a diary can keep them.
#pragma once

#include <cstdint>
#include <vector>

#include <janji/entitlement.hpp>

namespace janji::model {

struct EligibleCall {
  EntitlementId entitlement;
  std::vector<ApplicantKey> add, remove;
  OperationId operation;
  std::uint64_t payload{0};

  // As long as this lives.
  EligibleRequest request() const {
    EligibleRequest made;
    made.entitlement = entitlement;
    made.add = add;
    made.remove = remove;
    made.operation = operation;
    made.payload = payload;
    return made;
  }
};

inline bool same(const EntitlementGrantRequest& a, const EntitlementGrantRequest& b) {
  return a.holder == b.holder && a.service == b.service && a.quota == b.quota && a.from == b.from &&
         a.until == b.until && a.listed == b.listed && a.payload == b.payload;
}
inline bool same(const EntitlementChangeRequest& a, const EntitlementChangeRequest& b) {
  return a.entitlement == b.entitlement && a.quota == b.quota && a.from == b.from &&
         a.until == b.until && a.listed == b.listed && a.payload == b.payload;
}
inline bool same(const EligibleCall& a, const EligibleCall& b) {
  return a.entitlement == b.entitlement && a.add == b.add && a.remove == b.remove &&
         a.payload == b.payload;
}

}  // namespace janji::model
