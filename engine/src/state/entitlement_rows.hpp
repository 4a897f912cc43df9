// Rows of the tables `entitlements` and `eligible`: terms, units and operations of each, and apart
// from these, since claims change them all the time, its list; both under the number of its cell.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <janji/result.hpp>

#include "record/entitlement_image.hpp"
#include "state/recovery_sink.hpp"
#include "state/row.hpp"

namespace janji::state {

std::vector<std::byte> encode_entitlement(std::uint64_t key, const record::EntitlementImage& image);
// Errors: damaged.
Result<record::EntitlementImage> decode_entitlement(std::uint64_t key, Bytes row);

std::vector<std::byte> encode_eligible(std::uint64_t key, const record::EligibleKeys& keys);
// Errors: damaged.
Result<record::EligibleKeys> decode_eligible(std::uint64_t key, Bytes row);

// Hands every row to `sink`, the lists last. Errors: damaged, with table and row; the sink's; the
// store's.
Status load_entitlements(const store::StateStore& state, RecoverySink& sink);

}  // namespace janji::state
