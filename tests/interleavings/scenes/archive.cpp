// A day that is archived while callers are on their way to its slots, and readers look at it; its
// row and its words then serve another day (hazard 7).
#include <array>

#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

constexpr LaneId kLane{0};

// The first lane's day goes as soon as it may, and another one comes in its place.
class ReplacedDay : public House {
 protected:
  ReplacedDay(std::uint32_t callers, std::array<record::DaySlot, 2> next)
      : House(callers, {.capacity = 2, .bookings = 8}), next_(next) {}

  static Day old_day() { return slot(0).day(); }
  static Day new_day() { return Day{old_day().value + 1}; }

  void look_at_days() override {
    ledger::DayTable& days = ledger().day_table();
    using Archiving = ledger::Ledger::Archiving;
    if (days.is_open(kLane, old_day())) {
      // Once published it is committed by the next look.
      require(!published_, "the day is there after its archiving was committed");
      published_ = ledger().try_archive(kLane, old_day()) == Archiving::published;
    } else if (!days.is_open(kLane, new_day())) {
      days.open_day(kLane, new_day(), kMidnightMs, next_);
    }
  }
  void finish_slots() override {
    const ledger::DayTable& days = ledger().day_table();
    const Day day = days.is_open(kLane, new_day()) ? new_day() : old_day();
    ledger::DayView view;
    if (!days.find(kLane, day, view)) return;  // the last round was that of the archiving
    std::uint32_t taken = 0;
    for (std::uint32_t i = 0; i < view.slots; ++i) {
      const ledger::SlotWord word{days.word(view.first_slot + i).load(std::memory_order_relaxed)};
      require(word.tag() == ledger::SlotWord::tag_of(day), "another day's word");
      require(word.pending() == 0, "seats are pending for ever");
      require(!word.gone(), "closed for a day that stays");
      taken += word.taken();
    }
    require(taken == audit().taken_in(kLane, day), "other seats taken than the journal says");
  }

  static constexpr std::int64_t kMidnightMs = 1'795'622'400'000;

 private:
  const std::array<record::DaySlot, 2> next_;
  bool published_{false};  // the writer's
};

// Somebody claims a seat of the old day, somebody moves there, somebody wants the new one.
class RowServesAnotherDay final : public ReplacedDay {
 public:
  RowServesAnotherDay() : ReplacedDay(3, {{{0, 60, 2, 0}, {60, 60, 2, 0}}}) {
    booking_ = held(3, slot(1, 1), 101);
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      look_for(claim(claim_of(1, slot(1), 201)));
    } else if (caller == 2) {
      look_for(claim(claim_of(2, SlotKey(kLane, new_day(), Minute{0}), 202)));
    } else {
      look_for(reschedule(booking_, slot(0), 203));
    }
  }
  void look_for(const Decision& decision) {
    if (decision.verdict == Verdict::granted) {
      wait_durable(decision);
      require(audit().state(decision.booking) == BookingState::held, "granted, and not durable");
      return;
    }
    // By the scene's clock both days are to come.
    require(decision.code == Code::not_released || decision.code == Code::retry,
            "an answer that nothing explains");
  }

  BookingId booking_;
};

// Whoever looks sees a day whole, or not at all.
class DayReplaced final : public ReplacedDay {
 public:
  DayReplaced() : ReplacedDay(2, {{{30, 15, 5, 0}, {90, 15, 5, 0}}}) {}

 private:
  void call(std::size_t caller) override {
    for (int i = 0; i < 3; ++i) {
      if (caller == 1) {
        slots_of(old_day(), 0, 60, 2);
        slots_of(new_day(), 30, 15, 5);
      } else {
        days_of();
      }
    }
  }
  void slots_of(Day day, std::uint16_t first, std::uint16_t length, std::uint16_t capacity) {
    std::array<SlotAvailability, 4> seen;
    const std::size_t many = ledger().slots(kLane, day, seen);
    require(many == 0 || many == 2, "half a day");
    for (std::size_t i = 0; i < many; ++i) {
      const auto minute = static_cast<std::uint16_t>(first + i * 60);
      require(
          seen[i].slot == SlotKey(kLane, day, Minute{minute}) && seen[i].length_minutes == length,
          "another day's times");
      require(seen[i].capacity == capacity && seen[i].free == capacity, "another day's seats");
    }
  }
  void days_of() {
    std::array<DayAvailability, 2> seen;
    const std::size_t many = ledger().days(kLane, old_day(), seen, old_day());
    require(many == 2, "two days were asked for");
    for (std::size_t i = 0; i < many; ++i) {
      const std::uint32_t seats = i == 0 ? 4 : 10;
      require(seen[i].status == DayAvailability::Status::unreleased
                  ? seen[i].capacity == 0 && seen[i].free == 0
                  : seen[i].capacity == seats && seen[i].free == seats,
              "another day's seats");
    }
  }
};

}  // namespace

std::unique_ptr<Scene> row_serves_another_day() {
  return std::make_unique<RowServesAnotherDay>();
}
std::unique_ptr<Scene> day_replaced() {
  return std::make_unique<DayReplaced>();
}

}  // namespace janji::interleavings
