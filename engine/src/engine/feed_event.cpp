#include "engine/feed_event.hpp"

#include <utility>

#include "record/transitions.hpp"
#include "record/visit.hpp"

namespace janji {

namespace {

using record::Type;

// The one state that records of a type lead to, wherever from; none when that depends on where.
constexpr BookingState sole_target(Type type) noexcept {
  BookingState sole = BookingState::none;
  for (auto from = static_cast<int>(BookingState::none);
       from <= static_cast<int>(BookingState::group); ++from) {
    const BookingState to = record::target_of(type, static_cast<BookingState>(from));
    if (to == BookingState::none || to == sole) continue;
    if (sole != BookingState::none) return BookingState::none;
    sole = to;
  }
  return sole;
}
static_assert(sole_target(Type::claim) == BookingState::held);
static_assert(sole_target(Type::join) == BookingState::waiting);
static_assert(sole_target(Type::walk_in) == BookingState::checked_in);
static_assert(sole_target(Type::serve) == BookingState::checked_in);
static_assert(sole_target(Type::lapse) == BookingState::none);
static_assert(sole_target(Type::reschedule) == BookingState::none);
static_assert(sole_target(Type::reissue) == BookingState::none);
static_assert(sole_target(Type::progress) == BookingState::none);

// For each type of record, what it says besides whom it is about, by whom and what it leads to.
// False: nothing that anybody else wants to know. A new type is one function more.
struct Describe {
  Event& event;

