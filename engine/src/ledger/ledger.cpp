#include "ledger/ledger.hpp"

namespace janji::ledger {

Ledger::Ledger(const Options& options, std::uint32_t lanes_max, std::uint32_t ring_days,
               Journal journal, const base::TimeKeeper& time, std::uint64_t seed)
    : seed_(seed),
      relaxed_(options.durability == Durability::relaxed),
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
      free_places_(base::magazine_size(options.bookings_max, options.callers_max)),
      timers_(options.bookings_max, options.huge_pages),
      wheel_(timers_),
      retention_(timers_, options.retention_ms) {
  for (std::uint32_t i = options.operations_max; i-- > 0;) {
    free_operations_.push(i, operation_links());
  }
}

}  // namespace janji::ledger
