// Moves of a booking to another slot.
#include "engine_fixture.hpp"

#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

namespace {

struct Rules {
  std::uint8_t reschedules_max{1};
  std::int64_t cutoff_ms{0};
  bool elsewhere{true};
};

Options options_with(const ManualClock& clock, Rules rules, std::uint16_t capacity = 1) {
  Options options = small_options(clock, capacity);
  UniformCatalogue spec;
  spec.lanes = 2;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = capacity;
  spec.rules = options.catalogue->services()[0].rules;
  spec.rules.reschedules_max = rules.reschedules_max;
  spec.rules.reschedule_cutoff_ms = rules.cutoff_ms;
  spec.rules.reschedule_elsewhere = rules.elsewhere;
  auto made = make_uniform_catalogue(spec);
  REQUIRE(made.ok());
  options.catalogue = *made;
  return options;
}

RescheduleRequest move_of(BookingId booking, SlotKey slot, std::uint64_t operation = 0) {
  RescheduleRequest request;
  request.booking = booking;
  request.slot = slot;
  if (operation != 0) request.operation = {9, operation};
  return request;
}

std::uint32_t free_at(Engine& engine, SlotKey slot) {
  return availability(engine, slot).free;
}

}  // namespace

TEST_CASE("a booking moves: same id and state, another slot, and its old seat is free") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, {}));
  const bool is_confirmed = GENERATE(false, true);
  const SlotKey to = GENERATE(slot_at(1, 10), slot_at(3, 9), slot_at(1, 9, 1));
  const auto held = engine->claim(claim_of(1));
  REQUIRE(held.ok());
  if (is_confirmed) REQUIRE(engine->confirm({held->id, {5, 1}, 0, {}}).ok());
  const auto before = engine->find(held->id);
  clock.advance(1000);
  const auto moved = engine->reschedule(move_of(held->id, to, 1));
  REQUIRE(moved.ok());
  CHECK(moved->id == held->id);
  CHECK(moved->slot == to);
  CHECK(moved->state == before->state);
  CHECK(moved->deadline == before->deadline);
  CHECK(moved->version == before->version + 1);
  CHECK(moved->lsn > before->lsn);
  CHECK(free_at(*engine, slot_at()) == 1);
  CHECK(free_at(*engine, to) == 0);
  // The applicant still has one booking, and anybody can have the old seat.
  CHECK(engine->claim(claim_of(1, slot_at(2))).code() == Code::already_booked);
  CHECK(engine->claim(claim_of(2)).ok());
  CHECK(engine->claim(claim_of(3, to)).code() == Code::slot_full);
  CHECK(engine->counters().reschedules == 1);
  // What ends it gives back the seat where it is now.
  REQUIRE(engine->cancel({held->id, {5, 2}, 0}).ok());
  REQUIRE(engine->settle().ok());
  CHECK(free_at(*engine, to) == 1);
  CHECK(free_at(*engine, slot_at()) == 0);
}

TEST_CASE("a hold that moved expires at the deadline that it had, and frees the new seat") {
  ManualClock clock;
  const Options options = options_with(clock, {});
  auto engine = open_engine(options);
  const auto held = engine->claim(claim_of(1));
  REQUIRE(engine->reschedule(move_of(held->id, slot_at(1, 10))).ok());
  clock.advance(options.catalogue->services()[0].rules.hold_ms);
  CHECK(engine->reschedule(move_of(held->id, slot_at(1, 11))).code() == Code::hold_expired);
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(held->id)->state == BookingState::expired);
  CHECK(free_at(*engine, slot_at(1, 10)) == 1);
  CHECK(free_at(*engine, slot_at(1, 11)) == 1);
}

