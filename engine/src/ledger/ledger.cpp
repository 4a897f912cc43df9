#include "ledger/ledger.hpp"

#include <algorithm>

namespace janji::ledger {

namespace {

// Small enough that no caller's stock of places starves the others.
std::uint32_t magazine_size(const Options& options) {
  return std::clamp<std::uint32_t>(options.bookings_max / (options.callers_max * 8), 1, 32);
}

}  // namespace

Ledger::Ledger(const Options& options, std::uint32_t lanes_max, std::uint32_t ring_days,
               Journal journal, const base::TimeKeeper& time, std::uint64_t seed)
    : seed_(seed),
      retention_ms_(options.retention_ms),
      time_(time),
      catalogue_(*options.catalogue),
      journal_(journal),
      days_(options.slots_max, lanes_max, ring_days, options.huge_pages),
      bookings_(options.bookings_max, options.huge_pages),
      operations_(options.operations_max, options.huge_pages),
      applicant_index_(options.bookings_max, options.huge_pages),
      operation_index_(std::uint64_t{options.bookings_max} + options.operations_max,
                       options.huge_pages),
      details_(options.details_in_flight, base::mix(seed, 1, 2), options.huge_pages),
      callers_(options.callers_max),
      free_places_(magazine_size(options)),
      wheel_(options.bookings_max, options.huge_pages),
      retention_(options.bookings_max, options.huge_pages) {
  for (std::uint32_t i = options.operations_max; i-- > 0;) {
    free_operations_.push(i, operation_links());
  }
}

}  // namespace janji::ledger
