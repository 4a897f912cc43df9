// Whose booking it is.
#pragma once

#include <variant>

#include <janji/types.hpp>

#include "api/exchange.hpp"

namespace janjid {

// The booking named by the path's first parameter, when the request holds its token; else the
// answer: booking_not_found for a reference that we never made, unauthorized without a token,
// forbidden with another's. Nothing of it looks into the engine.
std::variant<janji::BookingId, Response> authorise(const Exchange& exchange);

}  // namespace janjid
