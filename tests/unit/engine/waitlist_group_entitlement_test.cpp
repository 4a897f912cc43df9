// Groups that wait under an entitlement: its units are theirs from the join on, and come back once.
#include "entitlement_office.hpp"
#include "waiting_family.hpp"

using namespace janji;
using namespace janji::test;

namespace {

// Workers of the employer, who wait for seats from nine to eleven of tomorrow.
Family under(EntitlementId id, std::uint64_t first, std::size_t many) {
  Family family(first, many);
  family.request.entitlement = id;
  return family;
}

Code refusal(Engine& engine, Family family) {
  return engine.join_group(family.ask()).code();
}

std::uint32_t used(const Engine& engine, EntitlementId id) {
  return look(engine, id).used;
}

std::shared_ptr<const Catalogue> offices(bool needs_entitlement, std::uint32_t many = 2) {
  UniformCatalogue spec;
  spec.lanes = many;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = 2;
  spec.rules.horizon_days = 7;
  spec.rules.needs_entitlement = needs_entitlement;
  return *make_uniform_catalogue(spec);
}

}  // namespace

TEST_CASE("a group that joins under an entitlement takes its units, and is refused whole") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine);
  const EntitlementId id = granted(*engine, 5);
  const BookingId group = joined(*engine, under(id, 1, 3));
  CHECK(in_state(*engine, group, BookingState::waiting) == 3);
  CHECK(engine->find_group(group, {})->entitlement == id);
  CHECK(used(*engine, id) == 3);
  CHECK(look(*engine, id).spent == 0);
  CHECK(refusal(*engine, under(id, 10, 3)) == Code::entitlement_exhausted);
  // For claims they are gone as well.
  CHECK(claim(*engine, id, 1, 3, 2).code() == Code::entitlement_exhausted);
  CHECK(used(*engine, id) == 3);
  CHECK(engine->counters().waiting == 3);
  CHECK(refusal(*engine, under(id, 10, 2)) == Code::ok);
  CHECK(used(*engine, id) == 5);
  CHECK(refusal(*engine, under(id, 20, 1)) == Code::entitlement_exhausted);
  CHECK(refusal(*engine, Family(20, 1)) == Code::ok);
}

TEST_CASE("what a join under an entitlement is refused for, and then nothing is used") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine);
  EntitlementGrantRequest grant = grant_of(9);
  grant.from = grant.until = day_of(1);
  const EntitlementId id = *engine->grant(grant);
  const EntitlementId listed = *engine->grant([] {
    EntitlementGrantRequest request = grant_of(9);
    request.listed = true;
    return request;
  }());
  REQUIRE(list(*engine, listed, {claim_of(1).applicant, claim_of(2).applicant}).ok());
  Family of_another = under(id, 1, 2);
  of_another.request.applicant = {8, 2};
  CHECK(refusal(*engine, of_another) == Code::entitlement_not_found);
  CHECK(refusal(*engine, under(EntitlementId{12345}, 1, 2)) == Code::entitlement_not_found);
  for (const int day : {0, 2}) {
    Family elsewhen = under(id, 1, 2);
    elsewhen.request.day = day_of(day);
    CHECK(refusal(*engine, elsewhen) == Code::entitlement_not_valid);
    elsewhen.request.slot = slot_at(day, 10);
    CHECK(refusal(*engine, elsewhen) == Code::entitlement_not_valid);
  }
  Family three = under(listed, 1, 3);
  Patience patience;
  const Decision refused = engine->try_join_group(three.ask(), patience);
  CHECK(refused.code == Code::not_eligible);
  CHECK(refused.member == 2);
  CHECK(refusal(*engine, under(id, 900, 2)) == Code::already_booked);
  const BookingId group = joined(*engine, under(listed, 1, 2));
  CHECK(refusal(*engine, under(id, 2, 2)) == Code::already_waiting);
  CHECK(used(*engine, id) == 0);
  CHECK(used(*engine, listed) == 2);
  CHECK(engine->counters().waiting == 2);
  // Who is off the list keeps his turn.
  REQUIRE(list(*engine, listed, {}, {claim_of(1).applicant}).ok());
  CHECK(in_state(*engine, group, BookingState::waiting) == 2);
}