TEST_CASE("a move that fails changes nothing, and says why") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, {2, 3'600'000, false}));
  const auto held = engine->claim(claim_of(1));
  const auto other = engine->claim(claim_of(2, slot_at(1, 10)));
  REQUIRE((held.ok() && other.ok()));
  const auto why = [&](SlotKey to) { return engine->reschedule(move_of(held->id, to)).code(); };
  CHECK(why(slot_at(1, 10)) == Code::slot_full);
  CHECK(why(slot_at()) == Code::slot_not_allowed);
  CHECK(why(slot_at(1, 10, 1)) == Code::slot_not_allowed);  // another branch
  CHECK(why(SlotKey{}) == Code::slot_not_found);
  CHECK(why(SlotKey(LaneId{7}, slot_at().day(), Minute{540})) == Code::slot_not_found);
  CHECK(why(SlotKey(LaneId{0}, slot_at().day(), Minute{541})) == Code::slot_not_found);
  CHECK(why(slot_at(30)) == Code::outside_horizon);
  CHECK(why(slot_at(0, 7)) == Code::too_late);
  CHECK(engine->reschedule(move_of(BookingId{12345}, slot_at(2))).code() ==
        Code::booking_not_found);
  const auto still = engine->find(held->id);
  CHECK(still->slot == slot_at());
  CHECK(still->version == 1);
  CHECK(still->lsn == held->lsn);
  CHECK(free_at(*engine, slot_at()) == 0);
  REQUIRE(engine->cancel({held->id, {}, 0}).ok());
  CHECK(engine->reschedule(move_of(held->id, slot_at(2))).code() == Code::illegal_transition);
}

// Hazard 3: found by the simulation.
TEST_CASE("who may not move hears so when his own booking is on the disk") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_with(clock, {1, 0, false});
  options.durability = Durability::strict;
  options.store = &disk;
  auto engine = open_engine(options);
  REQUIRE(engine->claim(claim_of(2, slot_at(1, 10))).ok());
  for (const SlotKey to : {slot_at(1, 10), slot_at(1, 9, 1), slot_at(0, 7)}) {
    Patience patience;
    const Decision claimed = engine->try_claim(claim_of(1, slot_at(2)), patience);
    REQUIRE(claimed.verdict == Verdict::granted);
    Patience another;
    const Decision moved = engine->try_reschedule(move_of(claimed.booking, to), another);
    CHECK(moved.verdict == Verdict::refused);
    CHECK(moved.lsn == claimed.lsn);
    REQUIRE(engine->cancel({claimed.booking, {}, 0}).ok());
  }
}

TEST_CASE("how often, and until when") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, {2, 3'600'000, true}));
  const auto held = engine->claim(claim_of(1, slot_at(0, 12)));
  REQUIRE(held.ok());
  REQUIRE(engine->confirm({held->id, {5, 1}, 0, {}}).ok());
  REQUIRE(engine->reschedule(move_of(held->id, slot_at(0, 13), 1)).ok());
  // It starts at 13:00 and moves until 12:00.
  clock.advance(4 * 3'600'000);
  CHECK(engine->reschedule(move_of(held->id, slot_at(1), 2)).code() == Code::change_too_late);
  clock.advance(-1);
  REQUIRE(engine->reschedule(move_of(held->id, slot_at(1), 2)).ok());
  CHECK(engine->reschedule(move_of(held->id, slot_at(2), 3)).code() == Code::changes_exceeded);
  // And its cancel still has room.
  CHECK(engine->cancel({held->id, {5, 2}, 0}).ok());

  auto never = open_engine(options_with(clock, {0, 0, true}));
  const auto fixed = never->claim(claim_of(1, slot_at(2)));
  CHECK(never->reschedule(move_of(fixed->id, slot_at(3))).code() == Code::changes_exceeded);
}

TEST_CASE("a move under an id that acted is answered as before, and moves nothing again") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_with(clock, {2});
  options.durability = Durability::strict;
  options.store = &disk;
  auto engine = open_engine(options);
  const auto held = engine->claim(claim_of(1));
  const RescheduleRequest there = move_of(held->id, slot_at(1, 10), 1);
  REQUIRE(engine->reschedule(there).ok());
  REQUIRE(engine->reschedule(move_of(held->id, slot_at(), 2)).ok());
  const bool restarted = GENERATE(false, true);
  if (restarted) {
    engine.reset();
    engine = open_engine(options);
  }
  // Hazard 12: there by 1, back by 2; a late 1 must not move it again.
  Patience patience;
  const Decision late = engine->try_reschedule(there, patience);
  CHECK(late.verdict == Verdict::granted);
  CHECK(late.replayed);
  const auto now = engine->reschedule(there);
  REQUIRE(now.ok());
  CHECK(now->slot == slot_at());
  CHECK(now->version == 3);
  CHECK(free_at(*engine, slot_at(1, 10)) == 1);
  CHECK(engine->reschedule(move_of(held->id, slot_at(1, 11), 1)).code() ==
        Code::operation_mismatch);
  CHECK(engine->cancel({held->id, {9, 1}, 0}).code() == Code::operation_mismatch);
  CHECK(engine->claim(claim_of(9, slot_at(4), 0)).ok());
}

