// Questions about what there isn't, and data in which a lane stands twice.
#include <string>

#include "engine_fixture.hpp"
#include "state/lane_row.hpp"
#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("days and slots of what there isn't are none") {
  ManualClock clock;
  const auto engine = open_engine(small_options(clock));
  DayAvailability days[4];
  SlotAvailability slots[4];
  CHECK(engine->days(LaneId{7}, kToday, kToday, days) == 0);
  CHECK(engine->days(LaneId{~0U}, kToday, kToday, days) == 0);
  CHECK(engine->days(LaneId{0}, kToday, Day{kToday.value - 5}, days) == 0);
  CHECK(engine->days(LaneId{0}, kToday, kToday, days) == 1);
  CHECK(engine->days(LaneId{0}, kToday, Day{kToday.value + 30}, days) == 4);
  CHECK(engine->slots(LaneId{7}, kToday, slots) == 0);
  CHECK(engine->slots(LaneId{0}, Day{kToday.value + 300}, slots) == 0);
  CHECK(engine->lane(99) == LaneId{~0U});
}

TEST_CASE("a lane that stands twice is refused with its number and key") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  { const auto engine = open_engine(options); }
  auto& lanes = disk.disk().state[static_cast<std::size_t>(store::StateTable::lanes)];
  REQUIRE(lanes.size() == 2);
  lanes[1] = state::encode_lane_row(LaneId{1}, "b0/s/general");
  const auto opened = Engine::open(options);
  REQUIRE(opened.code() == Code::damaged);
  CHECK(opened.error().detail ==
        "state in memory: lane 1 or its key b0/s/general is given twice. Nothing was changed. "
        "Restore the directory from a backup");
}

TEST_CASE("details that are in neither file are told as damage, not as none") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  const std::string text = "sealed";
  BookingId id;
  {
    const auto engine = open_engine(options);
    id = engine->claim(claim_of(1))->id;
    REQUIRE(engine->confirm({id, {}, 0, std::as_bytes(std::span(text))}).ok());
    REQUIRE(engine->details(id)->size() == text.size());
  }
  disk.disk().details.clear();
  disk.disk().state[static_cast<std::size_t>(store::StateTable::details)].clear();
  const auto details = open_engine(options)->details(id);
  REQUIRE(details.code() == Code::damaged);
  CHECK_THAT(details.error().detail,
             Catch::Contains("are neither in journal in memory nor in state in memory"));
}
