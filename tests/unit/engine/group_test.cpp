// Groups: one claim for several, all or nothing.
#include "group_members.hpp"

#include <array>
#include <numeric>
#include <vector>

#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

namespace {

// Members of a group, its parts, and the request that has them.
struct Asked {
  std::vector<ApplicantKey> members;
  std::vector<GroupPart> parts;
  std::uint64_t operation{0};
  std::uint32_t lane{0};

  GroupClaimRequest request() const {
    GroupClaimRequest made;
    made.lane = LaneId{lane};
    made.parts = parts;
    made.members = members;
    made.applicant = {8, 1};
    if (operation != 0) made.operation = {9, operation};
    return made;
  }
};

std::vector<ApplicantKey> people(std::uint64_t first, std::size_t many) {
  std::vector<ApplicantKey> made;
  for (std::size_t i = 0; i < many; ++i) made.push_back({7, first + i});
  return made;
}

// From one hour to another of a day, both included.
GroupPart part(std::uint16_t members, int day = 1, int from = 9, int to = 9) {
  return {Day{kToday.value + day}, Minute{static_cast<std::uint16_t>(from * 60)},
          Minute{static_cast<std::uint16_t>(to * 60)}, members};
}

Asked group_of(std::uint16_t many, std::uint64_t operation = 0) {
  return {people(1, many), {part(many, 1, 9, 12)}, operation};
}

std::uint32_t free_at(const Engine& engine, SlotKey slot) {
  return availability(engine, slot).free;
}

CancelRequest cancel_of(BookingId id, std::uint64_t operation = 0) {
  CancelRequest request;
  request.booking = id;
  if (operation != 0) request.operation = {11, operation};
  return request;
}

ConfirmRequest confirm_of(BookingId id, std::uint64_t operation = 0) {
  ConfirmRequest request;
  request.booking = id;
  if (operation != 0) request.operation = {12, operation};
  return request;
}

GroupMoveRequest move_of(BookingId group, const std::vector<GroupPart>& parts,
                         std::uint64_t operation = 0) {
  GroupMoveRequest request;
  request.group = group;
  request.lane = LaneId{0};
  request.parts = parts;
  if (operation != 0) request.operation = {13, operation};
  return request;
}

}  // namespace

TEST_CASE("a group fills the earliest slots of its part, then the next, in its members' order") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  REQUIRE(engine->claim(claim_of(100, slot_at(1, 10))).ok());  // one of two seats at 10
  const Asked asked = group_of(4);
  const auto group = engine->claim_group(asked.request());
  REQUIRE(group.ok());
  const auto members = members_of(*engine, *group);
  REQUIRE(members.size() == 4);
  const SlotKey wanted[] = {slot_at(1, 9), slot_at(1, 9), slot_at(1, 10), slot_at(1, 11)};
  for (std::size_t i = 0; i < members.size(); ++i) {
    CHECK(members[i].slot == wanted[i]);
    CHECK(members[i].applicant == asked.members[i]);
    CHECK(members[i].group == *group);
    CHECK(members[i].state == BookingState::held);
    CHECK(members[i].seats == 1);
    CHECK(members[i].lsn == members[0].lsn);  // one record
  }
  CHECK(free_at(*engine, slot_at(1, 9)) == 0);
  CHECK(free_at(*engine, slot_at(1, 10)) == 0);
  CHECK(free_at(*engine, slot_at(1, 11)) == 1);
  // The group's id names no booking, and a booking's names no group.
  CHECK(engine->find(*group).code() == Code::booking_not_found);
  CHECK(engine->find_group(members[0].id, {}).code() == Code::booking_not_found);
  const auto found = engine->find_group(*group, {});
  REQUIRE(found.ok());
  CHECK(found->members == 4);
  CHECK(found->applicant == ApplicantKey{8, 1});
}

