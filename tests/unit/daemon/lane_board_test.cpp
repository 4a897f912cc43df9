#include <catch2/catch.hpp>

#include "../engine/engine_fixture.hpp"
#include "api/lane_board.hpp"
#include "api/slot_json.hpp"

using namespace janji::test;
using janjid::LaneBoard;
using janjid::LaneView;
using janjid::view_lane;

namespace {

struct World {
  ManualClock clock;
  std::unique_ptr<janji::Engine> engine{open_engine(small_options(clock))};
  LaneBoard board{*engine};
  LaneView lane{view_lane(*engine, 0)};
  std::uint64_t rounds{0};

  // As it is now: a round later.
  std::shared_ptr<const janjid::LaneDays> newest() { return board.newest(lane, ++rounds); }
};

}  // namespace

TEST_CASE("while nothing of a lane changes everybody gets the same days, whatever else happens") {
  World world;
  const auto first = world.newest();
  REQUIRE(first->days.size() == 7);
  CHECK(first->first == kToday);
  CHECK(first->sole);
  CHECK(first->lsn == world.engine->durable_lsn());
  REQUIRE(world.engine->claim(claim_of(1, slot_at(1, 9, 1))).ok());  // of the other lane
  world.clock.advance(1000);
  CHECK(world.engine->durable_lsn() > first->lsn);
  CHECK(world.newest() == first);
}

TEST_CASE("a change is seen with the LSN that it rests on, after the round that made it so") {
  World world;
  const auto before = world.newest();
  const auto booking = world.engine->claim(claim_of(1));
  REQUIRE(booking.ok());
  CHECK(world.board.newest(world.lane, world.rounds) == before);  // as of that round and second
  const auto after = world.newest();
  REQUIRE(after != before);
  CHECK(after->lsn >= booking->lsn);
  CHECK(after->sole);
  for (std::size_t i = 0; i < after->days.size(); ++i) {
    CHECK(janjid::same_day(before->days[i], after->days[i]) == (i != 1));
  }
  CHECK(after->days[1].free + 1 == before->days[1].free);
  CHECK(before->days[1].free == 48);  // what somebody holds stays as it is
}

TEST_CASE("what changes with time alone shares its LSN, and says so") {
  World world;
  const auto before = world.newest();
  world.clock.advance(3'600'000);
  const auto after = world.board.newest(world.lane, world.rounds);  // no round: another second
  REQUIRE(after != before);
  CHECK(after->days[0].free < before->days[0].free);
  if (after->lsn == before->lsn) {
    CHECK_FALSE(after->sole);
  } else {
    CHECK(after->sole);  // the writer noted the time meanwhile
  }
  REQUIRE(world.engine->claim(claim_of(1)).ok());
  CHECK(world.newest()->sole);
}
