// One event of the change feed.
#pragma once

#include <janji/feed.hpp>

#include "api/api.hpp"
#include "http/json_writer.hpp"

namespace janjid {

// {"lsn","kind", then what the kind has of "reference","status","slot","from","seats",
// "expires_at", its number, or a day's office and date, "actor","at"}. Moments are in UTC: most
// events name no branch.
void write_event(JsonWriter& json, const Api& api, const janji::Event& event);

}  // namespace janjid
