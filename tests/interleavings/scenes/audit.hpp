// The journal of one execution, read as it is committed.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "journal/record_blocks.hpp"
#include "record/group_records.hpp"

namespace janji::interleavings {

// Holds the records, in the order of their LSNs, to the promises: no seat above the capacity, one
// active booking for an applicant, each operation id once, each change legal where it stands.
// Callers may ask what is committed; they see what the protocol has told them of, or more: the
// sums are relaxed.
class Audit {
 public:
  explicit Audit(std::uint32_t capacity) { capacity_.fill(capacity); }

  // Before the record is given back. The writer.
  void add(Lsn lsn, const journal::RecordBlock& block);

  // ---- any thread ----
  std::uint32_t taken(SlotKey slot) const { return taken_[sum_of(slot)].load(relaxed); }
  // When nobody is at work.
  std::uint32_t capacity(SlotKey slot) const { return capacity_[sum_of(slot)]; }
  // Of all slots of a day of a lane; when nobody is at work.
  std::uint32_t taken_in(LaneId lane, Day day) const;
  std::uint32_t active(std::uint64_t applicant) const { return active_[applicant].load(relaxed); }
  // Bookings of the day that aren't freed; when nobody is at work.
  std::uint32_t in_day(LaneId lane, Day day) const;
  // How many wait, members of a group each by himself; when nobody is at work.
  std::uint32_t waiting() const;
  // What he who walked in was given; when nobody is at work.
  std::uint32_t queue_number(BookingId booking) const;
  // Whether somebody waits for the slot; when nobody is at work.
  bool anyone_waits(SlotKey slot) const;
  // None: it isn't known, or freed.
  BookingState state(BookingId booking) const;
  // When nobody is at work: calls visit(BookingId, BookingState) for each that isn't freed.
  template <class Visit>
  void each(Visit&& visit) const {
    for (const Entry& entry : entries_) {
      const std::uint64_t booking = entry.booking.load(relaxed);
      const BookingState state = entry.state.load(relaxed);
      if (booking != 0 && state != BookingState::none) visit(BookingId{booking}, state);
    }
  }
  std::uint64_t last() const { return last_.load(relaxed); }
  // How often seats fell back.
  std::uint32_t fell() const { return fell_.load(relaxed); }

 private:
  static constexpr auto relaxed = std::memory_order_relaxed;
  static constexpr std::size_t kBookingsMax = 12, kApplicantsMax = 6;

  struct Entry {
    std::atomic<std::uint64_t> booking;
    std::atomic<BookingState> state;
    std::uint64_t slot, applicant;
    std::uint16_t last;  // of a join
    std::uint32_t seats;
    std::int64_t deadline_ms;
    bool erased;  // its details
    std::uint64_t group;
    std::uint32_t number;  // of who walked in
  };

  struct Operation {
    std::uint64_t id, booking;
  };

  static std::size_t sum_of(SlotKey slot) {
    return 2 * slot.lane().value + (slot.minute().value == 0 ? 0 : 1);
  }
  static void add_to(std::atomic<std::uint32_t>& sum, std::uint32_t what) {
    sum.store(sum.load(relaxed) + what, relaxed);
  }
  Entry& known(std::uint64_t booking);
  Entry& new_entry(std::uint64_t booking, SlotKey slot, std::uint64_t applicant);
  void claimed(const record::Claim& claim);
  void joined(const record::Join& join);
  void promoted(const record::Promote& promote);
  static bool waits_for(const Entry& entry, SlotKey slot);
  // audit_groups.cpp
  void joined_group(const record::GroupJoin& join);
  void promoted_group(const record::GroupPromote& promote);
  void changed_group(const record::GroupChange& change);
  void walked_in(const record::WalkIn& walk_in);
  void left(Entry& entry, BookingState to);
  void resized(const record::Slot& change);
  void came(const record::Tranche& tranche);
  void fell_back(const record::FallBack& fall);
  void changed(Entry& entry, BookingState to);
  void moved(const record::Reschedule& move);
  void archived(const record::Archive& archive);
  void must_be_open(SlotKey slot) const;
  void used(std::uint64_t operation, std::uint64_t booking);
  void forget_operations(std::uint64_t booking);

  std::array<std::uint32_t, 4> capacity_;  // the writer's
  std::atomic<std::uint64_t> last_{0};
  std::atomic<std::uint32_t> fell_{0};
  std::array<std::atomic<std::uint32_t>, 4> taken_;
  std::array<bool, 4> closed_{};                      // the writer's
  bool one_seat_each_{false};                         // since the rules changed; the writer's
  std::array<std::int64_t, kApplicantsMax> until_{};  // blocked; the writer's
  std::array<std::atomic<std::uint32_t>, kApplicantsMax> active_;
  std::array<Entry, kBookingsMax> entries_{};
  // the writer's
  std::uint32_t many_{0}, operations_{0};
  SlotKey archived_;  // of the day that was, its first minute; none: 0
  std::array<Operation, kBookingsMax> operation_{};
};

}  // namespace janji::interleavings
