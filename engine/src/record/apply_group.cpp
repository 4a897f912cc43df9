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

// What the head and the members of a new group have alike.
template <class R>
void begin_booking(BookingImage& image, Lsn lsn, const R& made, std::uint64_t booking,
                   BookingState state) noexcept {
  const std::uint32_t generation = image.generation;
  image = BookingImage{};
  image.generation = generation;
  image.booking = booking;
  image.group = made.booking;
  if constexpr (requires { made.entitlement; }) image.entitlement = made.entitlement;
  image.created_ms = made.created_ms;
  image.lsn = lsn.value;
  image.category = made.category;
  image.state = static_cast<std::uint8_t>(state);
  image.version = 1;
}

template <class R>
void begin_head(BookingImage& image, Lsn lsn, const R& made, std::uint64_t slot) noexcept {
  const auto members = members_of(made);
  begin_booking(image, lsn, made, made.booking, BookingState::group);
  image.slot = slot;
  image.applicant_hi = made.applicant_hi;
  image.applicant_lo = made.applicant_lo;
  image.operation_hi = made.operation_hi;
  image.operation_lo = made.operation_lo;
  image.payload = made.payload;
  image.ledger_ms = place_of(BookingId{members.front().booking});
  image.seats = static_cast<std::uint16_t>(members.size());
}

template <class R>
void begin_member(BookingImage& image, Lsn lsn, const R& made, std::size_t i,
                  BookingState state) noexcept {
  const auto members = members_of(made);
  begin_booking(image, lsn, made, members[i].booking, state);
  image.applicant_hi = members[i].applicant_hi;
  image.applicant_lo = members[i].applicant_lo;
  image.payload = i + 1 < members.size() ? place_of(BookingId{members[i + 1].booking}) : kNoPlace;
  image.seats = 1;
  image.scope = made.scope;
}

// The head knows of it, and remembers no operation.
void touch_head(BookingImage& head, Lsn lsn) noexcept {
  head.lsn = lsn.value;
  head.version = next_version(head.version);
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
  touch_head(head, lsn);
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
    begin_head(image, lsn, claim, members.front().slot);
    return success();
  }
  const std::size_t i = index_at(members, place);
  JANJI_CHECK(i < members.size());
  if (const char* why = why_not_new(image, members[i].booking)) {
    return does_not_apply(Type::group_claim, members[i].booking, image, why);
  }
  begin_member(image, lsn, claim, i, BookingState::held);
  image.slot = members[i].slot;
  image.ledger_ms = claim.deadline_ms;
  return success();
}

Status apply_to(BookingImage& image, Place place, Lsn lsn, const GroupJoin& join) {
  const auto members = members_of(join);
  const std::size_t i = index_at(members, place);
  const bool is_head = place == place_of(BookingId{join.booking});
  JANJI_CHECK(is_head || i < members.size());
  const std::uint64_t booking = is_head ? join.booking : members[i].booking;
  if (const char* why = why_not_new(image, booking)) {
    return does_not_apply(Type::group_join, booking, image, why);
  }
  if (is_head) {
    begin_head(image, lsn, join, join.slot);
    return success();
  }
  begin_member(image, lsn, join, i, BookingState::waiting);
  image.slot = join.slot;
  image.ledger_ms = join.last;
  return success();
}

Status apply_to(BookingImage& image, Place place, Lsn lsn, const GroupPromote& promote) {
  const auto members = members_of(promote);
  if (place == place_of(BookingId{promote.booking})) {
    if (const char* why = why_no_head(image, promote.booking)) {
      return does_not_apply(Type::group_promote, promote.booking, image, why);
    }
    touch_head(image, lsn);
    return success();
  }
  const std::size_t i = index_at(members, place);
  JANJI_CHECK(i < members.size());
  const PromotedMember& member = members[i];
  const char* why =
      why_no_step(image, member.booking, promote.booking, Type::promote, promote.decided_ms);
  if (why == nullptr && !waits_for(image, SlotKey{member.slot})) why = "it waited for another slot";
  if (why != nullptr) return does_not_apply(Type::group_promote, member.booking, image, why);
  image.state = static_cast<std::uint8_t>(target_of(Type::promote, state_of(image)));
  image.slot = member.slot;
  image.ledger_ms = promote.deadline_ms;
  image.lsn = lsn.value;
  image.version = next_version(image.version);
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
    if (why == nullptr && change.step == Type::lapse) {
      touch_head(image, lsn);
      return success();
    }
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
  const bool of_waiters =
      change.step == Type::lapse || left_waitlist(change.step, change.details_size);
  const bool waited = state_of(image) == BookingState::waiting;
  if (why == nullptr && of_waiters != waited) {
    why = waited ? "it waits, which the record doesn't say" : "it doesn't wait";
  }
  if (why == nullptr && prolongs && change.deadline_ms < image.ledger_ms) {
    why = "its deadline would come nearer";
  }
  if (why != nullptr) return does_not_apply(Type::group_change, booking, image, why);
  image.state = static_cast<std::uint8_t>(target_of(change.step, state_of(image)));
  image.lsn = lsn.value;
  image.version = next_version(image.version);
  if (prolongs) image.ledger_ms = change.deadline_ms;
  image.only_waited = change.step == Type::lapse ? 1 : 0;
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
