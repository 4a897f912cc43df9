// Entitlements: who may claim under one, what that uses, and what comes back.
#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include <janji/verify.hpp>

#include "engine_fixture.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr ApplicantKey kEmployer{8, 1};
constexpr std::int64_t kHour = 3'600'000;

Day day_of(int day) {
  return Day{kToday.value + day};
}

EntitlementGrantRequest grant_of(std::uint32_t quota, std::uint64_t operation = 0) {
  EntitlementGrantRequest request;
  request.holder = kEmployer;
  request.quota = quota;
  request.from = day_of(0);
  request.until = day_of(5);
  request.actor = ActorId{9};
  if (operation != 0) request.operation = {21, operation};
  return request;
}

EntitlementId granted(Engine& engine, std::uint32_t quota) {
  const auto made = engine.grant(grant_of(quota));
  REQUIRE(made.ok());
  return *made;
}

EntitlementChangeRequest quota_of(EntitlementId id, std::uint32_t quota,
                                  std::uint64_t operation = 0) {
  EntitlementChangeRequest request;
  request.entitlement = id;
  request.quota = quota;
  if (operation != 0) request.operation = {22, operation};
  return request;
}

// `many` workers from `first` on, from nine on of a day.
struct Workers {
  std::vector<ApplicantKey> members;
  std::vector<GroupPart> parts;
  EntitlementId entitlement;
  std::uint64_t operation{0};

  Workers(EntitlementId under, std::uint64_t first, std::uint16_t many, int day = 1)
      : entitlement(under) {
    for (std::uint16_t i = 0; i < many; ++i) members.push_back({7, first + i});
    parts = {{day_of(day), Minute{9 * 60}, Minute{20 * 60}, many}};
  }
  GroupClaimRequest request() const {
    GroupClaimRequest made;
    made.parts = parts;
    made.members = members;
    made.applicant = kEmployer;
    made.entitlement = entitlement;
    if (operation != 0) made.operation = {9, operation};
    return made;
  }
};

Result<BookingId> claim(Engine& engine, EntitlementId under, std::uint64_t first,
                        std::uint16_t many, int day = 1) {
  const Workers workers(under, first, many, day);
  return engine.claim_group(workers.request());
}

// The id of one member.
BookingId member_of(const Engine& engine, BookingId group, std::size_t i) {
  std::array<BookingId, kGroupMembersMax> ids;
  REQUIRE(engine.find_group(group, ids).ok());
  return ids[i];
}

Entitlement look(const Engine& engine, EntitlementId id) {
  const auto found = engine.find_entitlement(id);
  REQUIRE(found.ok());
  return *found;
}

Status list(Engine& engine, EntitlementId id, std::vector<ApplicantKey> add,
            std::vector<ApplicantKey> remove = {}, std::uint64_t operation = 0) {
  EligibleRequest request;
  request.entitlement = id;
  request.add = add;
  request.remove = remove;
  if (operation != 0) request.operation = {23, operation};
  return engine.change_eligible(request);
}

std::vector<ApplicantKey> listed(const Engine& engine, EntitlementId id, std::size_t page = 2) {
  std::vector<ApplicantKey> all, some(page);
  for (EntitlementCursor cursor; !cursor.at_end;) {
    const std::size_t many = engine.eligible(id, cursor, some);
    all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(many));
  }
  std::sort(all.begin(), all.end());
  return all;
}

BookingId confirmed_member(Engine& engine, BookingId group, std::size_t i) {
  const BookingId member = member_of(engine, group, i);
  if (engine.find(member)->state == BookingState::held) {
    REQUIRE(engine.confirm({group, {}, 0, {}, {}}).ok());
  }
  return member;
}

void act(Engine& engine, Act what, BookingId booking) {
  ActRequest request;
  request.act = what;
  request.booking = booking;
  const auto done = engine.act(request);
  INFO(to_string(done.code()));
  REQUIRE(done.ok());
}

}  // namespace

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

