#include "scenes/audit.hpp"

#include <algorithm>

#include "checker/scene.hpp"

namespace janji::interleavings {

void Audit::add(Lsn lsn, const journal::RecordBlock& block) {
  require(lsn.value == last() + 1, "a hole in the journal, or an LSN twice");
  last_.store(lsn.value, relaxed);
  switch (block.header().type) {
    case record::Type::claim: claimed(record::as<record::Claim>(block.bytes)); break;
    case record::Type::join: joined(record::as<record::Join>(block.bytes)); break;
    case record::Type::promote: promoted(record::as<record::Promote>(block.bytes)); break;
    case record::Type::group_join: joined_group(record::as<record::GroupJoin>(block.bytes)); break;
    case record::Type::group_promote:
      promoted_group(record::as<record::GroupPromote>(block.bytes));
      break;
    case record::Type::group_change:
      changed_group(record::as<record::GroupChange>(block.bytes));
      break;
    case record::Type::walk_in: walked_in(record::as<record::WalkIn>(block.bytes)); break;
    case record::Type::confirm: {
      const auto& confirm = record::as<record::Confirm>(block.bytes);
      Entry& entry = known(confirm.booking);
      require(entry.state.load(relaxed) == BookingState::held, "confirmed, though not held");
      require(confirm.decided_ms < entry.deadline_ms, "confirmed after its deadline");
      used(confirm.operation_lo, confirm.booking);
      changed(entry, BookingState::confirmed);
      break;
    }
    case record::Type::cancel: {
      const auto& cancel = record::as<record::Cancel>(block.bytes);
      Entry& entry = known(cancel.booking);
      used(cancel.operation_lo, cancel.booking);
      if (entry.state.load(relaxed) == BookingState::waiting) {
        left(entry, BookingState::cancelled);
        break;
      }
      require(is_active(entry.state.load(relaxed)), "cancelled, though over");
      changed(entry, BookingState::cancelled);
      break;
    }
    case record::Type::erase: {
      const auto& erase = record::as<record::Erase>(block.bytes);
      Entry& entry = known(erase.booking);
      require(has_ended(entry.state.load(relaxed)), "erased before it has ended");
      require(!std::exchange(entry.erased, true), "erased twice");
      break;
    }
    case record::Type::reschedule: moved(record::as<record::Reschedule>(block.bytes)); break;
    case record::Type::extend: {
      const auto& extend = record::as<record::Extend>(block.bytes);
      Entry& entry = known(extend.booking);
      require(entry.state.load(relaxed) == BookingState::held, "extended, though not held");
      require(extend.decided_ms < entry.deadline_ms, "extended after its deadline");
      require(extend.deadline_ms >= entry.deadline_ms, "extended to an earlier time");
      used(extend.operation_lo, extend.booking);
      entry.deadline_ms = extend.deadline_ms;
      break;
    }
    case record::Type::no_show: {
      const auto& missed = record::as<record::NoShow>(block.bytes);
      Entry& entry = known(missed.booking);
      require(entry.state.load(relaxed) == BookingState::confirmed, "missed, though not confirmed");
      used(missed.operation_lo, missed.booking);
      changed(entry, BookingState::no_show);
      break;
    }
    case record::Type::block: {
      const auto& made = record::as<record::Block>(block.bytes);
      used(made.operation_lo, 0);
      until_[made.applicant_lo] = made.until_ms;
      break;
    }
    case record::Type::forget_block: {
      const auto& forget = record::as<record::ForgetBlock>(block.bytes);
      require(until_[forget.applicant_lo] <= forget.ended_ms, "a block forgotten in force");
      until_[forget.applicant_lo] = 0;
      forget_operations(0);
      break;
    }
    case record::Type::catalogue: one_seat_each_ = true; break;
    case record::Type::slot: resized(record::as<record::Slot>(block.bytes)); break;
    case record::Type::tranche: came(record::as<record::Tranche>(block.bytes)); break;
    case record::Type::fall_back: fell_back(record::as<record::FallBack>(block.bytes)); break;
    case record::Type::lapse: {
      Entry& entry = known(record::as<record::Lapse>(block.bytes).booking);
      if (entry.state.load(relaxed) == BookingState::waiting) {
        left(entry, BookingState::expired);
        break;
      }
      require(entry.state.load(relaxed) == BookingState::confirmed, "lapsed, though not confirmed");
      changed(entry, BookingState::no_show);
      break;
    }
    case record::Type::expire: {
      const auto& expire = record::as<record::Expire>(block.bytes);
      Entry& entry = known(expire.booking);
      require(entry.state.load(relaxed) == BookingState::held, "expired, though not held");
      require(expire.decided_ms >= entry.deadline_ms, "expired before its deadline");
      changed(entry, BookingState::expired);
      break;
    }
    case record::Type::free: {
      Entry& entry = known(record::as<record::Free>(block.bytes).booking);
      require(has_ended(entry.state.load(relaxed)), "freed, though it hadn't ended");
      entry.state.store(BookingState::none, relaxed);
      forget_operations(entry.booking.load(relaxed));
      break;
    }
    case record::Type::archive: archived(record::as<record::Archive>(block.bytes)); break;
    default: require(false, "a record that no scene makes");
  }
}

void Audit::claimed(const record::Claim& claim) {
  const SlotKey slot{claim.slot};
  for (std::uint32_t i = 0; i < many_; ++i) {
    require(entries_[i].booking.load(relaxed) != claim.booking, "a booking id twice");
  }
  must_be_open(slot);
  require(!closed_[sum_of(slot)], "a seat of a closed slot");
  require(taken(slot) + claim.seats <= capacity(slot), "more seats than there are");
  require(claim.seats == 1 || !one_seat_each_, "a claim by rules that are in force no more");
  require(active(claim.applicant_lo) == 0, "an applicant's second booking");
  require(claim.created_ms >= until_[claim.applicant_lo], "a claim of somebody who is blocked");
  used(claim.operation_lo, claim.booking);
  require(many_ < kBookingsMax, "more bookings than a scene makes");
  Entry& entry = entries_[many_++];
  entry.slot = claim.slot;
  entry.applicant = claim.applicant_lo;
  entry.deadline_ms = claim.deadline_ms;
  entry.booking.store(claim.booking, relaxed);
  entry.state.store(BookingState::held, relaxed);
  entry.seats = claim.seats;
  add_to(taken_[sum_of(slot)], claim.seats);
  add_to(active_[entry.applicant], 1);
}

void Audit::joined(const record::Join& join) {
  must_be_open(SlotKey{join.slot});
  used(join.operation_lo, join.booking);
  require(many_ < kBookingsMax, "more bookings than a scene makes");
  for (std::uint32_t i = 0; i < many_; ++i) {
    const bool waits = entries_[i].state.load(relaxed) == BookingState::waiting;
    const bool same = entries_[i].slot == join.slot && entries_[i].last == join.last;
    require(!waits || !same || entries_[i].applicant != join.applicant_lo,
            "an applicant waits twice for a slot");
  }
  Entry& entry = entries_[many_++];
  entry.slot = join.slot;
  entry.last = join.last;
  entry.applicant = join.applicant_lo;
  entry.seats = join.seats;
  entry.booking.store(join.booking, relaxed);
  entry.state.store(BookingState::waiting, relaxed);
}

void Audit::promoted(const record::Promote& promote) {
  Entry& entry = known(promote.booking);
  const SlotKey slot{promote.slot};
  require(waits_for(entry, slot), "offered seats, though not waiting");
  require(taken(slot) + entry.seats <= capacity(slot), "more seats than there are");
  require(active(entry.applicant) == 0, "an applicant's second booking");
  // The entries are in the order of their LSNs.
  for (const Entry* other = entries_.data(); other != &entry; ++other) {
    require(!waits_for(*other, slot), "offered seats before who waited longer");
  }
  entry.slot = promote.slot;
  entry.deadline_ms = promote.deadline_ms;
  entry.state.store(BookingState::held, relaxed);
  add_to(taken_[sum_of(slot)], entry.seats);
  add_to(active_[entry.applicant], 1);
}

void Audit::left(Entry& entry, BookingState to) {
  entry.state.store(to, relaxed);
}

bool Audit::anyone_waits(SlotKey slot) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return waits_for(entry, slot); });
}

