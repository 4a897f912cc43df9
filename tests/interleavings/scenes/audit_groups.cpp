// Groups that wait, and walk-ins, as the audit reads of them.
#include <algorithm>

#include "checker/scene.hpp"
#include "scenes/audit.hpp"

namespace janji::interleavings {

Audit::Entry& Audit::new_entry(std::uint64_t booking, SlotKey slot, std::uint64_t applicant) {
  for (std::uint32_t i = 0; i < many_; ++i) {
    require(entries_[i].booking.load(relaxed) != booking, "a booking id twice");
  }
  must_be_open(slot);
  require(many_ < kBookingsMax, "more bookings than a scene makes");
  Entry& entry = entries_[many_++];
  entry.slot = slot.value;
  entry.applicant = applicant;
  entry.seats = 1;
  entry.booking.store(booking, relaxed);
  return entry;
}

void Audit::joined_group(const record::GroupJoin& join) {
  used(join.operation_lo, join.booking);
  for (const record::JoiningMember& member : record::members_of(join)) {
    for (std::uint32_t i = 0; i < many_; ++i) {
      const bool waits = entries_[i].state.load(relaxed) == BookingState::waiting;
      const bool same = entries_[i].slot == join.slot && entries_[i].last == join.last;
      require(!waits || !same || entries_[i].applicant != member.applicant_lo,
              "an applicant waits twice for a slot");
    }
    Entry& entry = new_entry(member.booking, SlotKey{join.slot}, member.applicant_lo);
    entry.last = join.last;
    entry.group = join.booking;
    entry.state.store(BookingState::waiting, relaxed);
  }
}

// All that still wait, each once.
void Audit::promoted_group(const record::GroupPromote& promote) {
  std::uint32_t wait = 0;
  for (std::uint32_t i = 0; i < many_; ++i) {
    const bool waits = entries_[i].state.load(relaxed) == BookingState::waiting;
    wait += waits && entries_[i].group == promote.booking ? 1U : 0U;
  }
  require(wait == promote.members, "a group is torn apart");
  for (const record::PromotedMember& member : record::members_of(promote)) {
    Entry& entry = known(member.booking);
    const SlotKey slot{member.slot};
    require(entry.group == promote.booking, "offered seats with another one's group");
    require(waits_for(entry, slot), "offered seats, though not waiting");
    require(taken(slot) + 1 <= capacity(slot), "more seats than there are");
    require(active(entry.applicant) == 0, "an applicant's second booking");
    entry.slot = member.slot;
    entry.deadline_ms = promote.deadline_ms;
    entry.state.store(BookingState::held, relaxed);
    add_to(taken_[sum_of(slot)], 1);
    add_to(active_[entry.applicant], 1);
  }
}

void Audit::changed_group(const record::GroupChange& change) {
  used(change.operation_lo, change.booking);
  for (const std::uint64_t member : record::members_of(change)) {
    Entry& entry = known(member);
    const BookingState state = entry.state.load(relaxed);
    const bool waits = state == BookingState::waiting;
    require(entry.group == change.booking, "a step with another one's group");
    if (change.step == record::Type::cancel) {
      require(waits || is_active(state), "cancelled, though over");
      waits ? left(entry, BookingState::cancelled) : changed(entry, BookingState::cancelled);
    } else if (change.step == record::Type::lapse) {
      require(waits, "waited in vain, though not waiting");
      left(entry, BookingState::expired);
    } else {
      require(change.step == record::Type::free, "a step that no scene makes");
      require(has_ended(state), "freed, though it hadn't ended");
      entry.state.store(BookingState::none, relaxed);
    }
  }
  if (change.step == record::Type::free) forget_operations(change.booking);
}

void Audit::walked_in(const record::WalkIn& walk_in) {
  const SlotKey slot{walk_in.slot};
  require(!closed_[sum_of(slot)], "a seat of a closed slot");
  require(taken(slot) + walk_in.seats <= capacity(slot), "more seats than there are");
  require(active(walk_in.applicant_lo) == 0, "an applicant's second booking");
  require(walk_in.queue_number != 0, "nobody can call him");
  for (std::uint32_t i = 0; i < many_; ++i) {
    require(entries_[i].number != walk_in.queue_number, "two with one number");
  }
  used(walk_in.operation_lo, walk_in.booking);
  Entry& entry = new_entry(walk_in.booking, slot, walk_in.applicant_lo);
  entry.number = walk_in.queue_number;
  entry.state.store(BookingState::checked_in, relaxed);
  add_to(taken_[sum_of(slot)], 1);
  add_to(active_[entry.applicant], 1);
}

std::uint32_t Audit::in_day(LaneId lane, Day day) const {
  return static_cast<std::uint32_t>(
      std::count_if(entries_.begin(), entries_.begin() + many_, [&](const Entry& entry) {
        const SlotKey slot{entry.slot};
        return entry.state.load(relaxed) != BookingState::none && slot.lane() == lane &&
               slot.day() == day;
      }));
}

std::uint32_t Audit::waiting() const {
  return static_cast<std::uint32_t>(std::count_if(
      entries_.begin(), entries_.end(),
      [](const Entry& entry) { return entry.state.load(relaxed) == BookingState::waiting; }));
}

std::uint32_t Audit::queue_number(BookingId booking) const {
  for (const Entry& entry : entries_) {
    if (entry.booking.load(relaxed) == booking.value) return entry.number;
  }
  return 0;
}

}  // namespace janji::interleavings
