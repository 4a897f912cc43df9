// What comes back after a commit, in LSN order, before the durable LSN is published (rule 1,
// hazard 5). The writer's thread only.
#include "base/prefetch.hpp"
#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

std::span<const std::byte> Ledger::details(const journal::RecordBlock& block) noexcept {
  if (block.details == kNothing) return {};
  const DetailsBuffer& buffer = details_[block.details];
  return {buffer.bytes, buffer.size};
}

// Hints only, so relaxed loads do: what is read may be changing.
void Ledger::prefetch_far(const journal::RecordBlock& block) const noexcept {
  switch (block.header().type) {
    case record::Type::cancel:
    case record::Type::expire:
    case record::Type::refuse:
    case record::Type::complete:
    case record::Type::no_show:
    case record::Type::lapse: base::prefetch_object_for_write(bookings_[block.place]); break;
    case record::Type::free: prefetch_operations(block.place); break;
    default: break;
  }
}

void Ledger::prefetch(const journal::RecordBlock& block) const noexcept {
  if (block.slot != kNothing) base::prefetch_for_write(&days_.word(block.slot));
  switch (block.header().type) {
    case record::Type::cancel:
    case record::Type::expire:
    case record::Type::refuse:
    case record::Type::complete:
    case record::Type::no_show:
    case record::Type::lapse: prefetch_applicant_key(block.place); break;
    case record::Type::free: prefetch_operation_keys(block.place); break;
    default: break;
  }
}

// The first of the operations on a booking behind its claim.
void Ledger::prefetch_operations(Place place) const noexcept {
  const BookingCell& cell = bookings_[place];
  if (BookingWord{cell.word.load(std::memory_order_relaxed)}.state() == BookingState::none) return;
  const std::uint32_t first = cell.operations.load(std::memory_order_relaxed);
  if (first != kNothing) base::prefetch_for_write(&operations_[first]);
}

// Where the index has the operation ids of a booking that nobody else changes.
void Ledger::prefetch_operation_keys(Place place) const noexcept {
  const auto fetch = [&](const auto& of) {
    const OperationId id{of.operation_hi.load(std::memory_order_relaxed),
                         of.operation_lo.load(std::memory_order_relaxed)};
    if (!id.empty()) operation_index_.prefetch(operation_hash(id));
  };
  const BookingCell& cell = bookings_[place];
  fetch(cell);
  for (std::uint32_t i = cell.operations.load(std::memory_order_relaxed); i != kNothing;
       i = operations_[i].next.load(std::memory_order_relaxed)) {
    fetch(operations_[i]);
  }
}

void Ledger::prefetch_applicant_key(Place place) const noexcept {
  const BookingCell& cell = bookings_[place];
  const ApplicantKey key{cell.applicant_hi.load(std::memory_order_relaxed),
                         cell.applicant_lo.load(std::memory_order_relaxed)};
  const ScopeId scope{cell.scope.load(std::memory_order_relaxed)};
  applicant_index_.prefetch(applicant_hash(key, scope));
}