TEST_CASE("what staff asked for acts once, and says the same again") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  Patience patience;
  const Decision made = engine->try_grant(grant_of(3, 1), patience);
  REQUIRE(made.verdict == Verdict::granted);
  REQUIRE(engine->settle().ok());
  const Decision again = engine->try_grant(grant_of(3, 1), patience);
  CHECK(again.replayed);
  CHECK(again.entitlement == made.entitlement);
  CHECK(engine->grant(grant_of(4, 1)).code() == Code::operation_mismatch);
  CHECK(engine->change_entitlement(quota_of(made.entitlement, 9, 1)).ok());
  CHECK(engine->change_entitlement(quota_of(made.entitlement, 5, 2)).ok());
  CHECK(engine->change_entitlement(quota_of(made.entitlement, 9, 1)).ok());
  CHECK(look(*engine, made.entitlement).quota == 5);
  CHECK(list(*engine, made.entitlement, {{7, 1}}, {}, 1).ok());
  CHECK(list(*engine, made.entitlement, {}, {{7, 1}}, 2).ok());
  CHECK(list(*engine, made.entitlement, {{7, 1}}, {}, 1).ok());
  CHECK(listed(*engine, made.entitlement).empty());
  CHECK(list(*engine, made.entitlement, {{7, 2}}, {}, 1).code() == Code::operation_mismatch);
  // An id of staff's is none of a claim's or a change's.
  ClaimRequest claimed = claim_of(1);
  claimed.operation = {21, 1};
  CHECK(engine->claim(claimed).code() == Code::operation_mismatch);
  const auto booking = engine->claim(claim_of(2));
  REQUIRE(booking.ok());
  CHECK(engine->cancel({booking->id, {21, 1}, 0, {}}).code() == Code::operation_mismatch);
  BlockRequest block;
  block.applicant = {7, 9};
  block.until = CivilTime{kMorning + kHour};
  block.operation = {23, 1};
  CHECK(engine->block(block).code() == Code::operation_mismatch);
}

TEST_CASE("sixty-four changes, the last of which only withdraws") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = granted(*engine, 2);
  for (std::uint32_t i = 1; i < 63; ++i) {
    REQUIRE(engine->change_entitlement(quota_of(id, 10 + i)).ok());
  }
  CHECK(engine->change_entitlement(quota_of(id, 100)).code() == Code::changes_exceeded);
  CHECK(list(*engine, id, {{7, 1}}).code() == Code::changes_exceeded);
  CHECK(engine->change_entitlement(quota_of(id, 1)).code() == Code::changes_exceeded);
  CHECK(claim(*engine, id, 1, 1).ok());  // no mark was left
  CHECK(engine->change_entitlement(quota_of(id, 0)).ok());
  CHECK(engine->change_entitlement(quota_of(id, 0)).code() == Code::changes_exceeded);
  CHECK(claim(*engine, id, 2, 1).code() == Code::entitlement_exhausted);
}

TEST_CASE("what makes no sense is refused, and nothing is changed") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = granted(*engine, 2);
  const auto bad = [&](auto&& spoil) {
    EntitlementGrantRequest request = grant_of(3);
    spoil(request);
    CHECK(engine->grant(request).code() == Code::invalid_argument);
  };
  bad([](auto& r) { r.holder = {}; });
  bad([](auto& r) { r.quota = 0; });
  bad([](auto& r) { r.quota = kEntitlementUnitsMax + 1; });
  bad([](auto& r) { r.until = day_of(-1); });
  bad([](auto& r) { r.from = Day{-1}; });
  bad([](auto& r) { r.until = Day{1 << 20}; });
  EntitlementChangeRequest change;
  change.entitlement = id;
  CHECK(engine->change_entitlement(change).code() == Code::invalid_argument);
  change.until = day_of(-1);  // before `from` as it is
  CHECK(engine->change_entitlement(change).code() == Code::invalid_argument);
  CHECK(engine->change_entitlement(quota_of(id, kEntitlementUnitsMax + 1)).code() ==
        Code::invalid_argument);
  CHECK(engine->change_entitlement(quota_of(EntitlementId{}, 1)).code() ==
        Code::entitlement_not_found);
  CHECK(engine->change_entitlement(quota_of(EntitlementId{~0ULL}, 1)).code() ==
        Code::entitlement_not_found);
  CHECK(list(*engine, id, {}).code() == Code::invalid_argument);
  CHECK(list(*engine, id, {{7, 1}, {7, 1}}).code() == Code::invalid_argument);
  CHECK(list(*engine, id, {{7, 1}}, {{7, 1}}).code() == Code::invalid_argument);
  CHECK(list(*engine, id, {{}}).code() == Code::invalid_argument);
  CHECK(list(*engine, id, std::vector<ApplicantKey>(kEligibleAtOnce + 1, {7, 1})).code() ==
        Code::invalid_argument);
  CHECK(list(*engine, EntitlementId{id.value + 1}, {{7, 1}}).code() == Code::entitlement_not_found);
  CHECK(engine->find_entitlement(EntitlementId{}).code() == Code::entitlement_not_found);
  CHECK(engine->find_entitlement(EntitlementId{id.value + 1}).code() ==
        Code::entitlement_not_found);
  CHECK(look(*engine, id).quota == 2);
  CHECK(claim(*engine, id, 1, 2).ok());
}

