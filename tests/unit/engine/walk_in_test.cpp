// Walk-ins: who has no appointment gets a seat and is checked in, in one step.
#include <algorithm>
#include <array>
#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include <janji/verify.hpp>

#include "filling_factory.hpp"
#include "walk_in_office.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
using Doors = SlotChangeRequest::Doors;

SlotKey at(int hour, std::uint32_t lane = kKiosk) {
  return slot_at(0, hour, lane);
}

WalkInRequest into(std::uint64_t who, SlotKey slot, std::uint64_t operation = 0) {
  WalkInRequest request = walk_in_of(who, operation);
  request.slot = slot;
  return request;
}

Booking walked_in(Engine& engine, std::uint64_t who) {
  auto booking = engine.walk_in(walk_in_of(who));
  INFO(to_string(booking.code()));
  REQUIRE(booking.ok());
  return *booking;
}

Result<Booking> act(Engine& engine, Act what, BookingId booking, std::uint32_t argument = 0) {
  ActRequest request;
  request.act = what;
  request.booking = booking;
  request.argument = argument;
  return engine.act(request);
}

Result<Booking> next(Engine& engine) {
  NextRequest request;
  request.counter = 4;
  return engine.next(request);
}

}  // namespace

TEST_CASE("who walks in has a seat, is checked in and is called, by one record") {
  ManualClock clock;
  auto engine = open_engine(walk_in_options(clock));
  const std::uint64_t records = engine->counters().records;
  const std::vector<std::byte> details(120, std::byte{7});
  WalkInRequest request = walk_in_of(1, 1);
  request.details = details;
  request.seats = 2;
  request.actor = ActorId{5};
  const auto came = engine->walk_in(request);
  REQUIRE(came.ok());
  CHECK(engine->counters().records == records + 1);
  CHECK(engine->counters().walk_ins == 1);
  CHECK(engine->counters().claims == 0);
  CHECK(engine->counters().bookings_in_use == 1);
  CHECK(came->state == BookingState::checked_in);
  CHECK(came->version == 1);
  CHECK(came->slot == at(8));
  CHECK(came->seats == 2);
  CHECK(came->queue_number == 1);
  const CivilTime now = engine->civil_now();
  CHECK(came->created_at == now);
  CHECK(came->confirmed_at == now);
  CHECK(came->checked_in_at == now);
  CHECK(came->deadline.value == 0);
  CHECK(came->details_size == details.size());
  CHECK(*engine->details(came->id) == details);
  CHECK(availability(*engine, at(8)).free == 0);
  // He is one of the hall as any other is.
  const auto called = next(*engine);
  REQUIRE(called.ok());
  CHECK(called->id == came->id);
  CHECK(called->version == 2);
  CHECK(next(*engine).code() == Code::nobody_waiting);
  CHECK(engine->cancel({came->id, {}, 0}).code() == Code::illegal_transition);
  REQUIRE(act(*engine, Act::complete, came->id).ok());
  REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, at(8)).free == 2);
  CHECK(engine->walk_in(walk_in_of(1))->slot == at(8));
}

TEST_CASE("the slot is the one that is going on, else the earliest ahead whose check-in began") {
  ManualClock clock;
  auto engine = open_engine(walk_in_options(clock));
  CHECK(walked_in(*engine, 1).slot == at(8));
  CHECK(walked_in(*engine, 2).slot == at(8));
  CHECK(walked_in(*engine, 3).slot == at(9));
  CHECK(walked_in(*engine, 4).slot == at(9));
  // That of ten has room, but check-in begins at half past eight.
  CHECK(engine->walk_in(walk_in_of(5)).code() == Code::slot_full);
  CHECK(engine->walk_in(into(5, at(10))).code() == Code::too_early);
  CHECK(engine->walk_in(into(5, at(9))).code() == Code::slot_full);
  CHECK(engine->walk_in(into(5, at(7))).code() == Code::too_late);
  CHECK(engine->walk_in(into(5, slot_at(1, 9, kKiosk))).code() == Code::too_early);
  CHECK(engine->walk_in(into(5, slot_at(-1, 9, kKiosk))).code() == Code::too_late);
  clock.advance(30 * kMinute);
  CHECK(walked_in(*engine, 5).slot == at(10));
  // The last moment of eight o'clock's slot, and the first behind it.
  REQUIRE(act(*engine, Act::complete, engine->walk_in(into(6, at(10)))->id).ok());
  clock.advance(30 * kMinute - 1);
  REQUIRE(next(*engine).ok());
  CHECK(engine->walk_in(into(7, at(8))).code() == Code::slot_full);
  clock.advance(1);
  CHECK(engine->walk_in(into(7, at(8))).code() == Code::too_late);
  // A slot of three lives on by itself: nobody's hold runs out.
  clock.advance(2 * kHour);
  REQUIRE(engine->settle().ok());
  CHECK(walked_in(*engine, 8).slot == at(11));
  CHECK(walked_in(*engine, 9).slot == at(11));
  CHECK(engine->walk_in(into(10, at(11))).code() == Code::slot_full);
}

