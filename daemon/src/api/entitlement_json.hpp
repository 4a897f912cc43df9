// Entitlements in answers, and how they are named.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <janji/engine.hpp>

#include "http/json_writer.hpp"

namespace janjid {

// 16 hexadecimal digits. No secret: only its holder claims under it.
std::string entitlement_text(janji::EntitlementId id);
std::optional<janji::EntitlementId> parse_entitlement(std::string_view text) noexcept;

// {"id","holder","service","quota","used","spent","left","from","until","listed","eligible","since",
// "actor"}; `service` is null when the catalogue lacks it by now.
void write_entitlement(JsonWriter& json, const janji::Catalogue& catalogue,
                       const janji::Entitlement& entitlement);

}  // namespace janjid
