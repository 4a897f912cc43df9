// What the promises say of groups: all members or none, and no member more than a booking may.
#include <algorithm>
#include <set>

#include "model/ledger_model.hpp"
#include "model/names.hpp"
#include "record/booking_id.hpp"

namespace janji::model {

Finding LedgerModel::check_group(BookingId id, std::int64_t decided_ms) const {
  const ModelGroup* group = find_group(id);
  if (group == nullptr) return breaks(Promise::state, "there is no group " + name(id));
  if (decided_ms < group->decided_ms) {
    return breaks(Promise::deadline, "group " + name(id) + " was last changed at " +
                                         std::to_string(group->decided_ms) + " ms, now at " +
                                         std::to_string(decided_ms));
  }
  return check_time(decided_ms);
}

Finding LedgerModel::check_member(BookingId id, BookingId group, std::int64_t decided_ms) const {
  if (auto wrong = check_change(id, decided_ms)) return wrong;
  const ModelBooking& member = bookings_.at(id);
  if (member.group != group) return breaks(Promise::state, name(id) + " is of another group");
  return check_usable(member, decided_ms);
}

// What only a whole group can do, nobody does to a member by itself.
Finding LedgerModel::check_alone(BookingId id, const char* words) const {
  if (bookings_.at(id).group.value == 0) return {};
  return breaks(Promise::state, name(id) + " is " + words + " without its group");
}

// Nobody is left out of a step of the whole group but those that have ended; of a cancel also
// those that are there already.
Finding LedgerModel::check_whole(BookingId group, std::size_t named, record::Type step) const {
  const auto& members = groups_.at(group).members;
  const auto live = std::count_if(members.begin(), members.end(), [&](BookingId id) {
    const BookingState state = bookings_.at(id).state;
    if (state == BookingState::waiting) return true;
    return is_active(state) && (step != record::Type::cancel || state != BookingState::checked_in);
  });
  if (static_cast<std::size_t>(live) == named) return {};
  return breaks(Promise::state, "group " + name(group) + ": " + std::to_string(named) + " of " +
                                    std::to_string(live) + " members take a step of the whole");
}

ModelGroup& LedgerModel::step_group(BookingId id, OperationId operation, record::Type type,
                                    std::uint64_t payload, std::int64_t decided_ms) {
  ModelGroup& group = groups_.at(id);
  ++group.version;
  group.decided_ms = decided_ms;
  group.lsn = now_;
  if (!operation.empty()) {
    operations_[operation] = ModelOperation{type, id, payload, now_};
    group.operations.push_back(operation);
  }
  return group;
}

Finding LedgerModel::on(const GroupClaimRecord& claim) {
  const BookingId group{claim.head.booking};
  const OperationId operation{claim.head.operation_hi, claim.head.operation_lo};
  const ScopeId scope{claim.head.scope};
  if (auto wrong = check_new_id(group)) return wrong;
  if (auto wrong = check_operation(operation)) return wrong;
  if (auto wrong = check_time(claim.head.decided_ms)) return wrong;
  if ((claim.head.applicant_hi | claim.head.applicant_lo) == 0) {
    return breaks(Promise::applicant, "a group that nobody claims");
  }
  if (claim.head.deadline_ms <= claim.head.decided_ms) {
    return breaks(Promise::deadline, "group " + name(group) + " is held for no time at all");
  }
  const ApplicantKey claimant{claim.head.applicant_hi, claim.head.applicant_lo};
  if (auto wrong = check_not_blocked(claimant, claim.head.created_ms)) return wrong;
  std::set<std::uint32_t> places{record::place_of(group)};
  std::set<ApplicantKey> applicants;
  std::map<SlotKey, std::uint32_t> seats;
  for (const record::NewMember& member : claim.members) {
    const BookingId id{member.booking};
    const ApplicantKey applicant{member.applicant_hi, member.applicant_lo};
    if (auto wrong = check_new_id(id)) return wrong;
    if (!places.insert(record::place_of(id)).second) {
      return breaks(Promise::state, "two of group " + name(group) + " have one place");
    }
    if (auto wrong = check_applicant(applicant, claim.head.category, scope)) return wrong;
    if (auto wrong = check_not_blocked(applicant, claim.head.created_ms)) return wrong;
    if (!applicants.insert(applicant).second) {
      return breaks(Promise::applicant, name(applicant) + " is in group " + name(group) + " twice");
    }
    ++seats[SlotKey{member.slot}];
  }
  for (const auto& [slot, many] : seats) {
    if (auto wrong = check_seats(slot, many)) return wrong;
  }
  std::vector<SlotKey> slots;
  for (const auto& [slot, many] : seats) slots.push_back(slot);
  if (auto wrong = check_entitled(claim, slots)) return wrong;

  ModelGroup& made = groups_[group];
  made.id = group;
  made.version = 1;
  made.category = claim.head.category;
  made.lane = SlotKey{claim.members.front().slot}.lane();
  made.applicant = {claim.head.applicant_hi, claim.head.applicant_lo};
  name_entitlement(made, claim.head.entitlement);
  made.created_ms = claim.head.created_ms;
  made.decided_ms = claim.head.decided_ms;
  made.lsn = now_;
  ids_.insert(group);
  places_[record::place_of(group)] = group;
  for (const record::NewMember& member : claim.members) {
    ModelBooking& booking = bookings_[BookingId{member.booking}];
    booking.id = BookingId{member.booking};
    booking.group = group;
    booking.state = BookingState::held;
    booking.version = 1;
    booking.seats = 1;
    booking.category = claim.head.category;
    booking.scope = scope;
    booking.slot = SlotKey{member.slot};
    booking.applicant = {member.applicant_hi, member.applicant_lo};
    booking.created_ms = claim.head.created_ms;
    booking.deadline_ms = claim.head.deadline_ms;
    booking.decided_ms = claim.head.decided_ms;
    booking.lsn = now_;
    ids_.insert(booking.id);
    places_[record::place_of(booking.id)] = booking.id;
    if (scope != kNoScope) active_[{booking.applicant, scope}] = booking.id;
    ++slots_.at(booking.slot).taken;
    made.members.push_back(booking.id);
  }
  ledger_ms_ = std::max(ledger_ms_, claim.head.decided_ms);
  if (!operation.empty()) {
    operations_[operation] =
        ModelOperation{record::Type::group_claim, group, claim.head.payload, now_};
    made.operations.push_back(operation);
  }
  return {};
}

// What a record of the step would ask of one member by itself.
Finding LedgerModel::check_step(const GroupChangeRecord& change, const ModelBooking& member) const {
  using record::Type;
  const BookingState state = member.state;
  const auto refused = [&](const char* words) {
    return breaks(Promise::state, name(member.id) + " is " + words + " while " + name(state));
  };
  const bool nearer = change.head.deadline_ms < member.deadline_ms;
  switch (change.head.step) {
    case Type::confirm: return state == BookingState::held ? Finding{} : refused("confirmed");
    case Type::submit:
    case Type::extend:
      if (state != BookingState::held) return refused("submitted or extended");
      return nearer ? Finding{breaks(Promise::deadline, "a group's deadline comes nearer")}
                    : Finding{};
    case Type::approve:
    case Type::refuse:
      return state == BookingState::awaiting ? Finding{} : refused("approved or refused");
    case Type::lapse: return state == BookingState::waiting ? Finding{} : refused("ended by rule");
    case Type::cancel:
      if ((state == BookingState::waiting) != (change.head.details_size == 1)) {
        return breaks(Promise::form, "whether " + name(member.id) + " waited is said wrongly");
      }
      if (state == BookingState::waiting && change.head.header.flags != 0) {
        return breaks(Promise::form, name(member.id) + " waits, and gives up seats");
      }
      if (state == BookingState::waiting) return {};
      return is_active(state) && state != BookingState::checked_in ? Finding{}
                                                                   : refused("cancelled");
    default: return breaks(Promise::form, "no step of a group");
  }
}

Finding LedgerModel::on(const GroupChangeRecord& change) {
  using record::Type;
  if (change.head.step == Type::free) return forget_group(change);
  const BookingId id{change.head.booking};
  const OperationId operation{change.head.operation_hi, change.head.operation_lo};
  if (auto wrong = check_group(id, change.head.decided_ms)) return wrong;
  if (auto wrong = check_operation(operation)) return wrong;
  std::set<std::uint64_t> named;
  for (const std::uint64_t member : change.members) {
    if (!named.insert(member).second) return breaks(Promise::form, "a member is named twice");
    if (auto wrong = check_member(BookingId{member}, id, change.head.decided_ms)) return wrong;
    if (auto wrong = check_step(change, bookings_.at(BookingId{member}))) return wrong;
  }
  if (auto wrong = check_whole(id, named.size(), change.head.step)) return wrong;
  const bool brings = change.head.step == Type::confirm || change.head.step == Type::submit;
  if (brings && (change.head.details_size > 4096 ||
                 (change.head.details_size == 0 && change.head.details_hash != 0))) {
    return breaks(Promise::form,
                  "details of " + std::to_string(change.head.details_size) + " bytes");
  }
  for (const std::uint64_t member : change.members) {
    const BookingId one{member};
    BookingState to = bookings_.at(one).state;
    if (change.head.step == Type::confirm || change.head.step == Type::approve) {
      to = BookingState::confirmed;
    }
    if (change.head.step == Type::submit) to = BookingState::awaiting;
    if (change.head.step == Type::refuse) to = BookingState::refused;
    if (change.head.step == Type::cancel) to = BookingState::cancelled;
    if (change.head.step == Type::lapse) to = BookingState::expired;
    const bool waited = bookings_.at(one).state == BookingState::waiting;
    ModelBooking& booking = this->change(one, to, change.head.decided_ms);
    if (to == BookingState::confirmed) booking.confirmed_ms = change.head.acted_ms;
    if (brings) {
      booking.details_size = change.head.details_size;
      booking.details_hash = change.head.details_hash;
      booking.details_lsn = change.head.details_size == 0 ? Lsn{} : now_;
    }
    if (change.head.step == Type::submit) booking.submitted_ms = change.head.acted_ms;
    if (change.head.deadline_ms != 0) booking.deadline_ms = change.head.deadline_ms;
    if (change.head.step == Type::extend) ++booking.extensions;
    if (change.head.step == Type::refuse) booking.refuse_reason = change.head.details_size;
    if (waited) {
      leave(booking, change.head.acted_ms);
    } else if (!is_active(to)) {
      end(booking, change.head.acted_ms, change.head.header.flags);
    }
  }
  ModelGroup& group =
      step_group(id, operation, change.head.step, change.head.payload, change.head.decided_ms);
  if (change.head.step == Type::extend) ++group.extensions;
  if (brings && change.head.details_size != 0) group.details_lsn = now_;
  return {};
}

Finding LedgerModel::forget_group(const GroupChangeRecord& change) {
  const BookingId id{change.head.booking};
  const ModelGroup* group = find_group(id);
  if (group == nullptr) return breaks(Promise::state, "there is no group " + name(id));
  std::set<BookingId> named;
  for (const std::uint64_t member : change.members) named.insert(BookingId{member});
  if (named != std::set<BookingId>(group->members.begin(), group->members.end())) {
    return breaks(Promise::state, "group " + name(id) + " has other members than are forgotten");
  }
  for (const BookingId member : named) {
    if (!has_ended(bookings_.at(member).state)) {
      return breaks(Promise::operation, "the place of " + name(member) + " is freed while " +
                                            name(bookings_.at(member).state));
    }
  }
  keep_spent(*group);
  for (const BookingId member : named) {
    for (const OperationId operation : bookings_.at(member).operations) {
      operations_.erase(operation);
    }
    places_.erase(record::place_of(member));
    bookings_.erase(member);
  }
  for (const OperationId operation : group->operations) operations_.erase(operation);
  places_.erase(record::place_of(id));
  groups_.erase(id);
  return {};
}

Finding LedgerModel::on(const GroupMoveRecord& move) {
  const BookingId id{move.head.booking};
  const OperationId operation{move.head.operation_hi, move.head.operation_lo};
  if (auto wrong = check_group(id, move.head.decided_ms)) return wrong;
  if (auto wrong = check_operation(operation)) return wrong;
  std::set<std::uint64_t> named;
  std::map<SlotKey, std::uint32_t> seats;
  for (const record::MovedMember& member : move.members) {
    const BookingId one{member.booking};
    if (!named.insert(member.booking).second) {
      return breaks(Promise::form, "a member is named twice");
    }
    if (auto wrong = check_member(one, id, move.head.decided_ms)) return wrong;
    const ModelBooking& before = bookings_.at(one);
    if (before.state != BookingState::held && before.state != BookingState::confirmed &&
        before.state != BookingState::displaced) {
      return breaks(Promise::state, name(one) + " is moved while " + name(before.state));
    }
    if (SlotKey{member.from} != before.slot || member.from == member.slot) {
      return breaks(Promise::state, name(one) + " leaves a slot where it isn't, or stays");
    }
    if (auto wrong = check_valid_there(one, SlotKey{member.slot})) return wrong;
    ++seats[SlotKey{member.slot}];
  }
  if (auto wrong = check_whole(id, named.size(), record::Type::reschedule)) return wrong;
  for (const auto& [slot, many] : seats) {
    if (auto wrong = check_seats(slot, many)) return wrong;
  }
  for (const record::MovedMember& member : move.members) {
    const BookingId one{member.booking};
    const bool is_held = bookings_.at(one).state == BookingState::held;
    ModelBooking& booking =
        change(one, is_held ? BookingState::held : BookingState::confirmed, move.head.decided_ms);
    slots_.at(booking.slot).give_up(1, move.head.header.flags);
    booking.slot = SlotKey{member.slot};
    ++slots_.at(booking.slot).taken;
    ++booking.moves;
  }
  ++step_group(id, operation, record::Type::reschedule, move.head.payload, move.head.decided_ms)
        .moves;
  return {};
}

}  // namespace janji::model
