// Answering questions. Nothing here changes anything or waits.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

// The first slot of the day that starts after `at`; as many as there are slots when none does.
std::uint32_t first_after(const DayView& view, CivilTime at) noexcept {
  if (view.slots == 0 || slot_start(view, 0) > at) return 0;
  std::uint32_t i = 0;
  while (i < view.slots && slot_start(view, i) <= at) ++i;
  return i;
}

void tell_details(std::uint32_t size, Booking& of) noexcept {
  of.details_erased = size == record::kDetailsErased;
  of.details_size = of.details_erased ? 0 : size;
}

// What an operation that was granted on a booking says of it. The newest comes first.
void tell_operation(record::Type type, CivilTime at, std::uint32_t number, Booking& of) noexcept {
  using record::Type;
  switch (type) {
    case Type::confirm:
      of.confirmed_at = at;
      tell_details(number, of);
      return;
    case Type::submit:
      of.submitted_at = at;
      tell_details(number, of);
      return;
    case Type::approve: of.confirmed_at = at; return;
    case Type::refuse: of.refuse_reason = number; return;
    case Type::check_in:
      of.checked_in_at = at;
      of.queue_number = number;
      return;
    case Type::serve:
      if (of.served_at.value != 0) return;
      of.served_at = at;
      of.counter = number;
      return;
    case Type::extend: ++of.extensions; return;
    case Type::reschedule: ++of.moves; return;
    case Type::reissue: ++of.reissues; return;
    case Type::progress:
      if (of.progress.value != 0) return;
      of.progress = ProgressId{number};
      of.progress_at = at;
      return;
    default: return;
  }
}

// Whether a step of a whole group was one of this member, too, of which `last` is the last change
// that such a step could follow: a step that it takes part in is a change of it, and one that it
// doesn't, but for a cancel, which tells nothing, comes when it has ended, or behind its check-in.
// Nothing has no LSN yet.
bool is_of_member(const OperationCell& entry, Lsn last) noexcept {
  const std::uint64_t lsn = entry.lsn.load(std::memory_order_acquire);
  return lsn != 0 && lsn <= last.value;
}

}  // namespace

// Walks what was granted on a booking, newest first. Bounded, since what it reads may change.
struct Ledger::Chain {
  const OperationSlab& slab;
  std::uint32_t at;
  int steps{0};

  const OperationCell* next() noexcept {
    if (at >= slab.size() || steps++ == static_cast<int>(record::kOperationsPerBooking)) {
      return nullptr;
    }
    const OperationCell& entry = slab[at];
    at = entry.next.load(std::memory_order_acquire);
    return &entry;
  }
};

Ledger::Chain Ledger::chain_of(const BookingCell& cell) const noexcept {
  return {operations_, cell.operations.load(std::memory_order_acquire)};
}

Result<Booking> Ledger::find(BookingId id) const noexcept {
  const Place place = record::place_of(id);
  if (id.value == 0 || place >= bookings_.size()) return Error{Code::booking_not_found, {}};
  const BookingCell& cell = bookings_[place];
  constexpr auto acquire = std::memory_order_acquire;
  for (int look = 0; look < kLooksMax; ++look) {
    // acquire: pairs with the release of the last change.
    const BookingWord word{cell.word.load(acquire)};
    if (!word.names(id) || word.state() == BookingState::none ||
        word.state() == BookingState::group) {
      return Error{Code::booking_not_found, {}};
    }
    if (word.busy()) return Error{Code::retry, {}};
    Booking made;
    made.id = id;
    made.state = word.state();
    made.version = word.version();
    // acquire: keeps the second look at the word behind each of these.
    made.seats = cell.seats.load(acquire);
    const Kin kin{cell.kin.load(acquire)};
    made.category = static_cast<Category>(kin.category());
    made.scope = ScopeId{cell.scope.load(acquire)};
    made.slot = SlotKey{cell.slot.load(acquire)};
    made.applicant = {cell.applicant_hi.load(acquire), cell.applicant_lo.load(acquire)};
    made.created_at = CivilTime{static_cast<std::int64_t>(cell.created_ms.load(acquire))};
    made.lsn = Lsn{cell.lsn.load(acquire)};
    const auto time = static_cast<std::int64_t>(cell.time_ms.load(acquire));
    const auto tell = [&](const OperationCell& entry) {
      const auto type = static_cast<record::Type>(entry.type.load(acquire));
      tell_operation(type, CivilTime{static_cast<std::int64_t>(entry.at_ms.load(acquire))},
                     entry.details_size.load(acquire), made);
      return type;
    };
    // Who came takes part in no step of its group any more, and may make progress ever after.
    Lsn in_group = made.lsn;
    Chain own = chain_of(cell);
    while (const OperationCell* entry = own.next()) {
      const bool came = tell(*entry) == record::Type::check_in;
      if (came) in_group = Lsn{entry->lsn.load(acquire)};
    }
    if (kin.head() < bookings_.size()) {
      const BookingCell& head = bookings_[kin.head()];
      made.group = BookingWord{head.word.load(acquire)}.id(kin.head());
      Chain of_group = chain_of(head);
      while (const OperationCell* entry = of_group.next()) {
        if (is_of_member(*entry, in_group)) tell(*entry);
      }
    }
    if (cell.word.load(std::memory_order_relaxed) != word.bits) continue;
    if (made.state == BookingState::waiting && time != 0) {
      made.last_slot =
          SlotKey(made.slot.lane(), made.slot.day(), Minute{static_cast<std::uint16_t>(time)});
    } else if (record::has_deadline(made.state)) {
      made.deadline = LedgerTime{time};
      made.expires_at = CivilTime{time_.civil_now().value + (time - time_.ledger_now().value)};
    } else if (has_ended(made.state)) {
      made.ended_at = CivilTime{time};
    }
    return made;
  }
  return Error{Code::retry, {}};
}