TEST_CASE("the lead time of claims keeps nobody out who is there") {
  ManualClock clock;
  auto engine = open_engine(walk_in_options(clock, {.lead_ms = kHour, .check_in_ms = 3 * kHour}));
  CHECK(engine->claim(claim_of(9, at(9))).code() == Code::too_late);
  CHECK(engine->walk_in(into(1, at(12))).code() == Code::too_early);
  CHECK(walked_in(*engine, 1).slot == at(8));
  CHECK(walked_in(*engine, 2).slot == at(8));
  CHECK(walked_in(*engine, 3).slot == at(9));
}

TEST_CASE("who waits for a day keeps nobody out of a slot that he can't be offered any more") {
  ManualClock clock;
  clock.civil = kMorning - kHour;
  auto engine = open_engine(
      walk_in_options(clock, {.lead_ms = kHour, .check_in_ms = 3 * kHour, .slots_a_day = 12}));
  std::vector<BookingId> have;
  for (std::uint64_t who = 20; who != 26; ++who) {
    const auto claimed = engine->claim(claim_of(who, at(9 + static_cast<int>(who - 20) / 2)));
    REQUIRE(claimed.ok());
    have.push_back(claimed->id);
  }
  JoinRequest wants;
  wants.lane = LaneId{kKiosk};
  wants.day = at(9).day();
  wants.applicant = claim_of(30).applicant;
  const auto waits = engine->join(wants);
  REQUIRE(waits.ok());
  // From eight on nobody claims what begins at nine.
  clock.advance(kHour);
  REQUIRE(engine->cancel({have[0], {}, 0}).ok());
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(engine->find(waits->id)->state == BookingState::waiting);
  CHECK(engine->walk_in(into(1, at(9))).ok());
  CHECK(engine->walk_in(into(2, at(9))).code() == Code::slot_full);
  // What begins at ten he can be offered, and nobody is before him.
  REQUIRE(engine->cancel({have[2], {}, 0}).ok());
  CHECK(engine->walk_in(into(2, at(10))).code() == Code::slot_full);
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(engine->find(waits->id)->slot == at(10));
}

TEST_CASE("with no slot that counts it is said whether one will") {
  ManualClock clock;
  const auto code_at = [&](std::int64_t ms, WalkInOffice of) {
    clock.civil = kMorning + ms;
    auto engine = open_engine(walk_in_options(clock, of));
    return engine->walk_in(walk_in_of(1)).code();
  };
  // Open until noon.
  CHECK(code_at(3 * kHour + 59 * kMinute, {.slots_a_day = 12}) == Code::ok);
  CHECK(code_at(4 * kHour, {.slots_a_day = 12}) == Code::too_late);
  CHECK(code_at(15 * kHour, {.slots_a_day = 12}) == Code::too_late);
  // A closed slot is passed over, and so are the closed ones of a whole day.
  clock.civil = kMorning;
  auto engine = open_engine(walk_in_options(clock, {.slots_a_day = 10}));
  REQUIRE(engine->change_slot({at(8), Doors::closed}).ok());
  CHECK(engine->walk_in(into(1, at(8))).code() == Code::closed);
  CHECK(walked_in(*engine, 1).slot == at(9));
  REQUIRE(engine->change_slot({at(9), Doors::closed}).ok());
  CHECK(engine->walk_in(walk_in_of(2)).code() == Code::too_late);  // those of before eight are over
  // Who is there stays, whatever the door.
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(next(*engine)->slot == at(9));
}