void Ledger::give_back(Lsn lsn, std::uint32_t block_index) noexcept {
  journal::RecordBlock& block = journal_.blocks[block_index];
  const record::Header& header = block.header();
  switch (header.type) {
    case record::Type::claim: {
      const auto& claim = block.record<record::Claim>();
      settle_claimed(SlotKey{claim.slot}, block.slot, claim.seats);
      wheel_.link(block.place, claim.deadline_ms);
      counts_.in_use.store(counts_.in_use.load(std::memory_order_relaxed) + 1,
                           std::memory_order_relaxed);
      break;
    }
    case record::Type::walk_in: {
      const auto& made = block.record<record::WalkIn>();
      settle_claimed(SlotKey{made.slot}, block.slot, made.seats);
      if (block.details != kNothing) details_.give_back(block.details);
      enter_hall(block.place, made.queue_number, CivilTime{made.created_ms});
      counts_.in_use.store(counts_.in_use.load(std::memory_order_relaxed) + 1,
                           std::memory_order_relaxed);
      break;
    }
    case record::Type::join: joined(block.place, block.record<record::Join>()); break;
    case record::Type::promote:
      promoted(block.place, block.slot, block.record<record::Promote>());
      break;
    case record::Type::confirm:
    case record::Type::submit:
      if (block.details != kNothing) details_.give_back(block.details);
      [[fallthrough]];
    case record::Type::approve:
      // Its slot was closed while it was on its way: the patrol comes again.
      // relaxed: doors are this thread's to change.
      if (SlotWord{days_.word(block.slot).load(std::memory_order_relaxed)}.closed()) {
        doors_changed_ = true;
      }
      break;
    case record::Type::cancel: end_booking<record::Cancel>(block_index); break;
    case record::Type::expire: end_booking<record::Expire>(block_index); break;
    case record::Type::refuse: end_booking<record::Refuse>(block_index); break;
    case record::Type::complete:
      if (times(bookings_[block.place], record::Type::serve) == 0) leave_hall(block.place);
      end_booking<record::Complete>(block_index);
      break;
    case record::Type::no_show: end_booking<record::NoShow>(block_index); break;
    case record::Type::lapse:
      if (times(bookings_[block.place], record::Type::check_in) != 0) leave_hall(block.place);
      end_booking<record::Lapse>(block_index);
      break;
    case record::Type::check_in: {
      const auto& check_in = block.record<record::CheckIn>();
      enter_hall(block.place, check_in.argument, CivilTime{check_in.acted_ms});
      break;
    }
    case record::Type::serve:
      leave_hall(block.place);
      show_call(block.place, block.record<record::Serve>());
      break;
    case record::Type::reschedule: {
      const auto& move = block.record<record::Reschedule>();
      const SlotKey from{move.from};
      const BookingCell& cell = bookings_[block.place];
      // relaxed: nothing changes it while the booking has its place.
      const std::uint32_t seats = cell.seats.load(std::memory_order_relaxed);
      JANJI_CHECK(BookingWord{cell.word.load(std::memory_order_relaxed)}.id(block.place) ==
                  BookingId{move.booking});
      // First what it left: whoever no longer finds the new seats pending finds that one free, or
      // its count raised (hazard 9).
      DayView view;
      const std::uint32_t i = live_slot(from, view);
      give_up(from, view.first_slot + i, seats, (header.flags & record::Header::kLater) != 0);
      settle_claimed(SlotKey{move.slot}, block.slot, seats);
      days_.count_booking(from, -1);
      if (const Place head = head_of(cell); head != record::kNoPlace) {
        settle_units(entitlement_of(bookings_[head]), 1);
      }
      break;
    }
    case record::Type::free:
      free_booking(block.place, BookingId{block.record<record::Free>().booking});
      break;
    case record::Type::day: {
      const auto& day = block.record<record::Day>();
      const LaneId lane{day.lane};
      const Day date{day.day};
      const auto* slots = reinterpret_cast<const record::DaySlot*>(&day + 1);
      days_.open_day(lane, date, catalogue_.midnight(days_.rules(lane).branch, date).value,
                     {slots, day.slots}, block.slot);
      break;
    }
    case record::Type::progress: keep_on(block.place); break;
    case record::Type::erase:
      newest_erasure_.store(lsn.value, std::memory_order_release);  // pairs with newest_erasure()
      break;
    case record::Type::archive: archived(block.record<record::Archive>()); break;
    case record::Type::group_claim: give_back_group(block.record<record::GroupClaim>()); break;
    case record::Type::group_change:
      give_back_group(block.record<record::GroupChange>(), block.details);
      break;
    case record::Type::group_move: give_back_group(block.record<record::GroupMove>()); break;
    case record::Type::group_join: joined(block.record<record::GroupJoin>()); break;
    case record::Type::group_promote: promoted(block.record<record::GroupPromote>()); break;
    case record::Type::slot: change_doors(lsn, block); break;
    case record::Type::tranche: {
      const auto& tranche = block.record<record::Tranche>();
      seats_added(block.slot, SlotKey{tranche.slot}, tranche.seats);
      break;
    }
    case record::Type::fall_back: fell_back(block.slot, block.record<record::FallBack>()); break;
    case record::Type::block:
      settle_block(lsn, block.record<record::Block>(), block.operation);
      break;
    case record::Type::forget_block: free_block(block.record<record::ForgetBlock>().cell); break;
    case record::Type::entitlement:
      settle_entitlement(lsn, block.record<record::Entitlement>(), block.operation);
      break;
    case record::Type::eligible:
      settle_eligible(lsn, block.record<record::Eligible>(), block.operation);
      break;
    case record::Type::forget_entitlement:
      free_entitlement(
          record::cell_of(EntitlementId{block.record<record::ForgetEntitlement>().entitlement}));
      break;
    case record::Type::give_back: came_back(block.slot, block.record<record::GiveBack>()); break;
    // Those that end nothing and took nothing; and epoch, lane, tick, which aren't the ledger's.
    default: break;
  }
  journal_.blocks.give_back(block_index);
}

