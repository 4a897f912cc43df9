// A claim stands still over the units of an entitlement, or staff over its terms.
#include <array>
#include <atomic>
#include <iterator>
#include <string>
#include <thread>

#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "steps.hpp"

using namespace janji;
using namespace janji::test;

namespace {

EntitlementGrantRequest grant_of(std::uint32_t quota, std::uint64_t operation = 0) {
  EntitlementGrantRequest request;
  request.holder = {70, 9};
  request.quota = quota;
  request.from = slot_at(0).day();
  request.until = slot_at(6).day();
  if (operation != 0) request.operation = {81, operation};
  return request;
}

// Workers `who` and the next one, who wait for a day.
struct Waiting {
  std::array<ApplicantKey, 2> members;
  GroupJoinRequest request;

  Waiting(EntitlementId id, std::uint64_t who) : members{{{70, who}, {70, who + 1}}} {
    request.day = slot_at(5).day();
    request.applicant = {70, 9};
    request.entitlement = id;
  }
  GroupJoinRequest ask() {
    request.members = members;
    return request;
  }
};

// A group of one, of worker `who`.
Result<BookingId> claim_under(Engine& engine, EntitlementId id, std::uint64_t who,
                              std::uint64_t operation = 0) {
  const ApplicantKey members[] = {{70, who}};
  const GroupPart parts[] = {{slot_at(5).day(), Minute{0}, Minute{1200}, 1}};
  GroupClaimRequest request;
  request.parts = parts;
  request.members = members;
  request.applicant = {70, 9};
  request.entitlement = id;
  if (operation != 0) request.operation = {80, operation};
  return engine.claim_group(request);
}

EntitlementChangeRequest quota_of(EntitlementId id, std::uint32_t quota) {
  EntitlementChangeRequest request;
  request.entitlement = id;
  request.quota = quota;
  return request;
}

}  // namespace

