#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include "catalogue/day_slots.hpp"
#include "catalogue/lane_assembly.hpp"
#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

using janji::OpeningDay;
using janji::OpeningWeek;
using janji::SlotPlan;
using janji::catalogue::day_slots;
using janji::catalogue::DaySegment;
using janji::catalogue::regular_day;
using Starts = std::vector<int>;

Starts starts(const std::vector<SlotPlan>& slots) {
  Starts result;
  for (const SlotPlan& slot : slots) result.push_back(slot.start.value);
  return result;
}

TEST_CASE("slots: a grid from opening, and what passes closing isn't made") {
  CHECK(starts(day_slots({{{480, 570}}, {}}, regular_day(), 30, 1)) == Starts{480, 510, 540});
  CHECK(starts(day_slots({{{480, 569}}, {}}, regular_day(), 30, 1)) == Starts{480, 510});
  CHECK(starts(day_slots({{{485, 545}}, {}}, regular_day(), 30, 1)) == Starts{485, 515});
  CHECK(day_slots({{{480, 509}}, {}}, regular_day(), 30, 1).empty());
  CHECK(day_slots({}, regular_day(), 30, 1).empty());
}

TEST_CASE("slots: what overlaps a break isn't made, what touches it is") {
  const OpeningDay hours{{{480, 660}}, {{540, 570}}};
  CHECK(starts(day_slots(hours, regular_day(), 30, 1)) == Starts{480, 510, 570, 600, 630});
  CHECK(starts(day_slots(hours, regular_day(), 40, 1)) == Starts{480, 600});
}

TEST_CASE("slots: each opening has a grid of its own") {
  const OpeningDay hours{{{480, 545}, {600, 660}}, {}};
  CHECK(starts(day_slots(hours, regular_day(), 30, 1)) == Starts{480, 510, 600, 630});
}

TEST_CASE("slots: carry length and capacity, until midnight") {
  const auto slots = day_slots({{{1410, 1440}}, {}}, regular_day(), 15, 7);
  REQUIRE(slots.size() == 2);
  CHECK(slots[1] == SlotPlan{janji::Minute{1425}, 15, 7});
}

TEST_CASE("slots: a skipped hour has none") {
  // 02:00 becomes 03:00, as in New York; open from 00:30 to 04:00.
  const std::vector<DaySegment> spring{{0, 0, 120}, {120, 180, 1260}};
  const auto slots = day_slots({{{30, 240}}, {}}, spring, 30, 1);
  // 00:30, 01:00, 01:30, then 03:00 and 03:30 without a minute between.
  CHECK(starts(slots) == Starts{30, 60, 90, 120, 150});
  // The grid runs on over the jump: 01:50 is over at 03:30.
  CHECK(starts(day_slots({{{30, 240}}, {}}, spring, 40, 1)) == Starts{30, 70, 110});
  // Open only within the hour that there isn't.
  CHECK(day_slots({{{120, 180}}, {}}, spring, 30, 1).empty());
  // Closing within it closes when it would have begun.
  CHECK(starts(day_slots({{{60, 150}}, {}}, spring, 30, 1)) == Starts{60, 90});
}

TEST_CASE("slots: a repeated hour has two each, with breaks in both") {
  // 02:00 becomes 01:00; open from 00:30 to 03:00.
  const std::vector<DaySegment> autumn{{0, 0, 120}, {120, 60, 1380}};
  CHECK(starts(day_slots({{{30, 180}}, {}}, autumn, 30, 1)) ==
        Starts{30, 60, 90, 120, 150, 180, 210});
  CHECK(starts(day_slots({{{30, 180}}, {{60, 90}}}, autumn, 30, 1)) ==
        Starts{30, 90, 150, 180, 210});
  // Hours within the repeated one come twice.
  CHECK(starts(day_slots({{{60, 90}}, {}}, autumn, 30, 1)) == Starts{60, 120});
}

TEST_CASE("slots: none begins past what a slot's key can name") {
  const std::vector<DaySegment> long_day{{0, 0, 1440}, {1440, 0, 1440}};
  for (const SlotPlan& slot : day_slots({{{0, 1440}}, {}}, long_day, 60, 1)) {
    CHECK(slot.start.value < 2048);
  }
}

TEST_CASE("slots: the longest day counts") {
  OpeningWeek week;
  week.days[1] = {{{480, 600}}, {{540, 570}}};
  week.days[4] = {{{480, 600}}, {}};
  CHECK(janji::catalogue::slots_of_longest_day(week, 30) == 4);
  CHECK(janji::catalogue::slots_of_longest_day(OpeningWeek{}, 30) == 0);
}

TEST_CASE("slots: capacity is volume over slots, halves to the even number, at least one") {
  using janji::catalogue::seats_per_slot;
  CHECK(seats_per_slot(100, 100, 40) == 2);   // 2.5
  CHECK(seats_per_slot(140, 100, 40) == 4);   // 3.5
  CHECK(seats_per_slot(450, 100, 40) == 11);  // 11.25
  CHECK(seats_per_slot(120, 100, 52) == 2);   // 2.3
  CHECK(seats_per_slot(135, 100, 50) == 3);   // 2.7
  CHECK(seats_per_slot(200, 10, 40) == 1);    // 0.5
  CHECK(seats_per_slot(25, 50, 32) == 1);     // 0.39
}

}  // namespace
