// What the routes of a booking's steps share.
#pragma once

#include <string_view>

#include <janji/decision.hpp>

#include "api/exchange.hpp"
#include "http/field_error.hpp"
#include "http/json_reader.hpp"
#include "identity/access_keys.hpp"

namespace janjid {

// Reports a body that is there and isn't an empty object.
void read_nothing(Exchange& exchange, FieldErrors& errors);

// What a step answers when it was granted; the first tells of the booking alone.
using TellStep = Response (*)(const Api& api, const janji::Booking& booking, bool replayed);
Response tell_booking(const Api& api, const janji::Booking& booking, bool replayed);

// Asks the engine for the step; answers with the booking as it is then.
Reply take_step(Exchange& exchange, const janji::ActRequest& request, TellStep tell = tell_booking);

// Reads the member of the body, {"<name>": ...}, that says more of a step; 0 when it was reported.
using ReadArgument = std::uint32_t (*)(Exchange& exchange, JsonReader& body, std::string_view name);
std::uint32_t read_number(Exchange& exchange, JsonReader& body, std::string_view name);

// A step at the office or of a trusted caller, under an access key with the scope. `argument` names
// the member of the body that says more; empty: the step has none. A key that is bound to a branch
// acts there only.
struct StaffStep {
  janji::Act act;
  Scope scope;
  std::string_view route;
  std::string_view argument;
  TellStep tell{tell_booking};
  ReadArgument read{read_number};
};
Reply post_staff_step(Exchange& exchange, const StaffStep& step);

// The same of a whole group: its `tell` isn't used.
Reply take_group_step(Exchange& exchange, const janji::ActRequest& request);
Reply post_staff_group_step(Exchange& exchange, const StaffStep& step);

}  // namespace janjid
