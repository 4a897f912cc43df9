// Groups that wait: they are offered seats for all of them, in turn with everybody else, or none.
#include "waiting_family.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("a group that waits takes no seat, and each of its members waits for the same") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine);
  const BookingId group = joined(*engine, Family(1, 3));
  const auto members = members_of(*engine, group);
  REQUIRE(members.size() == 3);
  for (const Booking& one : members) {
    CHECK(one.state == BookingState::waiting);
    CHECK(one.group == group);
    CHECK(one.seats == 1);
    CHECK(one.slot == slot_at(1, 9));
    CHECK(one.last_slot == slot_at(1, 11));
    CHECK(one.version == 1);
    CHECK(one.deadline.value == 0);
  }
  CHECK(engine->counters().waiting == 3);
  CHECK(engine->counters().joins == 1);
  CHECK(availability(*engine, slot_at(1, 9)).free == 0);
  CHECK(engine->claim(claim_of(2, slot_at(2))).ok());
}

TEST_CASE("a group is offered seats when enough have come free for all, and not before") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const BookingId group = joined(*engine, Family(1, 3));
  cancelled(*engine, have.at(11)[0].id);
  cancelled(*engine, have.at(9)[1].id);
  settle(*engine);
  CHECK(in_state(*engine, group, BookingState::waiting) == 3);
  // What there is is kept for them.
  CHECK(engine->claim(claim_of(7, slot_at(1, 11))).code() == Code::slot_full);
  cancelled(*engine, have.at(10)[0].id);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 10, 11});
  for (const Booking& one : members_of(*engine, group)) {
    CHECK(one.version == 2);
    CHECK(one.last_slot == SlotKey{});
    CHECK(one.deadline.value == engine->ledger_now().value + ServiceRules{}.offer_ms);
  }
  CHECK(engine->claim(claim_of(2, slot_at(2))).code() == Code::already_booked);
  CHECK(engine->counters().waiting == 0);
  CHECK(engine->counters().promotions == 3);
  std::array<BookingId, 3> ids;
  CHECK(engine->find_group(group, ids)->version == 2);
  confirm_group(*engine, group);
  REQUIRE(engine->settle().ok());
  CHECK(in_state(*engine, group, BookingState::confirmed) == 3);
  // The other slots are everybody's again.
  cancelled(*engine, have.at(9)[0].id);
  CHECK(engine->claim(claim_of(7, slot_at(1, 9))).ok());
}

TEST_CASE("a group's seats are those of the earliest slots, as many as are free there") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine, 10, 10);
  const BookingId group = joined(*engine, Family(1, 3));
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 9, 11});
  CHECK(engine->claim(claim_of(7, slot_at(1, 11))).ok());
}

TEST_CASE("a group may wait for one slot alone") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine, 9, 9);
  Family pair(1, 2);
  pair.request.slot = slot_at();
  const BookingId group = joined(*engine, pair);
  cancelled(*engine, have.at(9)[0].id);
  settle(*engine);
  CHECK(offered(*engine, group).empty());
  cancelled(*engine, have.at(9)[1].id);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 9});
}

TEST_CASE("groups and single waiters stand in one line") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const Booking first = joined(*engine, join_of(1, slot_at(1, 10)));
  const BookingId group = joined(*engine, Family(10, 2, 9, 10));
  const Booking last = joined(*engine, join_of(2, slot_at(1, 10)));
  cancelled(*engine, have.at(10)[0].id);
  settle(*engine);
  CHECK(state_of(*engine, first.id) == BookingState::held);
  cancelled(*engine, have.at(9)[0].id);
  settle(*engine);
  CHECK(offered(*engine, group).empty());
  // Nobody else wants the seat of nine, and with that of ten it is enough.
  cancelled(*engine, first.id);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 10});
  CHECK(state_of(*engine, last.id) == BookingState::waiting);
}

TEST_CASE("whom what is free suffices for comes first, if the group ahead would need more") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const BookingId group = joined(*engine, Family(10, 3));
  const Booking one = joined(*engine, join_of(2, slot_at(1, 10)));
  cancelled(*engine, have.at(10)[0].id);
  settle(*engine);
  CHECK(state_of(*engine, one.id) == BookingState::held);
  CHECK(offered(*engine, group).empty());
}

TEST_CASE("a group takes nothing for which somebody waits longer") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  JoinRequest two = join_of(1, slot_at(1, 9));
  two.seats = 2;
  const Booking pair = joined(*engine, two);
  const BookingId group = joined(*engine, Family(10, 3, 9, 10));
  // Both seats of nine come in one commit with one of ten: the pair has waited longer.
  shut(*engine, slot_at(1, 9));
  for (const int i : {0, 1}) cancelled(*engine, have.at(9)[static_cast<std::size_t>(i)].id);
  cancelled(*engine, have.at(10)[0].id);
  settle(*engine);
  CHECK(offered(*engine, group).empty());
  shut(*engine, slot_at(1, 9), false);
  settle(*engine);
  CHECK(state_of(*engine, pair.id) == BookingState::held);
  CHECK(offered(*engine, group).empty());
}