TEST_CASE("a walk-in is refused for whatever a claim is, and takes nothing") {
  ManualClock clock;
  auto engine = open_engine(walk_in_options(clock));
  const auto code = [&](WalkInRequest request) { return engine->walk_in(request).code(); };
  WalkInRequest request = walk_in_of(1);
  request.applicant = {};
  CHECK(code(request) == Code::invalid_argument);
  request = walk_in_of(1);
  request.category = static_cast<Category>(9);
  CHECK(code(request) == Code::invalid_argument);
  const std::vector<std::byte> long_details(kDetailsMax + 1);
  request = walk_in_of(1);
  request.details = long_details;
  CHECK(code(request) == Code::invalid_argument);
  request = walk_in_of(1);
  request.category = Category::foreigner;
  CHECK(code(request) == Code::category_not_allowed);
  request = walk_in_of(1);
  request.seats = 3;
  CHECK(code(request) == Code::seats_exceeded);
  request.seats = 0;
  CHECK(code(request) == Code::seats_exceeded);
  CHECK(code(walk_in_of(1, 0, kGeneralLane)) == Code::slot_not_allowed);
  CHECK(code(into(1, at(8, kGeneralLane))) == Code::slot_not_allowed);
  CHECK(code(walk_in_of(1, 0, kPaid)) == Code::illegal_transition);
  CHECK(code(walk_in_of(1, 0, kEntitled)) == Code::entitlement_not_found);
  CHECK(code(walk_in_of(1, 0, 77)) == Code::slot_not_found);
  CHECK(code(into(1, SlotKey{1})) == Code::slot_not_found);
  CHECK(code(into(1, SlotKey(LaneId{kKiosk}, kToday, Minute{8 * 60 + 7}))) == Code::slot_not_found);
  BlockRequest block;
  block.applicant = walk_in_of(2).applicant;
  block.until = CivilTime{kMorning + kHour};
  REQUIRE(engine->block(block).ok());
  CHECK(code(walk_in_of(2)) == Code::blocked);
  // One active booking, whichever way it came.
  REQUIRE(engine->claim(claim_of(3, slot_at(1, 9, kGeneralLane))).ok());
  CHECK(code(walk_in_of(3)) == Code::already_booked);
  const Booking came = walked_in(*engine, 4);
  CHECK(code(walk_in_of(4)) == Code::already_booked);
  CHECK(engine->claim(claim_of(4, slot_at(1, 9, kGeneralLane))).code() == Code::already_booked);
  // None of these took a seat, or a number.
  CHECK(came.queue_number == 1);
  CHECK(walked_in(*engine, 5).queue_number == 2);
  CHECK(walked_in(*engine, 6).slot == at(9));
  CHECK(engine->counters().bookings_in_use == 4);
}

TEST_CASE("seats that come free are theirs who wait, before anybody walks in") {
  ManualClock clock;
  auto engine = open_engine(walk_in_options(clock));
  const BookingId first = engine->claim(claim_of(1, at(9)))->id;
  REQUIRE(engine->claim(claim_of(2, at(9))).ok());
  JoinRequest join;
  join.slot = at(9);
  join.seats = 2;
  join.applicant = claim_of(3).applicant;
  REQUIRE(engine->join(join).ok());
  REQUIRE(engine->cancel({first, {}, 0}).ok());
  REQUIRE(engine->settle().ok());
  // One seat is free there, and it isn't enough for who waits.
  CHECK(engine->walk_in(into(4, at(9))).code() == Code::slot_full);
  CHECK(walked_in(*engine, 4).slot == at(8));
}

