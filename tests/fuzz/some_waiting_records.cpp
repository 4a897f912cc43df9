// Who waits, and groups.
#include <algorithm>
#include <cstring>
#include <span>

#include "fuzz/any_of.hpp"
#include "fuzz/some_records.hpp"
#include "model/small_town.hpp"
#include "record/group_records.hpp"
#include "record/image.hpp"

namespace janji::fuzz {
namespace {

using model::Bytes;

template <class One>
Bytes bytes_of(const std::vector<One>& all) {
  const auto bytes = std::as_bytes(std::span(all));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

// Of slots that are full, or not.
Bytes SomeRecords::join() {
  const Bytes like = claim();
  record::Claim claim{};
  std::memcpy(&claim, like.data(), sizeof claim);
  record::Join made{};
  made.booking = claim.booking;
  made.slot = claim.slot;
  made.applicant_hi = claim.applicant_hi;
  made.applicant_lo = claim.applicant_lo;
  made.operation_hi = claim.operation_hi;
  made.operation_lo = claim.operation_lo;
  made.payload = claim.payload;
  made.decided_ms = claim.decided_ms;
  made.created_ms = claim.created_ms;
  made.seats = claim.seats;
  made.scope = claim.scope;
  made.category = claim.category;
  if (random_.below(3) == 0) {
    made.last = static_cast<std::uint16_t>(SlotKey{claim.slot}.minute().value +
                                           60 * (1 + random_.below(2)));
    spoil(made.last);
  }
  return model::to_bytes(made);
}

// Mostly whoever waits for some slot longest.
Bytes SomeRecords::promote() {
  record::Promote made{};
  made.booking = some_booking();
  for (const auto& [key, slot] : so_far_.slots()) {
    if (slot.waiting.empty()) continue;
    if (so_far_.waiter(slot.waiting.begin()->second).is_group) continue;
    made.booking = slot.waiting.begin()->second.value;
    made.slot = key.value;
    if (random_.below(2) == 0) break;
  }
  if (made.slot == 0) made.slot = some_slot();
  spoil(made.slot);
  made.decided_ms = decided();
  made.deadline_ms = later(made.decided_ms);
  made.promoted_ms = model::kTownStart;
  spoil(made.deadline_ms);
  return model::to_bytes(made);
}

Bytes SomeRecords::some_group_record() {
  switch (random_.below(6)) {
    case 0: return group_claim();
    case 1:
    case 2: return group_join();
    case 3: return group_promote();
    default: return group_change();
  }
}

// Of the head and its members, in places that are free.
std::vector<std::uint64_t> SomeRecords::new_bookings(std::size_t many) {
  std::vector<std::uint64_t> ids;
  auto place = static_cast<record::Place>(random_.below(kPlaces));
  for (std::size_t i = 0; i < many; ++i) {
    if (!wild_) place = free_from(place);
    ids.push_back(record::make_booking_id(place, generations_[place], epoch_random_).value);
    spoil(ids.back());
    place = (place + 1) % kPlaces;
  }
  return ids;
}

Bytes SomeRecords::group_claim() {
  const std::vector<std::uint64_t> ids = new_bookings(2 + random_.below(3));
  record::GroupClaim made{};
  made.booking = ids.front();
  made.applicant_lo = 1 + random_.below(32);
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.deadline_ms = later(made.decided_ms);
  spoil(made.deadline_ms);
  made.created_ms = model::kTownStart;
  made.scope = static_cast<std::uint16_t>(random_.below(2));
  const std::uint64_t slot = some_slot();
  std::vector<record::NewMember> members;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    members.push_back({ids[i], slot, 0, 1 + (made.applicant_lo + i) % 32});
    spoil(members.back().slot);
    spoil(members.back().applicant_lo);
  }
  made.members = static_cast<std::uint32_t>(members.size());
  spoil(made.members);
  return model::to_bytes(made, bytes_of(members));
}

Bytes SomeRecords::group_join() {
  const std::vector<std::uint64_t> ids = new_bookings(2 + random_.below(3));
  record::GroupJoin made{};
  made.booking = ids.front();
  made.slot = some_slot();
  made.applicant_lo = 1 + random_.below(32);
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.created_ms = model::kTownStart;
  made.scope = static_cast<std::uint16_t>(random_.below(2));
  if (const auto& all = so_far_.entitlements(); !all.empty() && random_.below(4) == 0) {
    made.entitlement = some_entitlement().value;
    made.applicant_lo = all.begin()->second.holder.lo;
    spoil(made.entitlement);
  }
  if (random_.below(3) == 0) {
    made.last =
        static_cast<std::uint16_t>(SlotKey{made.slot}.minute().value + 60 * (1 + random_.below(2)));
    spoil(made.last);
  }
  std::vector<record::JoiningMember> members;
  for (std::size_t i = 1; i < ids.size(); ++i) {
    members.push_back({ids[i], 0, 1 + (made.applicant_lo + i) % 32});
    spoil(members.back().applicant_lo);
  }
  made.members = static_cast<std::uint16_t>(members.size());
  spoil(made.members);
  return model::to_bytes(made, bytes_of(members));
}

// Mostly one that is first in some slot's line, and all of it that still wait.
Bytes SomeRecords::group_promote() {
  record::GroupPromote made{};
  SlotKey slot{some_slot()};
  if (!so_far_.groups().empty()) made.booking = any_of(so_far_.groups(), random_)->first.value;
  for (const auto& [key, one] : so_far_.slots()) {
    if (one.waiting.empty() || !so_far_.waiter(one.waiting.begin()->second).is_group) continue;
    made.booking = one.waiting.begin()->second.value;
    slot = key;
    if (random_.below(2) == 0) break;
  }
  made.decided_ms = decided();
  made.deadline_ms = later(made.decided_ms);
  made.promoted_ms = model::kTownStart;
  spoil(made.booking);
  spoil(made.deadline_ms);
  std::vector<record::PromotedMember> members;
  for (const BookingId member : members_of(made.booking, BookingState::waiting)) {
    members.push_back({member.value, slot.value});
    spoil(members.back().slot);
  }
  if (members.empty()) members.push_back({some_booking(), slot.value});
  made.members = static_cast<std::uint32_t>(members.size());
  spoil(made.members);
  return model::to_bytes(made, bytes_of(members));
}

// Those of the group in that state; none: all that haven't ended.
std::vector<BookingId> SomeRecords::members_of(std::uint64_t group, BookingState state) const {
  std::vector<BookingId> found;
  const model::ModelGroup* of = so_far_.find_group(BookingId{group});
  if (of == nullptr) return found;
  for (const BookingId member : of->members) {
    const BookingState is = so_far_.bookings().at(member).state;
    if (state == BookingState::none ? !has_ended(is) : is == state) found.push_back(member);
  }
  return found;
}

Bytes SomeRecords::group_change() {
  constexpr record::Type kSteps[] = {
      record::Type::cancel, record::Type::lapse,  record::Type::free,    record::Type::confirm,
      record::Type::extend, record::Type::submit, record::Type::approve, record::Type::refuse};
  record::GroupChange made{};
  if (!so_far_.groups().empty()) made.booking = any_of(so_far_.groups(), random_)->first.value;
  spoil(made.booking);
  made.step = kSteps[random_.below(std::size(kSteps))];
  std::vector<BookingId> members = members_of(made.booking, BookingState::none);
  const model::ModelGroup* of = so_far_.find_group(BookingId{made.booking});
  // Forgotten as a whole, when all have ended.
  if (members.empty() && of != nullptr) {
    members = of->members;
    made.step = record::Type::free;
  }
  if (members.empty()) members.push_back(BookingId{some_booking()});
  const model::ModelBooking* first = so_far_.find_booking(members.front());
  const bool wait = first != nullptr && first->state == BookingState::waiting;
  const bool asked = made.step != record::Type::lapse && made.step != record::Type::free;
  if (asked) made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  // To be forgotten is no decision: the model's time doesn't go on by it, and the chunk's is that.
  const bool free = made.step == record::Type::free;
  made.decided_ms = free ? so_far_.ledger_ms() : decided();
  made.acted_ms = model::kTownStart;
  if (made.step == record::Type::extend || made.step == record::Type::submit) {
    made.deadline_ms = std::max(later(made.decided_ms), first == nullptr ? 0 : first->deadline_ms);
  }
  if (made.step == record::Type::cancel && wait) made.details_size = record::kLeftWaitlist;
  spoil(made.operation_lo);
  spoil(made.deadline_ms);
  spoil(made.details_size);
  made.members = static_cast<std::uint16_t>(members.size());
  spoil(made.members);
  std::vector<std::uint64_t> ids;
  for (const BookingId member : members) ids.push_back(member.value);
  return model::to_bytes(made, bytes_of(ids));
}

}  // namespace janji::fuzz
