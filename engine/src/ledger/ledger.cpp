#include "ledger/ledger.hpp"

#include <algorithm>

#include <janji/catalogue.hpp>

namespace janji::ledger {

namespace {

// Confirm or submit, and whatever ends a booking: two entries for each have their room, so that
// nobody else's changes can keep a hold from being confirmed or a booking from being cancelled.
// With fewer entries than that, others have a quarter.
std::uint32_t shared_operations(const Options& options) {
  const std::uint64_t kept = 2 * std::uint64_t{options.bookings_max} + options.callers_max;
  if (options.operations_max < kept + options.operations_max / 4) return options.operations_max / 4;
  return static_cast<std::uint32_t>(options.operations_max - kept);
}

std::vector<ServiceKey> service_keys(const Catalogue& catalogue) {
  std::vector<ServiceKey> keys;
  for (const Service& service : catalogue.services()) keys.push_back(service_key(service.id));
  return keys;
}

}  // namespace

Ledger::Ledger(const Options& options, std::uint32_t lanes_max, std::uint32_t ring_days,
               Journal journal, const base::TimeKeeper& time, std::uint64_t seed)
    : seed_(seed),
      relaxed_(options.durability == Durability::relaxed),
      time_(time),
      catalogue_(*options.catalogue),
      service_keys_(service_keys(*options.catalogue)),
      journal_(journal),
      days_(options.slots_max, lanes_max, ring_days, options.huge_pages),
      bookings_(options.bookings_max, options.huge_pages),
      operations_(options.operations_max, options.huge_pages),
      applicant_index_(options.bookings_max, options.huge_pages),
      operation_index_(std::uint64_t{options.bookings_max} + options.operations_max,
                       options.huge_pages),
      waiting_index_(std::max(1U, options.waiters_max), options.huge_pages),
      block_cells_(options.blocks_max, options.huge_pages),
      entitlements_(options.entitlements_max, options.huge_pages),
      eligible_(options.eligible_max, options.huge_pages),
      details_(options.details_in_flight, base::mix(seed, 1, 2), options.huge_pages),
      callers_(options.callers_max),
      free_places_(base::magazine_size(options.bookings_max, options.callers_max)),
      shared_operations_max_(shared_operations(options)),
      waiters_max_(options.waiters_max),
      later_(options.later_seats_max, options.slots_max),
      queue_numbers_(options.catalogue->branches().size()),
      halls_(*options.catalogue),
      timers_(options.bookings_max, options.huge_pages),
      wheel_(timers_),
      retention_(timers_, options.retention_ms),
      kept_on_(options.bookings_max),
      waitlist_(options.waiters_max, options.bookings_max, options.slots_max),
      retention_ms_(options.retention_ms) {
  for (std::uint32_t i = options.operations_max; i-- > 0;) {
    free_operations_.push(i, operation_links());
  }
}

}  // namespace janji::ledger
