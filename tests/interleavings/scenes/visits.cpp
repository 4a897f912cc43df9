// Holds that are prolonged, and visits that nobody ended.
#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

// The clock comes to the hold's first deadline while it is extended; somebody else is after its
// seat.
class HoldExtended final : public House {
 public:
  HoldExtended() : House(3, {.capacity = 1, .bookings = 8, .hold_ms = 1500}) {
    booking_ = held(1, slot(0), 101);
    start_at(900);
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision decision = act(Act::extend, booking_, 102);
      if (decision.verdict == Verdict::granted) {
        wait_durable(decision);
        require(audit().state(booking_) == BookingState::held, "extended, and it is over");
      } else {
        require(decision.code == Code::hold_expired || decision.code == Code::retry,
                "an answer that nothing explains");
      }
    } else if (caller == 2) {
      // The second of its first deadline is over; an extension made before lasts longer.
      set_now(2000);
      rounds().wait_round(rounds().next_round(), -1);
      const Result<Booking> seen = ledger().find(booking_);
      if (!seen.ok() || seen->state != BookingState::held) return;
      require(seen->deadline.value == (seen->version == 1 ? 1500 : 2400), "a torn deadline");
    } else {
      const Decision decision = claim(claim_of(2, slot(0), 103));
      if (decision.verdict != Verdict::granted) return;
      wait_durable(decision);
      require(audit().state(booking_) == BookingState::expired, "a seat that another one holds");
    }
  }

  BookingId booking_;
};

// A booking moves to a later slot, the clock comes to the end of both visits, its owner cancels:
// the writer's patrol meets it at any of these moments.
class VisitOver final : public House {
 public:
  VisitOver() : House(3, {.capacity = 1, .bookings = 2}) {
    booking_ = confirmed(1, slot(0), 101);
    start_at(kBeforeMs);
  }

 private:
  static constexpr std::int64_t kBeforeMs = 100'000;

  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision moved = reschedule(booking_, slot(1), 102);
      require(moved.verdict == Verdict::granted || moved.code == Code::illegal_transition ||
                  moved.code == Code::retry || moved.code == Code::booking_not_found,
              "an answer that nothing explains");
      set_now(kBothVisitsOverMs);
      rounds().wait_round(rounds().next_round(), -1);
    } else if (caller == 2) {
      const Decision decision = cancel(booking_, 103);
      // With no retention its place may be free already.
      require(decision.verdict == Verdict::granted || decision.code == Code::illegal_transition ||
                  decision.code == Code::retry || decision.code == Code::booking_not_found,
              "an answer that nothing explains");
    } else {
      for (int i = 0; i < 3; ++i) look();
    }
  }
  void look() {
    const Result<Booking> seen = ledger().find(booking_);
    if (!seen.ok()) return;
    const bool active = seen->state == BookingState::confirmed;
    require(
        active || seen->state == BookingState::cancelled || seen->state == BookingState::no_show,
        "a state that nobody made");
    const bool ended_then = seen->ended_at.value == civil(kBeforeMs) ||
                            seen->ended_at.value == civil(kBothVisitsOverMs);
    require(active ? seen->ended_at.value == 0 : ended_then, "a torn end");
    const int moves = seen->slot == slot(1) ? 1 : 0;
    require(seen->version == 2 + moves + (active ? 0 : 1), "a torn visit");
  }

  BookingId booking_;
};

}  // namespace

std::unique_ptr<Scene> hold_extended() {
  return std::make_unique<HoldExtended>();
}
std::unique_ptr<Scene> visit_over() {
  return std::make_unique<VisitOver>();
}

}  // namespace janji::interleavings