  bool operator()(const record::Epoch&) const { return false; }
  bool operator()(const record::Lane&) const { return false; }
  bool operator()(const record::Tick&) const { return false; }
  bool operator()(const record::Day& day) const {
    event.argument = day.slots;
    return of_day(EventKind::day_opened, day);
  }
  bool operator()(const record::Archive& archive) const {
    return of_day(EventKind::day_archived, archive);
  }
  bool operator()(const record::Claim& claim) const {
    event.slot = SlotKey(claim.slot);
    event.seats = claim.seats;
    event.deadline = LedgerTime{claim.deadline_ms};
    return decided(EventKind::claim, claim, claim.created_ms);
  }
  bool operator()(const record::WalkIn& walk_in) const {
    event.slot = SlotKey(walk_in.slot);
    event.seats = walk_in.seats;
    event.argument = walk_in.queue_number;
    return decided(EventKind::walk_in, walk_in, walk_in.created_ms);
  }
  bool operator()(const record::Join& join) const {
    event.slot = SlotKey(join.slot);
    if (join.last != 0) {
      event.last_slot = SlotKey(event.slot.lane(), event.slot.day(), Minute{join.last});
    }
    event.seats = join.seats;
    return decided(EventKind::join, join, join.created_ms);
  }
  bool operator()(const record::Promote& promote) const {
    event.slot = SlotKey(promote.slot);
    event.deadline = LedgerTime{promote.deadline_ms};
    return decided(EventKind::promote, promote, promote.promoted_ms);
  }
  bool operator()(const record::Confirm& confirm) const {
    return decided(EventKind::confirm, confirm, confirm.confirmed_ms);
  }
  bool operator()(const record::Cancel& cancel) const {
    return decided(EventKind::cancel, cancel, cancel.ended_ms);
  }
  bool operator()(const record::Expire& expire) const {
    return decided(EventKind::expire, expire, expire.ended_ms);
  }
  bool operator()(const record::Free& free) const {
    event.kind = EventKind::free;
    event.booking = BookingId{free.booking};
    return true;
  }
  bool operator()(const record::Reschedule& move) const {
    event.slot = SlotKey(move.slot);
    event.from = SlotKey(move.from);
    return decided(EventKind::reschedule, move, move.moved_ms);
  }
  bool operator()(const record::Extend& extend) const {
    event.deadline = LedgerTime{extend.deadline_ms};
    return decided(EventKind::extend, extend, extend.acted_ms);
  }
  bool operator()(const record::Submit& submit) const {
    event.deadline = LedgerTime{submit.deadline_ms};
    return decided(EventKind::submit, submit, submit.acted_ms);
  }
  bool operator()(const record::Approve& act) const { return acted(EventKind::approve, act); }
  bool operator()(const record::Refuse& act) const { return acted(EventKind::refuse, act); }
  bool operator()(const record::CheckIn& act) const { return acted(EventKind::check_in, act); }
  bool operator()(const record::Serve& act) const { return acted(EventKind::serve, act); }
  bool operator()(const record::Complete& act) const { return acted(EventKind::complete, act); }
  bool operator()(const record::NoShow& act) const { return acted(EventKind::no_show, act); }
  bool operator()(const record::Reissue& act) const { return acted(EventKind::reissue, act); }
  bool operator()(const record::Progress& act) const { return acted(EventKind::progress, act); }
  bool operator()(const record::Lapse& lapse) const {
    return decided(EventKind::lapse, lapse, lapse.ended_ms);
  }
  bool operator()(const record::Slot& slot) const {
    event.kind = EventKind::slot;
    event.slot = SlotKey(slot.slot);
    event.argument = slot.capacity;
    event.closed = slot.closed != 0;
    event.decided_at = LedgerTime{slot.decided_ms};
    event.civil_at = CivilTime{slot.changed_ms};
    return true;
  }
  // Whom it is about isn't said.
  bool operator()(const record::Block& block) const {
    event.kind = block.until_ms == 0 ? EventKind::lift : EventKind::block;
    event.argument = block.reason;
    event.decided_at = LedgerTime{block.decided_ms};
    event.civil_at = CivilTime{block.acted_ms};
    event.until = CivilTime{block.until_ms};
    return true;
  }
  bool operator()(const record::ForgetBlock&) const { return false; }
  bool operator()(const record::Entitlement& made) const {
    event.argument = made.quota;
    return by_staff(EventKind::entitlement, made);
  }
  bool operator()(const record::Eligible& change) const {
    event.argument = change.added + change.removed;
    return by_staff(EventKind::eligible, change);
  }
  bool operator()(const record::ForgetEntitlement&) const { return false; }
  bool operator()(const record::Erase& erase) const {
    decided(EventKind::erase, erase, erase.acted_ms);
    event.argument = erase.reason;
    if (erase.is_group != 0) event.group = std::exchange(event.booking, BookingId{});
    return true;
  }
  // Its slots are told one by one.
  bool operator()(const record::Catalogue& change) const {
    event.kind = EventKind::catalogue;
    event.decided_at = LedgerTime{change.decided_ms};
    event.civil_at = CivilTime{change.changed_ms};
    return change.done != 0;
  }
  bool operator()(const record::GiveBack& made) const {
    event.kind = EventKind::seats_back;
    event.slot = SlotKey(made.slot);
    event.seats = static_cast<std::uint16_t>(made.seats);
    event.decided_at = LedgerTime{made.decided_ms};
    event.civil_at = CivilTime{made.returned_ms};
    return true;
  }
  bool operator()(const record::Tranche& made) const {
    event.kind = EventKind::tranche;
    event.slot = SlotKey(made.slot);
    event.seats = made.seats;
    event.argument = made.capacity;
    event.decided_at = LedgerTime{made.decided_ms};
    event.civil_at = CivilTime{made.came_ms};
    return true;
  }
  // These are several events: see of_group() and of_fall_back().
  bool operator()(const record::FallBack&) const { return false; }
  bool operator()(const record::GroupClaim&) const { return false; }
  bool operator()(const record::GroupChange&) const { return false; }
  bool operator()(const record::GroupMove&) const { return false; }
  bool operator()(const record::GroupJoin&) const { return false; }
  bool operator()(const record::GroupPromote&) const { return false; }
  bool operator()(const record::Displace& turn) const {
    return decided(EventKind::displace, turn, turn.turned_ms);
  }
  bool operator()(const record::Reinstate& turn) const {
    return decided(EventKind::reinstate, turn, turn.turned_ms);
  }