TEST_CASE("the same request again is the same booking, another one under its id is refused") {
  ManualClock clock;
  auto engine = open_engine(walk_in_options(clock));
  const auto first = engine->walk_in(walk_in_of(1, 1));
  REQUIRE(first.ok());
  const Decision again = try_walk_in(*engine, walk_in_of(1, 1));
  CHECK(again.verdict == Verdict::granted);
  CHECK(again.replayed);
  CHECK(again.booking == first->id);
  CHECK(engine->counters().replays == 1);
  const auto other = [&](WalkInRequest request) { return try_walk_in(*engine, request).code; };
  WalkInRequest request = walk_in_of(1, 1);
  request.seats = 2;
  CHECK(other(request) == Code::operation_mismatch);
  request = walk_in_of(1, 1);
  request.payload = 1;
  CHECK(other(request) == Code::operation_mismatch);
  CHECK(other(walk_in_of(2, 1)) == Code::operation_mismatch);
  CHECK(other(into(1, at(8), 1)) == Code::operation_mismatch);
  // Details may be sealed anew: the caller's hash stands for them.
  const std::vector<std::byte> details(9, std::byte{1});
  request = walk_in_of(1, 1);
  request.details = details;
  CHECK(try_walk_in(*engine, request).replayed);
  // A claim under the id is another request, whatever it asks for; nor does a walk-in repeat one.
  ClaimRequest claim = claim_of(1, at(8));
  claim.operation = {17, 1};
  CHECK(engine->claim(claim).code() == Code::operation_mismatch);
  CancelRequest cancel;
  cancel.booking = first->id;
  cancel.operation = {17, 1};
  CHECK(engine->cancel(cancel).code() == Code::operation_mismatch);
  REQUIRE(engine->claim(claim_of(8, slot_at(1, 9, kGeneralLane), 8)).ok());
  request = walk_in_of(8);
  request.operation = {9, 8};
  CHECK(other(request) == Code::operation_mismatch);
  // With all seats gone, refused for whatever reason, called, done, and on the day after.
  CHECK(walked_in(*engine, 2).slot == at(8));
  CHECK(walked_in(*engine, 3).slot == at(9));
  CHECK(walked_in(*engine, 4).slot == at(9));
  CHECK(other(walk_in_of(5, 5)) == Code::slot_full);
  CHECK(try_walk_in(*engine, walk_in_of(1, 1)).replayed);
  REQUIRE(act(*engine, Act::complete, first->id).ok());
  CHECK(try_walk_in(*engine, walk_in_of(1, 1)).booking == first->id);
  clock.advance(30 * kMinute);
  CHECK(try_walk_in(*engine, walk_in_of(5, 5)).verdict == Verdict::granted);  // it acted never
  clock.advance(16 * kHour - 30 * kMinute);                                   // midnight
  CHECK(try_walk_in(*engine, walk_in_of(1, 1)).booking == first->id);
}

TEST_CASE("a hall that is full takes nobody in, and no number or seat is lost by it") {
  ManualClock clock;
  Options options = walk_in_options(clock, {.capacity = 1});
  options.operations_max = 8192;
  auto engine = open_engine(options);
  // 64 chairs at least; the lanes' longest days have 4 times 24 seats, so there are 256.
  REQUIRE(engine->change_slot({at(8), Doors::as_they_are, 300}).ok());
  for (std::uint64_t who = 1; who <= 256; ++who) {
    REQUIRE(walked_in(*engine, who).queue_number == who);
  }
  CHECK(engine->walk_in(walk_in_of(257)).code() == Code::limit_reached);
  REQUIRE(next(*engine).ok());
  REQUIRE(engine->settle().ok());
  CHECK(walked_in(*engine, 257).queue_number == 257);
  CHECK(engine->walk_in(walk_in_of(258)).code() == Code::limit_reached);
  CHECK(engine->counters().bookings_in_use == 257);
}

TEST_CASE(
    "without room for its entries, details or booking a walk-in is refused, and gives all back") {
  ManualClock clock;
  Options options = walk_in_options(clock, {.capacity = 40});
  SECTION("bookings") {
    options.bookings_max = 3;
  }
  SECTION("operations") {
    options.operations_max = 24;
  }
  auto engine = open_engine(options);
  std::vector<BookingId> ids;
  for (std::uint64_t who = 1; who < 30; ++who) {
    const auto came = engine->walk_in(walk_in_of(who));
    if (!came.ok()) break;
    ids.push_back(came->id);
  }
  REQUIRE(!ids.empty());
  REQUIRE(ids.size() < 28);
  // More often than the hall has chairs.
  for (int i = 0; i < 5000; ++i) {
    REQUIRE(try_walk_in(*engine, walk_in_of(99)).code == Code::limit_reached);
  }
  // What was refused took no seat.
  CHECK(engine->counters().bookings_in_use == ids.size());
  CHECK(availability(*engine, at(8)).free + ids.size() == 40);
  for (const BookingId id : ids) REQUIRE(act(*engine, Act::complete, id).ok());
  clock.advance(options.retention_ms + 2000);
  for (int i = 0; i < 3; ++i) REQUIRE(engine->settle().ok());
  CHECK(engine->walk_in(walk_in_of(99)).ok());
}

