// Whether an engine at rest is as the model says. Each function returns the words of the first
// difference, or none.
#pragma once

#include <functional>
#include <string>

#include <janji/engine.hpp>

#include "model/ledger_model.hpp"
#include "model/operation_model.hpp"

namespace janji::model {

// Between a booking as the engine tells it and the model's.
std::string differs(const Booking& booking, const ModelBooking& wanted);

// The blocks that are in force, in the engine and in the model.
// All entitlements, with what is used of each and who is on its list.
std::string compare_entitlements(const Engine& engine, const LedgerModel& model);

std::string compare_blocks(const Engine& engine, const LedgerModel& model);

// All of them. Everything decided is in the model.
std::string compare_bookings(const Engine& engine, const LedgerModel& model);

// At rest nobody waits who could be offered what is free: `too_late` says of which slots nothing is
// offered any more.
std::string unserved(const LedgerModel& model, const std::function<bool(SlotKey)>& too_late);

// Every slot and day, as shown at the engine's wall clock.
std::string compare_calendar(const Engine& engine, const OperationModel& operations,
                             const LedgerModel& model);

// What fell due longer before `time` than is allowed, and didn't happen.
std::string overdue(const LedgerModel& model, LedgerTime time, std::int64_t retention_ms);

}  // namespace janji::model
