// Somebody who waits for a slot, while others want it too (hazard 10).
#include "scenes/scenes.hpp"
#include "scenes/waiting_house.hpp"

namespace janji::interleavings {

namespace {

// One gives up the only seat, one wants it who doesn't wait.
class SeatHandedOver final : public WaitingHouse {
 public:
  SeatHandedOver() : WaitingHouse(2, {.capacity = 1, .bookings = 6}) {
    booking_ = held(1, slot(0), 101);
    waits(2, slot(0), 102);
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision decision = cancel(booking_, 103);
      require(decision.verdict == Verdict::granted, "an answer that nothing explains");
    } else {
      const Decision decision = claim(claim_of(3, slot(0), 104));
      require(decision.code == Code::slot_full || decision.code == Code::retry,
              "somebody overtook who waits");
    }
  }

  BookingId booking_;
};

// One gives up the only seat; who waits for it claims a seat elsewhere meanwhile, in the same
// scope.
class TurnBesideClaim final : public WaitingHouse {
 public:
  TurnBesideClaim() : WaitingHouse(2, {.capacity = 1, .bookings = 6}) {
    booking_ = held(1, slot(0), 101);
    waits(2, slot(0), 102);
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision decision = cancel(booking_, 103);
      require(decision.verdict == Verdict::granted, "an answer that nothing explains");
    } else {
      const Decision decision = claim(claim_of(2, slot(1), 104));
      require(decision.verdict == Verdict::granted || decision.code == Code::already_booked ||
                  decision.code == Code::retry,
              "an answer that nothing explains");
    }
  }

  BookingId booking_;
};

// Two claims of one applicant, of which one takes its seat back; somebody joins where that may be.
class SeatsUndone final : public WaitingHouse {
 public:
  SeatsUndone() : WaitingHouse(3, {.capacity = 1, .bookings = 6}) { hand_out(); }

 private:
  void call(std::size_t caller) override {
    if (caller == 3) {
      const Decision decision = join(2, slot(0), 103);
      require(decision.verdict == Verdict::granted, "an answer that nothing explains");
      return;
    }
    const Decision decision = claim(claim_of(1, slot(caller == 1 ? 0 : 1), 100 + caller));
    require(decision.verdict == Verdict::granted || decision.code == Code::already_booked ||
                decision.code == Code::slot_full || decision.code == Code::retry,
            "an answer that nothing explains");
  }
};

// Two joins of one applicant, and one of another.
class JoinedTwice final : public WaitingHouse {
 public:
  JoinedTwice() : WaitingHouse(2, {.capacity = 1, .bookings = 6}) {
    held(1, slot(0), 101);
    hand_out();
  }

 private:
  void call(std::size_t caller) override {
    const Decision decision = join(2, slot(0), 102 + caller);
    require(decision.verdict == Verdict::granted || decision.code == Code::already_waiting ||
                decision.code == Code::retry,
            "an answer that nothing explains");
    if (decision.code != Code::already_waiting) return;
    wait_durable(decision);
    require(audit().last() >= decision.lsn.value, "refused for what isn't committed");
  }
};

// Both slots of a day have a seat given up while somebody waits for either: he has one of them, and
// the other is anybody's.
class DayHandedOver final : public WaitingHouse {
 public:
  DayHandedOver() : WaitingHouse(2, {.capacity = 1, .bookings = 6}) {
    bookings_[0] = held(1, slot(0), 101);
    bookings_[1] = held(2, slot(1), 102);
    const Decision made = join_day(3, slot(0), 103);
    require(made.verdict == Verdict::granted, "nobody waits to begin with");
    round();
    hand_out();
  }

 private:
  void finish_slots() override {
    WaitingHouse::finish_slots();
    require(audit().taken(slot(0)) + audit().taken(slot(1)) == 1, "he has no seat, or two");
  }
  void call(std::size_t caller) override {
    const Decision decision = cancel(bookings_[caller - 1], 103 + caller);
    require(decision.verdict == Verdict::granted, "an answer that nothing explains");
  }

  BookingId bookings_[2];
};

// Somebody joins for a day in which a seat is free, and somebody else wants that.
class DayJoined final : public WaitingHouse {
 public:
  DayJoined() : WaitingHouse(2, {.capacity = 1, .bookings = 6}) {
    held(1, slot(0), 101);
    hand_out();
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision decision = join_day(2, slot(0), 102);
      require(decision.verdict == Verdict::granted, "an answer that nothing explains");
    } else {
      const Decision decision = claim(claim_of(3, slot(1), 103));
      require(decision.verdict == Verdict::granted || decision.code == Code::slot_full ||
                  decision.code == Code::retry,
              "an answer that nothing explains");
    }
  }
};

// A day is archived while somebody is about to wait there (hazard 7).
class JoinedLate final : public House {
 public:
  JoinedLate() : House(1, {.capacity = 1, .bookings = 4}) { hand_out(); }

 private:
  void look_at_days() override {
    if (ledger().day_table().is_open(LaneId{0}, slot(0).day()) && !published_) {
      using Archiving = ledger::Ledger::Archiving;
      published_ = ledger().try_archive(LaneId{0}, slot(0).day()) == Archiving::published;
    }
  }
  void finish_slots() override {}
  void call(std::size_t) override {
    const Decision decision = join(1, slot(0), 101);
    require(decision.verdict == Verdict::granted || decision.code == Code::too_late ||
                decision.code == Code::not_released || decision.code == Code::outside_horizon ||
                decision.code == Code::slot_not_found || decision.code == Code::retry,
            "an answer that nothing explains");
  }

  bool published_{false};  // the writer's
};

}  // namespace

std::unique_ptr<Scene> seat_handed_over() {
  return std::make_unique<SeatHandedOver>();
}

std::unique_ptr<Scene> turn_beside_claim() {
  return std::make_unique<TurnBesideClaim>();
}

std::unique_ptr<Scene> seats_undone() {
  return std::make_unique<SeatsUndone>();
}

std::unique_ptr<Scene> joined_twice() {
  return std::make_unique<JoinedTwice>();
}

std::unique_ptr<Scene> day_handed_over() {
  return std::make_unique<DayHandedOver>();
}

std::unique_ptr<Scene> day_joined() {
  return std::make_unique<DayJoined>();
}

std::unique_ptr<Scene> joined_late() {
  return std::make_unique<JoinedLate>();
}

}  // namespace janji::interleavings