TEST_CASE("who is refused keeps no chair") {
  ManualClock clock;
  Options options = walk_in_options(clock);
  options.operations_max = 24;  // a quarter is for all but confirms and ends
  auto engine = open_engine(options);
  std::vector<BookingId> ids;
  for (std::uint64_t who = 1; who <= 2; ++who) {
    ids.push_back(engine->claim(claim_of(who, slot_at(1, 9, kGeneralLane)))->id);
    for (int times = 0; times < 3; ++times) REQUIRE(act(*engine, Act::reissue, ids.back()).ok());
  }
  // More often than the hall has chairs.
  for (int i = 0; i < 5000; ++i) {
    REQUIRE(try_walk_in(*engine, walk_in_of(99)).code == Code::limit_reached);
  }
  for (const BookingId id : ids) REQUIRE(engine->cancel({id, {}, 0}).ok());
  for (int days = 0; days < 2; ++days) {  // until their holds would have run out, and then some
    clock.advance(std::max(options.retention_ms, 24 * kHour) + 2000);
    for (int i = 0; i < 3; ++i) REQUIRE(engine->settle().ok());
  }
  const auto came = engine->walk_in(walk_in_of(99));
  REQUIRE(came.code() == Code::ok);
  CHECK(came->queue_number == 1);
}

TEST_CASE("an engine that is read-only takes nobody in, but repeats what it said") {
  ManualClock clock;
  FillingFactory disk;
  Options options = walk_in_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.checkpoint = false;
  auto engine = open_engine(options);
  const auto first = engine->walk_in(walk_in_of(1, 1));
  REQUIRE(first.ok());
  disk.room = 0;
  clock.advance(2000);
  for (int i = 0; i < 3; ++i) REQUIRE(engine->settle().ok());
  REQUIRE(engine->health() == Health::read_only);
  CHECK(engine->walk_in(walk_in_of(2)).code() == Code::read_only);
  CHECK(try_walk_in(*engine, walk_in_of(1, 1)).booking == first->id);
}

TEST_CASE("numbers that went on behind a later day's do so behind a restart, too") {
  const bool from_state = GENERATE(false, true);
  ManualClock clock;
  const ScratchDirectory directory;
  Options options = walk_in_options(clock);
  options.durability = Durability::strict;
  options.directory = directory.path();
  options.checkpoint = from_state;
  auto engine = open_engine(options);
  CHECK(walked_in(*engine, 1).queue_number == 1);
  constexpr std::int64_t kDay = 24 * kHour;
  clock.civil += kDay;
  CHECK(walked_in(*engine, 2).queue_number == 1);
  CHECK(walked_in(*engine, 3).queue_number == 2);
  // The clock was wrong, and is put right.
  clock.civil -= kDay;
  CHECK(walked_in(*engine, 4).queue_number == 3);
  for (std::uint32_t number = 4; number < 7; ++number) {
    engine.reset();
    engine = open_engine(options);
    CHECK(walked_in(*engine, number + 1).queue_number == number);
  }
}

TEST_CASE("after a restart who walked in is where he was, and numbers go on behind his") {
  const bool from_state = GENERATE(false, true);
  ManualClock clock;
  const ScratchDirectory directory;
  Options options = walk_in_options(clock);
  options.durability = Durability::strict;
  options.directory = directory.path();
  options.checkpoint = from_state;
  auto engine = open_engine(options);
  const std::vector<std::byte> details(77, std::byte{9});
  WalkInRequest request = walk_in_of(1, 1);
  request.details = details;
  const auto first = engine->walk_in(request);
  REQUIRE(first.ok());
  const auto second = engine->walk_in(walk_in_of(2, 2));
  REQUIRE(next(*engine)->id == first->id);
  REQUIRE(engine->settle().ok());
  const Booking before[] = {*engine->find(first->id), *engine->find(second->id)};
  engine.reset();
  const auto verified = verify(directory.path());
  REQUIRE(verified.ok());
  INFO((verified->sound() ? std::string() : verified->broken()->words));
  CHECK(verified->sound());
  engine = open_engine(options);
  for (const Booking& booking : before) {
    const auto found = engine->find(booking.id);
    REQUIRE(found.ok());
    CHECK(found->state == BookingState::checked_in);
    CHECK(found->slot == booking.slot);
    CHECK(found->version == booking.version);
    CHECK(found->queue_number == booking.queue_number);
    CHECK(found->created_at == booking.created_at);
    CHECK(found->confirmed_at == booking.confirmed_at);
    CHECK(found->checked_in_at == booking.checked_in_at);
    CHECK(found->lsn == booking.lsn);
  }
  CHECK(*engine->details(first->id) == details);
  // His seat is taken, his applicant has one, his id acted.
  CHECK(engine->walk_in(into(3, at(8))).code() == Code::slot_full);
  CHECK(engine->walk_in(walk_in_of(1)).code() == Code::already_booked);
  CHECK(try_walk_in(*engine, walk_in_of(1, 1)).booking == first->id);
  CHECK(walked_in(*engine, 3).queue_number == 3);
  CHECK(next(*engine)->id == second->id);
  CHECK(next(*engine)->queue_number == 3);
  CHECK(next(*engine).code() == Code::nobody_waiting);
  // And ends, is forgotten, and its details with it.
  REQUIRE(act(*engine, Act::complete, first->id).ok());
  clock.advance(options.retention_ms + 2000);
  for (int i = 0; i < 3; ++i) REQUIRE(engine->settle().ok());
  CHECK(engine->find(first->id).code() == Code::booking_not_found);
}