// Both seats come back in one commit, and the slot of nine is looked at before that of ten.
TEST_CASE("a group takes no seat of another slot before those who wait longer there were asked") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  claimed(*engine, 1, slot_at(1, 9));
  claimed(*engine, 2, slot_at(1, 10));
  const std::array parts{GroupPart{slot_at().day(), at(9), at(10), 2}};
  const std::array pair{claim_of(3).applicant, claim_of(4).applicant};
  GroupClaimRequest both;
  both.parts = parts;
  both.members = pair;
  both.applicant = {8, 2};
  // One seat of each: the other one is taken already.
  const auto has = engine->claim_group(both);
  REQUIRE(has.ok());
  const Booking first = joined(*engine, join_of(5, slot_at(1, 10)));
  const BookingId group = joined(*engine, Family(10, 2, 9, 10));
  cancelled(*engine, *has);
  settle(*engine);
  CHECK(state_of(*engine, first.id) == BookingState::held);
  CHECK(offered(*engine, group).empty());
  cancelled(*engine, first.id);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 10});
}

TEST_CASE("a group that declines hands on, and so does one that lets the offer pass") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const BookingId first = joined(*engine, Family(10, 2));
  const BookingId second = joined(*engine, Family(20, 2));
  const BookingId third = joined(*engine, Family(30, 2));
  cancelled(*engine, have.at(9)[0].id);
  cancelled(*engine, have.at(10)[0].id);
  settle(*engine);
  CHECK(offered(*engine, first) == std::vector{9, 10});
  cancelled(*engine, first);
  settle(*engine);
  CHECK(in_state(*engine, first, BookingState::cancelled) == 2);
  CHECK(offered(*engine, second) == std::vector{9, 10});
  clock.advance(ServiceRules{}.offer_ms - 1);
  settle(*engine);
  CHECK(offered(*engine, second).size() == 2);
  clock.advance(1001);
  settle(*engine);
  CHECK(in_state(*engine, second, BookingState::expired) == 2);
  CHECK(offered(*engine, third) == std::vector{9, 10});
  CHECK(engine->counters().waiting == 0);
}

TEST_CASE("a group leaves the waitlist as a whole, and gave up nothing") {
  ScratchDirectory scratch;
  ManualClock clock;
  const Options options = durable_options(clock, scratch);
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  const BookingId day = joined(*engine, Family(10, 2));
  Family of_nine(10, 2);
  of_nine.request.slot = slot_at(1, 9);
  const BookingId slot = joined(*engine, of_nine);
  const BookingId behind = joined(*engine, Family(20, 2));
  cancelled(*engine, slot);
  CHECK(in_state(*engine, slot, BookingState::cancelled) == 2);
  CHECK(engine->counters().waiting == 4);
  if (GENERATE(false, true)) {
    engine.reset();
    engine = open_engine(options);
  }
  for (const Booking& one : have.at(9)) cancelled(*engine, one.id);
  settle(*engine);
  CHECK(offered(*engine, day) == std::vector{9, 9});
  CHECK(offered(*engine, behind).empty());
  check_sound(engine, options);
}

TEST_CASE("a member that leaves a waiting group makes it easier for the others") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const BookingId group = joined(*engine, Family(10, 3));
  cancelled(*engine, have.at(9)[0].id);
  cancelled(*engine, have.at(11)[0].id);
  settle(*engine);
  CHECK(offered(*engine, group).empty());
  cancelled(*engine, members_of(*engine, group)[1].id);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 11});
  CHECK(in_state(*engine, group, BookingState::cancelled) == 1);
  CHECK(engine->counters().waiting == 0);
}

TEST_CASE("when the last member has left a waiting group, nobody waits") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const BookingId group = joined(*engine, Family(10, 2));
  for (const Booking& one : members_of(*engine, group)) cancelled(*engine, one.id);
  CHECK(engine->counters().waiting == 0);
  cancelled(*engine, have.at(9)[0].id);
  CHECK(engine->claim(claim_of(7, slot_at(1, 9))).ok());
  CHECK(engine->join_group(Family(10, 2).ask()).ok());
}