 private:
  template <class R>
  bool of_day(EventKind kind, const R& record) const {
    event.kind = kind;
    event.lane = LaneId{record.lane};
    event.day = Day{record.day};
    return true;
  }
  template <class R>
  bool decided(EventKind kind, const R& record, std::int64_t civil_ms) const {
    event.kind = kind;
    event.booking = BookingId{record.booking};
    event.decided_at = LedgerTime{record.decided_ms};
    event.civil_at = CivilTime{civil_ms};
    return true;
  }
  template <class R>
  bool by_staff(EventKind kind, const R& record) const {
    event.kind = kind;
    event.entitlement = EntitlementId{record.entitlement};
    event.decided_at = LedgerTime{record.decided_ms};
    event.civil_at = CivilTime{record.acted_ms};
    return true;
  }
  template <Type kType>
  bool acted(EventKind kind, const record::Act<kType>& act) const {
    event.argument = act.argument;
    return decided(kind, act, act.acted_ms);
  }
};

// The same step of a booking by itself.
constexpr EventKind kind_of(Type step) noexcept {
  switch (step) {
    case Type::confirm: return EventKind::confirm;
    case Type::submit: return EventKind::submit;
    case Type::extend: return EventKind::extend;
    case Type::approve: return EventKind::approve;
    case Type::refuse: return EventKind::refuse;
    case Type::cancel: return EventKind::cancel;
    case Type::lapse: return EventKind::lapse;
    case Type::free: return EventKind::free;
    default: return EventKind::none;
  }
}

// What one record about a group is for each of its members. `tell`: what it is for one.
template <class R, class Tell>
std::size_t of_group(const Event& start, const R& record, EventRoom& out, Tell&& tell) {
  std::size_t many = 0;
  for (const auto& member : record::members_of(record)) {
    Event& event = out[many++];
    event = start;
    event.group = BookingId{record.booking};
    event.booking = BookingId{record::id_of(member)};
    event.decided_at = LedgerTime{record.decided_ms};
    tell(event, member);
    event.more = many != record::members_of(record).size();
  }
  return many;
}

// One for each slot, so that each says what its slot has from here on.
std::size_t of_fall_back(const Event& start, const record::FallBack& fall, EventRoom& out) {
  for (std::size_t i = 0; i < 2; ++i) {
    out[i] = start;
    out[i].kind = EventKind::fall_back;
    out[i].seats = fall.seats;
    out[i].decided_at = LedgerTime{fall.decided_ms};
    out[i].civil_at = CivilTime{fall.fell_ms};
  }
  out[0].slot = SlotKey{fall.from};
  out[0].argument = fall.from_capacity;
  out[0].more = true;
  out[1].slot = SlotKey{fall.slot};
  out[1].from = SlotKey{fall.from};
  out[1].argument = fall.capacity;
  return 2;
}

std::size_t events_of_group(const Event& start, const record::Header& header, EventRoom& out) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  if (header.type == Type::group_claim) {
    const auto& claim = record::as<record::GroupClaim>(bytes);
    return of_group(start, claim, out, [&](Event& event, const record::NewMember& member) {
      event.kind = EventKind::claim;
      event.state = BookingState::held;
      event.slot = SlotKey{member.slot};
      event.entitlement = EntitlementId{claim.entitlement};
      event.seats = 1;
      event.deadline = LedgerTime{claim.deadline_ms};
      event.civil_at = CivilTime{claim.created_ms};
    });
  }
  if (header.type == Type::group_move) {
    const auto& move = record::as<record::GroupMove>(bytes);
    return of_group(start, move, out, [&](Event& event, const record::MovedMember& member) {
      event.kind = EventKind::reschedule;
      event.slot = SlotKey{member.slot};
      event.from = SlotKey{member.from};
      event.civil_at = CivilTime{move.moved_ms};
    });
  }
  if (header.type == Type::group_join) {
    const auto& join = record::as<record::GroupJoin>(bytes);
    return of_group(start, join, out, [&](Event& event, const record::JoiningMember&) {
      event.kind = EventKind::join;
      event.state = BookingState::waiting;
      event.slot = SlotKey{join.slot};
      if (join.last != 0) {
        event.last_slot = SlotKey(event.slot.lane(), event.slot.day(), Minute{join.last});
      }
      event.entitlement = EntitlementId{join.entitlement};
      event.seats = 1;
      event.civil_at = CivilTime{join.created_ms};
    });
  }
  if (header.type == Type::group_promote) {
    const auto& promote = record::as<record::GroupPromote>(bytes);
    return of_group(start, promote, out, [&](Event& event, const record::PromotedMember& member) {
      event.kind = EventKind::promote;
      event.state = BookingState::held;
      event.slot = SlotKey{member.slot};
      event.deadline = LedgerTime{promote.deadline_ms};
      event.civil_at = CivilTime{promote.promoted_ms};
    });
  }
  const auto& change = record::as<record::GroupChange>(bytes);
  return of_group(start, change, out, [&](Event& event, std::uint64_t) {
    event.kind = kind_of(change.step);
    event.state = change.step == Type::lapse ? BookingState::expired : sole_target(change.step);
    event.deadline = LedgerTime{change.deadline_ms};
    event.civil_at = CivilTime{change.acted_ms};
    if (change.step == Type::refuse) event.argument = change.details_size;
    if (change.step == Type::free) event.decided_at = start.decided_at;
  });
}

}  // namespace

