// Entitlements: who may claim under one, what that uses, and what comes back.
#include <atomic>
#include <thread>
#include <vector>

#include "entitlement_office.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("a group uses a unit for each member, and is refused whole when there are too few") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = granted(*engine, 5);
  const auto group = claim(*engine, id, 1, 3);
  REQUIRE(group.ok());
  CHECK(engine->find_group(*group, {})->entitlement == id);
  CHECK(look(*engine, id).used == 3);
  CHECK(claim(*engine, id, 10, 3).code() == Code::entitlement_exhausted);
  CHECK(look(*engine, id).used == 3);
  CHECK(availability(*engine, slot_at(1, 10)).free == 1);
  CHECK(claim(*engine, id, 10, 2).ok());
  CHECK(look(*engine, id).used == 5);
  CHECK(claim(*engine, id, 20, 1).code() == Code::entitlement_exhausted);
  // Without one it isn't asked for.
  CHECK(claim(*engine, EntitlementId{}, 20, 1).ok());
}

TEST_CASE("a unit comes back once, from whoever ends without having used it") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = granted(*engine, 4);
  const auto group = claim(*engine, id, 1, 4);
  REQUIRE(group.ok());
  const BookingId one = member_of(*engine, *group, 0);
  REQUIRE(engine->cancel({one, {11, 1}, 0, {}}).ok());
  CHECK(look(*engine, id).used == 3);
  REQUIRE(engine->cancel({one, {11, 1}, 0, {}}).ok());  // the same again
  CHECK(look(*engine, id).used == 3);
  CHECK(claim(*engine, id, 20, 1).ok());
  CHECK(claim(*engine, id, 21, 1).code() == Code::entitlement_exhausted);
  // Of all that are left, at once.
  REQUIRE(engine->cancel({*group, {}, 0, {}}).ok());
  CHECK(look(*engine, id).used == 1);
  CHECK(look(*engine, id).spent == 0);
  clock.advance(601'000);
  REQUIRE(engine->settle().ok());
  CHECK(look(*engine, id).used == 0);  // the hold expired
}

TEST_CASE("a refused approval gives units back") {
  ManualClock clock;
  Options options = small_options(clock);
  UniformCatalogue spec;
  spec.lanes = 1;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = 2;
  spec.rules.horizon_days = 7;
  spec.rules.approval_ms = kHour;
  options.catalogue = *make_uniform_catalogue(spec);
  auto engine = open_engine(options);
  const EntitlementId id = granted(*engine, 2);
  const auto group = claim(*engine, id, 1, 2);
  REQUIRE(group.ok());
  REQUIRE(engine->confirm({*group, {}, 0, {}, {}}).ok());
  CHECK(look(*engine, id).used == 2);
  act(*engine, Act::refuse, *group);
  CHECK(look(*engine, id).used == 0);
}

