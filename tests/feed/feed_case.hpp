// What the feed's tests share.
#pragma once

#include <vector>

#include <janji/feed.hpp>

#include "support/gated_store.hpp"
#include "unit/engine/engine_fixture.hpp"

namespace janji::test {

// Everything behind `after`, read `page` events at a time.
inline std::vector<Event> events_of(const Engine& engine, Lsn after = {}, std::size_t page = 64) {
  std::vector<Event> events;
  std::vector<Event> some(page);
  while (after < engine.durable_lsn()) {
    const auto read = engine.read_feed(after, some);
    INFO((read.ok() ? "read" : read.error().detail));
    REQUIRE(read.ok());
    REQUIRE(read->next > after);
    events.insert(events.end(), some.begin(), some.begin() + static_cast<long>(read->events));
    after = read->next;
  }
  return events;
}

// Those of bookings, without the days of the opening.
inline std::vector<Event> booking_events(const Engine& engine, Lsn after = {}) {
  std::vector<Event> events = events_of(engine, after);
  std::erase_if(events, [](const Event& event) { return event.booking.value == 0; });
  return events;
}

}  // namespace janji::test
