// Staff closes, opens and resizes slots: what becomes of bookings, and of those who want one.
#include <thread>
#include <vector>

#include "engine_fixture.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

using Doors = SlotChangeRequest::Doors;

constexpr std::int64_t kHour = 3'600'000;

SlotChangeRequest change_of(SlotKey slot, Doors doors, std::uint16_t capacity = 0) {
  SlotChangeRequest request;
  request.slot = slot;
  request.doors = doors;
  request.capacity = capacity;
  request.actor = ActorId{9};
  return request;
}

// Whatever the patrol makes of it is made: it walks in a round, and what it publishes is committed
// in the next.
void settle(Engine& engine) {
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine.settle().ok());
}

BookingId confirmed(Engine& engine, std::uint64_t who, SlotKey slot) {
  const auto held = engine.claim(claim_of(who, slot));
  REQUIRE(held.ok());
  REQUIRE(engine.confirm({held->id, {}, 0, {}}).ok());
  return held->id;
}

}  // namespace

TEST_CASE("a closed slot takes nobody, and shows so, until it is opened again") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  REQUIRE(engine->change_slot(change_of(slot_at(), Doors::closed)).ok());
  CHECK(engine->claim(claim_of(1)).code() == Code::closed);
  CHECK(availability(*engine, slot_at()).status == DayAvailability::Status::closed);
  CHECK(availability(*engine, slot_at()).free == 0);
  CHECK(availability(*engine, slot_at()).capacity == 2);
  DayAvailability day[1];
  REQUIRE(engine->days(LaneId{0}, slot_at().day(), slot_at().day(), day) == 1);
  CHECK(day[0].free == 2 * 23);
  CHECK(day[0].status == DayAvailability::Status::available);
  // A claim of the earliest one goes past it.
  ClaimRequest range = claim_of(2, SlotKey{});
  range.lane = LaneId{0};
  range.first_day = range.last_day = slot_at().day();
  for (int hour = 0; hour < 9; ++hour) {
    REQUIRE(engine->change_slot(change_of(slot_at(1, hour), Doors::closed)).ok());
  }
  CHECK(engine->claim(range)->slot == slot_at(1, 10));
  const auto moved = engine->claim(claim_of(3, slot_at(2)));
  CHECK(engine->reschedule({moved->id, slot_at(), {}, 0}).code() == Code::closed);
  for (int hour = 10; hour < 24; ++hour) {
    REQUIRE(engine->change_slot(change_of(slot_at(1, hour), Doors::closed)).ok());
  }
  REQUIRE(engine->days(LaneId{0}, slot_at().day(), slot_at().day(), day) == 1);
  CHECK(day[0].status == DayAvailability::Status::closed);
  range.applicant.lo = 5;
  CHECK(engine->claim(range).code() == Code::closed);
  REQUIRE(engine->change_slot(change_of(slot_at(), Doors::open)).ok());
  CHECK(engine->claim(claim_of(1)).ok());
}

TEST_CASE("whose slot is closed is displaced, not cancelled, and confirmed again when it opens") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const BookingId booking = confirmed(*engine, 1, slot_at());
  const BookingId other = confirmed(*engine, 2, slot_at(2));
  const auto held = engine->claim(claim_of(3));
  REQUIRE(engine->change_slot(change_of(slot_at(), Doors::closed)).ok());
  settle(*engine);
  CHECK(engine->find(booking)->state == BookingState::displaced);
  CHECK(engine->find(booking)->ended_at.value == 0);
  CHECK(engine->find(other)->state == BookingState::confirmed);
  CHECK(engine->find(held->id)->state == BookingState::held);
  CHECK(engine->confirm({held->id, {}, 0, {}}).code() == Code::closed);
  CHECK(engine->claim(claim_of(1, slot_at(3))).code() == Code::already_booked);
  CHECK(engine->act({Act::check_in, booking}).code() == Code::illegal_transition);
  REQUIRE(engine->change_slot(change_of(slot_at(), Doors::open)).ok());
  settle(*engine);
  CHECK(engine->find(booking)->state == BookingState::confirmed);
  CHECK(engine->confirm({held->id, {}, 0, {}}).ok());
}

TEST_CASE("who was displaced may move, past the rules of moves, or cancel, or is told at the end") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  std::vector<BookingId> ids;
  for (std::uint64_t who = 1; who <= 2; ++who) ids.push_back(confirmed(*engine, who, slot_at()));
  ids.push_back(confirmed(*engine, 3, slot_at(1, 10)));
  // Its one move is used up.
  REQUIRE(engine->reschedule({ids[2], slot_at(1, 11), {}, 0}).ok());
  CHECK(engine->reschedule({ids[2], slot_at(1, 12), {}, 0}).code() == Code::changes_exceeded);
  for (const int hour : {9, 11}) {
    REQUIRE(engine->change_slot(change_of(slot_at(1, hour), Doors::closed)).ok());
  }
  settle(*engine);
  for (const BookingId id : ids) CHECK(engine->find(id)->state == BookingState::displaced);
  const auto moved = engine->reschedule({ids[2], slot_at(1, 12), {}, 0});
  REQUIRE(moved.ok());
  CHECK(moved->state == BookingState::confirmed);
  CHECK(engine->cancel({ids[0], {}, 0})->state == BookingState::cancelled);
  clock.advance(25 * kHour + 2 * kHour);  // two hours behind nine tomorrow
  settle(*engine);
  CHECK(engine->find(ids[1])->state == BookingState::cancelled);
  CHECK(engine->find(ids[2])->state == BookingState::confirmed);
}