TEST_CASE("running out of either table names the option, and leaves nothing behind") {
  ManualClock clock;
  Options options = small_options(clock);
  options.entitlements_max = 2;
  options.eligible_max = 300;
  auto engine = open_engine(options);
  const EntitlementId id = granted(*engine, 2);
  granted(*engine, 2);
  const auto full = engine->grant(grant_of(2));
  CHECK(full.code() == Code::limit_reached);
  CHECK(full.error().detail.find("entitlements_max") != std::string::npos);
  const auto people = [](std::uint64_t first, std::size_t many) {
    std::vector<ApplicantKey> made;
    for (std::size_t i = 0; i < many; ++i) made.push_back({7, first + i});
    return made;
  };
  REQUIRE(list(*engine, id, people(1, 200)).ok());
  const Status more = list(*engine, id, people(201, 200));
  CHECK(more.code() == Code::limit_reached);
  CHECK(more.error().detail.find("eligible_max") != std::string::npos);
  CHECK(listed(*engine, id, 64).size() == 200);
  REQUIRE(list(*engine, id, people(201, 100)).ok());
  CHECK(list(*engine, id, people(301, 1)).code() == Code::limit_reached);
  REQUIRE(list(*engine, id, {}, people(1, 200)).ok());
  REQUIRE(list(*engine, id, people(301, 200)).ok());
  CHECK(listed(*engine, id, 64).size() == 300);
}

TEST_CASE("all of a holder's entitlements are listed, in pages") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  for (std::uint32_t i = 1; i <= 5; ++i) {
    EntitlementGrantRequest request = grant_of(i);
    if (i % 2 == 0) request.holder = {8, 2};
    REQUIRE(engine->grant(request).ok());
  }
  const auto all = [&](ApplicantKey holder) {
    std::vector<std::uint32_t> quotas;
    std::array<Entitlement, 2> page;
    for (EntitlementCursor cursor; !cursor.at_end;) {
      const std::size_t many = engine->entitlements(holder, cursor, page);
      for (std::size_t i = 0; i < many; ++i) quotas.push_back(page[i].quota);
    }
    return quotas;
  };
  CHECK(all({}) == std::vector<std::uint32_t>{1, 2, 3, 4, 5});
  CHECK(all(kEmployer) == std::vector<std::uint32_t>{1, 3, 5});
  std::array<Entitlement, 1> one;
  EntitlementCursor cursor;
  REQUIRE(engine->entitlements(kEmployer, cursor, one) == 1);
  CHECK(one[0].actor == ActorId{9});
  CHECK(one[0].since.value == kMorning);
  CHECK(one[0].lsn.value != 0);
  CHECK(one[0].holder == kEmployer);
}