Result<DetailsAt> Ledger::details_at(BookingId id) const noexcept {
  const Place place = record::place_of(id);
  if (id.value == 0 || place >= bookings_.size()) return Error{Code::booking_not_found, {}};
  const BookingCell& cell = bookings_[place];
  constexpr auto acquire = std::memory_order_acquire;
  const BookingWord word{cell.word.load(acquire)};
  if (!word.names(id) || word.state() == BookingState::none) {
    return Error{Code::booking_not_found, {}};
  }
  if (word.busy()) return Error{Code::retry, {}};
  DetailsAt at;
  bool erased = false;
  const auto look = [&](const BookingCell& of) {
    const Lsn last{cell.lsn.load(acquire)};
    Chain chain = chain_of(of);
    while (const OperationCell* entry = chain.next()) {
      const auto type = static_cast<record::Type>(entry->type.load(acquire));
      const std::uint32_t size = entry->details_size.load(acquire);
      if (!record::brings_details(type) || size == 0 || !is_of_member(*entry, last)) continue;
      erased = size == record::kDetailsErased;
      at = {Lsn{entry->lsn.load(acquire)}, entry->details_hash.load(acquire)};
    }
  };
  look(cell);
  // Those of a group's member came with the group's confirm.
  const Place head = Kin{cell.kin.load(acquire)}.head();
  if (at.lsn.value == 0 && head < bookings_.size()) look(bookings_[head]);
  if (cell.word.load(std::memory_order_relaxed) != word.bits) return Error{Code::retry, {}};
  if (at.lsn.value == 0) return Error{Code::booking_not_found, {}};
  if (erased) return Error{Code::details_erased, {}};
  return at;
}

Result<Group> Ledger::find_group(BookingId id, std::span<BookingId> members) const noexcept {
  const Place place = record::place_of(id);
  if (id.value == 0 || place >= bookings_.size()) return Error{Code::booking_not_found, {}};
  const BookingCell& cell = bookings_[place];
  constexpr auto acquire = std::memory_order_acquire;
  for (int look = 0; look < kLooksMax; ++look) {
    // As in find(). The members' places are the group's for as long as the head's is.
    const BookingWord word{cell.word.load(acquire)};
    if (!word.names(id) || word.state() == BookingState::none) {
      return Error{Code::booking_not_found, {}};
    }
    if (word.state() != BookingState::group) return Error{Code::booking_not_found, {}};
    if (word.busy()) return Error{Code::retry, {}};
    Group made;
    made.id = id;
    made.version = word.version();
    made.category = static_cast<Category>(Kin{cell.kin.load(acquire)}.category());
    made.lane = SlotKey{cell.slot.load(acquire)}.lane();
    made.applicant = {cell.applicant_hi.load(acquire), cell.applicant_lo.load(acquire)};
    made.created_at = CivilTime{static_cast<std::int64_t>(cell.created_ms.load(acquire))};
    made.members = std::min<std::size_t>(cell.seats.load(acquire), kGroupMembersMax);
    made.lsn = Lsn{cell.lsn.load(acquire)};
    // The group keeps it for as long as it has its place.
    if (const std::uint32_t at = entitlement_of(cell); at < entitlements_.size()) {
      made.entitlement = EntitlementId{entitlements_[at].id.load(acquire)};
    }
    const std::size_t many = std::min(members.size(), made.members);
    Place at = GroupLife{cell.time_ms.load(acquire)}.first();
    for (std::size_t i = 0; i < many && at < bookings_.size(); ++i) {
      const BookingCell& member = bookings_[at];
      members[i] = BookingWord{member.word.load(acquire)}.id(at);
      at = static_cast<Place>(member.payload.load(acquire));
    }
    if (cell.word.load(std::memory_order_relaxed) == word.bits) return made;
  }
  return Error{Code::retry, {}};
}