TEST_CASE("a slot isn't offered back to a group of which one gave up a seat there") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = durable_options(clock, scratch);
  options.catalogue = unscoped_catalogue();
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  // 900 has a seat of nine, and waits with 901.
  const BookingId group = joined(*engine, Family(900, 2));
  const BookingId behind = joined(*engine, Family(20, 2, 9, 9));
  cancelled(*engine, have.at(9)[0].id);
  settle(*engine);
  if (GENERATE(false, true)) {
    engine.reset();
    engine = open_engine(options);
  }
  cancelled(*engine, have.at(9)[1].id);
  settle(*engine);
  CHECK(offered(*engine, group).empty());
  CHECK(offered(*engine, behind) == std::vector{9, 9});
  for (const Booking& one : have.at(10)) cancelled(*engine, one.id);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{10, 10});
  check_sound(engine, options);
}

TEST_CASE("a group that waits for one slot and gave it up is passed over") {
  ManualClock clock;
  Options options = small_options(clock);
  options.catalogue = unscoped_catalogue();
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine, 9, 9);
  Family pair(900, 2);
  pair.request.slot = slot_at();
  const BookingId group = joined(*engine, pair);
  for (const Booking& one : have.at(9)) cancelled(*engine, one.id);
  settle(*engine);
  CHECK(in_state(*engine, group, BookingState::expired) == 2);
  CHECK(engine->claim(claim_of(5)).ok());
}

TEST_CASE("a group of which one has booked elsewhere, or is blocked, is passed over") {
  ScratchDirectory scratch;
  ManualClock clock;
  const Options options = durable_options(clock, scratch);
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  const BookingId first = joined(*engine, Family(10, 2));
  const BookingId second = joined(*engine, Family(20, 2));
  const int why = GENERATE(0, 1, 2);
  CAPTURE(why);
  if (why == 0) claimed(*engine, 11, slot_at(2));
  BlockRequest block;
  block.applicant = claim_of(11).applicant;
  block.until = CivilTime{kMorning + kHour};
  if (why == 2) block.applicant = {8, 1};
  if (why != 0) REQUIRE(engine->block(block).ok());
  cancelled(*engine, have.at(9)[0].id);
  cancelled(*engine, have.at(11)[0].id);
  settle(*engine);
  CHECK(in_state(*engine, first, BookingState::expired) == 2);
  if (why == 2) {  // who joined for both is
    CHECK(in_state(*engine, second, BookingState::expired) == 2);
    CHECK(engine->claim(claim_of(5, slot_at(1, 9))).ok());
  } else {
    CHECK(offered(*engine, second) == std::vector{9, 11});
  }
  CHECK(engine->counters().lapses == (why == 2 ? 4 : 2));
  // They may all wait, or book, again.
  CHECK(engine->claim(claim_of(10, slot_at(3))).ok());
  check_sound(engine, options);
}

TEST_CASE("what a group's join is refused for") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const auto refusal = [&](Family family) { return engine->join_group(family.ask()).code(); };
  CHECK(refusal(Family(1, 0)) == Code::group_invalid);
  CHECK(refusal(Family(1, kGroupMembersMax + 1)) == Code::group_invalid);
  Family twice(1, 2);
  twice.members[1] = twice.members[0];
  CHECK(refusal(twice) == Code::group_invalid);
  Family nobody(1, 2);
  nobody.members[1] = {};
  CHECK(refusal(nobody) == Code::group_invalid);
  Family for_none(1, 2);
  for_none.request.applicant = {};
  CHECK(refusal(for_none) == Code::invalid_argument);
  Family senseless(1, 2);
  senseless.request.category = static_cast<Category>(9);
  CHECK(refusal(senseless) == Code::invalid_argument);
  // More than all slots of the span have, though none is refused for what is free.
  CHECK(refusal(Family(1, 7)) == Code::seats_exceeded);
  CHECK(refusal(Family(1, 3, 9, 9)) == Code::seats_exceeded);
  Family elsewhere(1, 2);
  elsewhere.request.lane = LaneId{9};
  CHECK(refusal(elsewhere) == Code::slot_not_found);
  CHECK(refusal(Family(1, 2, 9, 11, 30)) == Code::outside_horizon);
  CHECK(refusal(Family(1, 2, 5, 6, 0)) == Code::too_late);
  CHECK(refusal(Family(900, 2)) == Code::already_booked);
  CHECK(refusal(Family(1, 2)) == Code::ok);
  CHECK(refusal(Family(2, 2)) == Code::already_waiting);
  CHECK(engine->join(join_of(2, slot_at(1, 10))).ok());  // of the slot alone he doesn't yet
  Family of_ten(2, 1);
  of_ten.request.slot = slot_at(1, 10);
  CHECK(refusal(of_ten) == Code::already_waiting);
  CHECK(engine->counters().waiting == 3);
}

TEST_CASE("no more members wait than there is room for") {
  ManualClock clock;
  Options options = small_options(clock);
  options.waiters_max = 3;
  auto engine = open_engine(options);
  fill_hours(*engine);
  const BookingId group = joined(*engine, Family(1, 2));
  CHECK(engine->join_group(Family(5, 2).ask()).code() == Code::limit_reached);
  CHECK(engine->join_group(Family(5, 1).ask()).ok());
  CHECK(engine->join(join_of(8)).code() == Code::limit_reached);
  cancelled(*engine, group);
  CHECK(engine->join_group(Family(7, 2).ask()).ok());
}

