// A slot that staff closes while others want it.
#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

class SlotClosed final : public House {
 public:
  SlotClosed() : House(3, {.capacity = 2, .bookings = 8}) { booking_ = held(1, slot(1), 101); }

 private:
  using Doors = SlotChangeRequest::Doors;

  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision decision = change_slot(slot(0), Doors::closed);
      require(decision.verdict == Verdict::granted || decision.code == Code::retry,
              "an answer that nothing explains");
      if (decision.verdict != Verdict::granted) return;
      wait_durable(decision);
      const Decision late = claim(claim_of(3, slot(0), 103));
      require(late.code == Code::closed || late.code == Code::retry,
              "told that it is closed, and it takes somebody");
    } else if (caller == 2) {
      const Decision decision = claim(claim_of(2, slot(0), 102));
      require(decision.verdict == Verdict::granted || decision.code == Code::closed ||
                  decision.code == Code::retry,
              "an answer that nothing explains");
    } else {
      const Decision decision = reschedule(booking_, slot(0), 104);
      require(decision.verdict == Verdict::granted || decision.code == Code::closed ||
                  decision.code == Code::retry,
              "an answer that nothing explains");
    }
  }

  BookingId booking_;
};

// Two ask for the same under one id, a third for another slot.
class SlotChangedTwice final : public House {
 public:
  SlotChangedTwice() : House(3, {.capacity = 2, .bookings = 8}) {}

 private:
  using Doors = SlotChangeRequest::Doors;

  void call(std::size_t caller) override {
    const bool is_third = caller == 3;
    const Decision decision = change_slot(slot(is_third ? 1 : 0), Doors::closed, 101);
    require(decision.verdict == Verdict::granted || decision.code == Code::operation_mismatch ||
                decision.code == Code::retry,
            "an answer that nothing explains");
    if (decision.verdict != Verdict::granted) return;
    wait_durable(decision);
    granted_[caller - 1].store(decision.lsn.value, std::memory_order_relaxed);
    for (const std::atomic<std::uint64_t>& other : granted_) {
      const std::uint64_t lsn = other.load(std::memory_order_relaxed);
      require(lsn == 0 || lsn == decision.lsn.value, "an id that acted twice");
    }
    // Nothing is left of the mark of whoever came too late.
    const Decision seat = claim(claim_of(caller, slot(is_third ? 0 : 1), 103 + caller));
    require(seat.verdict == Verdict::granted || seat.code == Code::retry, "a slot that is stuck");
  }

  std::atomic<std::uint64_t> granted_[3]{};
};

}  // namespace

std::unique_ptr<Scene> slot_changed_twice() {
  return std::make_unique<SlotChangedTwice>();
}

std::unique_ptr<Scene> slot_closed() {
  return std::make_unique<SlotClosed>();
}

}  // namespace janji::interleavings
