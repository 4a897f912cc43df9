#include "record/check_image.hpp"

#include <algorithm>

#include "record/record.hpp"

namespace janji::record {
namespace {

bool is_reached(BookingState state) noexcept {
  return state == BookingState::held || state == BookingState::confirmed ||
         state == BookingState::cancelled || state == BookingState::expired;
}

// What a booking remembers; only a confirm brings details.
bool is_operation(Type type, bool details) noexcept {
  return type == Type::confirm || ((type == Type::cancel || type == Type::reschedule) && !details);
}

bool is_sound(const OperationImage& entry, std::uint64_t last) noexcept {
  const auto type = static_cast<Type>(entry.type);
  const bool details = entry.details_size != 0;
  return is_operation(type, details) && entry.lsn != 0 && entry.lsn <= last &&
         is_civil_time(entry.at_ms) && entry.details_size <= kDetailsBytesMax &&
         (details || entry.details_hash == 0);
}

}  // namespace

const char* why_senseless(const BookingImage& image) noexcept {
  if (image.booking == 0) return nullptr;
  if (!is_reached(static_cast<BookingState>(image.state))) return "there is no such state";
  if (!SlotKey{image.slot}.valid()) return "its slot is none";
  if ((image.applicant_hi | image.applicant_lo) == 0) return "it has no applicant";
  if (image.seats == 0 || image.seats > kSeatsMax) return "its seats are wrong";
  if (image.category > static_cast<std::uint8_t>(Category::employer)) return "its category is none";
  if (image.lsn == 0 || image.version == 0) return "nothing made it";
  if (image.ledger_ms < 0 || image.ledger_ms > kLedgerMsMax + kLedgerMsMax) {
    return "its ledger time is out of bounds";
  }
  if (!is_civil_time(image.created_ms) || !is_civil_time(image.ended_ms))
    return "its times are out of bounds";
  const bool sound =
      std::all_of(image.operation.begin(), image.operation.begin() + image.operations,
                  [&](const OperationImage& o) { return is_sound(o, image.lsn); });
  return sound ? nullptr : "an operation on it is none";
}

}  // namespace janji::record