std::size_t Ledger::days(LaneId lane, Day first, std::span<DayAvailability> out,
                         Day today) const noexcept {
  using Status = DayAvailability::Status;
  if (lane.value >= days_.lanes()) return 0;
  const LaneRules& rules = days_.rules(lane);
  const std::int64_t earliest = time_.civil_now().value + rules.lead_ms;
  for (std::size_t d = 0; d < out.size(); ++d) {
    DayAvailability& made = out[d];
    made = DayAvailability{};
    made.day = Day{first.value + static_cast<std::int32_t>(d)};
    DayView view;
    bool open = days_.find(lane, made.day, view);
    const std::uint32_t ahead = open ? first_after(view, CivilTime{earliest}) : 0;
    bool any_door = false;  // of a slot that lies ahead
    for (std::uint32_t i = 0; open && i < view.slots; ++i) {
      // relaxed: availability is a hint, each slot for itself.
      const SlotWord word{days_.word(view.first_slot + i).load(std::memory_order_relaxed)};
      // Or the day was archived since it was found, and the word is another's (hazard 7).
      open = word.tag() == SlotWord::tag_of(made.day);
      if (!open) break;
      made.capacity += word.capacity();
      if (i < ahead || word.closed()) continue;
      any_door = true;
      if (!word.waiters()) made.free += word.free();
    }
    if (!open) {
      made.free = made.capacity = 0;
      made.status = made.day < today ? Status::past : Status::unreleased;
      continue;
    }
    made.status = view.slots == 0       ? Status::closed
                  : ahead == view.slots ? Status::past
                  : !any_door           ? Status::closed
                  : made.free > 0       ? Status::available
                                        : Status::full;
    if (view.slots == 0 && made.day < today) made.status = Status::past;
  }
  return out.size();
}

std::size_t Ledger::slots(LaneId lane, Day day, std::span<SlotAvailability> out) const noexcept {
  using Status = DayAvailability::Status;
  DayView view;
  if (!days_.find(lane, day, view)) return 0;
  const CivilTime earliest{time_.civil_now().value + days_.rules(lane).lead_ms};
  const std::uint32_t ahead = first_after(view, earliest);
  const std::size_t many = std::min<std::size_t>(view.slots, out.size());
  for (std::uint32_t i = 0; i < many; ++i) {
    // acquire: keeps the look at the word behind it; pairs with open_day().
    const std::uint16_t kept = days_.kept(view.first_slot + i).load(std::memory_order_acquire);
    // relaxed: a hint.
    const SlotWord word{days_.word(view.first_slot + i).load(std::memory_order_relaxed)};
    // The day was archived since it was found, and the word is another's (hazard 7).
    if (word.tag() != SlotWord::tag_of(day)) return 0;
    SlotAvailability& made = out[i];
    made.slot = SlotKey(lane, day, Minute{view.shape->start[i]});
    made.length_minutes = view.shape->length[i];
    made.capacity = static_cast<std::uint16_t>(word.capacity());
    made.free = word.closed() || word.waiters() ? 0 : static_cast<std::uint16_t>(word.free());
    made.kept = kept;
    made.later = static_cast<std::uint16_t>(later_.of(view.first_slot + i));
    made.status = word.closed()   ? Status::closed
                  : i < ahead     ? Status::past
                  : made.free > 0 ? Status::available
                                  : Status::full;
  }
  return many;
}

Counters Ledger::counters() const noexcept {
  constexpr auto relaxed = std::memory_order_relaxed;
  Counters sum;
  for (std::uint32_t i = 0; i < callers_.size(); ++i) {
    const CallerCounters& count = callers_[i].count;
    sum.claims += count.claims.load(relaxed);
    sum.walk_ins += count.walk_ins.load(relaxed);
    sum.confirms += count.confirms.load(relaxed);
    sum.cancels += count.cancels.load(relaxed);
    sum.reschedules += count.reschedules.load(relaxed);
    sum.acts += count.acts.load(relaxed);
    sum.joins += count.joins.load(relaxed);
    sum.erasures += count.erasures.load(relaxed);
    sum.expiries += count.expiries.load(relaxed);
    sum.replays += count.replays.load(relaxed);
    sum.refusals += count.refusals.load(relaxed);
    sum.retries += count.retries.load(relaxed);
    sum.waits += count.waits.load(relaxed);
  }
  sum.expiries += counts_.swept.load(relaxed);
  sum.lapses = counts_.lapsed.load(relaxed);
  sum.promotions = counts_.promoted.load(relaxed);
  sum.seats_fallen_back = counts_.fallen.load(relaxed);
  sum.seats_released = counts_.released.load(relaxed);
  sum.waiting = waiters_.load(relaxed);
  sum.seats_later = later_.total();
  sum.bookings_in_use = counts_.in_use.load(relaxed);
  sum.bookings_in_days = days_.bookings();
  return sum;
}

}  // namespace janji::ledger
