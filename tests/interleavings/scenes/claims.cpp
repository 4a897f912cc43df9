// Claims against one another and against the writer.
#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

// Two requests of one applicant and one of another, for two seats: at least one of the first two
// takes a seat and puts it back. The third must not hear `slot_full` for its sake.
class LastSeats final : public House {
 public:
  LastSeats() : House(3, {.capacity = 2, .bookings = 8}) {}

 private:
  void call(std::size_t caller) override {
    const Decision decision = claim(claim_of(caller == 3 ? 2 : 1, slot(0)));
    if (decision.code == Code::slot_full) {
      // The slot's word told of it: two claims are committed, or it was no refusal.
      require(audit().taken(slot(0)) == 2, "refused as full, before that was sure");
    } else if (decision.code == Code::already_booked) {
      require(caller != 3, "the other applicant has no booking");
      wait_durable(decision);
      require(audit().active(1) == 1, "refused for a booking that isn't in the journal");
    } else if (decision.verdict == Verdict::granted) {
      wait_durable(decision);
      require(audit().state(decision.booking) == BookingState::held, "granted, and not durable");
    } else {
      require(decision.code == Code::retry, "an answer that nothing explains");
    }
  }
  void finish() override {
    House::finish();
    require(audit().taken(slot(0)) <= 2, "more seats than there are");
  }
};

// Both slots are full. One is cancelled, and its owner tells a friend when that is durable.
class SeatComesBack final : public House {
 public:
  SeatComesBack() : House(2, {.capacity = 1, .bookings = 8}) {
    booking_ = held(1, slot(0), 101);
    held(2, slot(1));
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      wait_durable(cancel(booking_, 102));
      told_.store(1, std::memory_order_release);
      const Decision again = claim(claim_of(1, slot(0)));
      require(again.code != Code::already_booked, "the cancelled booking still counts");
    } else {
      const bool told = told_.load(std::memory_order_acquire) != 0;
      const Decision decision = claim(claim_of(3, slot(0)));
      // Records 1 to 3 are the claims and the cancel; a fourth took the seat again.
      require(decision.code != Code::slot_full || !told || audit().last() > 3,
              "refused as full, though the seat was given back");
    }
  }

  BookingId booking_;
  std::atomic<std::uint32_t> told_{0};
};

// One seat, and the same request twice; the second caller is impatient and asks a third time.
class RequestSentTwice final : public House {
 public:
  RequestSentTwice() : House(3, {.capacity = 1, .bookings = 8}) {}

 private:
  void call(std::size_t caller) override {
    if (caller == 3) {
      claim(claim_of(2, slot(0), 200));
      return;
    }
    const ClaimRequest request = claim_of(1, slot(0), 100);
    const Decision decision = claim(request);
    if (decision.code == Code::retry) return;
    if (decision.verdict != Verdict::granted) {
      require(decision.code == Code::slot_full, "refused, though it is the same request");
      require(audit().active(2) == 1, "refused as full, and its own request had the seat");
      return;
    }
    require(decision.lsn.value != 0, "granted, and nobody knows when it is durable");
    wait_durable(decision);
    booking_[caller] = decision.booking.value;
    const Decision again = claim(request);
    require(
        again.verdict == Verdict::granted && again.replayed && again.booking == decision.booking,
        "the answer isn't given again");
  }
  void finish() override {
    House::finish();
    require(booking_[1] == 0 || booking_[2] == 0 || booking_[1] == booking_[2],
            "two bookings for one request");
  }

  std::array<std::uint64_t, 3> booking_{};
};

// A range of both slots is scanned while somebody moves from one to the other: a seat is free or
// pending at every moment.
class SeatMovesBehindAScan final : public House {
 public:
  SeatMovesBehindAScan() : House(2, {.capacity = 1, .bookings = 8}) {
    booking_ = held(1, slot(0), 101);
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      wait_durable(cancel(booking_, 102));
      // The scan may have had the seat of slot 0, or have it soon.
      const Decision moved = claim(claim_of(1, slot(1), 103));
      wait_durable(moved);
      return;
    }
    ClaimRequest range = claim_of(2, SlotKey{});
    range.lane = LaneId{0};
    range.first_day = range.last_day = slot(0).day();
    for (int i = 0; i < 4; ++i) {
      const Decision decision = claim(range);
      require(decision.code != Code::slot_full, "a seat was free all the time");
      if (decision.verdict == Verdict::granted) return;
    }
  }

  BookingId booking_;
};

}  // namespace

std::unique_ptr<Scene> last_seats() {
  return std::make_unique<LastSeats>();
}
std::unique_ptr<Scene> seat_comes_back() {
  return std::make_unique<SeatComesBack>();
}
std::unique_ptr<Scene> request_sent_twice() {
  return std::make_unique<RequestSentTwice>();
}
std::unique_ptr<Scene> seat_moves_behind_a_scan() {
  return std::make_unique<SeatMovesBehindAScan>();
}

}  // namespace janji::interleavings
