// Whether an engine can be opened like this.
#pragma once

#include <janji/options.hpp>
#include <janji/result.hpp>

namespace janji {

// Errors: invalid_argument, whose detail names the option and what it may be.
Status check_options(const Options& options);

}  // namespace janji
