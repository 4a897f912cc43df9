// Who waits for a slot that is full: in which order, for how long, and who is passed over.
#include <algorithm>
#include <array>
#include <vector>

#include <janji/verify.hpp>

#include "support/scratch_directory.hpp"
#include "waiting_office.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("who waits takes no seat, and may book elsewhere") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill(*engine);
  const Booking waits = joined(*engine, 3);
  CHECK(waits.state == BookingState::waiting);
  CHECK(waits.version == 1);
  CHECK(waits.deadline.value == 0);
  CHECK(engine->counters().waiting == 1);
  CHECK(availability(*engine, slot_at()).free == 0);
  CHECK(engine->claim(claim_of(3, slot_at(2))).ok());
}

TEST_CASE("a seat that comes free is held for whoever waited longest, and then for the next") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill(*engine);
  const Booking third = joined(*engine, 3);
  const Booking fourth = joined(*engine, 4);
  cancelled(*engine, have[0].id);
  settle(*engine);
  const auto offered = engine->find(third.id);
  REQUIRE(offered.ok());
  CHECK(offered->state == BookingState::held);
  CHECK(offered->version == 2);
  CHECK(offered->deadline.value == engine->ledger_now().value + ServiceRules{}.offer_ms);
  CHECK(state_of(*engine, fourth.id) == BookingState::waiting);
  CHECK(engine->claim(claim_of(5)).code() == Code::slot_full);

  cancelled(*engine, third.id);  // declined
  settle(*engine);
  CHECK(state_of(*engine, fourth.id) == BookingState::held);
  ConfirmRequest confirm;
  confirm.booking = fourth.id;
  CHECK(engine->confirm(confirm).ok());
  CHECK(engine->counters().promotions == 2);
  CHECK(engine->counters().waiting == 0);
  using Kind = EventKind;
  CHECK(kinds_of(*engine, fourth.id) ==
        std::vector<Kind>{Kind::join, Kind::promote, Kind::confirm});
}

TEST_CASE("an offer that nobody takes goes to the next") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill(*engine);
  const Booking third = joined(*engine, 3);
  const Booking fourth = joined(*engine, 4);
  cancelled(*engine, have[0].id);
  settle(*engine);
  clock.advance(ServiceRules{}.offer_ms - 1);
  settle(*engine);
  CHECK(state_of(*engine, third.id) == BookingState::held);
  clock.advance(1001);
  settle(*engine);
  CHECK(state_of(*engine, third.id) == BookingState::expired);
  CHECK(state_of(*engine, fourth.id) == BookingState::held);
}

TEST_CASE("nobody overtakes who waits, and when nobody does the slot is everybody's again") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill(*engine);
  const Booking pair = joined(*engine, 3, slot_at(), 2);
  cancelled(*engine, have[0].id);
  settle(*engine);
  // One seat is free, but kept together for whoever wants two.
  CHECK(state_of(*engine, pair.id) == BookingState::waiting);
  CHECK(availability(*engine, slot_at()).free == 0);
  CHECK(engine->claim(claim_of(5)).code() == Code::slot_full);
  std::array<DayAvailability, 1> day;
  REQUIRE(engine->days(LaneId{0}, slot_at().day(), slot_at().day(), day) == 1);
  CHECK(day[0].free == 46);
  cancelled(*engine, pair.id);
  settle(*engine);
  CHECK(availability(*engine, slot_at()).free == 1);
  CHECK(engine->claim(claim_of(5)).ok());
}

TEST_CASE("the first for whom what is free suffices comes first") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill(*engine);
  const Booking pair = joined(*engine, 3, slot_at(), 2);
  const Booking one = joined(*engine, 4);
  cancelled(*engine, have[0].id);
  settle(*engine);
  CHECK(state_of(*engine, one.id) == BookingState::held);
  CHECK(state_of(*engine, pair.id) == BookingState::waiting);
  cancelled(*engine, one.id);
  cancelled(*engine, have[1].id);
  settle(*engine);
  CHECK(state_of(*engine, pair.id) == BookingState::held);
}

TEST_CASE("whoever joins where a seat is free is offered it at once") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const Booking waits = joined(*engine, 3);
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::held);
  CHECK(availability(*engine, slot_at()).free == 1);
}

TEST_CASE("whose turn comes while he has another booking waits no longer") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill(*engine);
  const Booking third = joined(*engine, 3);
  const Booking fourth = joined(*engine, 4);
  claimed(*engine, 3, slot_at(2));
  cancelled(*engine, have[0].id);
  settle(*engine);
  CHECK(state_of(*engine, third.id) == BookingState::expired);
  CHECK(state_of(*engine, fourth.id) == BookingState::held);
}

