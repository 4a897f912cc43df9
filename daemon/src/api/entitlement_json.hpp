// Entitlements in answers.
#pragma once

#include <janji/engine.hpp>

#include "api/api.hpp"
#include "http/json_writer.hpp"

namespace janjid {

// {"id","holder","service","quota","used","spent","left","from","until","listed","eligible","since",
// "actor"}; `id` is its reference, `service` is null when the catalogue lacks it by now.
void write_entitlement(JsonWriter& json, const Api& api, const janji::Entitlement& entitlement);

}  // namespace janjid