TEST_CASE("an id joins once under its entitlement, and under no other") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine);
  const EntitlementId id = granted(*engine, 4);
  Family family = under(id, 1, 2).as(1);
  const BookingId group = joined(*engine, family);
  Patience patience;
  const Decision again = engine->try_join_group(family.ask(), patience);
  CHECK((again.replayed && again.booking == group));
  CHECK(used(*engine, id) == 2);
  CHECK(refusal(*engine, under(granted(*engine, 4), 1, 2).as(1)) == Code::operation_mismatch);
  CHECK(refusal(*engine, Family(1, 2).as(1)) == Code::operation_mismatch);
}

TEST_CASE("who leaves a waitlist gives his unit back, alone or with all") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = durable_options(clock, scratch);
  options.checkpoint = GENERATE(false, true);
  auto engine = open_engine(options);
  fill_hours(*engine);
  const EntitlementId id = granted(*engine, 4);
  const BookingId group = joined(*engine, under(id, 1, 4));
  const BookingId one = members_of(*engine, group)[1].id;
  REQUIRE(engine->cancel({one, {11, 1}, 0, {}}).ok());
  CHECK(used(*engine, id) == 3);
  REQUIRE(engine->cancel({one, {11, 1}, 0, {}}).ok());  // the same again
  CHECK(used(*engine, id) == 3);
  CHECK(refusal(*engine, under(id, 20, 1)) == Code::ok);
  CHECK(refusal(*engine, under(id, 30, 1)) == Code::entitlement_exhausted);
  const auto reopens = GENERATE(false, true);
  if (reopens) {
    engine.reset();
    engine = open_engine(options);
  }
  CHECK(used(*engine, id) == 4);
  cancelled(*engine, group);
  CHECK(in_state(*engine, group, BookingState::cancelled) == 4);
  CHECK(used(*engine, id) == 1);
  CHECK(refusal(*engine, under(id, 30, 4)) == Code::entitlement_exhausted);
  CHECK(refusal(*engine, under(id, 30, 3)) == Code::ok);
  check_sound(engine, options);
}

TEST_CASE("an offer takes no unit anew, whatever becomes of it") {
  ScratchDirectory scratch;
  ManualClock clock;
  const Options options = durable_options(clock, scratch);
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  const EntitlementId id = granted(*engine, 2);
  const BookingId group = joined(*engine, under(id, 1, 2));
  // By then the quota is lower, the dates are over, and one is off the list: he had his before.
  if (GENERATE(false, true)) {
    EntitlementChangeRequest change = quota_of(id, 0);
    change.until = day_of(0);
    change.listed = true;
    REQUIRE(engine->change_entitlement(change).ok());
  }
  for (const int hour : {9, 10}) cancelled(*engine, have.at(hour)[0].id);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 10});
  CHECK(used(*engine, id) == 2);
  const auto what = GENERATE(0, 1, 2, 3);
  CAPTURE(what);
  if (what == 0) {  // declined
    cancelled(*engine, group);
  } else if (what == 1) {  // or passed by
    clock.advance(ServiceRules{}.offer_ms + 1'000);
    settle(*engine);
    CHECK(in_state(*engine, group, BookingState::expired) == 2);
  } else {
    confirm_group(*engine, group);
    REQUIRE(engine->settle().ok());
    CHECK(used(*engine, id) == 2);
    if (what == 2) cancelled(*engine, group);
  }
  CHECK(used(*engine, id) == (what == 3 ? 2 : 0));
  engine.reset();
  engine = open_engine(options);
  CHECK(used(*engine, id) == (what == 3 ? 2 : 0));
  if (what == 3) {  // nobody comes: the seats were kept, so the units are used up
    clock.advance(48 * kHour);
    settle(*engine);
    CHECK(in_state(*engine, group, BookingState::no_show) == 2);
    CHECK(used(*engine, id) == 2);
    CHECK(look(*engine, id).spent == 2);
  }
  check_sound(engine, options);
}

