// verify(), of stores that somebody has open.
#pragma once

#include <memory>

#include <janji/result.hpp>
#include <janji/verify.hpp>

#include "store/store_factory.hpp"

namespace janji {

// What store::open_to_read() returned, which may be what is broken. Errors: as verify().
Result<VerifyReport> verify_opened(const Result<std::unique_ptr<store::Stores>>& opened);

}  // namespace janji
