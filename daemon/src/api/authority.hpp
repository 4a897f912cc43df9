// Whose booking it is.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include <janji/types.hpp>

#include "api/exchange.hpp"
#include "identity/access_keys.hpp"

namespace janjid {

// Who holds a booking: whose it is, and which issue of its token it was. A change that is asked of
// the engine under the token names the issue, since it may be issued anew before the change is
// made.
struct Holder {
  janji::BookingId booking;
  std::uint8_t issue{0};
};

// The booking named by the path's first parameter, when the request holds its token; else the
// answer: booking_not_found for a reference that we never made, unauthorized without a token,
// forbidden with another's, or with one that was issued anew since. Only a well-formed token of a
// well-formed reference has the engine looked into; the answer may be to wait (exchange.wait()).
// What this request was granted already stays granted, whatever became of its token.
std::variant<Holder, Reply> authorise(Exchange& exchange);

// The booking named by the path's first parameter, whoever asks; else booking_not_found, as for a
// group's reference: the engine would take a group's id for a booking's.
std::variant<janji::BookingId, Response> named_booking(const Exchange& exchange);

// The group named by it, likewise.
std::variant<janji::BookingId, Response> named_group(const Exchange& exchange);

// The same, when the request holds the group's token; refusals as authorise().
std::variant<janji::BookingId, Response> authorise_group(const Exchange& exchange);

// The access key that the request carries, when it may do that; else the answer: unauthorized
// without a key that is good, forbidden for one that lacks the scope.
std::variant<AccessKey, Response> authorise_staff(const Exchange& exchange, Scope scope);

// The same for what goes on behind the request: an access key's token that was good may be revoked.
// Nothing: it is good no longer.
std::optional<AccessKey> key_of(const Api& api, std::string_view token);

// The one bearer token of a request; nothing when there is none, or several headers of the kind.
std::optional<std::string_view> bearer_of(const Request& request);

}  // namespace janjid