TEST_CASE("workers over three mornings: each part has its members") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock, 3));
  Asked asked{people(1, 10), {part(3, 1, 9, 9), part(3, 2, 9, 10), part(4, 3, 8, 11)}};
  const auto group = engine->claim_group(asked.request());
  REQUIRE(group.ok());
  const auto members = members_of(*engine, *group);
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(members[i].slot.day().value == kToday.value + (i < 3 ? 1 : i < 6 ? 2 : 3));
  }
  CHECK(free_at(*engine, slot_at(1, 9)) == 0);
  CHECK(free_at(*engine, slot_at(2, 9)) == 0);
  CHECK(free_at(*engine, slot_at(3, 8)) == 0);
  CHECK(free_at(*engine, slot_at(3, 9)) == 2);
}

TEST_CASE("a group that doesn't fit takes nothing") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto untouched = [&](std::uint64_t in_use = 0) {
    for (int hour = 8; hour <= 13; ++hour) CHECK(free_at(*engine, slot_at(1, hour)) == 2);
    CHECK(engine->counters().bookings_in_use == in_use);
    // Nobody of it counts as booked, and no place is lost.
    const auto other = engine->claim(claim_of(1, slot_at(2)));
    REQUIRE(other.ok());
    REQUIRE(engine->cancel(cancel_of(other->id)).ok());
  };
  SECTION("too few seats in its slots") {
    Asked asked = group_of(9);  // eight seats from 9 to 12
    CHECK(engine->claim_group(asked.request()).code() == Code::slot_full);
    untouched();
  }
  SECTION("the second part has none") {
    REQUIRE(engine->claim(claim_of(50, slot_at(3))).ok());
    REQUIRE(engine->claim(claim_of(51, slot_at(3))).ok());
    Asked asked{people(1, 3), {part(2), part(1, 3)}};
    CHECK(engine->claim_group(asked.request()).code() == Code::slot_full);
    CHECK(free_at(*engine, slot_at(1, 9)) == 2);
  }
  SECTION("no such slots") {
    Asked asked{people(1, 1),
                {GroupPart{Day{kToday.value + 1}, Minute{9 * 60 + 1}, Minute{9 * 60 + 30}, 1}}};
    CHECK(engine->claim_group(asked.request()).code() == Code::slot_not_found);
    untouched();
  }
  SECTION("a day that isn't open, or over") {
    Asked asked{people(1, 1), {part(1, 60)}};
    CHECK(engine->claim_group(asked.request()).code() == Code::outside_horizon);
    asked.parts = {part(1, 0, 7, 8)};
    CHECK(engine->claim_group(asked.request()).code() == Code::too_late);
    untouched();
  }
  SECTION("a closed slot") {
    REQUIRE(engine->change_slot({slot_at(1, 9), SlotChangeRequest::Doors::closed, 0, {}}).ok());
    Asked asked{people(1, 1), {part(1)}};
    CHECK(engine->claim_group(asked.request()).code() == Code::closed);
  }
  SECTION("one of them has a booking") {
    const auto one = engine->claim(claim_of(3, slot_at(2)));
    REQUIRE(one.ok());
    CHECK(engine->claim_group(group_of(4).request()).code() == Code::already_booked);
    REQUIRE(engine->cancel(cancel_of(one->id)).ok());
    untouched(1);
    CHECK(engine->claim_group(group_of(4).request()).ok());
  }
}

