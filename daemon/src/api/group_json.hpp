// A group as whoever claimed it sees it.
#pragma once

#include <vector>

#include <janji/booking.hpp>
#include <janji/group.hpp>

#include "api/api.hpp"
#include "http/json_writer.hpp"

namespace janjid {

// A group and its members as they were at one moment.
struct GroupView {
  janji::Group group;
  std::vector<janji::Booking> members;  // in their order

  // With which all that is told here is durable.
  janji::Lsn lsn() const noexcept;
};

// Errors: booking_not_found; retry when the group or one of its members is being changed.
janji::Result<GroupView> view_group(const janji::Engine& engine, janji::BookingId id);

// {"reference","category","created_at","entitlement" (if one was
// used),"version","members":[<booking>, ...]}
void write_group(JsonWriter& json, const Api& api, const GroupView& view);

}  // namespace janjid
