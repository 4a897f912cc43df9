// A booking as its holder sees it.
#pragma once

#include <string_view>

#include <janji/booking.hpp>

#include "api/api.hpp"
#include "http/json_writer.hpp"

namespace janjid {

std::string_view to_string(janji::BookingState state) noexcept;

// {"reference","status","slot":{...} (null, and "waits_for":{"from","to"}, while it waits for
// several slots),"group" (of a member only),"seats","created_at","expires_at" (held only),
// "confirmed_at","version"}. A hold whose deadline has passed is expired, swept or not.
void write_booking(JsonWriter& json, const Api& api, const janji::Booking& booking);

}  // namespace janjid
