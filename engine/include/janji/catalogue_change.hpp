// Another catalogue for an engine that runs: what it would change, and the change.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <janji/catalogue.hpp>
#include <janji/types.hpp>

namespace janji {

// One day of a lane that is open, under another catalogue: slots that haven't begun.
//
// What staff changed by hand stays: a capacity that isn't the old catalogue's own, and a door of
// which the new one says what the old one said. So do seats of a pool that fell back.
struct ChangedDay {
  LaneId lane;
  Day day;
  std::uint32_t closed{0};   // slots that nobody can book any more
  std::uint32_t opened{0};   // slots that can be booked again
  std::uint32_t resized{0};  // slots with another capacity
  std::uint32_t kept{0};     // slots whose capacity would be another, but isn't the catalogue's own
  std::uint32_t missing{0};  // slots that it plans and an open day can't get any more
  std::uint32_t displaced{0};  // bookings in the slots that are closed
  std::string reason;          // why the day has no slots any more, e.g. a holiday's name; or empty
};

// What a change comes to.
struct CataloguePreview {
  std::uint64_t digest{0};       // names it: lanes' rules and slots, without bookings; never 0
  std::uint32_t lanes{0};        // whose rules are others
  std::vector<ChangedDay> days;  // by lane, then day: those that come to it, or should
  std::uint64_t displaced() const noexcept {
    std::uint64_t sum = 0;
    for (const ChangedDay& day : days) sum += day.displaced;
    return sum;
  }
};

// Offices, services and lanes come, go and change their order at an opening only, and an office's
// time zone too.
struct CatalogueChangeRequest {
  std::shared_ptr<const Catalogue> catalogue;
  std::uint64_t digest{0};  // of the preview that was seen: nothing else is done
  ActorId actor{};
};

}  // namespace janji
