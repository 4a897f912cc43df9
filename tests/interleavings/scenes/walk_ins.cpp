// Somebody walks in while others want the seat.
#include "scenes/scenes.hpp"
#include "scenes/waiting_house.hpp"

namespace janji::interleavings {

namespace {

constexpr std::int64_t kLong = 100'000'000;  // no hold falls due

// Somebody walks in, sent twice, and claims as well: one of two seats is his.
class WalkInBesideClaim final : public House {
 public:
  WalkInBesideClaim() : House(3, {.capacity = 2, .bookings = 6, .hold_ms = kLong}) { open_kiosk(); }

 private:
  void call(std::size_t caller) override {
    const Decision decision =
        caller == 3 ? claim(claim_of(1, slot(1), 103)) : walk_in(1, slot(1), 101);
    if (decision.code == Code::slot_full) {
      require(audit().taken(slot(1)) == 2, "refused as full, though a seat is left");
      return;
    }
    require(decision.verdict == Verdict::granted || decision.code == Code::already_booked ||
                decision.code == Code::retry,
            "an answer that nothing explains");
    if (decision.code == Code::retry) return;
    wait_durable(decision);
    if (decision.code == Code::already_booked) {
      require(audit().active(1) == 1, "refused for a booking that isn't in the journal");
    }
    if (decision.verdict != Verdict::granted || caller == 3) return;
    const Result<Booking> seen = ledger().find(decision.booking);
    require(seen.ok() && seen->state == BookingState::checked_in, "granted, and not checked in");
    require(seen->queue_number == 1 && seen->checked_in_at.value != 0 &&
                seen->confirmed_at == seen->checked_in_at,
            "a torn walk-in");
  }
};

// Two walk in, to the slot that goes on and to the next: each has a number of his own.
class NumbersDrawn final : public House {
 public:
  NumbersDrawn() : House(2, {.capacity = 1, .bookings = 4, .hold_ms = kLong}) { open_kiosk(); }

 private:
  void call(std::size_t caller) override {
    const Decision decision = walk_in(caller, slot(static_cast<int>(caller) - 1), 100 + caller);
    require(decision.verdict == Verdict::granted, "an answer that nothing explains");
    given_[caller - 1] = decision.booking;
  }
  void finish() override {
    House::finish();
    for (const BookingId booking : given_) {
      const Result<Booking> seen = ledger().find(booking);
      require(seen.ok() && seen->queue_number == audit().queue_number(booking),
              "another number than the journal says");
    }
  }

  BookingId given_[2];
};

// One gives up the only seat, for which somebody waits; one walks in.
class WalkInBesideWaiter final : public WaitingHouse {
 public:
  WalkInBesideWaiter() : WaitingHouse(2, {.capacity = 1, .bookings = 6, .hold_ms = kLong}) {
    booking_ = held(1, slot(1), 101);
    waits(2, slot(1), 102);
    open_kiosk();
  }

 private:
  void call(std::size_t caller) override {
    const Decision decision = caller == 1 ? cancel(booking_, 103) : walk_in(3, slot(1), 104);
    if (caller == 1) {
      require(decision.verdict == Verdict::granted, "an answer that nothing explains");
    } else {
      require(decision.code == Code::slot_full || decision.code == Code::retry,
              "somebody overtook who waits");
    }
  }

  BookingId booking_;
};

}  // namespace

std::unique_ptr<Scene> walk_in_beside_claim() {
  return std::make_unique<WalkInBesideClaim>();
}

std::unique_ptr<Scene> numbers_drawn() {
  return std::make_unique<NumbersDrawn>();
}

std::unique_ptr<Scene> walk_in_beside_waiter() {
  return std::make_unique<WalkInBesideWaiter>();
}

}  // namespace janji::interleavings