TEST_CASE("his details are erased when he is done, and not before") {
  ManualClock clock;
  auto engine = open_engine(walk_in_options(clock));
  const std::vector<std::byte> details(77, std::byte{9});
  WalkInRequest request = walk_in_of(1, 1);
  request.details = details;
  const BookingId id = engine->walk_in(request)->id;
  EraseRequest erase;
  erase.booking = id;
  CHECK(engine->erase(erase).code() == Code::illegal_transition);
  REQUIRE(act(*engine, Act::complete, id).ok());
  REQUIRE(engine->erase(erase).ok());
  CHECK(engine->details(id).code() == Code::details_erased);
  CHECK(engine->find(id)->details_erased);
}

TEST_CASE("who walked in and was forgotten lapses as any visit does") {
  ManualClock clock;
  auto engine = open_engine(walk_in_options(clock));
  const Booking came = walked_in(*engine, 1);
  clock.advance(14 * kHour - 1);  // two hours until check-in ends, and twelve more
  for (int i = 0; i < 3; ++i) REQUIRE(engine->settle().ok());
  CHECK(engine->find(came.id)->state == BookingState::checked_in);
  clock.advance(kMinute);
  for (int i = 0; i < 3; ++i) REQUIRE(engine->settle().ok());
  CHECK(engine->find(came.id)->state == BookingState::completed);
  CHECK(next(*engine).code() == Code::nobody_waiting);
}

TEST_CASE("many walk in at once: every seat once, every number once, in each hour as many as fit") {
  ManualClock clock;
  constexpr std::uint16_t kSeats = 30;
  constexpr std::uint64_t kPeople = 120;
  constexpr std::uint64_t kDoors = 4;
  auto engine = open_engine(walk_in_options(clock, {.capacity = kSeats}));
  std::atomic<std::uint64_t> came{0}, full{0}, otherwise{0};
  std::array<std::vector<BookingId>, kDoors> ids;
  std::vector<std::thread> doors;
  for (std::uint64_t door = 0; door < kDoors; ++door) {
    doors.emplace_back([&, door] {
      // Everybody comes to two of the doors, with the same request.
      for (std::uint64_t who = 0; who < kPeople; ++who) {
        if (who % 2 != door % 2) continue;
        for (;;) {
          const auto booking = engine->walk_in(walk_in_of(1 + who, 1 + who));
          if (booking.code() == Code::retry || booking.code() == Code::overloaded) continue;
          if (booking.ok()) ids[door].push_back(booking->id);
          ++(booking.ok() ? came : booking.code() == Code::slot_full ? full : otherwise);
          break;
        }
      }
    });
  }
  for (std::thread& door : doors) door.join();
  CHECK(otherwise == 0);
  CHECK(came + full == 2 * kPeople);
  std::set<std::uint64_t> bookings;
  std::set<std::uint32_t> numbers;
  for (const auto& of_one : ids) {
    for (const BookingId id : of_one) {
      bookings.insert(id.value);
      numbers.insert(engine->find(id)->queue_number);
    }
  }
  CHECK(bookings.size() == 2 * kSeats);
  CHECK(numbers.size() == 2 * kSeats);
  CHECK(*numbers.begin() == 1);
  CHECK(*numbers.rbegin() == 2 * kSeats);  // none was used up by a refusal
}
