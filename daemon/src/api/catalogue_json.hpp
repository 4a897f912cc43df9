// The catalogue as clients see it.
#pragma once

#include <string>

#include <janji/catalogue.hpp>

namespace janjid {

std::string render_catalogue(const janji::Catalogue& catalogue);

}  // namespace janjid
