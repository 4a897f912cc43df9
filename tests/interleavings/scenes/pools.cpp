// Seats of a pool that fall back to the general lane while others want them; and seats that come to
// a slot that were kept back.
#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

// Lane 1 is the pool, lane 0 the general one. The general slot has no seat left.
class PoolHouse : public House {
 protected:
  explicit PoolHouse(std::uint32_t callers) : House(callers, {.capacity = 1, .bookings = 6}) {
    held(1, general(), 101);
  }
  static SlotKey general() { return slot(0, 0); }
  static SlotKey pool() { return slot(0, 1); }

  ledger::SlotWord word_of(SlotKey key) {
    ledger::DayView view;
    require(ledger().day_table().find(key.lane(), key.day(), view), "the day is there");
    return ledger::SlotWord{
        ledger().day_table().word(view.first_slot).load(std::memory_order_relaxed)};
  }

 private:
  // The writer: in two of its rounds, as a minute later.
  void look_at_days() override {
    if (looks_++ < 2) (void)ledger().try_fall_back(pool(), CivilTime{civil(0)}, LedgerTime{0});
  }
  void finish_slots() override {
    for (const SlotKey key : {general(), pool()}) {
      const ledger::SlotWord word = word_of(key);
      require(word.pending() == 0, "seats are pending for ever");
      require(word.taken() == audit().taken(key), "other seats taken than the journal says");
      require(word.capacity() == audit().capacity(key), "other seats than the journal says");
      require(!word.staff_busy(), "a slot is staff's for ever");
    }
    require(word_of(general()).capacity() + word_of(pool()).capacity() == 2, "a seat got lost");
  }

  int looks_{0};  // the writer's
};

// One wants the seat in the pool, one behind the seat that isn't there.
class SeatFallsBack final : public PoolHouse {
 public:
  SeatFallsBack() : PoolHouse(2) {}

 private:
  void call(std::size_t caller) override {
    const Decision decision =
        claim(claim_of(1 + caller, caller == 1 ? pool() : general(), 101 + caller));
    require(decision.verdict == Verdict::granted || decision.code == Code::slot_full ||
                decision.code == Code::retry,
            "an answer that nothing explains");
    if (decision.code != Code::slot_full) return;
    // Nobody else wants it: in the pool it is gone for good, or it isn't full at all.
    if (caller == 1) require(audit().fell() != 0, "refused as full, before that was sure");
  }
};

// Staff closes one of the two and opens it again.
class DoorBesideFallBack final : public PoolHouse {
 public:
  DoorBesideFallBack() : PoolHouse(2) {}

 private:
  void call(std::size_t caller) override {
    const SlotKey key = caller == 1 ? pool() : general();
    using Doors = SlotChangeRequest::Doors;
    const Decision decision = change_slot(key, Doors::closed);
    require(decision.verdict == Verdict::granted || decision.code == Code::retry,
            "an answer that nothing explains");
  }
};

// A seat comes to a slot that is full, while somebody wants it and staff closes the slot.
class SeatComes final : public House {
 public:
  SeatComes() : House(2, {.capacity = 1, .bookings = 6}) {
    held(1, slot(0, 0), 101);
    days().kept(index()).store(1, std::memory_order_relaxed);
  }

 private:
  ledger::DayTable& days() { return ledger().day_table(); }
  std::uint64_t index() {
    ledger::DayView view;
    require(days().find(LaneId{0}, slot(0, 0).day(), view), "the day is there");
    return view.first_slot;
  }
  void call(std::size_t caller) override {
    const Decision decision = caller == 1
                                  ? change_slot(slot(0, 0), SlotChangeRequest::Doors::closed)
                                  : claim(claim_of(2, slot(0, 0), 102));
    require(decision.verdict == Verdict::granted || decision.code == Code::slot_full ||
                decision.code == Code::closed || decision.code == Code::retry,
            "an answer that nothing explains");
  }
  // The writer: in two of its rounds, as a minute later.
  void look_at_days() override {
    if (looks_++ < 2) (void)ledger().try_tranche(slot(0, 0), 0, CivilTime{civil(0)}, LedgerTime{0});
  }
  void finish_slots() override {
    const ledger::SlotWord word{days().word(index()).load(std::memory_order_relaxed)};
    require(word.pending() == 0, "seats are pending for ever");
    require(word.taken() == audit().taken(slot(0, 0)), "other seats taken than the journal says");
    require(word.capacity() == audit().capacity(slot(0, 0)), "other seats than the journal says");
    require(word.capacity() + days().kept(index()).load(std::memory_order_relaxed) == 2,
            "a seat got lost");
    require(!word.staff_busy(), "a slot is staff's for ever");
  }

  int looks_{0};  // the writer's
};

}  // namespace

std::unique_ptr<Scene> seat_comes() {
  return std::make_unique<SeatComes>();
}

std::unique_ptr<Scene> seat_falls_back() {
  return std::make_unique<SeatFallsBack>();
}

std::unique_ptr<Scene> door_beside_fall_back() {
  return std::make_unique<DoorBesideFallBack>();
}

}  // namespace janji::interleavings