TEST_CASE("whose turn comes while he is blocked waits no longer") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill(*engine);
  const Booking third = joined(*engine, 3);
  BlockRequest block;
  block.applicant = claim_of(3).applicant;
  block.until = CivilTime{kMorning + kHour};
  REQUIRE(engine->block(block).ok());
  CHECK(engine->join(join_of(3, slot_at(2))).code() == Code::blocked);
  cancelled(*engine, have[0].id);
  settle(*engine);
  CHECK(state_of(*engine, third.id) == BookingState::expired);
}

TEST_CASE("a seat isn't offered back to who gave it up") {
  ScratchDirectory scratch;
  ManualClock clock;
  for (const bool crashes : {false, true}) {
    Options options = small_options(clock);
    options.catalogue = unscoped_catalogue();
    options.durability = Durability::strict;
    options.directory = scratch.path() / (crashes ? "again" : "once");
    auto engine = open_engine(options);
    const auto have = fill(*engine);
    const Booking first = joined(*engine, 1);
    const Booking third = joined(*engine, 3);
    if (crashes) {
      // Closed, nobody is offered anything: whoever opens the engine again must still know.
      shut(*engine, slot_at());
      cancelled(*engine, have[0].id);
      engine.reset();
      engine = open_engine(options);
      shut(*engine, slot_at(), false);
    } else {
      cancelled(*engine, have[0].id);
    }
    settle(*engine);
    CHECK(state_of(*engine, first.id) == BookingState::expired);
    CHECK(state_of(*engine, third.id) == BookingState::held);
  }
}

TEST_CASE("who waits for what only groups claim by now, under an entitlement, waits no longer") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = small_options(clock);
  UniformCatalogue spec;
  spec.lanes = 1;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = 2;
  spec.rules.horizon_days = 7;
  options.catalogue = *make_uniform_catalogue(spec);
  options.durability = Durability::strict;
  options.directory = scratch.path() / "data";
  auto engine = open_engine(options);
  const auto have = fill(*engine);
  const Booking waits = joined(*engine, 3);
  engine.reset();
  spec.rules.needs_entitlement = true;
  options.catalogue = *make_uniform_catalogue(spec);
  engine = open_engine(options);
  CHECK(engine->join(join_of(4)).code() == Code::entitlement_not_found);
  cancelled(*engine, have[0].id);
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::expired);
}

TEST_CASE("an applicant waits once in a slot, and not where he has booked") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill(*engine);
  const Booking waits = joined(*engine, 3);
  CHECK(engine->join(join_of(3)).code() == Code::already_waiting);
  claimed(*engine, 4, slot_at(2));
  claimed(*engine, 5, slot_at(2));
  CHECK(engine->join(join_of(3, slot_at(2))).ok());
  CHECK(engine->join(join_of(1)).code() == Code::already_booked);
  cancelled(*engine, waits.id);
  CHECK(engine->join(join_of(3)).ok());
}

TEST_CASE("the same id joins once, and never leaves by itself") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill(*engine);
  Patience patience;
  const Decision first = engine->try_join(join_of(3, slot_at(), 1), patience);
  REQUIRE(first.verdict == Verdict::granted);
  REQUIRE(engine->wait_durable(first.lsn));
  Patience other;
  const Decision again = engine->try_join(join_of(3, slot_at(), 1), other);
  CHECK(again.replayed);
  CHECK(again.booking == first.booking);
  Patience third;
  CHECK(engine->try_join(join_of(4, slot_at(), 1), third).code == Code::operation_mismatch);
  cancelled(*engine, have[0].id);
  settle(*engine);
  Patience fourth;
  const Decision late = engine->try_join(join_of(3, slot_at(), 1), fourth);
  CHECK(late.replayed);
  CHECK(late.booking == first.booking);
}

TEST_CASE("what a join is refused for") {
  ManualClock clock;
  Options options = small_options(clock);
  options.waiters_max = 1;
  auto engine = open_engine(options);
  fill(*engine);
  JoinRequest join = join_of(3);
  join.seats = 3;
  CHECK(engine->join(join).code() == Code::seats_exceeded);
  join.seats = 0;
  CHECK(engine->join(join).code() == Code::seats_exceeded);
  CHECK(engine->join(join_of(3, SlotKey{1})).code() == Code::slot_not_found);
  CHECK(engine->join(join_of(3, slot_at(0, 8))).code() == Code::too_late);
  CHECK(engine->join(join_of(3, slot_at(40))).code() == Code::outside_horizon);
  CHECK(engine->join(join_of(0, slot_at())).ok());
  const auto full = engine->join(join_of(3));
  CHECK(full.code() == Code::limit_reached);
  CHECK(full.error().detail.find("waiters_max") != std::string::npos);
  JoinRequest nobody;
  nobody.slot = slot_at();
  CHECK(engine->join(nobody).code() == Code::invalid_argument);
}

