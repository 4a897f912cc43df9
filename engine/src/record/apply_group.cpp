// What records about a group do to its head and to its members.
#include <algorithm>

#include "record/apply.hpp"

namespace janji::record {
namespace {

// Which of the record's members lies at `place`; as many as there are if none does.
template <class Members>
std::size_t index_at(const Members& members, Place place) noexcept {
  std::size_t i = 0;
  while (i < members.size() && place_of(BookingId{id_of(members[i])}) != place) ++i;
  return i;
}

// Why a new booking can't be at a place, or null.
const char* why_not_new(const BookingImage& image, std::uint64_t booking) noexcept {
  if (image.booking != 0) return "its place is taken";
  const std::uint32_t generation = image.generation & ((1U << kGenerationBits) - 1);
  return generation_of(BookingId{booking}) == generation ? nullptr
                                                         : "its place has another generation";
}

const char* why_no_head(const BookingImage& image, std::uint64_t group) noexcept {
  if (image.booking != group) return "its place isn't its own";
  if (state_of(image) != BookingState::group) return "it is no group";
  return nullptr;
}

// As detail::why_not(), of a member, which keeps no operations of its group.
const char* why_no_step(const BookingImage& image, std::uint64_t booking, std::uint64_t group,
                        Type step, std::int64_t decided_ms) noexcept {
  if (image.booking != booking) return "its place isn't its own";
  if (image.group != group) return "it is of another group";
  const BookingState state = state_of(image);
  if (target_of(step, state) == BookingState::none) return "its state doesn't allow it";
  if (has_deadline(state) && decided_ms >= image.ledger_ms) return "its hold had expired";
  return nullptr;
}

void begin_booking(BookingImage& image, Lsn lsn, const GroupClaim& claim, std::uint64_t booking,
                   BookingState state) noexcept {
  const std::uint32_t generation = image.generation;
  image = BookingImage{};
  image.generation = generation;
  image.booking = booking;
  image.group = claim.booking;
  image.entitlement = claim.entitlement;
  image.created_ms = claim.created_ms;
  image.lsn = lsn.value;
  image.category = claim.category;
  image.state = static_cast<std::uint8_t>(state);
  image.version = 1;
}

// What the head remembers of an operation on the group; null: it remembers too many.
OperationImage* remember(BookingImage& head, Lsn lsn, Type type, std::uint64_t operation_hi,
                         std::uint64_t operation_lo, std::uint64_t payload,
                         std::int64_t at_ms) noexcept {
  if (head.operations == kOperationsPerBooking) return nullptr;
  OperationImage& entry = head.operation[head.operations++];
  entry = OperationImage{};
  entry.operation_hi = operation_hi;
  entry.operation_lo = operation_lo;
  entry.payload = payload;
  entry.lsn = lsn.value;
  entry.at_ms = at_ms;
  entry.type = static_cast<std::uint8_t>(type);
  head.lsn = lsn.value;
  head.version = next_version(head.version);
  return &entry;
}

void forget(BookingImage& image) noexcept {
  const std::uint32_t generation = image.generation + 1;
  image = BookingImage{};
  image.generation = generation;
}

Status free_group(BookingImage& image, bool is_head, std::uint64_t booking,
                  const GroupChange& change) {
  const char* why = nullptr;
  if (is_head) {
    why = why_no_head(image, booking);
    if (why == nullptr && image.seats != change.members) why = "it has other members";
  } else if (image.booking != booking) {
    why = "its place isn't its own";
  } else if (image.group != change.booking) {
    why = "it is of another group";
  } else if (!has_ended(state_of(image))) {
    why = "it hasn't ended";
  }
  if (why != nullptr) return does_not_apply(Type::group_change, booking, image, why);
  forget(image);
  return success();
}

}  // namespace

Status apply_to(BookingImage& image, Place place, Lsn lsn, const GroupClaim& claim) {
  const auto members = members_of(claim);
  if (place == place_of(BookingId{claim.booking})) {
    if (const char* why = why_not_new(image, claim.booking)) {
      return does_not_apply(Type::group_claim, claim.booking, image, why);
    }
    begin_booking(image, lsn, claim, claim.booking, BookingState::group);
    image.slot = members.front().slot;
    image.applicant_hi = claim.applicant_hi;
    image.applicant_lo = claim.applicant_lo;
    image.operation_hi = claim.operation_hi;
    image.operation_lo = claim.operation_lo;
    image.payload = claim.payload;
    image.ledger_ms = place_of(BookingId{members.front().booking});
    image.seats = static_cast<std::uint16_t>(members.size());
    return success();
  }
  const std::size_t i = index_at(members, place);
  JANJI_CHECK(i < members.size());
  if (const char* why = why_not_new(image, members[i].booking)) {
    return does_not_apply(Type::group_claim, members[i].booking, image, why);
  }
  begin_booking(image, lsn, claim, members[i].booking, BookingState::held);
  image.slot = members[i].slot;
  image.applicant_hi = members[i].applicant_hi;
  image.applicant_lo = members[i].applicant_lo;
  image.payload = i + 1 < members.size() ? place_of(BookingId{members[i + 1].booking}) : kNoPlace;
  image.ledger_ms = claim.deadline_ms;
  image.seats = 1;
  image.scope = claim.scope;
  return success();
}

Status apply_to(BookingImage& image, Place place, Lsn lsn, const GroupChange& change) {
  const auto members = members_of(change);
  const std::size_t i = index_at(members, place);
  const bool is_head = place == place_of(BookingId{change.booking});
  JANJI_CHECK(is_head || i < members.size());
  const std::uint64_t booking = is_head ? change.booking : members[i];
  if (change.step == Type::free) return free_group(image, is_head, booking, change);
  if (is_head) {
    const char* why = why_no_head(image, booking);
    OperationImage* entry = nullptr;
    if (why == nullptr) {
      entry = remember(image, lsn, change.step, change.operation_hi, change.operation_lo,
                       change.payload, change.acted_ms);
      if (entry == nullptr) why = "it was changed too often";
    }
    if (why != nullptr) return does_not_apply(Type::group_change, booking, image, why);
    entry->details_hash = change.details_hash;
    entry->details_size = change.details_size;
    return success();
  }
  const char* why = why_no_step(image, booking, change.booking, change.step, change.decided_ms);
  const bool prolongs = change.step == Type::extend || change.step == Type::submit;
  if (why == nullptr && prolongs && change.deadline_ms < image.ledger_ms) {
    why = "its deadline would come nearer";
  }
  if (why != nullptr) return does_not_apply(Type::group_change, booking, image, why);
  image.state = static_cast<std::uint8_t>(target_of(change.step, state_of(image)));
  image.lsn = lsn.value;
  image.version = next_version(image.version);
  if (prolongs) image.ledger_ms = change.deadline_ms;
  if (has_ended(state_of(image))) detail::end(image, change.decided_ms, change.acted_ms);
  return success();
}

Status apply_to(BookingImage& image, Place place, Lsn lsn, const GroupMove& move) {
  const auto members = members_of(move);
  if (place == place_of(BookingId{move.booking})) {
    const char* why = why_no_head(image, move.booking);
    if (why == nullptr && remember(image, lsn, Type::reschedule, move.operation_hi,
                                   move.operation_lo, move.payload, move.moved_ms) == nullptr) {
      why = "it was changed too often";
    }
    if (why != nullptr) return does_not_apply(Type::group_move, move.booking, image, why);
    return success();
  }
  const std::size_t i = index_at(members, place);
  JANJI_CHECK(i < members.size());
  const MovedMember& member = members[i];
  const char* why =
      why_no_step(image, member.booking, move.booking, Type::reschedule, move.decided_ms);
  if (why == nullptr && image.slot != member.from) why = "it is in another slot";
  if (why != nullptr) return does_not_apply(Type::group_move, member.booking, image, why);
  image.state = static_cast<std::uint8_t>(target_of(Type::reschedule, state_of(image)));
  image.slot = member.slot;
  image.lsn = lsn.value;
  image.version = next_version(image.version);
  return success();
}

}  // namespace janji::record
