// What the promises say of those who wait for a slot.
#include <algorithm>

#include "model/ledger_model.hpp"
#include "model/names.hpp"
#include "record/booking_id.hpp"

namespace janji::model {
namespace {

constexpr std::uint8_t kCategories = 3;

}  // namespace

BookingId LedgerModel::waiting_booking(ApplicantKey applicant, SlotKey key) const {
  const ModelSlot* slot = find_slot(key);
  if (slot == nullptr) return {};
  for (const auto& [joined, id] : slot->waiting) {
    if (bookings_.at(id).applicant == applicant) return id;
  }
  return {};
}

bool LedgerModel::anyone_waits() const {
  return std::any_of(slots_.begin(), slots_.end(),
                     [](const auto& slot) { return !slot.second.waiting.empty(); });
}

Finding LedgerModel::on(const record::Join& join) {
  const BookingId id{join.booking};
  const SlotKey key{join.slot};
  const OperationId operation{join.operation_hi, join.operation_lo};
  const ApplicantKey applicant{join.applicant_hi, join.applicant_lo};
  if (auto wrong = check_new_id(id)) return wrong;
  if (auto wrong = check_operation(operation)) return wrong;
  if (auto wrong = check_not_blocked(applicant, join.created_ms)) return wrong;
  if (auto wrong = check_time(join.decided_ms)) return wrong;
  if (applicant.empty()) return breaks(Promise::applicant, "nobody waits");
  if (join.category >= kCategories) return breaks(Promise::form, "no such category");
  if (join.seats == 0) return breaks(Promise::capacity, "somebody waits for no seats");
  const auto slot = slots_.find(key);
  if (slot == slots_.end()) return breaks(Promise::state, name(key) + " isn't of an open day");
  if (waiting_booking(applicant, key).value != 0) {
    return breaks(Promise::applicant, name(applicant) + " waits twice for " + name(key));
  }
  ModelBooking& booking = bookings_[id];
  booking.id = id;
  booking.state = BookingState::waiting;
  booking.version = 1;
  booking.seats = join.seats;
  booking.category = join.category;
  booking.scope = ScopeId{join.scope};
  booking.slot = key;
  booking.applicant = applicant;
  booking.created_ms = join.created_ms;
  booking.decided_ms = join.decided_ms;
  booking.lsn = now_;
  ids_.insert(id);
  places_[record::place_of(id)] = id;
  slot->second.waiting.emplace(now_, id);
  ledger_ms_ = std::max(ledger_ms_, join.decided_ms);
  remember(operation, record::Type::join, booking, join.payload);
  return {};
}

// Nobody who joined before, and wants no more, waits still.
Finding LedgerModel::check_turn(const ModelBooking& booking) const {
  for (const auto& [joined, id] : slots_.at(booking.slot).waiting) {
    if (id == booking.id) return {};
    if (bookings_.at(id).seats > booking.seats) continue;
    return breaks(Promise::order, name(booking.id) + " is offered seats before " + name(id) +
                                      ", who waits since LSN " + std::to_string(joined.value));
  }
  return breaks(Promise::state, name(booking.id) + " doesn't wait for its slot");
}

Finding LedgerModel::on(const record::Promote& promote) {
  const BookingId id{promote.booking};
  if (auto wrong = check_change(id, promote.decided_ms)) return wrong;
  const ModelBooking& before = bookings_.at(id);
  if (before.state != BookingState::waiting) {
    return breaks(Promise::state, name(id) + " is offered seats while " + name(before.state));
  }
  if (auto wrong = check_turn(before)) return wrong;
  if (auto wrong = check_seats(before.slot, before.seats)) return wrong;
  if (auto wrong = check_applicant(before.applicant, before.category, before.scope)) return wrong;
  if (promote.deadline_ms <= promote.decided_ms) {
    return breaks(Promise::deadline, name(id) + " is held for no time at all");
  }
  ModelBooking& booking = change(id, BookingState::held, promote.decided_ms);
  booking.deadline_ms = promote.deadline_ms;
  ModelSlot& slot = slots_.at(booking.slot);
  slot.taken += booking.seats;
  std::erase_if(slot.waiting, [&](const auto& one) { return one.second == id; });
  if (booking.scope != kNoScope) active_[{booking.applicant, booking.scope}] = id;
  return {};
}

void LedgerModel::leave(ModelBooking& booking, std::int64_t ended_ms) {
  booking.ended_ms = ended_ms;
  std::erase_if(slots_.at(booking.slot).waiting,
                [&](const auto& one) { return one.second == booking.id; });
}

}  // namespace janji::model