TEST_CASE("the same id joins a group once, with what became of it") {
  ScratchDirectory scratch;
  ManualClock clock;
  const Options options = durable_options(clock, scratch);
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  Family family = Family(10, 2).as(1);
  const BookingId group = joined(*engine, family);
  const auto again = [&](Family& asked) {
    Patience patience;
    return engine->try_join_group(asked.ask(), patience);
  };
  CHECK(again(family).replayed);
  CHECK(again(family).booking == group);
  cancelled(*engine, have.at(9)[0].id);
  cancelled(*engine, have.at(10)[0].id);
  settle(*engine);
  CHECK(offered(*engine, group).size() == 2);
  CHECK(again(family).booking == group);
  engine.reset();
  engine = open_engine(options);
  CHECK(again(family).replayed);
  Family other = Family(10, 3).as(1);
  CHECK(again(other).code == Code::operation_mismatch);
  Family earlier = Family(10, 2, 9, 10).as(1);
  CHECK(again(earlier).code == Code::operation_mismatch);
  JoinRequest alone = join_of(10, slot_at(1, 10), 1);
  Patience patience;
  CHECK(engine->try_join(alone, patience).code == Code::operation_mismatch);
  check_sound(engine, options);
}

TEST_CASE("a group that waits can do nothing but leave") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine);
  const BookingId group = joined(*engine, Family(10, 2));
  for (const BookingId id : {group, members_of(*engine, group)[0].id}) {
    Patience patience;
    ConfirmRequest confirm;
    confirm.booking = id;
    CHECK(engine->try_confirm(confirm, patience).code == Code::illegal_transition);
    for (const Act act : {Act::extend, Act::approve, Act::refuse, Act::check_in, Act::reissue}) {
      ActRequest request;
      request.act = act;
      request.booking = id;
      CHECK(engine->try_act(request, patience).code == Code::illegal_transition);
    }
  }
  const std::array parts{GroupPart{slot_at(2).day(), at(9), at(9), 2}};
  GroupMoveRequest move;
  move.group = group;
  move.parts = parts;
  Patience patience;
  CHECK(engine->try_move_group(move, patience).code == Code::illegal_transition);
  CHECK(in_state(*engine, group, BookingState::waiting) == 2);
}

TEST_CASE("who is first of all takes what comes back in several slots at once") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const std::vector<ApplicantKey> members{claim_of(1).applicant, claim_of(2).applicant,
                                          claim_of(3).applicant, claim_of(4).applicant};
  const GroupPart both[] = {{slot_at().day(), at(9), at(10), 4}};
  GroupClaimRequest request;
  request.lane = slot_at().lane();
  request.parts = both;
  request.members = members;
  request.applicant = {8, 1};
  const auto had = engine->claim_group(request);
  REQUIRE(had.ok());
  const BookingId first = joined(*engine, Family(10, 4, 9, 10));
  const BookingId behind = joined(*engine, Family(20, 1, 9, 10));
  cancelled(*engine, *had);  // by one record
  settle(*engine);
  CHECK(offered(*engine, first) == std::vector{9, 9, 10, 10});
  CHECK(offered(*engine, behind).empty());
}

TEST_CASE("the feed says of each member what its group waits for, and what it is offered") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const BookingId group = joined(*engine, Family(10, 2));
  const auto members = members_of(*engine, group);
  cancelled(*engine, have.at(9)[0].id);
  cancelled(*engine, have.at(11)[0].id);
  settle(*engine);
  using Kind = EventKind;
  for (const Booking& one : members) {
    CHECK(kinds_of(*engine, one.id) == std::vector<Kind>{Kind::join, Kind::promote});
  }
  std::array<Event, 128> events;
  REQUIRE(engine->read_feed(Lsn{members[0].lsn.value - 1}, events).ok());
  for (const std::size_t i : {0U, 1U}) {
    CHECK(events[i].kind == Kind::join);
    CHECK(events[i].state == BookingState::waiting);
    CHECK(events[i].booking == members[i].id);
    CHECK(events[i].group == group);
    CHECK(events[i].slot == slot_at(1, 9));
    CHECK(events[i].last_slot == slot_at(1, 11));
    CHECK(events[i].more == (i == 0));
  }
  std::vector<SlotKey> slots;
  for (const Event& event : events) {
    if (event.kind != Kind::promote) continue;
    CHECK(event.state == BookingState::held);
    CHECK(event.deadline == members_of(*engine, group)[0].deadline);
    slots.push_back(event.slot);
  }
  CHECK(slots == std::vector{slot_at(1, 9), slot_at(1, 11)});
}
