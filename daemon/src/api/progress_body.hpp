// The name of a stage in a body.
#pragma once

#include <string_view>

#include <janji/catalogue.hpp>

#include "http/json_reader.hpp"

namespace janjid {

// The stage that the member names; 0 when it isn't there, or no service has it, which is reported.
janji::ProgressId read_progress(JsonReader& body, std::string_view name, JsonReader::Need need,
                                const janji::Catalogue& catalogue);

}  // namespace janjid