TEST_CASE("what a group's request can't be") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  Asked asked = group_of(3);
  Code wanted = Code::group_invalid;
  SECTION("nobody") {
    asked.members.clear();
  }
  SECTION("fewer than its parts have") {
    asked.members.pop_back();
  }
  SECTION("the same one twice") {
    asked.members[2] = asked.members[0];
  }
  SECTION("one without a key") {
    asked.members[1] = {};
  }
  SECTION("an empty part") {
    asked.parts.push_back(part(0, 2));
  }
  SECTION("parts out of order") {
    asked.parts = {part(2, 2), part(1, 1)};
  }
  SECTION("one slot in two parts") {
    asked.parts = {part(2, 1, 9, 10), part(1, 1, 10, 11)};
  }
  SECTION("a part that ends before it begins") {
    asked.parts = {part(3, 1, 10, 9)};
  }
  SECTION("a minute that no day has") {
    asked.parts = {part(3, 1, 9, 40)};
  }
  SECTION("no lane") {
    asked.lane = 17;
    wanted = Code::slot_not_found;
  }
  SECTION("more than the service allows") {
    asked = group_of(11);
    wanted = Code::seats_exceeded;
  }
  SECTION("more than any service does") {
    asked.members = people(1, kGroupMembersMax + 1);
    asked.parts = {part(kGroupMembersMax + 1, 1, 0, 23)};
  }
  CHECK(engine->claim_group(asked.request()).code() == wanted);
  CHECK(engine->counters().bookings_in_use == 0);
  const Asked one = group_of(1);
  GroupClaimRequest nobody = one.request();
  nobody.applicant = {};
  CHECK(engine->claim_group(nobody).code() == Code::invalid_argument);
}

TEST_CASE("a group's claim under one id acts once, before and after a restart") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  BookingId group;
  for (const bool again : {false, true}) {
    auto engine = open_engine(options);
    const auto claimed = engine->claim_group(group_of(3, 5).request());
    REQUIRE(claimed.ok());
    if (again) CHECK(*claimed == group);
    group = *claimed;
    CHECK(engine->counters().bookings_in_use == 4);
    CHECK(engine->claim_group(group_of(2, 5).request()).code() == Code::operation_mismatch);
    Asked others = group_of(3, 5);
    std::swap(others.members[0], others.members[1]);  // another order: other slots
    CHECK(engine->claim_group(others.request()).code() == Code::operation_mismatch);
    CHECK(engine->claim(claim_of(90, slot_at(2), 5)).code() == Code::operation_mismatch);
    // Under no id they are booked already.
    CHECK(engine->claim_group(group_of(3).request()).code() == Code::already_booked);
  }
}

TEST_CASE("a group is confirmed, moved and cancelled as a whole, each in one record") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto group = engine->claim_group(group_of(3).request());
  REQUIRE(group.ok());
  const std::byte details[] = {std::byte{1}, std::byte{2}, std::byte{3}};
  ConfirmRequest confirm = confirm_of(*group, 1);
  confirm.details = details;
  const Lsn before = engine->durable_lsn();
  REQUIRE(engine->confirm(confirm).ok());
  CHECK(engine->durable_lsn().value == before.value + 1);
  for (const Booking& one : members_of(*engine, *group)) {
    CHECK(one.state == BookingState::confirmed);
    CHECK(one.confirmed_at.value == kMorning);
    CHECK(one.details_size == 3);
    const auto stored = engine->details(one.id);
    REQUIRE(stored.ok());
    CHECK(stored->size() == 3);
  }
  CHECK(engine->find_group(*group, {})->version == 2);
  CHECK(engine->confirm(confirm).ok());  // the same again
  CHECK(engine->confirm(confirm_of(*group, 2)).code() == Code::illegal_transition);

  const std::vector<GroupPart> there{part(3, 2, 8, 9)};
  REQUIRE(engine->move_group(move_of(*group, there, 1)).ok());
  const auto moved = members_of(*engine, *group);
  CHECK(moved[0].slot == slot_at(2, 8));
  CHECK(moved[2].slot == slot_at(2, 9));
  CHECK(moved[1].moves == 1);
  CHECK(free_at(*engine, slot_at(1, 9)) == 2);
  CHECK(free_at(*engine, slot_at(2, 8)) == 0);
  CHECK(engine->move_group(move_of(*group, there, 1)).ok());  // the same again
  CHECK(engine->move_group(move_of(*group, {part(3, 3, 8, 9)}, 1)).code() ==
        Code::operation_mismatch);
  CHECK(engine->move_group(move_of(*group, {part(3, 3, 8, 9)}, 2)).code() ==
        Code::changes_exceeded);

  REQUIRE(engine->cancel(cancel_of(*group, 1)).ok());
  CHECK(in_state(*engine, *group, BookingState::cancelled) == 3);
  CHECK(free_at(*engine, slot_at(2, 8)) == 2);
  CHECK(free_at(*engine, slot_at(2, 9)) == 2);
  CHECK(engine->cancel(cancel_of(*group, 1)).ok());
  CHECK(engine->cancel(cancel_of(*group, 2)).code() == Code::illegal_transition);
  CHECK(engine->claim_group(group_of(3).request()).ok());
}

