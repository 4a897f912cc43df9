// The part of a step that changes days, lanes, epochs and blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <janji/result.hpp>

#include "state/batch.hpp"
#include "state/day_row.hpp"
#include "store/state_store.hpp"

namespace janji::state {

// Applies a batch's other records and what its bookings did to slots, day by day, in the open step
// of a state; each day's in the order of the journal. So a slot that would go above its capacity at
// any record is found here, and the state never holds one. One thread; reused.
class DayStep {
 public:
  explicit DayStep(store::StateStore& state) : state_(state) {}

  // Sorts `seats`. Errors: damaged, with the LSN of the record that doesn't apply; those of the
  // store.
  Status run(const Batch& batch, std::vector<SeatChange>& seats);

 private:
  // A record that touches a day, whichever way.
  struct Event {
    SlotKey slot;
    std::uint32_t seq;
    std::int32_t seats;  // 0: the record itself opens, changes or archives the slot or its day
    std::uint64_t day() const { return day_key(slot); }
  };

  Status change_day(const Batch& batch, std::span<const Event> events);
  Status apply(const Batch& batch, const Event& event, std::optional<DayRow>& day);
  Status put_other(const Batch& batch, std::uint32_t seq);

  store::StateStore& state_;
  std::vector<Event> events_;
};

}  // namespace janji::state
