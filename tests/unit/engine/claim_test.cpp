#include <array>
#include <memory>
#include <vector>

#include "engine_fixture.hpp"
#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("a claim takes a seat and can be found") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto booking = engine->claim(claim_of(1));
  REQUIRE(booking.ok());
  CHECK(booking->state == BookingState::held);
  CHECK(booking->slot == slot_at());
  CHECK(booking->version == 1);
  CHECK(booking->created_at.value == kMorning);
  CHECK(booking->expires_at.value == kMorning + 600'000);
  CHECK(availability(*engine, slot_at()).free == 1);
  const auto found = engine->find(booking->id);
  REQUIRE(found.ok());
  CHECK(found->lsn <= engine->durable_lsn());
}

TEST_CASE("a slot never has more seats than its capacity") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  REQUIRE(engine->claim(claim_of(1)).ok());
  REQUIRE(engine->claim(claim_of(2)).ok());
  CHECK(engine->claim(claim_of(3)).code() == Code::slot_full);
  CHECK(availability(*engine, slot_at()).free == 0);
  SECTION("two seats don't fit where one is left") {
    ClaimRequest one = claim_of(4, slot_at(1, 10));
    REQUIRE(engine->claim(one).ok());
    ClaimRequest two = claim_of(5, slot_at(1, 10));
    two.seats = 2;
    CHECK(engine->claim(two).code() == Code::slot_full);
    CHECK(availability(*engine, slot_at(1, 10)).free == 1);
  }
}

TEST_CASE("an applicant has one active booking in a scope") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto first = engine->claim(claim_of(1));
  REQUIRE(first.ok());
  CHECK(engine->claim(claim_of(1, slot_at(2))).code() == Code::already_booked);
  CHECK(engine->claim(claim_of(1, slot_at(2, 9, 1))).code() == Code::already_booked);
  CHECK(availability(*engine, slot_at(2)).free == 2);
  SECTION("and may book again once it ended") {
    REQUIRE(engine->cancel({first->id, {}, 0}).ok());
    CHECK(engine->claim(claim_of(1, slot_at(2))).ok());
  }
  SECTION("full is said before already booked") {
    REQUIRE(engine->claim(claim_of(2)).ok());
    CHECK(engine->claim(claim_of(1)).code() == Code::slot_full);
  }
}

TEST_CASE("an operation id acts once") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto first = engine->claim(claim_of(1, slot_at(), 77));
  REQUIRE(first.ok());
  Patience patience;
  const Decision again = engine->try_claim(claim_of(1, slot_at(), 77), patience);
  CHECK(again.verdict == Verdict::granted);
  CHECK(again.replayed);
  CHECK(again.booking == first->id);
  CHECK(availability(*engine, slot_at()).free == 1);
  SECTION("even when the slot is full since") {
    REQUIRE(engine->claim(claim_of(2)).ok());
    const Decision late = engine->try_claim(claim_of(1, slot_at(), 77), patience);
    CHECK(late.verdict == Verdict::granted);
    CHECK(late.booking == first->id);
  }
  SECTION("with another payload it is an error") {
    CHECK(engine->claim(claim_of(1, slot_at(2), 77)).code() == Code::operation_mismatch);
    ClaimRequest other = claim_of(1, slot_at(), 77);
    other.payload = 5;
    CHECK(engine->claim(other).code() == Code::operation_mismatch);
    CHECK(engine->claim(claim_of(2, slot_at(), 77)).code() == Code::operation_mismatch);
    CHECK(availability(*engine, slot_at()).free == 1);
  }
  SECTION("a refused one is decided anew") {
    REQUIRE(engine->claim(claim_of(2)).ok());
    CHECK(engine->claim(claim_of(3, slot_at(), 78)).code() == Code::slot_full);
    CHECK(engine->claim(claim_of(3, slot_at(2), 78)).ok());
  }
}

TEST_CASE("what can't be claimed is refused with its reason") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  CHECK(engine->claim(claim_of(1, slot_at(0, 7))).code() == Code::too_late);
  CHECK(engine->claim(claim_of(1, slot_at(0, 8))).code() == Code::too_late);
  CHECK(engine->claim(claim_of(1, slot_at(-1))).code() == Code::too_late);
  CHECK(engine->claim(claim_of(1, slot_at(7))).code() == Code::outside_horizon);
  CHECK(engine->claim(claim_of(1, slot_at(6))).ok());
  const SlotKey between(LaneId{0}, Day{kToday.value + 1}, Minute{61});
  CHECK(engine->claim(claim_of(2, between)).code() == Code::slot_not_found);
  CHECK(engine->claim(claim_of(2, slot_at(1, 9, 2))).code() == Code::slot_not_found);
  CHECK(engine->claim(claim_of(2, SlotKey{3})).code() == Code::slot_not_found);
  ClaimRequest request = claim_of(2);
  request.seats = 3;
  CHECK(engine->claim(request).code() == Code::seats_exceeded);
  request.seats = 0;
  CHECK(engine->claim(request).code() == Code::seats_exceeded);
  request = claim_of(2);
  request.applicant = {};
  CHECK(engine->claim(request).code() == Code::invalid_argument);
}