TEST_CASE("who was served, or didn't come, has used the unit for good") {
  ManualClock clock;
  Options options = small_options(clock);
  options.retention_ms = kHour;
  auto engine = open_engine(options);
  const EntitlementId id = granted(*engine, 3);
  const auto group = claim(*engine, id, 1, 3);
  REQUIRE(group.ok());
  const BookingId served = confirmed_member(*engine, *group, 0);
  const BookingId missed = confirmed_member(*engine, *group, 1);
  const BookingId lapsed = confirmed_member(*engine, *group, 2);
  clock.advance(25 * kHour);  // nine o'clock
  act(*engine, Act::check_in, served);
  act(*engine, Act::complete, served);
  act(*engine, Act::no_show, missed);
  CHECK(look(*engine, id).spent == 2);
  CHECK(look(*engine, id).used == 3);
  clock.advance(4 * kHour);
  for (int i = 0; i < 5; ++i) {
    clock.advance(60'000);
    REQUIRE(engine->settle().ok());
  }
  CHECK(engine->find(lapsed)->state == BookingState::no_show);
  CHECK(look(*engine, id).spent == 3);
  // Also when nobody knows of the group any more.
  clock.advance(3 * kHour);
  for (int i = 0; i < 5; ++i) REQUIRE(engine->settle().ok());
  CHECK_FALSE(engine->find_group(*group, {}).ok());
  CHECK(look(*engine, id).used == 3);
  CHECK(claim(*engine, id, 20, 1, 2).code() == Code::entitlement_exhausted);
}

TEST_CASE("a displaced member that is never moved gives its unit back") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = granted(*engine, 1);
  const auto group = claim(*engine, id, 1, 1);
  REQUIRE(group.ok());
  const BookingId one = confirmed_member(*engine, *group, 0);
  SlotChangeRequest close;
  close.slot = slot_at(1, 9);
  close.doors = SlotChangeRequest::Doors::closed;
  REQUIRE(engine->change_slot(close).ok());
  for (int i = 0; i < 5; ++i) REQUIRE(engine->settle().ok());
  REQUIRE(engine->find(one)->state == BookingState::displaced);
  CHECK(look(*engine, id).used == 1);
  clock.advance(30 * kHour);
  for (int i = 0; i < 5; ++i) {
    clock.advance(60'000);
    REQUIRE(engine->settle().ok());
  }
  REQUIRE(engine->find(one)->state == BookingState::cancelled);  // by rule
  CHECK(look(*engine, id).used == 0);
  CHECK(look(*engine, id).spent == 0);
}

TEST_CASE("an entitlement is its holder's, for its service, on its dates") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = granted(*engine, 10);
  CHECK(claim(*engine, EntitlementId{id.value + 1}, 1, 1).code() == Code::entitlement_not_found);
  CHECK(claim(*engine, EntitlementId{~std::uint64_t{0}}, 1, 1).code() ==
        Code::entitlement_not_found);
  GroupClaimRequest request;
  Workers workers(id, 1, 1);
  request = workers.request();
  request.applicant = {8, 2};
  CHECK(engine->claim_group(request).code() == Code::entitlement_not_found);
  CHECK(claim(*engine, id, 1, 1, 5).ok());
  CHECK(claim(*engine, id, 2, 1, 6).code() == Code::entitlement_not_valid);
  EntitlementChangeRequest change;
  change.entitlement = id;
  change.from = day_of(2);
  REQUIRE(engine->change_entitlement(change).ok());
  CHECK(claim(*engine, id, 2, 1, 1).code() == Code::entitlement_not_valid);
  CHECK(claim(*engine, id, 2, 1, 2).ok());
  CHECK(look(*engine, id).from == day_of(2));
  CHECK(look(*engine, id).until == day_of(5));
  // All parts of it.
  workers = Workers(id, 3, 2, 3);
  workers.parts = {{day_of(3), Minute{9 * 60}, Minute{9 * 60}, 1},
                   {day_of(6), Minute{9 * 60}, Minute{9 * 60}, 1}};
  CHECK(engine->claim_group(workers.request()).code() == Code::entitlement_not_valid);
  CHECK(look(*engine, id).used == 2);
}

TEST_CASE("an entitlement of one service is none of another's") {
  ManualClock clock;
  Options options = small_options(clock);
  CatalogueBuilder builder;
  Branch office;
  office.id = "office";
  office.name = "Office";
  office.state = "Kuala Lumpur";
  office.state_code = "MY-14";
  office.timezone = "Asia/Kuala_Lumpur";
  const auto branch = builder.add_branch(office);
  const auto hours = builder.add_week(OpeningWeek::every_day(0, 24 * 60));
  for (const char* name : {"permit", "visa"}) {
    Service service;
    service.id = name;
    service.name = {name, name, name};
    service.categories = category_bit(Category::citizen);
    service.rules.horizon_days = 7;
    service.rules.needs_entitlement = std::string(name) == "visa";
    CatalogueBuilder::Lane lane;
    lane.branch = branch;
    lane.service = builder.add_service(service);
    lane.week = hours;
    lane.slot_minutes = 60;
    lane.capacity = 2;
    builder.add_lane(lane);
  }
  auto built = builder.build();
  INFO((built.ok() ? "" : built.error().detail));
  REQUIRE(built.ok());
  options.catalogue = *built;
  auto engine = open_engine(options);
  const std::uint32_t visa = *engine->catalogue().find_service("visa");
  const LaneId of_visa = engine->lane(*engine->catalogue().find_lane(0, visa, Pool::general));
  EntitlementGrantRequest request = grant_of(4);
  request.service = visa;
  const auto id = engine->grant(request);
  REQUIRE(id.ok());
  CHECK(look(*engine, *id).service == visa);
  Workers workers(*id, 1, 2);
  GroupClaimRequest group = workers.request();
  group.lane = engine->lane(*engine->catalogue().find_lane(0, 1 - visa, Pool::general));
  CHECK(engine->claim_group(group).code() == Code::entitlement_not_valid);
  group.lane = of_visa;
  CHECK(engine->claim_group(group).ok());
  // This service asks for one; so nobody claims by himself, and no group without one.
  workers = Workers(EntitlementId{}, 5, 1);
  group = workers.request();
  group.lane = of_visa;
  CHECK(engine->claim_group(group).code() == Code::entitlement_not_found);
  CHECK(engine->claim(claim_of(9, slot_at(1, 9, of_visa.value))).code() ==
        Code::entitlement_not_found);
  JoinRequest join;
  join.slot = slot_at(1, 9, of_visa.value);
  join.applicant = claim_of(9).applicant;
  CHECK(engine->join(join).code() == Code::entitlement_not_found);
  request.service = 2;
  CHECK(engine->grant(request).code() == Code::invalid_argument);
}