TEST_CASE("fewer seats: whoever has one keeps it, and nobody comes until there are few enough") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock, 3));
  std::vector<BookingId> ids;
  for (std::uint64_t who = 1; who <= 3; ++who) ids.push_back(confirmed(*engine, who, slot_at()));
  REQUIRE(engine->change_slot(change_of(slot_at(), Doors::as_they_are, 2)).ok());
  settle(*engine);
  for (const BookingId id : ids) CHECK(engine->find(id)->state == BookingState::confirmed);
  CHECK(availability(*engine, slot_at()).capacity == 2);
  CHECK(availability(*engine, slot_at()).free == 0);
  CHECK(engine->claim(claim_of(4)).code() == Code::slot_full);
  REQUIRE(engine->cancel({ids[0], {}, 0}).ok());
  CHECK(engine->claim(claim_of(4)).code() == Code::slot_full);
  REQUIRE(engine->cancel({ids[1], {}, 0}).ok());
  CHECK(engine->claim(claim_of(4)).ok());
  CHECK(engine->claim(claim_of(5)).code() == Code::slot_full);
  REQUIRE(engine->change_slot(change_of(slot_at(), Doors::as_they_are, 4)).ok());
  CHECK(engine->claim(claim_of(5)).ok());
  CHECK(engine->claim(claim_of(6)).ok());
  CHECK(engine->claim(claim_of(7)).code() == Code::slot_full);
}

TEST_CASE("what staff may not say is refused, and the same again changes nothing") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto why = [&](const SlotChangeRequest& request) {
    return engine->change_slot(request).code();
  };
  CHECK(why(change_of(SlotKey{}, Doors::closed)) == Code::slot_not_found);
  CHECK(why(change_of(slot_at(30), Doors::closed)) == Code::slot_not_found);
  CHECK(why(change_of(SlotKey(LaneId{0}, slot_at().day(), Minute{541}), Doors::closed)) ==
        Code::slot_not_found);
  CHECK(why(change_of(slot_at(), Doors::open, kMaxSlotCapacity + 1)) == Code::invalid_argument);
  const Lsn before = engine->counters().durable;
  Patience patience;
  const Decision same = engine->try_change_slot(change_of(slot_at(), Doors::open, 2), patience);
  CHECK(same.verdict == Verdict::granted);
  CHECK(same.replayed);
  REQUIRE(engine->settle().ok());
  CHECK(engine->counters().durable == before);
}

TEST_CASE("doors and seats are what they were behind a restart, and displacing goes on") {
  const bool from_state = GENERATE(false, true);
  ManualClock clock;
  Options options = small_options(clock, 3);
  const ScratchDirectory directory;
  options.durability = Durability::strict;
  options.directory = directory.path();
  options.checkpoint = from_state;
  auto engine = open_engine(options);
  std::vector<BookingId> ids;
  for (std::uint64_t who = 1; who <= 3; ++who) ids.push_back(confirmed(*engine, who, slot_at()));
  const BookingId other = confirmed(*engine, 4, slot_at(2));
  REQUIRE(engine->change_slot(change_of(slot_at(), Doors::as_they_are, 1)).ok());
  REQUIRE(engine->change_slot(change_of(slot_at(2), Doors::closed, 5)).ok());
  REQUIRE(engine->cancel({ids[0], {}, 0}).ok());
  engine.reset();
  engine = open_engine(options);
  settle(*engine);
  CHECK(availability(*engine, slot_at()).capacity == 1);
  CHECK(availability(*engine, slot_at()).free == 0);
  CHECK(availability(*engine, slot_at(2)).capacity == 5);
  CHECK(availability(*engine, slot_at(2)).status == DayAvailability::Status::closed);
  CHECK(engine->find(other)->state == BookingState::displaced);
  CHECK(engine->claim(claim_of(5)).code() == Code::slot_full);
  CHECK(engine->claim(claim_of(5, slot_at(2))).code() == Code::closed);
  engine.reset();
  engine = open_engine(options);
  CHECK(engine->find(other)->state == BookingState::displaced);
  CHECK(engine->find(ids[1])->state == BookingState::confirmed);
}

// Hazard 15: what forbids mustn't overtake what was taken before. However the two meet, nobody gets
// a seat of a slot that was closed before, and the journal can be replayed.
TEST_CASE("slots are closed and lowered while others claim, move and cancel") {
  ManualClock clock;
  Options options = small_options(clock, 3);
  options.bookings_max = 4096;
  options.operations_max = 1 << 15;
  const ScratchDirectory directory;
  options.durability = Durability::strict;
  options.directory = directory.path();
  options.checkpoint = false;
  auto engine = open_engine(options);
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (std::uint64_t caller = 0; caller < 3; ++caller) {
    threads.emplace_back([&, caller] {
      for (std::uint64_t i = 1; !over; ++i) {
        const SlotKey slot = slot_at(1, static_cast<int>(9 + i % 2));
        const auto held = engine->claim(claim_of(1000 * (caller + 1) + i % 50, slot));
        if (!held.ok()) continue;
        if (i % 3 == 0) (void)engine->confirm({held->id, {}, 0, {}});
        if (i % 4 == 0) (void)engine->reschedule({held->id, slot_at(1, 9), {}, 0});
        (void)engine->cancel({held->id, {}, 0});
      }
    });
  }
  int closed = 0;
  for (int i = 0; i < 200; ++i) {
    const bool close = i % 2 == 0;
    const auto capacity = static_cast<std::uint16_t>(1 + i % 3);
    const SlotKey slot = slot_at(1, 9 + i / 2 % 2);
    closed +=
        engine->change_slot(change_of(slot, close ? Doors::closed : Doors::open, capacity)).ok() &&
                close
            ? 1
            : 0;
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(closed > 0);
  engine.reset();
  REQUIRE(Engine::open(options).ok());
}
