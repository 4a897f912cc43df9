// A booking that goes from one slot to another.
#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

class BookingMoves final : public House {
 public:
  BookingMoves() : House(3, {.capacity = 1, .bookings = 8}) { booking_ = held(1, slot(0), 101); }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision decision = reschedule(booking_, slot(1), 201);
      if (decision.verdict == Verdict::granted) {
        wait_durable(decision);
        // Promise of the blocking call: who was told sees it, and the seat that it left is free.
        const Result<Booking> seen = ledger().find(booking_);
        require(seen.ok() && seen->slot == slot(1), "told that it moved, and it hasn't");
        moved_.store(1, std::memory_order_release);
      } else {
        require(decision.code == Code::slot_full || decision.code == Code::retry,
                "an answer that nothing explains");
      }
    } else if (caller == 2) {
      ClaimRequest range = claim_of(2, SlotKey{});
      range.lane = LaneId{0};
      range.first_day = range.last_day = slot(0).day();
      const Decision decision = claim(range);
      require(decision.code != Code::slot_full, "a seat was free all the time");
      if (decision.verdict != Verdict::granted) return;
      wait_durable(decision);
      require(audit().state(decision.booking) == BookingState::held, "granted, and not durable");
    } else {
      for (int i = 0; i < 4; ++i) look();
    }
  }
  void look() {
    const bool told = moved_.load(std::memory_order_acquire) != 0;
    const Result<Booking> seen = ledger().find(booking_);
    if (!seen.ok()) {
      require(seen.error().code == Code::retry, "a live booking isn't found");
      return;
    }
    require(seen->state == BookingState::held && seen->deadline.value == 1000, "a torn hold");
    require(seen->version == 1   ? seen->slot == slot(0) && seen->lsn.value == 1
            : seen->version == 2 ? seen->slot == slot(1) && seen->lsn.value > 1
                                 : false,
            "a torn move");
    require(!told || seen->version == 2, "moved back by itself");
  }

  BookingId booking_;
  std::atomic<std::uint32_t> moved_{0};
};

class BookingMovedTwice final : public House {
 public:
  BookingMovedTwice() : House(3, {.capacity = 1, .bookings = 8}) {
    booking_ = held(1, slot(0), 101);
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 3) {
      const Decision decision = cancel(booking_, 203);
      if (decision.verdict == Verdict::granted) wait_durable(decision);
      // Whichever seat it was, somebody else can have both now.
      if (decision.verdict != Verdict::granted) return;
      const Decision first = claim(claim_of(2, slot(0), 301));
      const Decision second = claim(claim_of(3, slot(1), 302));
      require(first.code != Code::slot_full && second.code != Code::slot_full,
              "refused as full, though the seat was given back");
      return;
    }
    const Decision decision = reschedule(booking_, slot(1), 200 + caller);
    if (decision.verdict == Verdict::granted) {
      granted_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    const bool explained = decision.code == Code::slot_not_allowed ||
                           decision.code == Code::illegal_transition ||
                           decision.code == Code::retry || decision.code == Code::slot_full;
    require(explained, "an answer that nothing explains");
    if (decision.code == Code::slot_not_allowed) {
      wait_durable(decision);
      require(audit().last() > 1, "refused for a move that isn't in the journal");
    }
  }
  void finish() override {
    House::finish();
    require(granted_.load(std::memory_order_relaxed) <= 1, "moved to where it was");
  }

  BookingId booking_;
  std::atomic<std::uint32_t> granted_{0};
};

}  // namespace

std::unique_ptr<Scene> booking_moves() {
  return std::make_unique<BookingMoves>();
}
std::unique_ptr<Scene> booking_moved_twice() {
  return std::make_unique<BookingMovedTwice>();
}

}  // namespace janji::interleavings
