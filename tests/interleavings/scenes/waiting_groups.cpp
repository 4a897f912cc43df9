// A group that waits, while others want its seats (hazards 9, 10): it has seats for all who still
// wait, or none.
#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

class GroupHouse : public House {
 protected:
  using House::House;

  void wait_as_group(Members applicants, SlotKey slot, bool whole_day, std::uint64_t operation) {
    const Decision made = join_group(applicants, slot, whole_day, operation);
    require(made.verdict == Verdict::granted, "nobody waits to begin with");
    group_ = made.booking;
    round();
    hand_out();
  }
  // When everybody has gone, it doesn't wait where what is free suffices.
  void finish_slots() override {
    // As in WaitingHouse.
    for (int rounds = 0; rounds < 3; ++rounds) round();
    House::finish_slots();
    std::uint32_t free = 0;
    for (int i = 0; i < slots_; ++i) free += audit().capacity(slot(i)) - audit().taken(slot(i));
    require(audit().waiting() == 0 || audit().waiting() > free,
            "a group waits where enough seats are free, and nobody is left to look");
  }
  void granted(const Decision& decision) const {
    require(decision.verdict == Verdict::granted, "an answer that nothing explains");
  }

  BookingId group_;
  int slots_{1};  // those that it waits for
};

// It joins for both slots of a day while the seat of each is given up.
class GroupJoins final : public GroupHouse {
 public:
  GroupJoins() : GroupHouse(3, {.capacity = 1, .bookings = 6}) {
    bookings_[0] = held(1, slot(0), 101);
    bookings_[1] = held(2, slot(1), 102);
    slots_ = 2;
    hand_out();
  }

 private:
  void call(std::size_t caller) override {
    granted(caller == 3 ? join_group({3, 4}, slot(0), true, 105)
                        : cancel(bookings_[caller - 1], 102 + caller));
  }

  BookingId bookings_[2];
};

// It waits for two seats that are given up, one of its members leaves, and somebody claims.
class GroupShrinks final : public GroupHouse {
 public:
  GroupShrinks() : GroupHouse(3, {.capacity = 2, .bookings = 7}) {
    held(5, slot(0), 100);
    booking_ = held(1, slot(0), 101);
    wait_as_group({2, 3}, slot(0), false, 102);
    std::array<BookingId, 2> members;
    require(ledger().find_group(group_, members).ok(), "no group to begin with");
    leaves_ = members[0];
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) return granted(cancel(booking_, 103));
    if (caller == 2) return granted(cancel(leaves_, 104));
    const Decision decision = claim(claim_of(4, slot(0), 105));
    require(decision.code == Code::slot_full || decision.code == Code::retry,
            "somebody overtook a group that waits");
  }

  BookingId booking_, leaves_;
};

// Its two seats come one after the other; a member claims elsewhere meanwhile, in the same scope.
class GroupTurnBesideClaim final : public GroupHouse {
 public:
  GroupTurnBesideClaim() : GroupHouse(3, {.capacity = 2, .bookings = 7}) {
    bookings_[0] = held(1, slot(0), 101);
    bookings_[1] = held(4, slot(0), 102);
    wait_as_group({2, 3}, slot(0), false, 103);
  }

 private:
  void call(std::size_t caller) override {
    if (caller != 3) return granted(cancel(bookings_[caller - 1], 103 + caller));
    const Decision decision = claim(claim_of(3, slot(1), 106));
    require(decision.verdict == Verdict::granted || decision.code == Code::already_booked ||
                decision.code == Code::retry,
            "an answer that nothing explains");
    if (decision.code != Code::already_booked) return;
    wait_durable(decision);
    require(audit().active(3) == 1, "refused for a booking that isn't in the journal");
  }

  BookingId bookings_[2];
};

// It leaves as a whole while its seat comes, and somebody is behind it.
class GroupLeaves final : public GroupHouse {
 public:
  GroupLeaves() : GroupHouse(2, {.capacity = 1, .bookings = 6}) {
    booking_ = held(1, slot(0), 101);
    wait_as_group({2}, slot(0), false, 102);
    waits(3, slot(0), 103);
  }

 private:
  void call(std::size_t caller) override {
    granted(caller == 1 ? cancel(booking_, 104) : cancel(group_, 105));
  }

  BookingId booking_;
};

// It is offered a seat, and leaves, while somebody looks at it and at its member.
class GroupSeen final : public GroupHouse {
 public:
  GroupSeen() : GroupHouse(3, {.capacity = 1, .bookings = 6}) {
    booking_ = held(1, slot(0), 101);
    wait_as_group({2}, slot(0), false, 102);
    std::array<BookingId, 1> members;
    const Result<Group> group = ledger().find_group(group_, members);
    require(group.ok(), "no group to begin with");
    joined_ = group->lsn;
    member_ = members[0];
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) return granted(cancel(booking_, 103));
    if (caller == 2) return granted(cancel(group_, 104));
    for (int i = 0; i < 3; ++i) {
      look_at_member();
      look_at_group();
    }
  }
  void look_at_member() const {
    const Result<Booking> seen = ledger().find(member_);
    if (!seen.ok()) return;  // being changed, or freed
    const bool waits = seen->state == BookingState::waiting;
    const bool is_held = seen->state == BookingState::held;
    require(waits || is_held || seen->state == BookingState::cancelled, "a state that nobody made");
    require(seen->slot == slot(0) && (seen->lsn == joined_) == waits, "a torn member");
    require(waits ? seen->version == 1 : seen->version >= 2, "a torn member");
    require(!is_held || seen->deadline.value == 1000, "a torn offer");
    require(waits || is_held || seen->ended_at.value == civil(0), "a torn end");
  }
  void look_at_group() const {
    std::array<BookingId, 1> members;
    const Result<Group> seen = ledger().find_group(group_, members);
    if (!seen.ok()) return;
    require(members[0] == member_ && (seen->lsn == joined_) == (seen->version == 1),
            "a torn group");
  }

  BookingId booking_, member_;
  Lsn joined_;
};

}  // namespace

std::unique_ptr<Scene> group_joins() {
  return std::make_unique<GroupJoins>();
}

std::unique_ptr<Scene> group_shrinks() {
  return std::make_unique<GroupShrinks>();
}

std::unique_ptr<Scene> group_turn_beside_claim() {
  return std::make_unique<GroupTurnBesideClaim>();
}

std::unique_ptr<Scene> group_seen() {
  return std::make_unique<GroupSeen>();
}

std::unique_ptr<Scene> group_leaves() {
  return std::make_unique<GroupLeaves>();
}

}  // namespace janji::interleavings
