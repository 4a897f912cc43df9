#include <catch2/catch.hpp>

#include "ledger/day_table.hpp"

using namespace janji;
using ledger::DayShape;
using ledger::DayTable;
using ledger::DayView;
using ledger::LaneRules;
using ledger::SlotWord;

namespace {

const record::DaySlot kSlots[] = {{480, 15, 4, 0}, {495, 15, 3, 0}, {600, 30, 2, 0}};

}  // namespace

TEST_CASE("an opened day can be found with its slots") {
  DayTable table(10, 2, 8, false);
  REQUIRE(table.set_lane(LaneId{0}, {}));
  REQUIRE(table.set_lane(LaneId{1}, {}));
  CHECK_FALSE(table.set_lane(LaneId{2}, {}));
  DayView view;
  CHECK_FALSE(table.find(LaneId{1}, Day{100}, view));
  table.open_day(LaneId{1}, Day{100}, 777, kSlots);
  REQUIRE(table.find(LaneId{1}, Day{100}, view));
  CHECK(view.slots == 3);
  CHECK(view.midnight_ms == 777);
  CHECK(view.shape->index_of_minute[495] == 1);
  CHECK(view.shape->index_of_minute[496] == DayShape::kNoSlot);
  CHECK(view.shape->length[2] == 30);
  const SlotWord word{table.word(view.first_slot + 2).load()};
  CHECK(word.capacity() == 2);
  CHECK(word.tag() == SlotWord::tag_of(Day{100}));
  CHECK_FALSE(table.find(LaneId{0}, Day{100}, view));
  CHECK_FALSE(table.find(LaneId{1}, Day{108}, view));  // the same row of the ring
  CHECK_FALSE(table.find(LaneId{5}, Day{100}, view));
}

TEST_CASE("days with the same times share their shape, whatever their capacities") {
  DayTable table(20, 1, 8, false);
  REQUIRE(table.set_lane(LaneId{0}, {}));
  table.open_day(LaneId{0}, Day{1}, 0, kSlots);
  record::DaySlot other[] = {kSlots[0], kSlots[1], kSlots[2]};
  other[0].capacity = 9;
  table.open_day(LaneId{0}, Day{2}, 0, other);
  other[2].length_minutes = 15;
  table.open_day(LaneId{0}, Day{3}, 0, other);
  DayView one, two, three;
  REQUIRE(table.find(LaneId{0}, Day{1}, one));
  REQUIRE(table.find(LaneId{0}, Day{2}, two));
  REQUIRE(table.find(LaneId{0}, Day{3}, three));
  CHECK(one.shape == two.shape);
  CHECK(one.shape != three.shape);
}

TEST_CASE("a day that doesn't fit is refused by name") {
  DayTable table(5, 1, 4, false);
  REQUIRE(table.set_lane(LaneId{0}, {}));
  CHECK(table.can_open(LaneId{1}, Day{1}, 3).code() == Code::damaged);
  table.open_day(LaneId{0}, Day{1}, 0, kSlots);
  const Status full = table.can_open(LaneId{0}, Day{2}, 3);
  REQUIRE(full.code() == Code::limit_reached);
  CHECK(full.error().detail.find("slots_max") != std::string::npos);
  CHECK(table.can_open(LaneId{0}, Day{2}, 2).ok());
  CHECK(table.can_open(LaneId{0}, Day{5}, 0).code() == Code::retry);  // row in use
}

TEST_CASE("a day that is forgotten leaves its row and its words to another one") {
  DayTable table(6, 1, 4, false);
  REQUIRE(table.set_lane(LaneId{0}, {}));
  table.open_day(LaneId{0}, Day{1}, 10, kSlots);
  table.open_day(LaneId{0}, Day{2}, 20, kSlots);
  CHECK(table.can_open(LaneId{0}, Day{3}, 1).code() == Code::limit_reached);
  LaneId lane;
  Day day;
  CHECK(table.day_at(1, lane, day));
  CHECK(day == Day{1});
  table.forget_day(LaneId{0}, Day{1});
  CHECK_FALSE(table.day_at(1, lane, day));
  CHECK(table.newest_forgotten(LaneId{0}) == Day{1});
  CHECK(table.forgets() == 1);
  CHECK(table.slots_used() == 3);
  DayView view;
  CHECK_FALSE(table.find(LaneId{0}, Day{1}, view));
  // The same row: day 5 in a ring of 4.
  const record::DaySlot other[] = {{60, 30, 9, 0}, {90, 30, 9, 0}};
  REQUIRE(table.can_open(LaneId{0}, Day{5}, 2).ok());
  table.open_day(LaneId{0}, Day{5}, 50, other);
  CHECK_FALSE(table.find(LaneId{0}, Day{1}, view));
  REQUIRE(table.find(LaneId{0}, Day{5}, view));
  CHECK(view.first_slot == 0);
  CHECK(view.midnight_ms == 50);
  CHECK(SlotWord{table.word(1).load()}.tag() == SlotWord::tag_of(Day{5}));
  CHECK(SlotWord{table.word(1).load()}.capacity() == 9);
}

TEST_CASE("words that are set aside are nobody else's") {
  DayTable table(5, 1, 8, false);
  REQUIRE(table.set_lane(LaneId{0}, {}));
  const std::uint64_t first = table.reserve(3);
  CHECK(table.slots_used() == 3);
  CHECK(table.can_open(LaneId{0}, Day{2}, 3).code() == Code::limit_reached);
  table.open_day(LaneId{0}, Day{1}, 0, kSlots, first);
  CHECK(table.slots_used() == 3);
  DayView view;
  REQUIRE(table.find(LaneId{0}, Day{1}, view));
  CHECK(view.first_slot == first);
}

TEST_CASE("bookings are counted by their day, whichever slot they are in") {
  DayTable table(6, 1, 4, false);
  REQUIRE(table.set_lane(LaneId{0}, {}));
  table.open_day(LaneId{0}, Day{1}, 10, kSlots);
  table.open_day(LaneId{0}, Day{2}, 20, kSlots);
  table.count_booking(SlotKey(LaneId{0}, Day{1}, Minute{480}), 1);
  table.count_booking(SlotKey(LaneId{0}, Day{1}, Minute{600}), 1);
  table.count_booking(SlotKey(LaneId{0}, Day{2}, Minute{600}), 1);
  table.count_booking(SlotKey(LaneId{0}, Day{1}, Minute{480}), -1);
  CHECK(table.bookings(LaneId{0}, Day{1}) == 1);
  CHECK(table.bookings(LaneId{0}, Day{2}) == 1);
  table.count_no_bookings();
  CHECK(table.bookings(LaneId{0}, Day{1}) == 0);
  table.forget_day(LaneId{0}, Day{1});
  table.begin_serving();
  CHECK(table.newest_forgotten(LaneId{0}) < Day{0});
}

TEST_CASE("rules of a lane are exchanged, and those of before can still be read") {
  DayTable table(16, 2, 8, false);
  CHECK(table.rules(LaneId{1}) == LaneRules{});  // of a lane that nobody has set
  LaneRules first, second;
  first.seats_max = 1;
  second.seats_max = 2;
  REQUIRE(table.set_lane(LaneId{0}, first));
  const LaneRules& old = table.rules(LaneId{0});
  REQUIRE(table.set_lane(LaneId{0}, second));
  CHECK(table.rules(LaneId{0}).seats_max == 2);
  CHECK(old.seats_max == 1);
  // What comes back is what was kept.
  REQUIRE(table.set_lane(LaneId{0}, first));
  CHECK(&table.rules(LaneId{0}) == &old);
  CHECK(table.lanes() == 1);
}