// Hazards 3 and 15: what it took may come back, so nothing is final, and nothing can be changed.
TEST_CASE("with a claim standing still behind its units, others of that entitlement wait") {
  const char* step = GENERATE("units_taken", "group_filled", "member_entered", "group_entered",
                              "before_publish", "entitlement_read");
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = *engine->grant(grant_of(1));
  const EntitlementId other = *engine->grant(grant_of(1));
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread claimer([&] {
    Freezer::may_freeze = true;
    outcome = claim_under(*engine, id, 1, 1);
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  const bool has_taken = std::string(step) != "entitlement_read";
  if (has_taken) {
    CHECK(claim_under(*engine, id, 2).code() == Code::retry);
    CHECK(engine->change_entitlement(quota_of(id, 0)).code() == Code::retry);
  } else {
    // It took nothing yet, so it must look again.
    REQUIRE(engine->change_entitlement(quota_of(id, 0)).ok());
  }
  CHECK(claim_under(*engine, other, 3).ok());
  CHECK(claim_under(*engine, {}, 4).ok());
  CHECK(engine->claim(claim_of(5)).ok());
  CHECK(engine->grant(grant_of(1)).ok());
  freezer.thaw();
  claimer.join();
  CHECK(outcome.code() == (has_taken ? Code::ok : Code::entitlement_exhausted));
  CHECK(claim_under(*engine, id, 2).code() == Code::entitlement_exhausted);
  CHECK(engine->change_entitlement(quota_of(id, 2)).ok());
}

TEST_CASE("with a join standing still behind its units, others of that entitlement wait") {
  const char* step = GENERATE("entitlement_read", "units_taken", "group_join_filled",
                              "group_waiter_entered", "group_join_entered", "before_publish");
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = *engine->grant(grant_of(4));
  const EntitlementId other = *engine->grant(grant_of(2));
  Waiting before(id, 41);
  before.request.operation = {82, 1};
  REQUIRE(engine->join_group(before.ask()).ok());
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread joiner([&] {
    Freezer::may_freeze = true;
    Waiting two(id, 1);
    outcome = engine->join_group(two.ask());
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  const bool has_taken = std::string(step) != "entitlement_read";
  Waiting others(id, 11);
  if (has_taken) {
    CHECK(engine->join_group(others.ask()).code() == Code::retry);
    CHECK(claim_under(*engine, id, 21).code() == Code::retry);
    // Who lost his answer hears it nevertheless.
    Patience patience;
    CHECK(engine->try_join_group(before.ask(), patience).replayed);
    CHECK(engine->change_entitlement(quota_of(id, 0)).code() == Code::retry);
  } else {
    REQUIRE(engine->change_entitlement(quota_of(id, 0)).ok());
  }
  Waiting elsewhere(other, 31);
  CHECK(engine->join_group(elsewhere.ask()).ok());
  CHECK(engine->claim(claim_of(5)).ok());
  freezer.thaw();
  joiner.join();
  CHECK(outcome.code() == (has_taken ? Code::ok : Code::entitlement_exhausted));
  CHECK(engine->join_group(others.ask()).code() == Code::entitlement_exhausted);
  CHECK(engine->find_entitlement(id)->used == (has_taken ? 4 : 2));
  CHECK(engine->change_entitlement(quota_of(id, 6)).ok());
  CHECK(engine->join_group(others.ask()).ok());
}

// Of two groups with one between them that join at once.
TEST_CASE("a group that finds one of its members waiting by now gives its units back") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const SlotKey slot = slot_at(5);
  REQUIRE(engine->claim(claim_of(5, slot)).ok());
  REQUIRE(engine->claim(claim_of(6, slot)).ok());
  const EntitlementId id = *engine->grant(grant_of(2));
  Freezer freezer("group_join_filled");
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread joiner([&] {
    Freezer::may_freeze = true;
    Waiting two(id, 1);
    two.request.slot = slot;
    outcome = engine->join_group(two.ask());
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  Waiting others({}, 2);
  others.request.slot = slot;
  REQUIRE(engine->join_group(others.ask()).ok());
  freezer.thaw();
  joiner.join();
  CHECK(outcome.code() == Code::already_waiting);
  CHECK(engine->find_entitlement(id)->used == 0);
  // Nothing is pending either.
  CHECK(engine->change_entitlement(quota_of(id, 1)).ok());
}

// The units are there, and the terms are others.
TEST_CASE("a claim that looked before staff changed the dates looks again behind its seats") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = *engine->grant(grant_of(1));
  Freezer freezer("group_seats_taken");
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread claimer([&] {
    Freezer::may_freeze = true;
    outcome = claim_under(*engine, id, 1, 1);
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  EntitlementChangeRequest change;
  change.entitlement = id;
  change.until = slot_at(2).day();
  REQUIRE(engine->change_entitlement(change).ok());
  freezer.thaw();
  claimer.join();
  CHECK(outcome.code() == Code::entitlement_not_valid);
  CHECK(engine->find_entitlement(id)->used == 0);
}

TEST_CASE("dates don't change behind the back of a move that stands still") {
  const char* step = GENERATE("change_entered", "before_publish");
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = *engine->grant(grant_of(1));
  const BookingId group = *claim_under(*engine, id, 1);
  const GroupPart parts[] = {{slot_at(6).day(), Minute{0}, Minute{600}, 1}};
  GroupMoveRequest move;
  move.group = group;
  move.parts = parts;
  EntitlementChangeRequest change;
  change.entitlement = id;
  change.until = slot_at(5).day();
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread mover([&] {
    Freezer::may_freeze = true;
    outcome = engine->move_group(move);
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  CHECK(engine->change_entitlement(change).code() == Code::retry);
  freezer.thaw();
  mover.join();
  CHECK(outcome.ok());
  CHECK(engine->change_entitlement(change).ok());
}

TEST_CASE("staff who stands still keeps one entitlement's claims waiting, and nobody else") {
  const bool lists = GENERATE(false, true);
  const char* step = lists ? GENERATE(from_range(std::begin(kListSteps), std::end(kListSteps)))
                           : GENERATE(from_range(std::begin(kTermsSteps), std::end(kTermsSteps)));
  CAPTURE(lists, step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  EntitlementGrantRequest request = grant_of(5);
  request.listed = lists;
  const EntitlementId id = *engine->grant(request);
  const EntitlementId other = *engine->grant(grant_of(5));
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Status outcome = Error{Code::retry, {}};
  const ApplicantKey workers[] = {{70, 1}, {70, 2}};
  EligibleRequest list;
  list.entitlement = id;
  list.add = workers;
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = lists ? engine->change_eligible(list) : engine->change_entitlement(quota_of(id, 0));
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  const Code met = claim_under(*engine, id, 1).code();
  const Code after = lists ? Code::ok : Code::entitlement_exhausted;
  CHECK((met == Code::retry || (std::string(step) == "after_publish" && met == after)));
  CHECK(claim_under(*engine, other, 3).ok());
  CHECK(engine->change_entitlement(quota_of(other, 1)).ok());
  CHECK(engine->claim(claim_of(5)).ok());
  freezer.thaw();
  staff.join();
  CHECK(outcome.ok());
  if (met == Code::retry) CHECK(claim_under(*engine, id, 1).code() == after);
}

// The key is seen between its coming and its going, by a claim that stood still since before: the
// word must be another one then, though the mark on it has come and gone.
TEST_CASE("a claim doesn't rest on who came onto a list and was taken out again") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  EntitlementGrantRequest request = grant_of(5);
  request.listed = true;
  const EntitlementId id = *engine->grant(request);
  const ApplicantKey workers[] = {{70, 1}};
  EligibleRequest list;
  list.entitlement = id;
  list.add = workers;
  list.operation = {81, 7};
  Freezer freezer("eligible_entered");
  std::atomic<bool> done{false};
  Decision given_up;
  std::thread staff;
  int looks = 0;
  Freezer::interlude = [&](const std::string& step) {
    if (step == "entitlement_word_read" && looks++ == 0) {
      staff = std::thread([&] {
        Freezer::may_freeze = true;
        Patience patience;
        given_up = engine->try_change_eligible(list, patience);
        done = true;
      });
      CHECK(freezer.wait_frozen(done));
    } else if (step == "entitlement_read" && looks == 1) {
      looks = 2;
      // Another took its operation id meanwhile, so the change of the list is taken back.
      std::thread other([&] {
        Patience patience;
        ClaimRequest claim = claim_of(50, slot_at(2));
        claim.operation = list.operation;
        CHECK(engine->try_claim(claim, patience).verdict == Verdict::granted);
      });
      other.join();
      freezer.thaw();
      staff.join();
    }
  };
  const Code code = claim_under(*engine, id, 1).code();
  Freezer::interlude = nullptr;
  CHECK(looks >= 2);
  CHECK(given_up.verdict != Verdict::granted);
  CHECK(code == Code::not_eligible);
}

TEST_CASE("a grant that stands still keeps one cell") {
  const char* step = GENERATE(from_range(std::begin(kGrantSteps), std::end(kGrantSteps)));
  CAPTURE(step);
  ManualClock clock;
  Options options = small_options(clock);
  options.entitlements_max = 2;
  auto engine = open_engine(options);
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<EntitlementId> outcome = Error{Code::retry, {}};
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = engine->grant(grant_of(1, 1));
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  const auto other = engine->grant(grant_of(1));
  REQUIRE(other.ok());
  CHECK(claim_under(*engine, *other, 1).ok());
  CHECK(engine->grant(grant_of(1)).code() == Code::limit_reached);
  freezer.thaw();
  staff.join();
  REQUIRE(outcome.ok());
  CHECK(*outcome != *other);
  CHECK(claim_under(*engine, *outcome, 2).ok());
}

// Hazard 4: there is no cell left, since the same request has it.
TEST_CASE("a grant that is sent again finds at last what took the last cell") {
  ManualClock clock;
  Options options = small_options(clock);
  options.entitlements_max = 1;
  auto engine = open_engine(options);
  Freezer freezer("entitlement_taken");
  std::atomic<bool> done{false};
  Result<EntitlementId> outcome = Error{Code::retry, {}};
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = engine->grant(grant_of(1, 1));
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  bool met = false;
  Freezer::interlude = [&](const std::string& step) {
    if (met || step != "before_last_look_up") return;
    met = true;
    freezer.thaw();
    staff.join();
  };
  Patience patience;
  const Decision again = engine->try_grant(grant_of(1, 1), patience);
  Freezer::interlude = nullptr;
  if (!met) staff.join();
  CHECK(met);
  CHECK(again.replayed);
  REQUIRE(outcome.ok());
  CHECK(again.entitlement == *outcome);
}

// Hazard 5: who was told that it is cancelled finds the unit.
TEST_CASE("with the writer standing still before a unit comes back, the cancel isn't told") {
  const char* step = GENERATE(from_range(std::begin(kUnitBackSteps), std::end(kUnitBackSteps)));
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const EntitlementId id = *engine->grant(grant_of(1));
  const BookingId group = *claim_under(*engine, id, 1);
  Freezer freezer(step);
  Freezer::writer_may_freeze = true;
  Patience patience;
  const Decision cancelled = engine->try_cancel({group, {}, 0}, patience);
  REQUIRE(cancelled.verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  CHECK(engine->durable_lsn() < cancelled.lsn);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  REQUIRE(engine->wait_durable(cancelled.lsn));
  CHECK(claim_under(*engine, id, 2).ok());
}

// Two requests under one id: the second meets the first's when it has taken seats and units.
TEST_CASE("a claim that stands still in the undo of its units keeps nothing but these") {
  const char* step = GENERATE(from_range(std::begin(kUnitUndoSteps), std::end(kUnitUndoSteps)));
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = *engine->grant(grant_of(2));
  Freezer first("units_taken");
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread loser([&] {
    Freezer::may_freeze = true;
    outcome = claim_under(*engine, id, 1, 1);
    done = true;
  });
  REQUIRE(first.wait_frozen(done));
  // The same worker books meanwhile, by himself.
  ClaimRequest same = claim_of(1, slot_at(2));
  same.applicant = {70, 1};
  REQUIRE(engine->claim(same).ok());
  first.move_on_to(step);
  REQUIRE(first.wait_frozen(done));
  CHECK(claim_under(*engine, id, 2).ok());
  CHECK(claim_under(*engine, id, 3).code() == Code::retry);
  first.thaw();
  loser.join();
  CHECK(outcome.code() == Code::already_booked);
  CHECK(claim_under(*engine, id, 3).ok());
}