TEST_CASE("a move lands within the dates, whatever they were when it was claimed") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = granted(*engine, 4);
  const auto group = claim(*engine, id, 1, 2);
  REQUIRE(group.ok());
  GroupMoveRequest move;
  move.group = *group;
  std::vector<GroupPart> parts{{day_of(6), Minute{9 * 60}, Minute{9 * 60}, 2}};
  move.parts = parts;
  CHECK(engine->move_group(move).code() == Code::entitlement_not_valid);
  EntitlementChangeRequest change;
  change.entitlement = id;
  change.until = day_of(2);
  REQUIRE(engine->change_entitlement(change).ok());
  parts[0].day = day_of(3);
  CHECK(engine->move_group(move).code() == Code::entitlement_not_valid);
  parts[0].day = day_of(2);
  CHECK(engine->move_group(move).ok());
  CHECK(look(*engine, id).used == 2);
  // One member by itself, when its slot was closed.
  const BookingId one = confirmed_member(*engine, *group, 0);
  SlotChangeRequest close;
  close.slot = slot_at(2, 9);
  close.doors = SlotChangeRequest::Doors::closed;
  REQUIRE(engine->change_slot(close).ok());
  for (int i = 0; i < 5; ++i) REQUIRE(engine->settle().ok());
  REQUIRE(engine->find(one)->state == BookingState::displaced);
  CHECK(engine->reschedule({one, slot_at(3, 9), {}, 0, {}}).code() == Code::entitlement_not_valid);
  CHECK(engine->reschedule({one, slot_at(2, 10), {}, 0, {}}).ok());
  // Nothing is pending any more: staff can change it.
  CHECK(engine->change_entitlement(quota_of(id, 7)).ok());
  CHECK(look(*engine, id).used == 2);
}

TEST_CASE("only who is on the list is claimed for, and the answer says who isn't") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = granted(*engine, 10);
  EntitlementChangeRequest change;
  change.entitlement = id;
  change.listed = true;
  REQUIRE(engine->change_entitlement(change).ok());
  CHECK(claim(*engine, id, 1, 1).code() == Code::not_eligible);  // nobody is on it
  REQUIRE(list(*engine, id, {{7, 1}, {7, 2}, {7, 4}}).ok());
  CHECK(listed(*engine, id) == std::vector<ApplicantKey>{{7, 1}, {7, 2}, {7, 4}});
  CHECK(look(*engine, id).eligible == 3);
  const Workers four(id, 1, 4);
  Patience patience;
  const Decision refused = engine->try_claim_group(four.request(), patience);
  CHECK(refused.code == Code::not_eligible);
  CHECK(refused.member == 2);
  CHECK(engine->claim_group(four.request()).error().detail == "members[2]");
  CHECK(look(*engine, id).used == 0);
  REQUIRE(claim(*engine, id, 1, 2).ok());
  // Who is taken off keeps what was booked; who is put on twice is there once.
  REQUIRE(list(*engine, id, {{7, 3}, {7, 4}}, {{7, 1}, {7, 9}}).ok());
  CHECK(listed(*engine, id) == std::vector<ApplicantKey>{{7, 2}, {7, 3}, {7, 4}});
  CHECK(look(*engine, id).used == 2);
  CHECK(claim(*engine, id, 3, 2).ok());
  change.listed = false;
  REQUIRE(engine->change_entitlement(change).ok());
  CHECK(claim(*engine, id, 20, 1).ok());
}