TEST_CASE("a move of a group that can't be changes nothing") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto group = engine->claim_group(group_of(3).request());
  REQUIRE(group.ok());
  const auto before = members_of(*engine, *group);
  Code wanted = Code::ok;
  std::vector<GroupPart> parts{part(3, 2, 9, 12)};
  SECTION("too few seats there") {
    parts = {part(3, 2)};
    wanted = Code::slot_full;
  }
  SECTION("a slot that they are in") {
    parts = {part(3, 1, 10, 12)};
    wanted = Code::slot_not_allowed;
  }
  SECTION("seats for another number") {
    parts = {part(2, 2)};
    wanted = Code::group_invalid;
  }
  SECTION("one of them is there already") {
    REQUIRE(engine->confirm(confirm_of(*group)).ok());
    clock.advance(before[0].slot.minute().value * 60'000 + 16 * 3'600'000 - 600'000);
    REQUIRE(engine->settle().ok());
    ActRequest here;
    here.act = Act::check_in;
    here.booking = before[0].id;
    REQUIRE(engine->act(here).ok());
    parts = {part(3, 3, 9, 12)};
    wanted = Code::illegal_transition;
  }
  CHECK(engine->move_group(move_of(*group, parts)).code() == wanted);
  const auto after = members_of(*engine, *group);
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(after[i].slot == before[i].slot);
  for (int hour = 9; hour <= 12; ++hour) CHECK(free_at(*engine, slot_at(2, hour)) == 2);
}

TEST_CASE(
    "a member by itself is cancelled, there or missed, and does nothing that is the group's to "
    "do") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto group = engine->claim_group(group_of(4).request());
  REQUIRE(group.ok());
  auto members = members_of(*engine, *group);
  CHECK(engine->confirm(confirm_of(members[0].id)).code() == Code::in_group);
  ActRequest act;
  act.booking = members[0].id;
  act.act = Act::extend;
  CHECK(engine->act(act).code() == Code::in_group);
  RescheduleRequest move;
  move.booking = members[0].id;
  move.slot = slot_at(2);
  CHECK(engine->reschedule(move).code() == Code::in_group);

  REQUIRE(engine->cancel(cancel_of(members[1].id, 1)).ok());
  CHECK(free_at(*engine, members[1].slot) == 1);
  CHECK(engine->claim(claim_of(2, slot_at(2))).ok());  // who was the second member
  REQUIRE(engine->confirm(confirm_of(*group)).ok());   // without it
  CHECK(in_state(*engine, *group, BookingState::confirmed) == 3);
  CHECK(engine->find(members[1].id)->confirmed_at.value == 0);
  // A group's acts are those before the visit.
  act.booking = *group;
  act.act = Act::check_in;
  CHECK(engine->act(act).code() == Code::illegal_transition);
  clock.advance(25LL * 3'600'000);
  act.booking = members[0].id;
  CHECK(engine->act(act).ok());
  REQUIRE(engine->cancel(cancel_of(*group)).ok());  // whoever isn't there yet
  CHECK(in_state(*engine, *group, BookingState::cancelled) == 3);
  CHECK(in_state(*engine, *group, BookingState::checked_in) == 1);
}

