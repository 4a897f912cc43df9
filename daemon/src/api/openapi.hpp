// The description of the interface, served as it stands in openapi.json.inc.
#pragma once

#include <string_view>

namespace janjid {

std::string_view openapi_json() noexcept;

}  // namespace janjid
