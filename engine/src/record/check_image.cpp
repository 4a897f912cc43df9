#include "record/check_image.hpp"

#include <algorithm>

#include "record/record.hpp"

namespace janji::record {
namespace {

bool is_reached(BookingState state) noexcept {
  switch (state) {
    case BookingState::held:
    case BookingState::awaiting:
    case BookingState::confirmed:
    case BookingState::displaced:
    case BookingState::checked_in:
    case BookingState::completed:
    case BookingState::no_show:
    case BookingState::cancelled:
    case BookingState::expired:
    case BookingState::refused:
    case BookingState::waiting:
    case BookingState::group: return true;
    default: return false;
  }
}

// What a booking remembers.
bool is_operation(Type type) noexcept {
  switch (type) {
    case Type::confirm:
    case Type::cancel:
    case Type::reschedule:
    case Type::extend:
    case Type::submit:
    case Type::approve:
    case Type::refuse:
    case Type::check_in:
    case Type::serve:
    case Type::complete:
    case Type::no_show:
    case Type::reissue:
    case Type::progress: return true;
    default: return false;
  }
}

// What stands behind the type: the size of details and their hash, or an act's number.
bool is_sound_tail(const OperationImage& entry) noexcept {
  const auto type = static_cast<Type>(entry.type);
  if (brings_details(type)) {
    return entry.details_size <= kDetailsErased &&
           (entry.details_size != 0 || entry.details_hash == 0);
  }
  const bool may_say_more = left_waitlist(type, entry.details_size) || type == Type::refuse ||
                            type == Type::check_in || type == Type::serve ||
                            type == Type::reissue || type == Type::progress;
  return entry.details_hash == 0 && (may_say_more || entry.details_size == 0);
}

bool is_sound(const OperationImage& entry, std::uint64_t last) noexcept {
  return is_operation(static_cast<Type>(entry.type)) && entry.lsn != 0 && entry.lsn <= last &&
         is_civil_time(entry.at_ms) && is_sound_tail(entry);
}

}  // namespace

const char* why_senseless(const BookingImage& image) noexcept {
  if (image.booking == 0) return nullptr;
  if (!is_reached(static_cast<BookingState>(image.state))) return "there is no such state";
  if (!SlotKey{image.slot}.valid()) return "its slot is none";
  if ((image.applicant_hi | image.applicant_lo) == 0) return "it has no applicant";
  if (image.seats == 0 || image.seats > kSeatsMax) return "its seats are wrong";
  const bool is_head = static_cast<BookingState>(image.state) == BookingState::group;
  if (is_head != (image.group == image.booking))
    return "it is the head of another group, or of none";
  if (is_head && image.seats > kGroupMembersMax) return "it has too many members";
  if (is_member(image) && image.seats != 1) return "a member of a group has one seat";
  if (image.entitlement != 0 && image.group == 0) return "only groups have entitlements";
  if (image.category > static_cast<std::uint8_t>(Category::employer)) return "its category is none";
  if (image.lsn == 0 || image.version == 0) return "nothing made it";
  if (image.ledger_ms < 0 || image.ledger_ms > kLedgerMsMax + kLedgerMsMax) {
    return "its ledger time is out of bounds";
  }
  if (static_cast<BookingState>(image.state) == BookingState::waiting && image.ledger_ms != 0 &&
      (image.ledger_ms <= SlotKey{image.slot}.minute().value ||
       image.ledger_ms >> SlotKey::kMinuteBits != 0)) {
    return "it waits for slots that aren't of one day";
  }
  if (image.only_waited > 1 ||
      (image.only_waited != 0 && static_cast<BookingState>(image.state) != BookingState::expired)) {
    return "it waited in vain, and hasn't ended so";
  }
  if (!is_civil_time(image.created_ms) || !is_civil_time(image.ended_ms))
    return "its times are out of bounds";
  const bool sound =
      std::all_of(image.operation.begin(), image.operation.begin() + image.operations,
                  [&](const OperationImage& o) { return is_sound(o, image.lsn); });
  return sound ? nullptr : "an operation on it is none";
}

}  // namespace janji::record
