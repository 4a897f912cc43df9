// What the promises say of those who wait for a slot, or for several of a day.
#include <algorithm>
#include <set>

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

ModelWaiter LedgerModel::waiter(BookingId id) const {
  const auto of = [](const ModelBooking& one) {
    const bool several = one.wants_until.value != 0;
    return ModelWaiter{one.state == BookingState::waiting,  false, one.seats, one.seats, one.slot,
                       several ? one.wants_until : one.slot};
  };
  const ModelGroup* group = find_group(id);
  if (group == nullptr) return of(bookings_.at(id));
  ModelWaiter made;
  for (const BookingId member : group->members) {
    const ModelWaiter one = of(bookings_.at(member));
    if (!one.waits) continue;
    const std::size_t before = made.seats;
    made = one;
    made.seats = before + 1;
  }
  made.is_group = true;
  made.joined_for = group->members.size();
  return made;
}

std::size_t LedgerModel::seats_for(Lsn joined, SlotKey from, SlotKey until,
                                   const std::function<bool(SlotKey)>& is_out) const {
  std::size_t seats = 0;
  const auto end = slots_.upper_bound(until);
  for (auto slot = slots_.lower_bound(from); slot != end; ++slot) {
    if (slot->second.waiting.contains(joined) && !is_out(slot->first)) seats += slot->second.left();
  }
  return seats;
}

bool LedgerModel::may_be_offered(const ModelBooking& booking) const {
  if (booking.state != BookingState::waiting) return false;
  if (booking.group.value != 0) {
    const ModelWaiter all = waiter(booking.group);
    const auto none = [](SlotKey) { return false; };
    return seats_for(booking.lsn, all.from, all.until, none) >= all.seats;
  }
  const bool for_several = booking.wants_until.value != 0;
  const auto end = slots_.upper_bound(for_several ? booking.wants_until : booking.slot);
  return std::any_of(slots_.find(booking.slot), end, [&](const auto& one) {
    return one.second.waiting.contains(booking.lsn) && booking.seats <= one.second.left();
  });
}

// The slots for which somebody waits are there.
Finding LedgerModel::check_join(SlotKey first, std::uint16_t last) const {
  const SlotKey end = last == 0 ? first : SlotKey(first.lane(), first.day(), Minute{last});
  if (end < first || (last != 0 && end == first)) {
    return breaks(Promise::form, "somebody waits for slots up to one before the first");
  }
  for (const SlotKey slot : {first, end}) {
    if (!slots_.contains(slot)) {
      return breaks(Promise::state, name(slot) + " isn't of an open day");
    }
  }
  return {};
}

void LedgerModel::stand_in_line(BookingId id, SlotKey first, SlotKey last) {
  const auto end = slots_.upper_bound(last);
  for (auto slot = slots_.find(first); slot != end; ++slot) slot->second.waiting.emplace(now_, id);
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
  if (auto wrong = check_join(key, join.last)) return wrong;
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
  stand_in_line(id, key, last);
  ledger_ms_ = std::max(ledger_ms_, join.decided_ms);
  remember(operation, record::Type::join, booking, join.payload);
  return {};
}

