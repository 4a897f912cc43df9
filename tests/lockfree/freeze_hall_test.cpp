// A counter stands still that asks for the next one in a hall, or who comes there.
#include <atomic>
#include <thread>

#include "engine_fixture.hpp"
#include "freezer.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("with the first in the hall busy, a counter waits and doesn't pass him over") {
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  UniformCatalogue office;
  office.rules = options.catalogue->services()[0].rules;
  office.rules.check_in_ms = kMaxVisitMs;
  options.catalogue = *make_uniform_catalogue(office);
  options.threads = &threads;
  auto engine = open_engine(options);
  BookingId ids[2];
  for (std::uint64_t who = 1; who <= 2; ++who) {
    ids[who - 1] = engine->claim(claim_of(who, slot_at(0, 9)))->id;
    REQUIRE(engine->confirm({ids[who - 1], {}, 0, {}}).ok());
    REQUIRE(engine->act({Act::check_in, ids[who - 1]}).ok());
  }
  Freezer freezer("marked_busy");
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread holder([&] {
    Freezer::may_freeze = true;
    outcome = engine->act({Act::reissue, ids[0]});
  });
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  Patience patience;
  NextRequest request;
  CHECK(engine->try_next(request, patience).verdict == Verdict::wait);
  freezer.thaw();
  holder.join();
  CHECK(outcome.ok());
  CHECK(engine->next(request)->id == ids[0]);
  CHECK(engine->next(request)->id == ids[1]);
}

TEST_CASE("a counter that is slow to look over the hall calls who sat down before another") {
  constexpr std::uint64_t kChairs = 64;  // of a hall: number 64 sits in the first, 65 in the second
  ManualClock clock;
  Options options = small_options(clock);
  UniformCatalogue office;
  office.rules = options.catalogue->services()[0].rules;
  office.rules.check_in_ms = kMaxVisitMs;
  office.slots_per_day = 1;
  office.capacity = 4;
  options.catalogue = *make_uniform_catalogue(office);
  auto engine = open_engine(options);
  const SlotKey slot(LaneId{0}, Day{kToday.value + 1}, Minute{0});
  REQUIRE(engine->change_slot({slot, SlotChangeRequest::Doors::as_they_are, 100, {}}).ok());
  const auto came = [&](std::uint64_t who) {
    const auto held = engine->claim(claim_of(who, slot));
    REQUIRE(held.ok());
    REQUIRE(engine->confirm({held->id, {}, 0, {}}).ok());
    const auto here = engine->act({Act::check_in, held->id});
    REQUIRE(here.ok());
    REQUIRE(here->queue_number == who);
    return held->id;
  };
  const NextRequest request;
  for (std::uint64_t who = 1; who < kChairs; ++who) {
    const BookingId id = came(who);
    REQUIRE(engine->next(request)->id == id);
  }
  Freezer freezer("hall_chair_seen");  // the first of them, which is empty
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread counter([&] {
    Freezer::may_freeze = true;
    outcome = engine->next(request);
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  const BookingId first = came(kChairs);
  const BookingId second = came(kChairs + 1);
  freezer.thaw();
  counter.join();
  REQUIRE(outcome.ok());
  CHECK(outcome->id == first);
  CHECK(engine->next(request)->id == second);
  CHECK(engine->next(request).code() == Code::nobody_waiting);
}