// Seats that a claim, or a move, took in the slot are durable, and a booking is there now.
void Ledger::settle_claimed(SlotKey slot, std::uint64_t slot_index, std::uint32_t seats) noexcept {
  settle_seats(slot, slot_index, seats);
  days_.count_booking(slot, 1);
}

// Whose booking was counted before: by the day for which it waited.
void Ledger::settle_seats(SlotKey slot, std::uint64_t slot_index, std::uint32_t seats) noexcept {
  // release: whoever sees the seats no longer pending sees all that was given back before.
  const SlotWord before{
      days_.word(slot_index).fetch_sub(SlotWord::made_durable(seats), std::memory_order_acq_rel)};
  JANJI_CHECK(before.pending() >= seats && before.taken() >= before.pending());
  JANJI_CHECK(before.taken() <= before.capacity());
  JANJI_CHECK(before.tag() == SlotWord::tag_of(slot.day()));
}

void Ledger::end_round() noexcept {
  journal_.blocks.end_round();
  free_places_.end_round(FreePlaces{*this});
}

// Seats come back.
void Ledger::leave_slot(SlotKey slot, std::uint64_t slot_index, std::uint32_t seats) noexcept {
  // release: pairs with the claimers' acquire of the word.
  const SlotWord before{
      days_.word(slot_index).fetch_sub(SlotWord::given_back(seats), std::memory_order_acq_rel)};
  JANJI_CHECK(before.taken() >= before.pending() + seats);
  JANJI_CHECK(before.tag() == SlotWord::tag_of(slot.day()));
  // After the seat is free (hazard 9); release pairs with the scan's acquire.
  days_.row(slot.lane(), slot.day()).give_backs.fetch_add(1, std::memory_order_release);
  if (before.waiters()) waitlist_.note(slot_index);
}

template <class R>
void Ledger::end_booking(std::uint32_t block_index) noexcept {
  const journal::RecordBlock& block = journal_.blocks[block_index];
  const auto& ended = record::as<R>(block.bytes);
  // relaxed: a lapse is this thread's own, and what it led to stays.
  const BookingState state =
      BookingWord{bookings_[block.place].word.load(std::memory_order_relaxed)}.state();
  constexpr bool kIsGivenUp = R::kType == record::Type::cancel ||
                              R::kType == record::Type::expire || R::kType == record::Type::refuse;
  const bool lapsed_away = R::kType == record::Type::lapse && state == BookingState::cancelled;
  end_at(block.place, BookingId{ended.booking}, block.slot, LedgerTime{ended.decided_ms},
         kIsGivenUp || lapsed_away, (ended.header.flags & record::Header::kLater) != 0);
}

// A booking ended: its seats come back, its applicant may book again; or it waited for some.
void Ledger::end_at(Place place, BookingId id, std::uint64_t slot_index, LedgerTime decided,
                    bool units_come_back, bool later) noexcept {
  BookingCell& cell = bookings_[place];
  // relaxed: who published may not have stored the new state yet, but the identity stands.
  JANJI_CHECK(BookingWord{cell.word.load(std::memory_order_relaxed)}.id(place) == id);
  const std::uint32_t seats = cell.seats.load(std::memory_order_relaxed);
  const ScopeId scope{cell.scope.load(std::memory_order_relaxed)};
  const SlotKey key{cell.slot.load(std::memory_order_relaxed)};
  JANJI_STEP("before_give_back");
  const Place head = head_of(cell);
  if (head != record::kNoPlace && waitlist_.waits(head)) {  // it had no seat yet
    forget_waiter(place, head);
    end_units(head, true);
    retire(place, decided);
    leave_group(head);
    return;
  }
  if (waitlist_.waits(place)) {  // likewise
    leave_waitlist(place);
    retire(place, decided);
    return;
  }
  if (scope != kNoScope) {
    const ApplicantKey applicant{cell.applicant_hi.load(std::memory_order_relaxed),
                                 cell.applicant_lo.load(std::memory_order_relaxed)};
    JANJI_CHECK(applicant_index_.remove(applicant_hash(applicant, scope), place));
  }
  if (head != record::kNoPlace) end_units(head, units_come_back);
  // Whose join isn't given back yet joined later than this ended.
  if (waitlist_.anyone(slot_index)) {
    for (const Place waits : waits_of(place)) pass_over(waits, slot_index);
  }
  give_up(key, slot_index, seats, later);
  retire(place, decided);
}