Finding LedgerModel::on(const GroupJoinRecord& join) {
  const BookingId group{join.head.booking};
  const OperationId operation{join.head.operation_hi, join.head.operation_lo};
  const SlotKey key{join.head.slot};
  const bool for_several = join.head.last != 0;
  if (auto wrong = check_new_id(group)) return wrong;
  if (auto wrong = check_operation(operation)) return wrong;
  if (auto wrong = check_time(join.head.decided_ms)) return wrong;
  if (join.head.category >= kCategories) return breaks(Promise::form, "no such category");
  const ApplicantKey asks{join.head.applicant_hi, join.head.applicant_lo};
  if (asks.empty()) return breaks(Promise::applicant, "a group that nobody joins for");
  if (auto wrong = check_not_blocked(asks, join.head.created_ms)) return wrong;
  if (auto wrong = check_join(key, join.head.last)) return wrong;
  std::set<std::uint32_t> places{record::place_of(group)};
  std::set<ApplicantKey> applicants;
  for (const record::JoiningMember& member : join.members) {
    const ApplicantKey applicant{member.applicant_hi, member.applicant_lo};
    if (auto wrong = check_new_id(BookingId{member.booking})) return wrong;
    if (auto wrong = check_not_blocked(applicant, join.head.created_ms)) return wrong;
    if (!places.insert(record::place_of(BookingId{member.booking})).second) {
      return breaks(Promise::state, "two of group " + name(group) + " have one place");
    }
    if (applicant.empty()) return breaks(Promise::applicant, "nobody waits");
    if (!applicants.insert(applicant).second) {
      return breaks(Promise::applicant, name(applicant) + " is in group " + name(group) + " twice");
    }
    if (waits_.contains({applicant, wait_key(key, for_several)})) {
      return breaks(Promise::applicant, name(applicant) + " waits twice for " + name(key));
    }
  }
  if (auto wrong = check_entitled(join, {key})) return wrong;
  const SlotKey last = for_several ? SlotKey(key.lane(), key.day(), Minute{join.head.last}) : key;
  ModelGroup& made = groups_[group];
  made.id = group;
  made.version = 1;
  made.category = join.head.category;
  made.lane = key.lane();
  made.applicant = asks;
  name_entitlement(made, join.head.entitlement);
  made.created_ms = join.head.created_ms;
  made.decided_ms = join.head.decided_ms;
  made.lsn = now_;
  ids_.insert(group);
  places_[record::place_of(group)] = group;
  for (const record::JoiningMember& member : join.members) {
    ModelBooking& booking = bookings_[BookingId{member.booking}];
    booking.id = BookingId{member.booking};
    booking.group = group;
    booking.state = BookingState::waiting;
    booking.version = 1;
    booking.seats = 1;
    booking.category = join.head.category;
    booking.scope = ScopeId{join.head.scope};
    booking.slot = key;
    if (for_several) {
      booking.wants_from = key;
      booking.wants_until = last;
    }
    booking.applicant = {member.applicant_hi, member.applicant_lo};
    booking.created_ms = join.head.created_ms;
    booking.decided_ms = join.head.decided_ms;
    booking.lsn = now_;
    ids_.insert(booking.id);
    places_[record::place_of(booking.id)] = booking.id;
    waits_[{booking.applicant, wait_key(key, for_several)}] = booking.id;
    made.members.push_back(booking.id);
  }
  stand_in_line(group, key, last);
  ledger_ms_ = std::max(ledger_ms_, join.head.decided_ms);
  if (!operation.empty()) {
    operations_[operation] =
        ModelOperation{record::Type::group_join, group, join.head.payload, now_};
    made.operations.push_back(operation);
  }
  return {};
}

// Nobody who joined before, and to whom these seats would be enough, waits still: to one for
// whom some slot has as many as he wants, to a group for which all of them have. Who gave up a
// seat of a slot while this one was decided may have a seat of it that somebody else had.
Finding LedgerModel::check_turn(BookingId id, Lsn joined,
                                const std::map<SlotKey, std::uint32_t>& offered) const {
  const ModelWaiter mine = waiter(id);
  std::map<Lsn, std::size_t> enough;  // for whom, by his join: in one slot, or of a group in all
  for (const auto& [slot, seats] : offered) {
    if (slot < mine.from || mine.until < slot || !slots_.contains(slot)) {
      return breaks(Promise::state, name(id) + " doesn't wait for " + name(slot));
    }
    for (const auto& [other, who] : slots_.at(slot).waiting) {
      if (other >= joined) break;
      const ModelWaiter his = waiter(who);
      std::size_t& has = enough[other];
      has = his.is_group ? has + seats : std::max<std::size_t>(has, seats);
      if (has < his.joined_for) continue;
      return breaks(Promise::order, name(id) + " is offered seats before " + name(who) +
                                        ", who waits since LSN " + std::to_string(other.value));
    }
  }
  return {};
}

// All that was checked.
ModelBooking& LedgerModel::offer(BookingId id, SlotKey to, std::int64_t decided_ms,
                                 std::int64_t deadline_ms) {
  ModelBooking& booking = change(id, BookingState::held, decided_ms);
  wait_no_longer(booking);
  booking.slot = to;
  booking.deadline_ms = deadline_ms;
  slots_.at(to).taken += booking.seats;
  if (booking.scope != kNoScope) active_[{booking.applicant, booking.scope}] = id;
  return booking;
}

