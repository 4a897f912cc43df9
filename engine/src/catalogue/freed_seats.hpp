// When a seat that was given up can be claimed again.
#pragma once

#include <optional>
#include <string_view>

#include <janji/catalogue.hpp>

namespace janji::catalogue {

// "at_once", or "after 5 60": at some time from five minutes on to an hour.
std::optional<FreedSeats> parse_freed_seats(std::string_view text);

// Within its bounds.
bool is_sound(const FreedSeats& rule) noexcept;

}  // namespace janji::catalogue
