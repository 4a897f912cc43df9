// Whose booking it is.
#pragma once

#include <variant>

#include <janji/types.hpp>

#include "api/exchange.hpp"
#include "identity/access_keys.hpp"

namespace janjid {

// The booking named by the path's first parameter, when the request holds its token; else the
// answer: booking_not_found for a reference that we never made, unauthorized without a token,
// forbidden with another's. Nothing of it looks into the engine.
std::variant<janji::BookingId, Response> authorise(const Exchange& exchange);

// The booking named by the path's first parameter, whoever asks; else booking_not_found.
std::variant<janji::BookingId, Response> named_booking(const Exchange& exchange);

// The access key that the request carries, when it may do that; else the answer: unauthorized
// without a key that is good, forbidden for one that lacks the scope.
std::variant<AccessKey, Response> authorise_staff(const Exchange& exchange, Scope scope);

}  // namespace janjid
