// What the promises say of those who wait for a slot, or for several of a day.
#include <algorithm>

#include "model/ledger_model.hpp"
#include "model/names.hpp"
#include "record/booking_id.hpp"

namespace janji::model {
namespace {

constexpr std::uint8_t kCategories = 3;

}  // namespace

BookingId LedgerModel::waiting_booking(ApplicantKey applicant, SlotKey key) const {
  const auto found = waits_.find({applicant, key});
  return found == waits_.end() ? BookingId{} : found->second;
}

bool LedgerModel::may_be_offered(const ModelBooking& booking) const {
  if (booking.state != BookingState::waiting) return false;
  const bool for_several = booking.wants_until.value != 0;
  const auto end = slots_.upper_bound(for_several ? booking.wants_until : booking.slot);
  return std::any_of(slots_.find(booking.slot), end, [&](const auto& one) {
    return one.second.waiting.contains(booking.lsn) && booking.seats <= one.second.left();
  });
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
  const bool for_several = join.last != 0;
  const SlotKey last = for_several ? SlotKey(key.lane(), key.day(), Minute{join.last}) : key;
  if (last < key || (for_several && last == key)) {
    return breaks(Promise::form, "somebody waits for slots up to one before the first");
  }
  for (const SlotKey slot : {key, last}) {
    if (!slots_.contains(slot)) {
      return breaks(Promise::state, name(slot) + " isn't of an open day");
    }
  }
  if (waits_.contains({applicant, wait_key(key, for_several)})) {
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
  if (for_several) {
    booking.wants_from = key;
    booking.wants_until = last;
  }
  waits_[{applicant, wait_key(key, for_several)}] = id;
  const auto end = slots_.upper_bound(last);
  for (auto slot = slots_.find(key); slot != end; ++slot) slot->second.waiting.emplace(now_, id);
  ledger_ms_ = std::max(ledger_ms_, join.decided_ms);
  remember(operation, record::Type::join, booking, join.payload);
  return {};
}

// Nobody who joined before, and wants no more, waits still. Who gave up a seat of the slot while
// this one was decided may have a seat of it that somebody else had.
Finding LedgerModel::check_turn(const ModelBooking& booking, SlotKey slot) const {
  const bool wants = booking.wants_until.value == 0
                         ? slot == booking.slot
                         : booking.wants_from <= slot && slot <= booking.wants_until;
  if (!wants || !slots_.contains(slot)) {
    return breaks(Promise::state, name(booking.id) + " doesn't wait for " + name(slot));
  }
  for (const auto& [joined, id] : slots_.at(slot).waiting) {
    if (joined >= booking.lsn) break;
    if (bookings_.at(id).seats > booking.seats) continue;
    return breaks(Promise::order, name(booking.id) + " is offered seats before " + name(id) +
                                      ", who waits since LSN " + std::to_string(joined.value));
  }
  return {};
}

Finding LedgerModel::on(const record::Promote& promote) {
  const BookingId id{promote.booking};
  if (auto wrong = check_change(id, promote.decided_ms)) return wrong;
  const ModelBooking& before = bookings_.at(id);
  if (before.state != BookingState::waiting) {
    return breaks(Promise::state, name(id) + " is offered seats while " + name(before.state));
  }
  const SlotKey to{promote.slot};
  if (auto wrong = check_turn(before, to)) return wrong;
  if (auto wrong = check_seats(to, before.seats)) return wrong;
  if (auto wrong = check_applicant(before.applicant, before.category, before.scope)) return wrong;
  if (promote.deadline_ms <= promote.decided_ms) {
    return breaks(Promise::deadline, name(id) + " is held for no time at all");
  }
  wait_no_longer(before);
  ModelBooking& booking = change(id, BookingState::held, promote.decided_ms);
  booking.slot = to;
  booking.deadline_ms = promote.deadline_ms;
  slots_.at(to).taken += booking.seats;
  if (booking.scope != kNoScope) active_[{booking.applicant, booking.scope}] = id;
  return {};
}

void LedgerModel::wait_no_longer(const ModelBooking& booking) {
  const bool for_several = booking.wants_until.value != 0;
  waits_.erase({booking.applicant, wait_key(booking.slot, for_several)});
  const auto end = slots_.upper_bound(for_several ? booking.wants_until : booking.slot);
  for (auto slot = slots_.find(booking.slot); slot != end; ++slot) {
    std::erase_if(slot->second.waiting, [&](const auto& one) { return one.second == booking.id; });
  }
}

void LedgerModel::leave(ModelBooking& booking, std::int64_t ended_ms) {
  booking.ended_ms = ended_ms;
  wait_no_longer(booking);
}

// Who gave up a seat waits for others of the day, but no longer for one of that slot.
void LedgerModel::give_up(const ModelBooking& booking) {
  const BookingId waits = waiting_booking(booking.applicant, wait_key(booking.slot, true));
  if (waits.value == 0) return;
  std::erase_if(slots_.at(booking.slot).waiting,
                [&](const auto& one) { return one.second == waits; });
}

}  // namespace janji::model
