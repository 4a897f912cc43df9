// What a step of a whole group knows, for group_change.cpp and group_move.cpp.
#pragma once

#include <utility>

#include "base/step.hpp"
#include "ledger/group_parts.hpp"

namespace janji::ledger {

struct Ledger::GroupStep {
  GroupStep(Change& asked, BookingWord head_before, Ledger& of) noexcept
      : change(asked), before(head_before), ledger(of), members(of) {}

  Change& change;
  BookingWord before;  // the head's
  Ledger& ledger;
  BusyMembers members;
  KeyIndex::Walk operation{};
  std::uint32_t block{kNothing};
  std::uint32_t entry{kNothing};  // of the operation
  std::uint32_t details{kNothing};
  std::uint64_t details_hash{0};
  Moment moment{};

  // Members and head as they were before.
  void unmark() noexcept {
    members.unmark();
    ledger.bookings_[change.place].word.store(before.bits, std::memory_order_release);
  }
};

// The record is filled. Publishes it and lets the members go, `settle`d each with its new state,
// then the head (rule 2).
template <class Settle>
Decision Ledger::publish_step(GroupStep& step, Settle&& settle) noexcept {
  constexpr auto release = std::memory_order_release;
  Change& change = step.change;
  BookingCell& head = bookings_[change.place];
  OperationCell& entry = operations_[step.entry];
  journal::RecordBlock& block = journal_.blocks[step.block];
  block.slot = kNothing;
  block.place = change.place;
  block.operation = step.entry;
  entry.next.store(head.operations.load(std::memory_order_relaxed), release);
  head.operations.store(step.entry, release);
  for (const auto& one : step.members.ones()) {
    const BookingState to = record::target_of(change.type, one.before.state());
    JANJI_CHECK(to != BookingState::none);
    settle(bookings_[one.place], to);
  }
  const Lsn lsn = publish(step.block);
  entry.lsn.store(lsn.value, release);
  for (const auto& one : step.members.ones()) {
    BookingCell& cell = bookings_[one.place];
    // Promise 7, within a booking; relaxed: the busy mark is ours.
    JANJI_CHECK(lsn.value > cell.lsn.load(std::memory_order_relaxed));
    cell.lsn.store(lsn.value, release);
    const BookingState to = record::target_of(change.type, one.before.state());
    cell.word.store(one.before.moved_to(to).bits, release);
    JANJI_STEP("member_visible");
  }
  step.members.published();
  head.lsn.store(lsn.value, release);
  head.word.store(step.before.moved_to(BookingState::group).bits, release);
  JANJI_STEP("change_visible");
  journal_.rounds.wake_if_idle();
  return Decision{Verdict::granted, Code::ok, false, change.booking, lsn, 0};
}

}  // namespace janji::ledger
