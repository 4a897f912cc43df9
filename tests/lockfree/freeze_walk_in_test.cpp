// Somebody at a counter stands still in the middle of taking a person in.
#include <atomic>
#include <iterator>
#include <set>
#include <string>
#include <thread>

#include "freezer.hpp"
#include "steps.hpp"
#include "store/memory_store.hpp"
#include "walk_in_office.hpp"

using namespace janji;
using namespace janji::test;

namespace {

std::set<std::string> all_steps() {
  std::set<std::string> steps(std::begin(kClaimSteps), std::end(kClaimSteps));
  steps.insert(std::begin(kWalkInSteps), std::end(kWalkInSteps));
  return steps;
}

Booking taken_in(Engine& engine, std::uint64_t who, std::uint64_t operation = 0) {
  const auto booking = engine.walk_in(walk_in_of(who, operation));
  INFO(to_string(booking.code()));
  REQUIRE(booking.ok());
  return *booking;
}

}  // namespace

TEST_CASE("whoever stands still while he takes somebody in stops nobody") {
  const std::set<std::string> steps = all_steps();
  const std::string step = GENERATE_REF(from_range(steps));
  CAPTURE(step);
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = walk_in_options(clock, {.capacity = 60});
  options.durability = Durability::strict;
  options.store = &disk;
  auto engine = open_engine(options);
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread counter([&] {
    Freezer::may_freeze = true;
    outcome = engine->walk_in(walk_in_of(1, 1));
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  // Others are taken in, called and done; in the same slot, too.
  std::set<std::uint32_t> numbers;
  for (std::uint64_t who = 2; who < 20; ++who) {
    numbers.insert(taken_in(*engine, who, who).queue_number);
  }
  NextRequest next;
  next.counter = 3;
  const auto called = engine->next(next);
  REQUIRE(called.ok());
  CHECK(called->id.value != 0);
  ActRequest complete;
  complete.act = Act::complete;
  complete.booking = called->id;
  CHECK(engine->act(complete).ok());
  CHECK(engine->claim(claim_of(30, slot_at(1, 9, kGeneralLane))).ok());
  // The same request: it waits, hears that it must, or hears of it once that is published.
  const bool is_out = step == "claim_visible";
  const auto again = engine->walk_in(walk_in_of(1, 1));
  const bool before = step == "slot_read" || step == "seats_taken" || step == "claim_filled" ||
                      step == "key_entered";
  if (is_out) CHECK(again.ok());
  if (!is_out && !before) CHECK(again.code() == Code::retry);
  freezer.thaw();
  counter.join();
  // Or the other one, at another counter, came first: then this one repeats it, or is that.
  REQUIRE(outcome.ok());
  if (again.ok()) CHECK(again->id == outcome->id);
  CHECK(outcome->state == BookingState::checked_in);
  CHECK(numbers.insert(outcome->queue_number).second);
  REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, slot_at(0, 8, kKiosk)).free == 60 - 18);
  // All of them are there once more, each with his number, and none is called twice.
  engine.reset();
  engine = open_engine(options);
  std::set<std::uint32_t> later{called->queue_number};
  for (;;) {
    const auto booking = engine->next(next);
    if (booking.code() == Code::nobody_waiting) break;
    REQUIRE(booking.ok());
    CHECK(later.insert(booking->queue_number).second);
  }
  CHECK(later == numbers);
}
