#include "model/names.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace janji::model {
namespace {

std::string hex128(const char* what, std::uint64_t hi, std::uint64_t lo) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s %" PRIx64 ":%" PRIx64, what, hi, lo);
  return text.data();
}

}  // namespace

std::string name(SlotKey slot) {
  return "slot " + std::to_string(slot.lane().value) + "/" + std::to_string(slot.day().value) +
         "/" + std::to_string(slot.minute().value);
}

std::string name(BookingId booking) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "booking 0x%016" PRIx64, booking.value);
  return text.data();
}

std::string name(OperationId id) {
  return hex128("operation", id.hi, id.lo);
}

std::string name(ApplicantKey key) {
  return hex128("applicant", key.hi, key.lo);
}

std::string name(BookingState state) {
  switch (state) {
    case BookingState::none: return "none";
    case BookingState::held: return "held";
    case BookingState::awaiting: return "awaiting";
    case BookingState::confirmed: return "confirmed";
    case BookingState::checked_in: return "checked_in";
    case BookingState::completed: return "completed";
    case BookingState::no_show: return "no_show";
    case BookingState::cancelled: return "cancelled";
    case BookingState::expired: return "expired";
    case BookingState::refused: return "refused";
    case BookingState::displaced: return "displaced";
    case BookingState::waiting: return "waiting";
    case BookingState::group: return "a group";
  }
  return "state " + std::to_string(static_cast<int>(state));
}

}  // namespace janji::model