TEST_CASE("the earliest free slot of a range is taken in one step") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock, 1));
  ClaimRequest request = claim_of(1);
  request.slot = {};
  request.lane = LaneId{0};
  request.first_day = kToday;
  request.last_day = Day{kToday.value + 1};
  const auto first = engine->claim(request);
  REQUIRE(first.ok());
  CHECK(first->slot == slot_at(0, 9));  // 08:00 has begun
  for (std::uint64_t applicant = 2; applicant <= 39; ++applicant) {
    request.applicant = {7, applicant};
    REQUIRE(engine->claim(request).ok());
  }
  request.applicant = {7, 40};
  CHECK(engine->claim(request).code() == Code::slot_full);
  REQUIRE(engine->cancel({first->id, {}, 0}).ok());
  const auto freed = engine->claim(request);
  REQUIRE(freed.ok());
  CHECK(freed->slot == slot_at(0, 9));
  request.last_day = Day{kToday.value - 1};
  CHECK(engine->claim(request).code() == Code::invalid_argument);
  request.last_day = Day{kToday.value + 100};
  CHECK(engine->claim(request).code() == Code::invalid_argument);
  request.applicant = {7, 41};
  request.first_day = request.last_day = Day{kToday.value + 9};
  CHECK(engine->claim(request).code() == Code::outside_horizon);
}

// One office an hour behind the other, with slots of half an hour.
std::shared_ptr<const Catalogue> two_zones() {
  CatalogueBuilder builder;
  const auto bangkok = builder.add_branch(
      {"bangkok", "Bangkok", "Far", "XX-1", "branch", "Bangkok", "Asia/Bangkok"});
  const auto kuching = builder.add_branch(
      {"kuching", "Kuching", "Far", "XX-1", "branch", "Kuching", "Asia/Kuching"});
  std::uint32_t services[2];
  for (std::uint32_t& made : services) {
    Service service;
    service.id = &made == services ? "passport" : "visa";
    service.name = {service.id, service.id, service.id};
    service.categories = category_bit(Category::citizen);
    service.rules.horizon_days = 3;
    made = builder.add_service(std::move(service));
  }
  const std::uint32_t week = builder.add_week(OpeningWeek::every_day(9 * 60, 11 * 60));
  const auto add = [&](std::uint32_t branch, std::uint32_t service, Pool pool) {
    CatalogueBuilder::Lane lane;
    lane.branch = branch;
    lane.service = service;
    lane.pool = pool;
    lane.week = week;
    lane.slot_minutes = 30;
    lane.capacity = 1;
    builder.add_lane(lane);
  };
  add(bangkok, services[0], Pool::general);
  add(kuching, services[0], Pool::general);
  add(kuching, services[1], Pool::general);
  add(kuching, services[0], Pool::kiosk);
  return builder.build().value();
}

TEST_CASE("of several lanes the earliest slot by the sun is taken, and of equal ones the first's") {
  ManualClock clock;
  Options options = small_options(clock);
  options.catalogue = two_zones();
  auto engine = open_engine(options);
  const LaneId bangkok = engine->lane(0), kuching = engine->lane(1);
  std::array<LaneId, 2> lanes{bangkok, kuching};
  std::uint64_t applicant = 0;
  const auto next = [&] {
    ClaimRequest request;
    request.applicant = {7, ++applicant};
    request.lanes = lanes;
    request.first_day = request.last_day = Day{kToday.value + 1};
    const auto made = engine->claim(request);
    return made.ok() ? made->slot : SlotKey{};
  };
  const auto at = [](LaneId lane, int minute) {
    return SlotKey(lane, Day{kToday.value + 1}, Minute{static_cast<std::uint16_t>(minute)});
  };
  CHECK(next() == at(kuching, 540));
  CHECK(next() == at(kuching, 570));
  CHECK(next() == at(bangkok, 540));  // with Kuching at ten
  CHECK(next() == at(kuching, 600));
  lanes = {kuching, bangkok};
  CHECK(next() == at(kuching, 630));  // with Bangkok at half past nine
  CHECK(next() == at(bangkok, 570));
  CHECK(next() == at(bangkok, 600));
  CHECK(next() == at(bangkok, 630));
  ClaimRequest request = claim_of(90);
  request.slot = {};
  request.lanes = lanes;
  request.first_day = request.last_day = Day{kToday.value + 1};
  CHECK(engine->claim(request).code() == Code::slot_full);
  request.last_day = Day{kToday.value + 9};
  CHECK(engine->claim(request)->slot == SlotKey(kuching, Day{kToday.value + 2}, Minute{540}));
}

