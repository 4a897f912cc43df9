// What is done where people wait.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "engine_fixture.hpp"
#include "hour.hpp"

namespace janji::test {

inline JoinRequest join_of(std::uint64_t who, SlotKey slot = slot_at(),
                           std::uint64_t operation = 0) {
  JoinRequest request;
  request.slot = slot;
  request.applicant = claim_of(who).applicant;
  if (operation != 0) request.operation = {13, operation};
  return request;
}

inline Booking claimed(Engine& engine, std::uint64_t who, SlotKey slot = slot_at()) {
  auto booking = engine.claim(claim_of(who, slot));
  INFO(to_string(booking.code()));
  REQUIRE(booking.ok());
  return *booking;
}

inline Booking joined(Engine& engine, const JoinRequest& request) {
  auto booking = engine.join(request);
  INFO(to_string(booking.code()));
  REQUIRE(booking.ok());
  return *booking;
}

inline Booking joined(Engine& engine, std::uint64_t who, SlotKey slot = slot_at(),
                      std::uint16_t seats = 1) {
  JoinRequest request = join_of(who, slot);
  request.seats = seats;
  return joined(engine, request);
}

inline void cancelled(Engine& engine, BookingId booking) {
  CancelRequest request;
  request.booking = booking;
  auto done = engine.cancel(request);
  INFO(to_string(done.code()));
  REQUIRE(done.ok());
}

// As many bookings as one likes.
inline std::shared_ptr<const Catalogue> unscoped_catalogue() {
  UniformCatalogue spec;
  spec.lanes = 1;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = 2;
  spec.rules.horizon_days = 7;
  spec.rules.scope_name = "";
  return *make_uniform_catalogue(spec);
}

// Staff shuts a slot, or opens it: meanwhile nobody is offered anything there.
inline void shut(Engine& engine, SlotKey slot, bool closed = true) {
  SlotChangeRequest doors;
  doors.slot = slot;
  doors.doors = closed ? SlotChangeRequest::Doors::closed : SlotChangeRequest::Doors::open;
  REQUIRE(engine.change_slot(doors).ok());
}

// Whatever was published is committed, and so is what the writer makes of that.
inline void settle(Engine& engine) {
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine.settle().ok());
}

inline BookingState state_of(const Engine& engine, BookingId booking) {
  const auto found = engine.find(booking);
  INFO(to_string(found.code()));
  REQUIRE(found.ok());
  return found->state;
}

// A slot of two seats, both taken: by 1 and 2.
inline std::array<Booking, 2> fill(Engine& engine, SlotKey slot = slot_at()) {
  return {claimed(engine, 1, slot), claimed(engine, 2, slot)};
}

inline std::vector<EventKind> kinds_of(const Engine& engine, BookingId booking) {
  std::vector<EventKind> kinds;
  std::array<Event, 128> events;
  for (Lsn at; at < engine.durable_lsn();) {
    const auto page = engine.read_feed(at, events);
    REQUIRE(page.ok());
    for (std::size_t i = 0; i < page->events; ++i) {
      if (events[i].booking == booking) kinds.push_back(events[i].kind);
    }
    at = page->next;
  }
  return kinds;
}

}  // namespace janji::test