// For it alone, or for both of its day.
bool Audit::waits_for(const Entry& entry, SlotKey slot) {
  if (entry.state.load(relaxed) != BookingState::waiting) return false;
  const SlotKey first{entry.slot};
  const bool same_day = first.lane() == slot.lane() && first.day() == slot.day();
  return first == slot || (same_day && entry.last != 0);
}

void Audit::resized(const record::Slot& change) {
  used(change.operation_lo, 0);
  closed_[sum_of(SlotKey{change.slot})] = change.closed != 0;
  capacity_[sum_of(SlotKey{change.slot})] = change.capacity;
}

void Audit::came(const record::Tranche& tranche) {
  const SlotKey slot{tranche.slot};
  require(!closed_[sum_of(slot)], "seats for a closed slot");
  capacity_[sum_of(slot)] += tranche.seats;
  require(capacity(slot) == tranche.capacity, "seats come and another number is there");
}

void Audit::fell_back(const record::FallBack& fall) {
  const SlotKey from{fall.from}, to{fall.slot};
  require(!closed_[sum_of(from)] && !closed_[sum_of(to)], "seats of or for a closed slot");
  require(taken(from) + fall.seats <= capacity(from), "seats fall back that somebody has");
  add_to(fell_, 1);
  capacity_[sum_of(from)] -= fall.seats;
  capacity_[sum_of(to)] += fall.seats;
  require(capacity(from) == fall.from_capacity && capacity(to) == fall.capacity,
          "seats fall back and another number is left");
}

