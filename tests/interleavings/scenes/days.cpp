// Days that are opened and forgotten while others look for them.
#include "ledger/day_table.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

constexpr Day kFirst{20782}, kSecond{20783};

class DayOpened final : public Scene {
 public:
  DayOpened() {
    require(days_.set_lane(LaneId{0}, {}), "room for the lane");
    const record::DaySlot slots[] = {{10, 5, 1, 0}};
    days_.open_day(LaneId{0}, kFirst, 500, slots);
  }
  std::size_t threads() const override { return 3; }
  void run(std::size_t thread) override {
    if (thread == 0) {
      const record::DaySlot slots[] = {{20, 5, 3, 0}, {30, 5, 3, 0}};
      days_.open_day(LaneId{0}, kSecond, 700, slots);
      return;
    }
    for (int i = 0; i < 2; ++i) look();
  }

 private:
  void look() {
    ledger::DayView view;
    if (!days_.find(LaneId{0}, kSecond, view)) return;
    require(view.slots == 2 && view.first_slot == 1 && view.midnight_ms == 700, "half a day");
    // Plain: the shape was made before.
    require(view.shape->start.size() == 2 && view.shape->start[1] == 30, "another day's times");
    for (std::uint32_t i = 0; i < 2; ++i) {
      const ledger::SlotWord word{days_.word(view.first_slot + i).load(std::memory_order_relaxed)};
      require(word.tag() == ledger::SlotWord::tag_of(kSecond) && word.capacity() == 3,
              "a slot that isn't this day's");
    }
  }

  ledger::DayTable days_{4, 1, 2, false};
};

// The first day's row serves another one, in a ring of two.
class DayForgotten final : public Scene {
 public:
  DayForgotten() {
    require(days_.set_lane(LaneId{0}, {}), "room for the lane");
    const record::DaySlot slots[] = {{10, 5, 1, 0}};
    days_.open_day(LaneId{0}, kFirst, 500, slots);
    days_.open_day(LaneId{0}, kSecond, 600, slots);
  }
  std::size_t threads() const override { return 3; }
  void run(std::size_t thread) override {
    if (thread == 0) {
      days_.forget_day(LaneId{0}, kFirst);
      const record::DaySlot slots[] = {{20, 5, 3, 0}, {30, 5, 3, 0}};
      days_.open_day(LaneId{0}, kThird, 700, slots);
      return;
    }
    for (int i = 0; i < 2; ++i) {
      ledger::DayView view;
      if (days_.find(LaneId{0}, kFirst, view)) {
        require(view.slots == 1 && view.first_slot == 0 && view.midnight_ms == 500,
                "another day's slots");
        require(view.shape->start.size() == 1 && view.shape->start[0] == 10, "another day's times");
      }
      if (days_.find(LaneId{0}, kThird, view)) {
        require(view.slots == 2 && view.first_slot == 2 && view.midnight_ms == 700, "half a day");
        require(view.shape->start.size() == 2 && view.shape->start[1] == 30, "another day's times");
      }
    }
  }

 private:
  static constexpr Day kThird{kFirst.value + 2};

  ledger::DayTable days_{4, 1, 2, false};
};

}  // namespace

std::unique_ptr<Scene> day_opened() {
  return std::make_unique<DayOpened>();
}
std::unique_ptr<Scene> day_forgotten() {
  return std::make_unique<DayForgotten>();
}

}  // namespace janji::interleavings