TEST_CASE("a member that left is offered nothing, and the others' units are theirs") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const EntitlementId id = granted(*engine, 3);
  const BookingId group = joined(*engine, under(id, 1, 3));
  cancelled(*engine, members_of(*engine, group)[0].id);
  for (const int hour : {9, 10}) cancelled(*engine, have.at(hour)[0].id);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 10});
  CHECK(used(*engine, id) == 2);
  cancelled(*engine, members_of(*engine, group)[1].id);
  CHECK(used(*engine, id) == 1);
  cancelled(*engine, group);
  CHECK(used(*engine, id) == 0);
}

TEST_CASE("a group that is passed over, or waits in vain, gives its units back") {
  ScratchDirectory scratch;
  ManualClock clock;
  const Options options = durable_options(clock, scratch);
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  const EntitlementId id = granted(*engine, 3);
  const BookingId group = joined(*engine, under(id, 1, 3));
  if (GENERATE(false, true)) {  // its turn, and one of them has booked
    claimed(*engine, 2, slot_at(2));
    for (const int hour : {9, 10, 11}) cancelled(*engine, have.at(hour)[0].id);
  } else {
    clock.advance(28 * kHour);
  }
  settle(*engine);
  CHECK(in_state(*engine, group, BookingState::expired) == 3);
  CHECK(used(*engine, id) == 0);
  engine.reset();
  engine = open_engine(options);
  CHECK(used(*engine, id) == 0);
  check_sound(engine, options);
}

TEST_CASE("whoever waits under an entitlement keeps it, over its last date and the retention") {
  ManualClock clock;
  Options options = small_options(clock);
  options.retention_ms = kHour;
  auto engine = open_engine(options);
  for (const auto& [hour, both] : fill_hours(*engine, 9, 11, 6)) {
    for (const Booking& one : both) {
      ConfirmRequest confirm;
      confirm.booking = one.id;
      REQUIRE(engine->confirm(confirm).ok());
    }
  }
  EntitlementGrantRequest grant = grant_of(2);
  grant.until = day_of(6);
  const EntitlementId id = *engine->grant(grant);
  Family pair = under(id, 1, 2);
  pair.request.day = day_of(6);
  const BookingId group = joined(*engine, pair);
  EntitlementChangeRequest change = quota_of(id, 0);
  change.until = day_of(0);
  REQUIRE(engine->change_entitlement(change).ok());
  const auto pass = [&](int hours) {
    for (int hour = 0; hour < hours; ++hour) {
      clock.advance(kHour);
      settle(*engine);
    }
  };
  pass(4 * 24);
  CHECK(in_state(*engine, group, BookingState::waiting) == 2);
  CHECK(used(*engine, id) == 2);
  cancelled(*engine, group);
  pass(3);
  CHECK(engine->find_entitlement(id).code() == Code::entitlement_not_found);
}

TEST_CASE("where only groups claim, one under an entitlement waits, and no other does") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = durable_options(clock, scratch);
  options.catalogue = offices(true);
  auto engine = open_engine(options);
  const EntitlementId id = granted(*engine, 8);
  std::vector<BookingId> have;
  for (const std::uint64_t first : {1U, 3U, 5U}) {
    const auto made = claim(*engine, id, first, 2);
    REQUIRE(made.ok());
    have.push_back(*made);
  }
  CHECK(refusal(*engine, Family(10, 2)) == Code::entitlement_not_found);
  CHECK(engine->join(join_of(10, slot_at(1, 9))).code() == Code::entitlement_not_found);
  const BookingId group = joined(*engine, under(id, 10, 2));
  CHECK(used(*engine, id) == 8);
  cancelled(*engine, have[0]);
  settle(*engine);
  CHECK(offered(*engine, group) == std::vector{9, 9});
  CHECK(used(*engine, id) == 6);
  check_sound(engine, options);
}