void Audit::changed(Entry& entry, BookingState to) {
  entry.state.store(to, relaxed);
  if (is_active(to)) return;
  add_to(taken_[sum_of(SlotKey{entry.slot})], 0U - entry.seats);
  add_to(active_[entry.applicant], ~0U);
}

void Audit::moved(const record::Reschedule& move) {
  Entry& entry = known(move.booking);
  require(is_active(entry.state.load(relaxed)), "moved, though over");
  require(entry.slot == move.from, "moved from where it isn't");
  used(move.operation_lo, move.booking);
  must_be_open(SlotKey{move.slot});
  require(!closed_[sum_of(SlotKey{move.slot})], "a move into a closed slot");
  require(taken(SlotKey{move.slot}) + entry.seats <= capacity(SlotKey{move.slot}),
          "more seats than there are");
  add_to(taken_[sum_of(SlotKey{move.slot})], entry.seats);
  add_to(taken_[sum_of(SlotKey{entry.slot})], 0U - entry.seats);
  entry.slot = move.slot;
}

void Audit::archived(const record::Archive& archive) {
  require(archived_.value == 0, "more days archived than a scene has");
  archived_ = SlotKey(LaneId{archive.lane}, Day{archive.day}, Minute{0});
  for (std::uint32_t i = 0; i < many_; ++i) {
    const SlotKey slot{entries_[i].slot};
    const bool there = slot.lane() == archived_.lane() && slot.day() == archived_.day();
    require(!there || entries_[i].state.load(relaxed) == BookingState::none,
            "a day is archived, and a booking is in it");
  }
}

void Audit::must_be_open(SlotKey slot) const {
  require(archived_.value == 0 || slot.lane() != archived_.lane() || slot.day() != archived_.day(),
          "a seat of a day that was archived");
}

std::uint32_t Audit::taken_in(LaneId lane, Day day) const {
  std::uint32_t sum = 0;
  for (std::uint32_t i = 0; i < many_; ++i) {
    const SlotKey slot{entries_[i].slot};
    const bool counts = is_active(entries_[i].state.load(relaxed));
    if (counts && slot.lane() == lane && slot.day() == day) sum += entries_[i].seats;
  }
  return sum;
}

void Audit::used(std::uint64_t operation, std::uint64_t booking) {
  if (operation == 0) return;
  for (std::uint32_t i = 0; i < operations_; ++i) {
    require(operation_[i].id != operation, "an operation id acted twice");
  }
  require(operations_ < kBookingsMax, "more operations than a scene makes");
  operation_[operations_++] = {operation, booking};
}

// The ids of a freed booking may be used again.
void Audit::forget_operations(std::uint64_t booking) {
  for (std::uint32_t i = 0; i < operations_; ++i) {
    if (operation_[i].booking == booking) operation_[i].id = 0;
  }
}

Audit::Entry& Audit::known(std::uint64_t booking) {
  std::uint32_t i = 0;
  while (i < many_ && entries_[i].booking.load(relaxed) != booking) ++i;
  require(i < many_, "a change of a booking that was never claimed");
  return entries_[i];
}

BookingState Audit::state(BookingId booking) const {
  for (const Entry& entry : entries_) {
    if (entry.booking.load(relaxed) == booking.value) return entry.state.load(relaxed);
  }
  return BookingState::none;
}

}  // namespace janji::interleavings