Finding LedgerModel::on(const record::Promote& promote) {
  const BookingId id{promote.booking};
  if (auto wrong = check_change(id, promote.decided_ms)) return wrong;
  const ModelBooking& before = bookings_.at(id);
  if (before.state != BookingState::waiting) {
    return breaks(Promise::state, name(id) + " is offered seats while " + name(before.state));
  }
  if (auto wrong = check_alone(id, "offered a seat")) return wrong;
  const SlotKey to{promote.slot};
  if (auto wrong = check_turn(id, before.lsn, {{to, before.seats}})) return wrong;
  if (auto wrong = check_seats(to, before.seats)) return wrong;
  if (auto wrong = check_applicant(before.applicant, before.category, before.scope)) return wrong;
  if (promote.deadline_ms <= promote.decided_ms) {
    return breaks(Promise::deadline, name(id) + " is held for no time at all");
  }
  offer(id, to, promote.decided_ms, promote.deadline_ms);
  return {};
}

// All that still wait are offered a seat, and nobody else.
Finding LedgerModel::on(const GroupPromoteRecord& promote) {
  const BookingId id{promote.head.booking};
  if (auto wrong = check_group(id, promote.head.decided_ms)) return wrong;
  std::map<SlotKey, std::uint32_t> offered;
  std::set<std::uint64_t> named;
  for (const record::PromotedMember& one : promote.members) {
    const BookingId member{one.booking};
    if (!named.insert(one.booking).second) return breaks(Promise::form, "a member is named twice");
    if (auto wrong = check_change(member, promote.head.decided_ms)) return wrong;
    const ModelBooking& before = bookings_.at(member);
    if (before.group != id) return breaks(Promise::state, name(member) + " is of another group");
    if (before.state != BookingState::waiting) {
      return breaks(Promise::state,
                    name(member) + " is offered a seat while " + name(before.state));
    }
    if (auto wrong = check_applicant(before.applicant, before.category, before.scope)) return wrong;
    ++offered[SlotKey{one.slot}];
  }
  if (named.size() != waiter(id).seats) {
    return breaks(Promise::state, "of group " + name(id) + " not all are offered a seat");
  }
  if (auto wrong = check_turn(id, groups_.at(id).lsn, offered)) return wrong;
  for (const auto& [slot, seats] : offered) {
    if (auto wrong = check_seats(slot, seats)) return wrong;
  }
  if (promote.head.deadline_ms <= promote.head.decided_ms) {
    return breaks(Promise::deadline, "group " + name(id) + " is held for no time at all");
  }
  for (const record::PromotedMember& one : promote.members) {
    offer(BookingId{one.booking}, SlotKey{one.slot}, promote.head.decided_ms,
          promote.head.deadline_ms);
  }
  step_group(id, {}, record::Type::group_promote, 0, promote.head.decided_ms);
  return {};
}

// It is in no line any more, nor is its group when it was the last of them.
void LedgerModel::wait_no_longer(const ModelBooking& booking) {
  const bool for_several = booking.wants_until.value != 0;
  waits_.erase({booking.applicant, wait_key(booking.slot, for_several)});
  const BookingId in_line = booking.group.value == 0 ? booking.id : booking.group;
  if (waiter(in_line).waits) return;
  const auto end = slots_.upper_bound(for_several ? booking.wants_until : booking.slot);
  for (auto slot = slots_.find(booking.slot); slot != end; ++slot) {
    std::erase_if(slot->second.waiting, [&](const auto& one) { return one.second == in_line; });
  }
}

void LedgerModel::leave(ModelBooking& booking, std::int64_t ended_ms) {
  booking.ended_ms = ended_ms;
  wait_no_longer(booking);
}

// Who gave up a seat waits for others of the day, but no longer for one of that slot; nor does his
// group.
void LedgerModel::give_up(const ModelBooking& booking) {
  const BookingId waits = waiting_booking(booking.applicant, wait_key(booking.slot, true));
  if (waits.value == 0) return;
  const BookingId group = bookings_.at(waits).group;
  const BookingId in_line = group.value == 0 ? waits : group;
  std::erase_if(slots_.at(booking.slot).waiting,
                [&](const auto& one) { return one.second == in_line; });
}

}  // namespace janji::model