// Its retention begins; that of a group's members when the last of them has ended.
void Ledger::retire(Place place, LedgerTime decided) noexcept {
  // relaxed: constant while the booking has its place.
  const Place head = head_of(bookings_[place]);
  if (head == record::kNoPlace) {
    // A place that is still in the wheel goes to the queue when its second is swept.
    if (!timers_.linked(place)) retention_.push(place, decided);
    return;
  }
  std::atomic<std::uint64_t>& at = bookings_[head].time_ms;
  const GroupLife life{at.load(std::memory_order_relaxed)};
  JANJI_CHECK(life.live() != 0);
  // relaxed: where the members begin, which is all that others read of it, stays.
  at.store(GroupLife::make(life.first(), life.live() - 1).bits, std::memory_order_relaxed);
  if (life.live() == 1) retention_.push(head, decided);
}

// A booking that has ended made progress: it is kept from now on. The queue isn't mended, which has
// no way into its middle: when its turn comes it is queued once more (sweep_ended()).
void Ledger::keep_on(Place place) noexcept {
  // relaxed: one that ends just now, in a record behind this one, is marked too, and kept longer
  // than it need be.
  const BookingWord word{bookings_[place].word.load(std::memory_order_relaxed)};
  if (has_ended(word.state())) kept_on_[place] = true;
}

// The record that frees the place is committed, and nothing that touches it is behind it: the
// writer itself kept it busy since.
void Ledger::free_booking(Place place, BookingId freed) noexcept {
  BookingCell& cell = bookings_[place];
  const BookingWord word{cell.word.load(std::memory_order_relaxed)};
  JANJI_CHECK(word.busy() && (has_ended(word.state()) || word.state() == BookingState::group));
  JANJI_CHECK(word.id(place) == freed && !timers_.linked(place));
  JANJI_CHECK(counts_.in_use.load(std::memory_order_relaxed) > 0);
  const OperationId claim{cell.operation_hi.load(std::memory_order_relaxed),
                          cell.operation_lo.load(std::memory_order_relaxed)};
  if (!claim.empty()) {
    JANJI_CHECK(operation_index_.remove(operation_hash(claim), place));
  }
  for (std::uint32_t i = cell.operations.load(std::memory_order_relaxed); i != kNothing;) {
    const std::uint32_t next = operations_[i].next.load(std::memory_order_relaxed);
    forget_operation(i);
    i = next;
  }
  // relaxed: the writer keeps the booking busy. A group's head isn't in its slot.
  if (word.state() != BookingState::group) {
    days_.count_booking(SlotKey{cell.slot.load(std::memory_order_relaxed)}, -1);
  } else if (const std::uint32_t at = entitlement_of(cell); at != kNothing) {
    std::atomic<std::uint32_t>& groups = entitlements_[at].groups;
    JANJI_CHECK(groups.load(std::memory_order_relaxed) != 0);
    groups.store(groups.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
  }
  free_place(place);
  counts_.in_use.store(counts_.in_use.load(std::memory_order_relaxed) - 1,
                       std::memory_order_relaxed);
}

// Its id may act anew, and its entry serves another.
void Ledger::forget_operation(std::uint32_t index) noexcept {
  const OperationCell& entry = operations_[index];
  const OperationId id{entry.operation_hi.load(std::memory_order_relaxed),
                       entry.operation_lo.load(std::memory_order_relaxed)};
  if (!id.empty()) JANJI_CHECK(operation_index_.remove(operation_hash(id), index | kEntryBit));
  if (!has_own_entry(static_cast<record::Type>(entry.type.load(std::memory_order_relaxed)))) {
    shared_operations_.fetch_sub(1, std::memory_order_relaxed);  // as SharedEntry does
  }
  free_operations_.push(index, operation_links());
}

void Ledger::free_place(Place place) noexcept {
  BookingCell& cell = bookings_[place];
  const BookingWord word{cell.word.load(std::memory_order_relaxed)};
  const std::uint32_t generation = word.generation() + 1;
  cell.operations.store(kNothing, std::memory_order_release);
  cell.word.store(
      BookingWord::make(record::make_booking_id(place, generation, 0), BookingState::none, 0, 0)
          .bits,
      std::memory_order_release);
  // The last generation is not used up before the epoch, and with it every id, changes.
  if (generation < (1U << record::kGenerationBits)) {
    free_places_.give_back(place, FreePlaces{*this});
  }
}

}  // namespace janji::ledger