TEST_CASE("a displaced member may move by itself, and the rest of the group stays") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto group = engine->claim_group(group_of(4).request());
  REQUIRE(engine->confirm(confirm_of(*group)).ok());
  REQUIRE(engine->change_slot({slot_at(1, 9), SlotChangeRequest::Doors::closed, 0, {}}).ok());
  REQUIRE(engine->settle().ok());
  REQUIRE(engine->settle().ok());
  REQUIRE(in_state(*engine, *group, BookingState::displaced) == 2);
  RescheduleRequest move;
  move.booking = members_of(*engine, *group)[0].id;
  move.slot = slot_at(2);
  REQUIRE(engine->reschedule(move).ok());
  CHECK(in_state(*engine, *group, BookingState::confirmed) == 3);
  // All the others with it, also behind what the rules of moves allow.
  REQUIRE(engine->move_group(move_of(*group, {part(4, 3, 9, 12)})).ok());
  CHECK(in_state(*engine, *group, BookingState::confirmed) == 4);
  CHECK(free_at(*engine, slot_at(2)) == 2);
}

TEST_CASE("a group's hold runs out for each, and no step of the whole comes behind that") {
  ManualClock clock;
  const Options options = small_options(clock);
  auto engine = open_engine(options);
  const auto group = engine->claim_group(group_of(3).request());
  REQUIRE(group.ok());
  clock.advance(options.catalogue->services()[0].rules.hold_ms);
  CHECK(engine->confirm(confirm_of(*group)).code() == Code::hold_expired);
  CHECK(in_state(*engine, *group, BookingState::expired) >= 1);
  REQUIRE(engine->settle().ok());
  clock.advance(2000);
  REQUIRE(engine->settle().ok());
  CHECK(in_state(*engine, *group, BookingState::expired) == 3);
  CHECK(engine->confirm(confirm_of(*group)).code() == Code::hold_expired);
  CHECK(free_at(*engine, slot_at(1, 9)) == 2);
  CHECK(engine->claim_group(group_of(3).request()).ok());
}

TEST_CASE("a group of which one has expired goes no further, though a restart gives others grace") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  auto engine = open_engine(options);
  const auto group = engine->claim_group(group_of(3).request());
  REQUIRE(group.ok());
  // At the deadline itself: the second of it isn't over, so that no sweep comes.
  clock.advance(options.catalogue->services()[0].rules.hold_ms);
  REQUIRE(engine->confirm(confirm_of(*group)).code() == Code::hold_expired);
  REQUIRE(in_state(*engine, *group, BookingState::expired) == 1);
  engine.reset();
  engine = open_engine(options);
  REQUIRE(in_state(*engine, *group, BookingState::held) == 2);
  CHECK(members_of(*engine, *group)[1].deadline > engine->ledger_now());
  CHECK(engine->confirm(confirm_of(*group)).code() == Code::hold_expired);
  CHECK(engine->move_group(move_of(*group, {part(2, 2, 9, 12)})).code() == Code::hold_expired);
  CHECK(in_state(*engine, *group, BookingState::held) == 2);
  CHECK(engine->cancel(cancel_of(*group)).ok());  // that is all that is left to do with them
  CHECK(in_state(*engine, *group, BookingState::cancelled) == 2);
}

