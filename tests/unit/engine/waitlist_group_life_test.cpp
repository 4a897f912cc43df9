// Groups that wait, over starts and to the end of their day.
#include "waiting_family.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("a group that wasn't offered seats in time has waited in vain, and keeps no day") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = durable_options(clock, scratch);
  options.retention_ms = kHour;
  options.archive_after_ms = kHour;
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine, 9, 11, 0);
  for (const auto& [hour, both] : have) {
    for (const Booking& one : both) {
      ConfirmRequest confirm;
      confirm.booking = one.id;
      REQUIRE(engine->confirm(confirm).ok());
    }
  }
  const BookingId group = joined(*engine, Family(10, 3, 9, 11, 0));
  clock.advance(2 * kHour);  // ten o'clock: that of eleven can still be claimed
  settle(*engine);
  CHECK(in_state(*engine, group, BookingState::waiting) == 3);
  clock.advance(kHour);
  settle(*engine);
  CHECK(in_state(*engine, group, BookingState::expired) == 3);
  CHECK(engine->counters().waiting == 0);
  CHECK(engine->counters().lapses >= 3);
  std::array<Event, 128> events;
  std::size_t lapsed = 0;
  for (Lsn at; at < engine->durable_lsn();) {
    const auto page = engine->read_feed(at, events);
    REQUIRE(page.ok());
    for (std::size_t i = 0; i < page->events; ++i) {
      if (events[i].group != group || events[i].kind != EventKind::lapse) continue;
      CHECK(events[i].state == BookingState::expired);
      ++lapsed;
    }
    at = page->next;
  }
  CHECK(lapsed == 3);
  for (int minutes = 0; minutes < 30 * 60 && engine->counters().days_archived < 2; minutes += 10) {
    clock.advance(600'000);
    settle(*engine);
  }
  CHECK(engine->counters().days_archived == 2);
  std::array<BookingId, 3> ids;
  CHECK(engine->find_group(group, ids).code() == Code::booking_not_found);
  CHECK(engine->counters().bookings_in_use == 0);
  check_sound(engine, options);
}

// Hazard 7: what is counted for a member is taken off once, when its place is freed.
TEST_CASE("a day that had a group is archived as any other, while the engine is open") {
  enum class How { claimed, moved, offered };
  const How how = GENERATE(How::claimed, How::moved, How::offered);
  CAPTURE(static_cast<int>(how));
  ManualClock clock;
  Options options = small_options(clock);
  options.retention_ms = kHour;
  options.archive_after_ms = kHour;
  auto engine = open_engine(options);
  BookingId group;
  if (how == How::offered) {
    const auto have = fill_hours(*engine);
    group = joined(*engine, Family(1, 2));
    for (const auto& [hour, both] : have) {
      for (const Booking& one : both) cancelled(*engine, one.id);
    }
    settle(*engine);
    CHECK(in_state(*engine, group, BookingState::held) == 2);
  } else {
    const std::vector<ApplicantKey> members{claim_of(1).applicant, claim_of(2).applicant};
    const GroupPart here[] = {{slot_at(1).day(), at(9), at(9), 2}};
    GroupClaimRequest request;
    request.lane = slot_at().lane();
    request.parts = here;
    request.members = members;
    request.applicant = {8, 1};
    const auto made = engine->claim_group(request);
    REQUIRE(made.ok());
    group = *made;
  }
  if (how == How::moved) {
    const GroupPart there[] = {{slot_at(2).day(), at(9), at(9), 2}};
    GroupMoveRequest move;
    move.group = group;
    move.lane = slot_at().lane();
    move.parts = there;
    REQUIRE(engine->move_group(move).ok());
  }
  cancelled(*engine, group);
  for (int minutes = 0; minutes < 4 * 24 * 60; minutes += 20) {
    clock.advance(1'200'000);
    settle(*engine);
  }
  CHECK(engine->counters().bookings_in_use == 0);
  CHECK(engine->counters().days_kept == 0);
  std::array<SlotAvailability, 24> slots;
  for (const int day : {1, 2}) {
    CHECK(engine->slots(slot_at().lane(), slot_at(day).day(), slots) == 0);
  }
}

TEST_CASE("who waited in vain for one slot gave up no seat of his group's, over a start, too") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = durable_options(clock, scratch);
  options.checkpoint = GENERATE(false, true);
  CAPTURE(options.checkpoint);
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  const BookingId group = joined(*engine, Family(1, 2));
  const Booking alone = joined(*engine, join_of(2, slot_at(1, 9)));
  const Booking elsewhere = claimed(*engine, 2, slot_at(2, 9));
  // His turn by himself, and he has booked; for both of them it doesn't suffice.
  cancelled(*engine, have.at(9)[0].id);
  settle(*engine);
  CHECK(state_of(*engine, alone.id) == BookingState::expired);
  CHECK(in_state(*engine, group, BookingState::waiting) == 2);
  cancelled(*engine, elsewhere.id);
  settle(*engine);
  engine.reset();
  engine = open_engine(options);
  cancelled(*engine, have.at(9)[1].id);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 9});
  check_sound(engine, options);
}

TEST_CASE("groups wait over restarts, from the journal and from the state") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = durable_options(clock, scratch);
  options.checkpoint = GENERATE(false, true);
  const int phase = GENERATE(0, 1, 2, 3);
  CAPTURE(options.checkpoint, phase);
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  const auto restart = [&](int when) {
    if (phase != when) return;
    engine.reset();
    engine = open_engine(options);
  };
  const Booking ahead = joined(*engine, join_of(1, slot_at(1, 9)));
  const BookingId group = joined(*engine, Family(10, 3));
  const BookingId behind = joined(*engine, Family(20, 2));
  const Booking last = joined(*engine, join_of(2, slot_at(1, 9)));
  cancelled(*engine, members_of(*engine, group)[0].id);
  restart(0);
  CHECK(engine->counters().waiting == 6);
  cancelled(*engine, have.at(9)[0].id);
  settle(*engine);
  CHECK(state_of(*engine, ahead.id) == BookingState::held);
  cancelled(*engine, have.at(10)[0].id);
  settle(*engine);
  restart(1);
  CHECK(offered(*engine, group).empty());
  cancelled(*engine, have.at(11)[0].id);
  settle(*engine);
  restart(2);
  CHECK(offered(*engine, group) == std::vector{10, 11});
  CHECK(engine->counters().waiting == 3);
  cancelled(*engine, group);
  settle(*engine);
  restart(3);
  CHECK(offered(*engine, behind) == std::vector{10, 11});
  CHECK(state_of(*engine, last.id) == BookingState::waiting);
  check_sound(engine, options);
}

TEST_CASE("a seat that is free when the engine opens goes to a group, too") {
  ScratchDirectory scratch;
  ManualClock clock;
  const Options options = durable_options(clock, scratch);
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  const BookingId group = joined(*engine, Family(10, 2));
  shut(*engine, slot_at(1, 9));
  for (const Booking& one : have.at(9)) cancelled(*engine, one.id);
  settle(*engine);
  CHECK(offered(*engine, group).empty());
  shut(*engine, slot_at(1, 9), false);
  engine.reset();
  engine = open_engine(options);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 9});
  check_sound(engine, options);
}
