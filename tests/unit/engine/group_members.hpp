// What the engine knows of a group's members.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "engine_fixture.hpp"

namespace janji::test {

inline std::vector<Booking> members_of(const Engine& engine, BookingId group) {
  std::array<BookingId, kGroupMembersMax> ids;
  const auto found = engine.find_group(group, ids);
  INFO(to_string(found.code()));
  REQUIRE(found.ok());
  std::vector<Booking> made;
  for (std::size_t i = 0; i < found->members; ++i) {
    const auto booking = engine.find(ids[i]);
    REQUIRE(booking.ok());
    made.push_back(*booking);
  }
  return made;
}

inline std::size_t in_state(const Engine& engine, BookingId group, BookingState state) {
  const auto members = members_of(engine, group);
  return static_cast<std::size_t>(std::count_if(
      members.begin(), members.end(), [&](const Booking& one) { return one.state == state; }));
}

}  // namespace janji::test