TEST_CASE("lists are told apart by their entitlements") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  EntitlementGrantRequest request = grant_of(10);
  request.listed = true;
  const EntitlementId one = *engine->grant(request);
  const EntitlementId other = *engine->grant(request);
  CHECK(one != other);
  REQUIRE(list(*engine, one, {{7, 1}}).ok());
  REQUIRE(list(*engine, other, {{7, 1}, {7, 2}}).ok());
  CHECK(claim(*engine, one, 2, 1).code() == Code::not_eligible);
  CHECK(claim(*engine, other, 2, 1).ok());
  REQUIRE(list(*engine, other, {}, {{7, 1}}).ok());
  CHECK(claim(*engine, other, 1, 1).code() == Code::not_eligible);
  CHECK(claim(*engine, one, 1, 1).ok());
}

TEST_CASE("a quota below what is used grants nothing until it is above") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = granted(*engine, 4);
  const auto group = claim(*engine, id, 1, 4);
  REQUIRE(group.ok());
  REQUIRE(engine->change_entitlement(quota_of(id, 2)).ok());
  CHECK(look(*engine, id).used == 4);
  CHECK(look(*engine, id).quota == 2);
  REQUIRE(engine->cancel({member_of(*engine, *group, 0), {}, 0, {}}).ok());
  REQUIRE(engine->cancel({member_of(*engine, *group, 1), {}, 0, {}}).ok());
  CHECK(claim(*engine, id, 20, 1).code() == Code::entitlement_exhausted);
  REQUIRE(engine->cancel({member_of(*engine, *group, 2), {}, 0, {}}).ok());
  CHECK(claim(*engine, id, 20, 1).ok());
  REQUIRE(engine->change_entitlement(quota_of(id, 0)).ok());
  CHECK(claim(*engine, id, 21, 1).code() == Code::entitlement_exhausted);
  REQUIRE(engine->change_entitlement(quota_of(id, 3)).ok());
  CHECK(claim(*engine, id, 21, 1).ok());
}

TEST_CASE("a claim that lost its answer hears it again, though nothing is left") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = granted(*engine, 2);
  Workers workers(id, 1, 2);
  workers.operation = 1;
  const auto group = engine->claim_group(workers.request());
  REQUIRE(group.ok());
  const auto again = engine->claim_group(workers.request());
  REQUIRE(again.ok());
  CHECK(*again == *group);
  CHECK(look(*engine, id).used == 2);
  // Under another entitlement it is another request.
  workers.entitlement = granted(*engine, 2);
  CHECK(engine->claim_group(workers.request()).code() == Code::operation_mismatch);
}

TEST_CASE("claims race for the last units while staff changes the quota, and none is used twice") {
  ManualClock clock;
  Options options = small_options(clock, 1000);
  options.bookings_max = 1 << 14;
  options.operations_max = 1 << 16;
  auto engine = open_engine(options);
  const EntitlementId id = granted(*engine, 7);
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> claims{0}, past{0};
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; !over.load(); ++i) {
        const Workers workers(id, 1'000'000 * (t + 1) + 8 * i, 3);
        const auto group = engine->claim_group(workers.request());
        if (!group.ok()) continue;
        ++claims;
        // The quota is never above seven.
        if (const auto is = engine->find_entitlement(id); is.ok() && is->used > 7) ++past;
        (void)engine->cancel({*group, {}, 0, {}});
      }
    });
  }
  int changed = 0;
  for (std::uint32_t i = 0; i < 40; ++i) {
    const std::uint64_t before = claims.load();
    while (claims.load() == before) std::this_thread::yield();
    Status done = engine->change_entitlement(quota_of(id, 4 + i % 4));
    while (done.code() == Code::retry) {
      done = engine->change_entitlement(quota_of(id, 4 + i % 4));
    }
    REQUIRE(done.ok());
    ++changed;
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(past.load() == 0);
  CHECK(changed == 40);
  REQUIRE(engine->settle().ok());
  CHECK(look(*engine, id).used == 0);
}
