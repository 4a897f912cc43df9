// The catalogue is changed while a decision stands still, or whoever changes it does.
#include <atomic>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "steps.hpp"

using namespace janji;
using namespace janji::test;

namespace {

std::shared_ptr<const Catalogue> with(std::uint16_t seats_max, std::uint16_t capacity = 2) {
  UniformCatalogue spec;
  spec.lanes = 2;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = capacity;
  spec.rules.horizon_days = 7;
  spec.rules.seats_max = seats_max;
  spec.rules.scope_name = "one";
  spec.rules.hold_ms = 600'000;
  auto made = make_uniform_catalogue(spec);
  REQUIRE(made.ok());
  return *made;
}

ClaimRequest claim_of_two(std::uint64_t applicant, SlotKey slot) {
  ClaimRequest request = claim_of(applicant, slot, applicant);
  request.seats = 2;
  return request;
}

Decision try_to_the_end(Engine& engine, const CatalogueChangeRequest& request) {
  Patience patience;
  Decision decision = engine.try_change_catalogue(request, patience);
  while (decision.verdict == Verdict::wait) {
    REQUIRE(engine.wait_round(decision.round));
    decision = engine.try_change_catalogue(request, patience);
  }
  return decision;
}

Lsn lsn_of_change(const Engine& engine) {
  Event events[200];
  for (Lsn at; at < engine.durable_lsn();) {
    const auto page = engine.read_feed(at, events);
    REQUIRE(page.ok());
    for (std::size_t i = 0; i < page->events; ++i) {
      if (events[i].kind == EventKind::catalogue) return events[i].lsn;
    }
    at = page->next;
  }
  FAIL("the catalogue wasn't changed");
  return {};
}

}  // namespace

TEST_CASE(
    "a claim that stands still by the old rules puts the new ones off, and stops nobody else") {
  const char* step = GENERATE(from_range(std::begin(kClaimSteps), std::end(kClaimSteps)));
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto stricter = with(1);
  const auto preview = engine->preview_catalogue(stricter);
  REQUIRE(preview.ok());
  const CatalogueChangeRequest request{stricter, preview->digest, ActorId{7}};
  Decision change;
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread claimer([&] {
    Freezer::may_freeze = true;
    outcome = engine->claim(claim_of_two(1, slot_at()));
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  change = try_to_the_end(*engine, request);
  CHECK(change.code == Code::retry);
  // Others go on, by the rules that are in force: the old ones.
  CHECK(engine->claim(claim_of(2, slot_at(2))).ok());
  CHECK(engine->claim(claim_of_two(3, slot_at(3))).ok());
  CHECK(engine->catalogue().services()[0].rules.seats_max == 2);
  freezer.thaw();
  claimer.join();
  CHECK(outcome.ok());
  change = try_to_the_end(*engine, request);
  REQUIRE(change.verdict == Verdict::granted);
  CHECK(engine->claim(claim_of_two(4, slot_at(4))).code() == Code::seats_exceeded);
  REQUIRE(engine->wait_durable(change.lsn));
  CHECK(outcome->lsn < lsn_of_change(*engine));
}

TEST_CASE(
    "who stands still while he changes the catalogue stops only who wants the slot he is at") {
  const char* step = GENERATE(from_range(std::begin(kCatalogueSteps), std::end(kCatalogueSteps)));
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto larger = with(2, 3);
  const auto preview = engine->preview_catalogue(larger);
  REQUIRE(preview.ok());
  const CatalogueChangeRequest request{larger, preview->digest, ActorId{7}};
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Status outcome = Error{Code::retry, {}};
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = engine->change_catalogue(request);
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  // The first slot that changes is today's next one; these are behind it.
  CHECK(engine->claim(claim_of(2, slot_at(2))).ok());
  CHECK(engine->claim(claim_of_two(3, slot_at(3))).ok());
  CHECK(engine->change_slot({slot_at(4), SlotChangeRequest::Doors::closed}).ok());
  // Another one who would go on with it is told to come again.
  CHECK(try_to_the_end(*engine, request).code == Code::retry);
  freezer.thaw();
  staff.join();
  CHECK(outcome.ok());
  CHECK(availability(*engine, slot_at(2)).capacity == 3);
  CHECK(availability(*engine, slot_at(6, 23, 1)).capacity == 3);
  CHECK(availability(*engine, slot_at(4)).status == DayAvailability::Status::closed);
}
