// How a command says that it can't be done.
#pragma once

#include <string>

#include <janji/result.hpp>

#include "janjictl/commands.hpp"

namespace janjid {

// On standard error. `broken` when what was read is damaged, otherwise `cant_say`.
Status refuse(const janji::Error& error);
Status refuse(const std::string& why);

}  // namespace janjid
