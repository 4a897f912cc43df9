// Entitlements: what staff asks for, what is kept of it, and who is told.
#include <array>
#include <vector>

#include <janji/verify.hpp>

#include "entitlement_office.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

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