TEST_CASE("who waits where the catalogue lost the lane waits in vain at once, and keeps no unit") {
  constexpr std::uint32_t kOther = 1;
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = durable_options(clock, scratch);
  options.catalogue = offices(false);
  auto engine = open_engine(options);
  for (const int hour : {9, 10, 11}) {
    claimed(*engine, 900 + static_cast<std::uint64_t>(hour), slot_at(1, hour, kOther));
    claimed(*engine, 800 + static_cast<std::uint64_t>(hour), slot_at(1, hour, kOther));
  }
  const EntitlementId id = granted(*engine, 2);
  Family of_employer = under(id, 1, 2);
  of_employer.request.lane = LaneId{kOther};
  const BookingId entitled = joined(*engine, of_employer);
  Family of_nobody(10, 2);
  of_nobody.request.lane = LaneId{kOther};
  const BookingId group = joined(*engine, of_nobody);
  const Booking alone = joined(*engine, join_of(20, slot_at(1, 9, kOther)));
  // If only groups under an entitlement claim there, the catalogue may be another tomorrow.
  const bool is_lost = GENERATE(false, true);
  engine.reset();
  options.catalogue = is_lost ? offices(false, 1) : offices(true);
  engine = open_engine(options);
  settle(*engine);
  const BookingState left = is_lost ? BookingState::expired : BookingState::waiting;
  CHECK(in_state(*engine, entitled, left) == 2);
  CHECK(in_state(*engine, group, left) == 2);
  CHECK(state_of(*engine, alone.id) == left);
  CHECK(used(*engine, id) == (is_lost ? 0 : 2));
  check_sound(engine, options);
}

TEST_CASE(
    "who waits where only groups under an entitlement claim by now gives way when seats come") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = durable_options(clock, scratch);
  options.catalogue = offices(false);
  auto engine = open_engine(options);
  std::vector<BookingId> have;
  for (const int hour : {9, 10, 11}) {
    for (const int who : {800, 900}) {
      have.push_back(claimed(*engine, static_cast<std::uint64_t>(who + hour), slot_at(1, hour)).id);
    }
  }
  const EntitlementId id = granted(*engine, 2);
  const BookingId first = joined(*engine, Family(10, 2));
  const Booking alone = joined(*engine, join_of(20, slot_at(1, 9)));
  const BookingId large = joined(*engine, Family(30, 3));
  engine.reset();
  options.catalogue = offices(true);
  engine = open_engine(options);
  settle(*engine);
  CHECK(in_state(*engine, first, BookingState::waiting) == 2);
  const BookingId group = joined(*engine, under(id, 1, 2));
  cancelled(*engine, have[0]);
  cancelled(*engine, have[1]);
  settle(*engine);
  CHECK(in_state(*engine, first, BookingState::expired) == 2);
  CHECK(state_of(*engine, alone.id) == BookingState::expired);
  CHECK(offered(*engine, group) == std::vector{9, 9});
  // For more than there are seats somebody waits still: nobody overtakes him.
  CHECK(in_state(*engine, large, BookingState::waiting) == 3);
  check_sound(engine, options);
}

TEST_CASE("the feed names the entitlement under which a group waits") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine);
  const EntitlementId id = granted(*engine, 2);
  const BookingId group = joined(*engine, under(id, 1, 2));
  const auto members = members_of(*engine, group);
  std::array<Event, 8> events;
  REQUIRE(engine->read_feed(Lsn{members[0].lsn.value - 1}, events).ok());
  for (const std::size_t i : {0U, 1U}) {
    CHECK(events[i].kind == EventKind::join);
    CHECK(events[i].booking == members[i].id);
    CHECK(events[i].entitlement == id);
  }
}
