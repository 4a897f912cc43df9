// The part of a step that changes entitlements.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <janji/result.hpp>

#include "record/entitlement_image.hpp"
#include "state/batch.hpp"
#include "state/row.hpp"
#include "store/state_store.hpp"

namespace janji::state {

constexpr bool is_of_entitlement(record::Type type) noexcept {
  return type == record::Type::entitlement || type == record::Type::eligible ||
         type == record::Type::forget_entitlement;
}

// Applies a batch's records about entitlements, and what its bookings did to them, one by one, in
// the open step of a state; each one's in the order of the journal. So one that would go past its
// quota at any record is found here. One thread; reused.
class EntitlementStep {
 public:
  explicit EntitlementStep(store::StateStore& state) : state_(state) {}

  // Errors: damaged, with the LSN of the record that doesn't apply; those of the store.
  Status run(const Batch& batch, const std::vector<UnitChange>& units);

 private:
  // A record that touches one, whichever way.
  struct Event {
    EntitlementId id;
    std::uint32_t seq;
    record::UnitsMoved units;  // none: the record itself is about it
    std::uint32_t cell() const { return record::cell_of(id); }
  };
  using Events = std::span<const Event>;

  Status change_one(const Batch& batch, Events events);
  Status apply(const Batch& batch, const Event& event);
  Status load(std::uint32_t cell);
  Status load_keys(std::uint32_t cell);

  store::StateStore& state_;
  std::vector<Event> events_;
  // The one that is being changed.
  record::EntitlementImage image_{};
  std::optional<record::EligibleKeys> keys_;  // nothing: its list wasn't looked at
};

}  // namespace janji::state
