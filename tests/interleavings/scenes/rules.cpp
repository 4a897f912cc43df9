// The catalogue's rules become stricter while a claim by the old ones is on its way.
#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

// As CatalogueChanger does it.
class RulesExchanged final : public House {
 public:
  RulesExchanged() : House(2, {.capacity = 2, .bookings = 4}) {}

 private:
  void call(std::size_t caller) override {
    ClaimRequest two = claim_of(caller, slot(0), 100 + caller);
    two.seats = 2;
    if (caller == 2) {
      const Decision decision = claim(two);
      require(decision.verdict == Verdict::granted || decision.code == Code::seats_exceeded,
              "an answer that nothing explains");
      return;
    }
    give(1);
    const std::uint64_t phase = ledger().begin_phase();
    Patience patience;
    while (!ledger().ended_before(phase)) {
      const Decision wait = ledger().wait(patience);
      if (wait.verdict != Verdict::wait) return give(2);
      require(rounds().wait_round(wait.round, -1), "no round, but nothing failed");
    }
    const Decision noted = ledger().try_note_catalogue(7, false, {});
    if (noted.verdict != Verdict::granted) return give(2);
    require(claim(two).code == Code::seats_exceeded, "a claim by the old rules behind the change");
  }

  void give(std::uint16_t seats_max) {
    ledger::LaneRules rules = ledger().day_table().rules(LaneId{0});
    rules.seats_max = seats_max;
    require(ledger().day_table().set_lane(LaneId{0}, rules), "room for the lane");
  }
};

}  // namespace

std::unique_ptr<Scene> rules_exchanged() {
  return std::make_unique<RulesExchanged>();
}

}  // namespace janji::interleavings
