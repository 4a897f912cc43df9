// What the promises say of details that are erased.
#include <algorithm>

#include "model/ledger_model.hpp"
#include "model/names.hpp"

namespace janji::model {
namespace {

void forget_details(ModelBooking& booking) {
  booking.details_size = 0;
  booking.details_erased = true;
}

std::uint16_t next_version(std::uint16_t version) {
  return version == 0xFFFF ? std::uint16_t{1} : static_cast<std::uint16_t>(version + 1);
}

}  // namespace

Finding LedgerModel::on(const record::Erase& erase) {
  const BookingId id{erase.booking};
  const Lsn brought{erase.details_lsn};
  if (auto wrong = check_time(erase.decided_ms)) return wrong;
  const bool is_group = find_group(id) != nullptr;
  if (is_group != (erase.is_group != 0)) {
    return breaks(Promise::form, name(id) + (is_group ? " is a group" : " is no group"));
  }
  if (is_group) {
    ModelGroup& group = groups_.at(id);
    if (group_lives(id)) {
      return breaks(Promise::state, "the details of group " + name(id) + " are erased too soon");
    }
    if (group.details_lsn != brought || brought == Lsn{} || group.details_erased) {
      return breaks(Promise::state, "group " + name(id) + " has no details of that record");
    }
    group.details_erased = true;
    group.version = next_version(group.version);
    group.lsn = now_;
    for (const BookingId member : group.members) {
      ModelBooking& booking = bookings_.at(member);
      if (booking.details_lsn == brought) forget_details(booking);
    }
  } else {
    const ModelBooking* before = find_booking(id);
    if (before == nullptr) return breaks(Promise::state, "there is no " + name(id));
    if (!has_ended(before->state)) {
      return breaks(Promise::state, "the details of " + name(id) + " are erased while it is " +
                                        name(before->state));
    }
    const ModelGroup* group = find_group(before->group);
    const bool its_own = group == nullptr || group->details_lsn != brought;
    if (!its_own || before->details_lsn != brought || before->details_size == 0) {
      return breaks(Promise::state, name(id) + " has no details of that record");
    }
    ModelBooking& booking = bookings_.at(id);
    forget_details(booking);
    booking.version = next_version(booking.version);
    if (booking.group == BookingId{}) booking.lsn = now_;
  }
  ledger_ms_ = std::max(ledger_ms_, erase.decided_ms);
  return {};
}

}  // namespace janji::model