TEST_CASE("what an older catalogue allowed fits when the new one allows less") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_with(clock, {2}, 40);
  options.durability = Durability::strict;
  options.store = &disk;
  options.bookings_max = 80;  // less what callers may keep in stock
  options.operations_max = 0;
  std::vector<BookingId> all;
  {
    auto engine = open_engine(options);
    for (std::uint64_t i = 1; i <= 40; ++i) {
      const BookingId id = engine->claim(claim_of(i))->id;
      all.push_back(id);
      REQUIRE(engine->confirm({id, {5, i}, 0, {}}).ok());
      REQUIRE(engine->reschedule(move_of(id, slot_at(2), 100 + i)).ok());
      REQUIRE(engine->reschedule(move_of(id, slot_at(3), 200 + i)).ok());
      REQUIRE(engine->cancel({id, {6, i}, 0}).ok());
    }
    for (std::uint64_t i = 41; i <= 64; ++i) {
      const BookingId id = engine->claim(claim_of(i))->id;
      all.push_back(id);
      REQUIRE(engine->reschedule(move_of(id, slot_at(2), 100 + i)).ok());
    }
  }
  options.catalogue = options_with(clock, {0}, 40).catalogue;
  auto engine = open_engine(options);
  for (std::size_t i = 40; i < all.size(); ++i) {
    CHECK(engine->confirm({all[i], {5, 100 + i}, 0, {}}).ok());
    CHECK(engine->cancel({all[i], {6, 100 + i}, 0}).ok());
  }
}

TEST_CASE("all seats of a booking move together, or none") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, {2}, 3));
  ClaimRequest two = claim_of(1);
  two.seats = 2;
  const auto held = engine->claim(two);
  REQUIRE(held.ok());
  ClaimRequest others = claim_of(2, slot_at(1, 10));
  others.seats = 2;
  REQUIRE(engine->claim(others).ok());
  CHECK(engine->reschedule(move_of(held->id, slot_at(1, 10))).code() == Code::slot_full);
  CHECK(free_at(*engine, slot_at(1, 10)) == 1);
  REQUIRE(engine->reschedule(move_of(held->id, slot_at(1, 11))).ok());
  CHECK(free_at(*engine, slot_at(1, 11)) == 1);
  CHECK(free_at(*engine, slot_at()) == 3);
}

TEST_CASE("a booking that moved is where it was, from journal and state") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_with(clock, {2});
  options.durability = Durability::strict;
  options.store = &disk;
  options.checkpoint = GENERATE(true, false);
  auto engine = open_engine(options);
  const auto held = engine->claim(claim_of(1));
  REQUIRE(engine->confirm({held->id, {5, 1}, 0, {}}).ok());
  REQUIRE(engine->reschedule(move_of(held->id, slot_at(3, 8, 1), 1)).ok());
  for (int opening = 0; opening < 2; ++opening) {
    engine.reset();
    engine = open_engine(options);
    const auto found = engine->find(held->id);
    REQUIRE(found.ok());
    CHECK(found->slot == slot_at(3, 8, 1));
    CHECK(found->state == BookingState::confirmed);
    CHECK(found->version == 3);
    CHECK(free_at(*engine, slot_at()) == 1);
    CHECK(free_at(*engine, slot_at(3, 8, 1)) == 0);
  }
  REQUIRE(engine->reschedule(move_of(held->id, slot_at(2), 2)).ok());
  CHECK(engine->reschedule(move_of(held->id, slot_at(4), 3)).code() == Code::changes_exceeded);
}
