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

}  // namespace

std::unique_ptr<Scene> slot_closed() {
  return std::make_unique<SlotClosed>();
}

}  // namespace janji::interleavings
