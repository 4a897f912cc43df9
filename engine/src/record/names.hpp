// Types and states as people read them in messages.
#pragma once

#include <janji/types.hpp>

#include "record/record.hpp"

namespace janji::record {

// "claim"; "unknown" for a number that is none of them.
const char* name_of(Type type) noexcept;

// "confirmed"; likewise.
const char* name_of(BookingState state) noexcept;

}  // namespace janji::record
