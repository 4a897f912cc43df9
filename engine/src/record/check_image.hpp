// Whether a booking that was kept can have been made by records.
#pragma once

#include "record/image.hpp"

namespace janji::record {

// Why no records lead to such a booking, or null. For what comes from outside under a right
// checksum: whatever passes can be served, written on and freed.
const char* why_senseless(const BookingImage& image) noexcept;

}  // namespace janji::record
