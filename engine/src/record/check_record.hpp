// Whether bytes from outside are a record at all.
#pragma once

#include <cstddef>
#include <span>

#include <janji/result.hpp>

namespace janji::record {

// `bytes` is exactly one record: its type is known, its size is right for that type, what is
// reserved is zero, and every field lies within its bounds. Says nothing of whether the record
// applies to a given state; apply.hpp does. Any alignment.
// Errors: damaged; the detail names type and field, e.g. "claim.seats is 0: must be 1 to 16383".
Status check_record(std::span<const std::byte> bytes);

}  // namespace janji::record