std::size_t events_of(Lsn lsn, const record::Header& header, LedgerTime round_time,
                      EventRoom& out) {
  Event event;
  event.lsn = lsn;
  event.state = sole_target(header.type);
  event.actor = ActorId{header.actor};
  event.later = (header.flags & record::Header::kLater) != 0;
  event.decided_at = round_time;
  switch (header.type) {
    case Type::group_claim:
    case Type::group_change:
    case Type::group_move:
    case Type::group_join:
    case Type::group_promote: return events_of_group(event, header, out);
    case Type::fall_back:
      return of_fall_back(
          event, record::as<record::FallBack>(reinterpret_cast<const std::byte*>(&header)), out);
    default: break;
  }
  if (!record::visit_record(header, Describe{event})) return 0;
  out[0] = event;
  return 1;
}

const char* to_string(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::none: return "none";
    case EventKind::day_opened: return "day_opened";
    case EventKind::claim: return "claim";
    case EventKind::confirm: return "confirm";
    case EventKind::cancel: return "cancel";
    case EventKind::expire: return "expire";
    case EventKind::free: return "free";
    case EventKind::day_archived: return "day_archived";
    case EventKind::reschedule: return "reschedule";
    case EventKind::extend: return "extend";
    case EventKind::submit: return "submit";
    case EventKind::approve: return "approve";
    case EventKind::refuse: return "refuse";
    case EventKind::check_in: return "check_in";
    case EventKind::serve: return "serve";
    case EventKind::complete: return "complete";
    case EventKind::no_show: return "no_show";
    case EventKind::lapse: return "lapse";
    case EventKind::slot: return "slot";
    case EventKind::displace: return "displace";
    case EventKind::reinstate: return "reinstate";
    case EventKind::reissue: return "reissue";
    case EventKind::progress: return "progress";
    case EventKind::join: return "join";
    case EventKind::promote: return "promote";
    case EventKind::block: return "block";
    case EventKind::lift: return "lift";
    case EventKind::entitlement: return "entitlement";
    case EventKind::eligible: return "eligible";
    case EventKind::erase: return "erase";
    case EventKind::catalogue: return "catalogue";
    case EventKind::fall_back: return "fall_back";
    case EventKind::tranche: return "tranche";
    case EventKind::seats_back: return "seats_back";
    case EventKind::walk_in: return "walk_in";
  }
  return "unknown";
}

}  // namespace janji