TEST_CASE("what is over is forgotten after the retention, not before its last group is") {
  ManualClock clock;
  Options options = small_options(clock);
  options.entitlements_max = 1;
  options.eligible_max = 4;
  options.retention_ms = 10 * kHour;
  auto engine = open_engine(options);
  const auto id = engine->grant(grant_of(3, 5));
  REQUIRE(id.ok());
  REQUIRE(list(*engine, *id, {{7, 1}, {7, 2}, {7, 3}, {7, 4}}).ok());
  REQUIRE(claim(*engine, *id, 1, 2, 5).ok());
  const auto settle = [&](std::int64_t ms) {
    for (clock.advance(ms); ms >= 0; ms -= 20 * kHour) {
      clock.advance(1'000);
      REQUIRE(engine->settle().ok());
    }
  };
  // Until two days of UTC after day 5, and ten hours.
  const std::int64_t over = (std::int64_t{day_of(7).value}) * 24 * kHour - kMorning + 10 * kHour;
  for (std::int64_t at = 0; at < over - 2 * kHour; at += kHour) settle(kHour);
  CHECK(engine->find_entitlement(*id).ok());
  CHECK(engine->grant(grant_of(3)).code() == Code::limit_reached);
  for (int i = 0; i < 4; ++i) settle(kHour);
  CHECK(engine->find_entitlement(*id).code() == Code::entitlement_not_found);
  CHECK(claim(*engine, *id, 20, 1, 9).code() == Code::entitlement_not_found);
  // Its cell, its id and its list's room serve others.
  EntitlementGrantRequest request = grant_of(9, 5);
  request.until = day_of(20);
  const auto next = engine->grant(request);
  REQUIRE(next.ok());
  CHECK(*next != *id);
  CHECK(look(*engine, *next).eligible == 0);
  CHECK(look(*engine, *next).used == 0);
  CHECK(list(*engine, *next, {{7, 5}, {7, 6}, {7, 7}, {7, 8}}).ok());
  CHECK(engine->change_entitlement(quota_of(*id, 1)).code() == Code::entitlement_not_found);
  CHECK(list(*engine, *id, {{7, 5}}).code() == Code::entitlement_not_found);
}

TEST_CASE("entitlements outlast a restart, in the journal and in the state") {
  ManualClock clock;
  ScratchDirectory directory;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.directory = directory.path();
  options.checkpoint = GENERATE(false, true);
  CAPTURE(options.checkpoint);
  EntitlementId id;
  BookingId group;
  {
    auto engine = open_engine(options);
    EntitlementGrantRequest request = grant_of(5, 1);
    request.listed = true;
    id = *engine->grant(request);
    REQUIRE(list(*engine, id, {{7, 1}, {7, 2}, {7, 3}}, {}, 1).ok());
    REQUIRE(list(*engine, id, {{7, 4}}, {{7, 3}}, 2).ok());
    group = *claim(*engine, id, 1, 2);
    REQUIRE(engine->cancel({member_of(*engine, group, 1), {}, 0, {}}).ok());
    REQUIRE(engine->change_entitlement(quota_of(id, 2, 3)).ok());
    act(*engine, Act::extend, group);
    REQUIRE(engine->confirm({group, {}, 0, {}, {}}).ok());
  }
  for (int start = 0; start < 2; ++start) {
    auto engine = open_engine(options);
    const Entitlement is = look(*engine, id);
    CHECK(is.used == 1);
    CHECK(is.quota == 2);
    CHECK(is.listed);
    CHECK(is.holder == kEmployer);
    CHECK(is.until == day_of(5));
    CHECK(listed(*engine, id) == std::vector<ApplicantKey>{{7, 1}, {7, 2}, {7, 4}});
    CHECK(engine->find_group(group, {})->entitlement == id);
    Patience patience;
    const Decision again = engine->try_change_entitlement(quota_of(id, 2, 3), patience);
    CHECK(again.replayed);
    CHECK(again.entitlement == id);
    CHECK(list(*engine, id, {{7, 9}}, {}, 2).code() == Code::operation_mismatch);
    CHECK(claim(*engine, id, 3, 1).code() == Code::not_eligible);
    const Workers two(id, 4, 1);
    const auto other = engine->claim_group(two.request());
    REQUIRE(other.ok());
    CHECK(look(*engine, id).used == 2);
    CHECK(engine->cancel({*other, {}, 0, {}}).ok());
  }
  {
    auto engine = open_engine(options);
    REQUIRE(engine->cancel({group, {}, 0, {}}).ok());
    CHECK(look(*engine, id).used == 0);
    CHECK(granted(*engine, 1) != id);
  }
  const auto verified = verify(directory.path());
  REQUIRE(verified.ok());
  CHECK(verified->sound());
}

TEST_CASE("tables that are too small for the entitlements of the data are named") {
  ManualClock clock;
  ScratchDirectory directory;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.directory = directory.path();
  {
    auto engine = open_engine(options);
    granted(*engine, 1);
    const EntitlementId id = granted(*engine, 1);
    REQUIRE(list(*engine, id, {{7, 1}, {7, 2}}).ok());
  }
  const auto refuses = [&](const char* name) {
    const auto refused = Engine::open(options);
    REQUIRE(refused.code() == Code::limit_reached);
    CHECK(refused.error().detail.find(name) != std::string::npos);
  };
  options.eligible_max = 1;
  refuses("eligible_max");
  options.eligible_max = 2;
  options.entitlements_max = 1;
  refuses("entitlements_max");
}

TEST_CASE("the feed tells of entitlements, and not whose they are") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const Lsn before = engine->durable_lsn();
  const EntitlementId id = granted(*engine, 4);
  REQUIRE(list(*engine, id, {{7, 1}, {7, 2}}, {{7, 3}}).ok());
  REQUIRE(claim(*engine, id, 1, 1).ok());
  std::array<Event, 128> events;
  const auto page = engine->read_feed(before, events);
  REQUIRE(page.ok());
  REQUIRE(page->events == 3);
  CHECK(events[0].kind == EventKind::entitlement);
  CHECK(events[0].entitlement == id);
  CHECK(events[0].argument == 4);
  CHECK(events[0].actor == ActorId{9});
  CHECK(events[0].civil_at.value == kMorning);
  CHECK(events[1].kind == EventKind::eligible);
  CHECK(events[1].argument == 2);
  CHECK(events[2].kind == EventKind::claim);
  CHECK(events[2].entitlement == id);
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