TEST_CASE("who waits can do nothing but leave") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill(*engine);
  const Booking waits = joined(*engine, 3);
  ConfirmRequest confirm;
  confirm.booking = waits.id;
  CHECK(engine->confirm(confirm).code() == Code::illegal_transition);
  RescheduleRequest move;
  move.booking = waits.id;
  move.slot = slot_at(2);
  CHECK(engine->reschedule(move).code() == Code::illegal_transition);
  for (const Act act : {Act::extend, Act::approve, Act::check_in, Act::no_show, Act::reissue}) {
    ActRequest request;
    request.booking = waits.id;
    request.act = act;
    CHECK(engine->act(request).code() == Code::illegal_transition);
  }
}

TEST_CASE("who wasn't offered a seat in time has waited in vain, and keeps no day") {
  ManualClock clock;
  Options options = small_options(clock);
  options.retention_ms = kHour;
  options.archive_after_ms = kHour;
  auto engine = open_engine(options);
  for (const Booking& booking : fill(*engine, slot_at(0, 20))) {
    ConfirmRequest confirm;
    confirm.booking = booking.id;
    REQUIRE(engine->confirm(confirm).ok());
  }
  const Booking waits = joined(*engine, 3, slot_at(0, 20));
  clock.advance(12 * kHour - 60'000);
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::waiting);
  clock.advance(60'000);
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::expired);
  CHECK(engine->counters().waiting == 0);
  for (int minutes = 0; minutes < 20 * 60 && engine->counters().days_archived < 2; minutes += 10) {
    clock.advance(600'000);
    settle(*engine);
  }
  CHECK(engine->counters().days_archived == 2);
}

TEST_CASE("a clock that is wrong by days ends nobody's wait, and offers nothing") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill(*engine);
  const Booking waits = joined(*engine, 3);
  constexpr std::int64_t kDays = 5 * 24 * kHour;
  clock.civil += kDays;
  cancelled(*engine, have[0].id);
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::waiting);
  clock.civil -= kDays;
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::held);
}

TEST_CASE("who is offered a seat and moves on at once is no longer in the list") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill(*engine);
  const Booking third = joined(*engine, 3);
  const Booking fourth = joined(*engine, 4);
  cancelled(*engine, have[0].id);
  settle(*engine);
  RescheduleRequest move;
  move.booking = third.id;
  move.slot = slot_at(2);
  REQUIRE(engine->reschedule(move).ok());
  settle(*engine);
  CHECK(state_of(*engine, fourth.id) == BookingState::held);
  CHECK(engine->counters().waiting == 0);
}

TEST_CASE("staff's changes of a slot bring those who wait their turn") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill(*engine);
  const Booking waits = joined(*engine, 3);
  SlotChangeRequest change;
  change.slot = slot_at();
  change.doors = SlotChangeRequest::Doors::closed;
  REQUIRE(engine->change_slot(change).ok());
  CHECK(engine->join(join_of(4)).code() == Code::closed);
  change.capacity = 3;
  REQUIRE(engine->change_slot(change).ok());
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::waiting);
  change.doors = SlotChangeRequest::Doors::open;
  REQUIRE(engine->change_slot(change).ok());
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::held);
}

TEST_CASE("who waits does so over restarts, from the journal and from the state") {
  for (const bool checkpoint : {false, true}) {
    ScratchDirectory scratch;
    ManualClock clock;
    Options options = small_options(clock);
    options.durability = Durability::strict;
    options.directory = scratch.path() / "data";
    options.checkpoint = checkpoint;
    auto engine = open_engine(options);
    const auto have = fill(*engine);
    const Booking third = joined(*engine, 3);
    const Booking fourth = joined(*engine, 4);
    const Booking fifth = joined(*engine, 5);
    cancelled(*engine, third.id);
    engine.reset();
    engine = open_engine(options);
    CHECK(engine->counters().waiting == 2);
    CHECK(engine->claim(claim_of(6)).code() == Code::slot_full);
    CHECK(engine->join(join_of(5)).code() == Code::already_waiting);
    cancelled(*engine, have[0].id);
    settle(*engine);
    CHECK(state_of(*engine, fourth.id) == BookingState::held);
    CHECK(state_of(*engine, fifth.id) == BookingState::waiting);
    engine.reset();
    const auto report = verify(options.directory);
    REQUIRE(report.ok());
    CHECK(report->sound());
    options.waiters_max = 0;
    const auto refused = Engine::open(options);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.code() == Code::limit_reached);
    CHECK(refused.error().detail.find("waiters_max") != std::string::npos);
  }
}
