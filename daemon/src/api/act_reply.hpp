// What the routes of a booking's steps share.
#pragma once

#include <string_view>

#include <janji/decision.hpp>

#include "api/exchange.hpp"
#include "http/field_error.hpp"
#include "identity/access_keys.hpp"

namespace janjid {

// Reports a body that is there and isn't an empty object.
void read_nothing(Exchange& exchange, FieldErrors& errors);

// What a step answers when it was granted; the first tells of the booking alone.
using TellStep = Response (*)(const Api& api, const janji::Booking& booking, bool replayed);
Response tell_booking(const Api& api, const janji::Booking& booking, bool replayed);

// Asks the engine for the step; answers with the booking as it is then.
Reply take_step(Exchange& exchange, const janji::ActRequest& request, TellStep tell = tell_booking);

// A step at the office or of a trusted caller, under an access key with the scope. `number` names
// the member of the body that says more, in {"<number>": n}; empty: the step has none. A key that
// is bound to a branch acts there only.
struct StaffStep {
  janji::Act act;
  Scope scope;
  std::string_view route;
  std::string_view number;
  TellStep tell{tell_booking};
};
Reply post_staff_step(Exchange& exchange, const StaffStep& step);

}  // namespace janjid