TEST_CASE("a group is extended as often as its service says, for all of them") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto group = engine->claim_group(group_of(3).request());
  const LedgerTime before = members_of(*engine, *group)[2].deadline;
  clock.advance(60'000);
  ActRequest extend;
  extend.act = Act::extend;
  extend.booking = *group;
  REQUIRE(engine->act(extend).ok());
  for (const Booking& one : members_of(*engine, *group)) {
    CHECK(one.deadline.value == before.value + 60'000);
    CHECK(one.extensions == 1);
  }
  CHECK(engine->act(extend).code() == Code::changes_exceeded);
}

TEST_CASE("a group is forgotten with its last member, and its places serve others") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.retention_ms = 60'000;
  const bool restart = GENERATE(false, true);
  auto engine = open_engine(options);
  const auto group = engine->claim_group(group_of(3, 5).request());
  REQUIRE(group.ok());
  const auto members = members_of(*engine, *group);
  REQUIRE(engine->confirm(confirm_of(*group)).ok());
  REQUIRE(engine->cancel(cancel_of(members[0].id)).ok());
  const auto settle_after = [&](std::int64_t ms) {
    clock.advance(ms);
    for (int i = 0; i < 3; ++i) REQUIRE(engine->settle().ok());
  };
  settle_after(2 * 3'600'000);  // far behind its retention, and behind the hold's second
  CHECK(engine->find(members[0].id).ok());
  REQUIRE(engine->cancel(cancel_of(*group)).ok());
  if (restart) {
    engine.reset();
    engine = open_engine(options);
  }
  settle_after(1000);
  CHECK(engine->find_group(*group, {}).ok());
  CHECK(*engine->claim_group(group_of(3, 5).request()) == *group);
  settle_after(3'600'000);
  CHECK(engine->find_group(*group, {}).code() == Code::booking_not_found);
  for (const Booking& one : members) {
    CHECK(engine->find(one.id).code() == Code::booking_not_found);
  }
  CHECK(engine->counters().bookings_in_use == 0);
  const auto next = engine->claim_group(group_of(3, 5).request());
  REQUIRE(next.ok());
  CHECK(*next != *group);
}

TEST_CASE("a group is the same after a restart, from the journal and from the state") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.checkpoint = GENERATE(false, true);
  std::vector<Booking> before;
  BookingId group;
  {
    auto engine = open_engine(options);
    group = *engine->claim_group(group_of(5, 7).request());
    REQUIRE(engine->cancel(cancel_of(members_of(*engine, group)[1].id)).ok());
    REQUIRE(engine->confirm(confirm_of(group, 3)).ok());
    REQUIRE(engine->move_group(move_of(group, {part(4, 3, 9, 12)}, 4)).ok());
    before = members_of(*engine, group);
  }
  auto engine = open_engine(options);
  const auto after = members_of(*engine, group);
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(after[i].id == before[i].id);
    CHECK(after[i].group == group);
    CHECK(after[i].state == before[i].state);
    CHECK(after[i].slot == before[i].slot);
    CHECK(after[i].version == before[i].version);
    CHECK(after[i].confirmed_at == before[i].confirmed_at);
    CHECK(after[i].moves == before[i].moves);
    CHECK(after[i].lsn == before[i].lsn);
  }
  CHECK(engine->confirm(confirm_of(group, 3)).ok());
  CHECK(engine->claim(claim_of(1, slot_at(4))).code() == Code::already_booked);
  CHECK(engine->claim(claim_of(2, slot_at(4))).ok());
  REQUIRE(engine->cancel(cancel_of(group, 9)).ok());
  CHECK(free_at(*engine, slot_at(3, 9)) == 2);
}

TEST_CASE("groups and single bookings don't leave seats, places or blocks behind") {
  ManualClock clock;
  Options options = small_options(clock, 3);
  options.bookings_max = 64;
  options.operations_max = 256;
  options.retention_ms = 0;
  auto engine = open_engine(options);
  // Far more than there are blocks for groups, places, and room in a magazine.
  for (int i = 0; i < 300; ++i) {
    const auto group = engine->claim_group(group_of(10).request());
    INFO(i);
    REQUIRE(group.ok());
    CHECK(engine->claim_group(group_of(9).request()).code() == Code::already_booked);
    REQUIRE(engine->cancel(cancel_of(*group)).ok());
    clock.advance(700'000);
    for (int round = 0; round < 3; ++round) REQUIRE(engine->settle().ok());
    if (i % 50 == 0) clock.civil.store(kMorning, std::memory_order_relaxed);
    clock.civil.store(kMorning, std::memory_order_relaxed);
  }
}
