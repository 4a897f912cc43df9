// Everything that is made from the key file, in one place.
#pragma once

#include "identity/applicant_key.hpp"
#include "identity/bearer.hpp"
#include "identity/details_sealer.hpp"
#include "identity/idempotency_key.hpp"
#include "identity/key_ring.hpp"
#include "identity/operation_id.hpp"
#include "identity/reference.hpp"
#include "identity/token.hpp"

namespace janjid {

// Made once at start from the key ring, then shared by all threads. A ring that was rotated
// needs a new one.
struct Identity {
  explicit Identity(const KeyRing& ring)
      : applicants(ring),
        operations(ring),
        references(ring),
        entitlements(ring),
        tokens(ring),
        details(ring) {}

  ApplicantKeys applicants;
  OperationIds operations;
  References references;
  EntitlementReferences entitlements;
  Tokens tokens;
  DetailsSealer details;
};

}  // namespace janjid
