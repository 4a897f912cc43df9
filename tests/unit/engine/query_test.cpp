// Walks over all bookings.
#include <array>
#include <thread>

#include "engine_fixture.hpp"
#include "support/gated_store.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("a walk over active bookings isn't stopped by one that is being freed") {
  ManualClock clock;
  GatedFactory disk;
  Options options = small_options(clock, 10);
  options.store = &disk;
  options.retention_ms = 1000;
  auto engine = open_engine(options);
  const BookingId ended = engine->claim(claim_of(1))->id;
  const BookingId active = engine->claim(claim_of(2))->id;
  REQUIRE(engine->confirm({active, {}, 0, {}}).ok());
  REQUIRE(engine->cancel({ended, {}, 0}).ok());
  clock.advance(3'600'000);  // behind the hold's time, which it keeps its timer for
  REQUIRE(engine->settle().ok());
  REQUIRE(engine->find(ended)->state == BookingState::cancelled);

  const Gate::Shut shut(disk.gate);
  clock.advance(2000);
  // Busy until the commit that the gate keeps.
  while (engine->find(ended).code() != Code::retry) std::this_thread::yield();
  std::array<Booking, 4> page;
  BookingQuery query;
  query.states = kActiveStates;
  BookingCursor cursor;
  CHECK(engine->bookings(query, cursor, page) == 1);
  CHECK(page[0].id == active);
  CHECK(cursor.at_end);
  // Who asks for ended ones, too, is told to come again.
  query.states = ~0U;
  BookingCursor all;
  while (engine->bookings(query, all, page) != 0) {
  }
  CHECK_FALSE(all.at_end);
}
