// Ids as people read them in the model's words.
#pragma once

#include <string>

#include <janji/types.hpp>

namespace janji::model {

std::string name(SlotKey slot);        // "slot 3/20410/540": lane, day, minute
std::string name(BookingId booking);   // "booking 0x..."
std::string name(OperationId id);      // "operation ..."
std::string name(ApplicantKey key);    // "applicant ..."
std::string name(BookingState state);  // "held"

}  // namespace janji::model