TEST_CASE("lanes of two services or pools, unknown or too many, aren't looked through together") {
  ManualClock clock;
  Options options = small_options(clock);
  options.catalogue = two_zones();
  auto engine = open_engine(options);
  const auto code = [&](std::vector<LaneId> lanes) {
    ClaimRequest request = claim_of(1);
    request.slot = {};
    request.lanes = lanes;
    request.first_day = request.last_day = Day{kToday.value + 1};
    return engine->claim(request).code();
  };
  CHECK(code({engine->lane(1), engine->lane(2)}) == Code::invalid_argument);
  CHECK(code({engine->lane(1), engine->lane(3)}) == Code::invalid_argument);
  CHECK(code({engine->lane(1), LaneId{77}}) == Code::slot_not_found);
  CHECK(code({LaneId{77}, engine->lane(1)}) == Code::slot_not_found);
  CHECK(code(std::vector<LaneId>(kLanesAtOnce + 1, engine->lane(1))) == Code::invalid_argument);
  CHECK(code(std::vector<LaneId>(kLanesAtOnce, engine->lane(1))) == Code::ok);
}

TEST_CASE("a repeat of a claim in several lanes is one also when there is another lane by now") {
  ManualClock clock;
  Options options = small_options(clock);
  options.catalogue = two_zones();
  auto engine = open_engine(options);
  const std::array<LaneId, 2> lanes{engine->lane(0), engine->lane(1)};
  ClaimRequest request = claim_of(1, {}, 5);
  request.lanes = std::span(lanes).last(1);
  request.first_day = request.last_day = Day{kToday.value + 1};
  const auto made = engine->claim(request);
  REQUIRE(made.ok());
  request.lanes = lanes;
  CHECK(engine->claim(request)->id == made->id);
  request.last_day = Day{kToday.value + 2};
  CHECK(engine->claim(request).code() == Code::operation_mismatch);
  request.lanes = {};
  request.last_day = request.first_day;
  CHECK(engine->claim(request).code() == Code::operation_mismatch);
}

TEST_CASE("running out of a table is said by name of the limit, and nothing changes") {
  ManualClock clock;
  Options options = small_options(clock);
  options.bookings_max = 3;
  auto engine = open_engine(options);
  for (std::uint64_t i = 1; i <= 3; ++i) {
    REQUIRE(engine->claim(claim_of(i, slot_at(1, static_cast<int>(i)))).ok());
  }
  const auto refused = engine->claim(claim_of(4, slot_at(1, 4)));
  CHECK(refused.code() == Code::limit_reached);
  CHECK(refused.error().detail.find("bookings_max") != std::string::npos);
  CHECK(availability(*engine, slot_at(1, 4)).free == 2);
}

TEST_CASE(
    "full may still be taken back in relaxed mode, and says until when, and in strict it is sure") {
  const Durability durability = GENERATE(Durability::strict, Durability::relaxed);
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock, 1);
  options.durability = durability;
  options.store = &disk;
  options.flush_ms = 60'000;
  auto engine = open_engine(options);
  REQUIRE(engine->settle().ok());
  REQUIRE(engine->claim(claim_of(1)).ok());
  // The claim is committed, in relaxed mode only to the page cache.
  Decision full;
  for (;;) {
    Patience patience;
    full = engine->try_claim(claim_of(2), patience);
    if (full.verdict != Verdict::wait) break;
    engine->wait_round(full.round, 1000);
  }
  REQUIRE(full.code == Code::slot_full);
  CHECK((full.lsn > engine->durable_lsn()) == (durability == Durability::relaxed));
  // And so may that a booking is gone.
  CancelRequest unknown;
  unknown.booking = BookingId{1};  // its place may have had one
  Patience patience;
  const Decision gone = engine->try_cancel(unknown, patience);
  REQUIRE(gone.code == Code::booking_not_found);
  CHECK((gone.lsn > engine->durable_lsn()) == (durability == Durability::relaxed));
}
