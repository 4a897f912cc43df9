#include <sys/resource.h>

#include <cstring>
#include <fstream>

#include "engine_fixture.hpp"
#include "store/store_factory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

Options stored_options(const ManualClock& clock, const TemporaryDirectory& directory) {
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.directory = directory.path() / "data";
  return options;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace

TEST_CASE("everything acknowledged is there after opening again") {
  ManualClock clock;
  TemporaryDirectory directory;
  Options options = stored_options(clock, directory);
  options.checkpoint = GENERATE(true, false);
  CAPTURE(options.checkpoint);
  BookingId held, confirmed, cancelled;
  {
    auto engine = open_engine(options);
    held = engine->claim(claim_of(1, slot_at(1, 9), 11))->id;
    confirmed = engine->claim(claim_of(2, slot_at(1, 9), 12))->id;
    cancelled = engine->claim(claim_of(3, slot_at(1, 10), 13))->id;
    REQUIRE(engine->confirm({confirmed, {5, 2}, 0, bytes_of("sealed")}).ok());
    REQUIRE(engine->cancel({cancelled, {5, 3}, 0}).ok());
  }
  for (int opening = 0; opening < 3; ++opening) {
    CAPTURE(opening);
    auto engine = open_engine(options);
    REQUIRE(engine->find(held).ok());
    CHECK(engine->find(held)->state == BookingState::held);
    CHECK(engine->find(confirmed)->state == BookingState::confirmed);
    CHECK(engine->find(confirmed)->confirmed_at.value == kMorning);
    CHECK(engine->find(cancelled)->state == BookingState::cancelled);
    CHECK(availability(*engine, slot_at(1, 9)).free == 0);
    CHECK(availability(*engine, slot_at(1, 10)).free == 2);
    const auto details = engine->details(confirmed);
    REQUIRE(details.ok());
    CHECK(std::memcmp(details->data(), "sealed", 6) == 0);
    // Nobody gets in twice, and every operation id still answers as it did.
    CHECK(engine->claim(claim_of(1, slot_at(2), 0)).code() == Code::already_booked);
    CHECK(engine->claim(claim_of(4, slot_at(1, 9), 0)).code() == Code::slot_full);
    Patience patience;
    CHECK(engine->try_claim(claim_of(3, slot_at(1, 10), 13), patience).booking == cancelled);
    CHECK(engine->try_confirm({confirmed, {5, 2}, 0, {}}, patience).replayed);
    CHECK(engine->try_cancel({cancelled, {5, 3}, 0}, patience).replayed);
    CHECK(engine->claim(claim_of(9, slot_at(2), 12)).code() == Code::operation_mismatch);
  }
}

TEST_CASE("a hold that a restart interrupted gets its grace, once") {
  ManualClock clock;
  TemporaryDirectory directory;
  Options options = stored_options(clock, directory);
  options.grace_ms = 120'000;
  BookingId id;
  {
    auto engine = open_engine(options);
    id = engine->claim(claim_of(1))->id;
    clock.advance(590'000);
    REQUIRE(engine->settle().ok());
  }
  // The wall clock moved on and the monotonic one began anew: ledger time did neither.
  clock.civil.fetch_add(365LL * 86'400'000);
  clock.civil.store(kMorning + 590'000);
  clock.monotonic.store(5);
  auto engine = open_engine(options);
  const auto booking = engine->find(id);
  REQUIRE(booking.ok());
  CHECK(booking->state == BookingState::held);
  const std::int64_t left = booking->deadline.value - engine->ledger_now().value;
  CHECK(left >= 119'000);
  CHECK(left <= 121'000);
  engine.reset();
  engine = open_engine(options);
  CHECK(engine->find(id)->deadline.value - engine->ledger_now().value <= 121'000);
  clock.advance(130'000);
  CHECK(engine->confirm({id, {}, 0, {}}).code() == Code::hold_expired);
}

TEST_CASE("the retention of an ended booking goes on over restarts") {
  ManualClock clock;
  TemporaryDirectory directory;
  Options options = stored_options(clock, directory);
  options.checkpoint = GENERATE(true, false);
  CAPTURE(options.checkpoint);
  options.retention_ms = 3'600'000;
  BookingId cancelled, expired;
  {
    auto engine = open_engine(options);
    cancelled = engine->claim(claim_of(1))->id;
    expired = engine->claim(claim_of(2))->id;
    REQUIRE(engine->cancel({cancelled, {5, 3}, 0}).ok());
    clock.advance(601'000);
    REQUIRE(engine->settle().ok());
    REQUIRE(engine->find(expired)->state == BookingState::expired);
  }
  // Each life of the engine is far shorter than the retention.
  const auto live_for = [&](std::int64_t ms) {
    auto engine = open_engine(options);
    clock.advance(ms);
    REQUIRE(engine->settle().ok());
    REQUIRE(engine->settle().ok());  // what was due in the first is freed in the second
    return std::pair{engine->find(cancelled).ok(), engine->find(expired).ok()};
  };
  for (int life = 0; life < 4; ++life) REQUIRE(live_for(700'000) == std::pair{true, true});
  CHECK(live_for(195'000) == std::pair{true, true});   // 3,596 s after the first end
  CHECK(live_for(10'000) == std::pair{false, true});   // 3,606 s
  CHECK(live_for(590'000) == std::pair{false, true});  // 3,595 s after the second
  CHECK(live_for(15'000) == std::pair{false, false});
}

TEST_CASE("no id is given twice, not even when a copy of the data goes its own way") {
  ManualClock clock;
  TemporaryDirectory directory;
  Options options = stored_options(clock, directory);
  { auto engine = open_engine(options); }
  const auto copy = directory.path() / "copy";
  std::filesystem::copy(options.directory, copy, std::filesystem::copy_options::recursive);
  BookingId first, second;
  {
    auto engine = open_engine(options);
    first = engine->claim(claim_of(1))->id;
  }
  options.directory = copy;
  options.seed = 43;
  {
    auto engine = open_engine(options);
    second = engine->claim(claim_of(2))->id;
    CHECK(engine->find(first).code() == Code::booking_not_found);
  }
  CHECK(first != second);
}

TEST_CASE("the state keeps up, so that a bounded backlog never stops claims for good") {
  ManualClock clock;
  TemporaryDirectory directory;
  Options options = stored_options(clock, directory);
  options.backlog_max = 64;
  options.retention_ms = 0;
  auto engine = open_engine(options);
  std::uint64_t refused = 0;
  for (std::uint64_t i = 1; i <= 400; ++i) {
    for (;;) {
      const auto held = engine->claim(claim_of(i, slot_at()));
      if (held.code() == Code::overloaded || held.code() == Code::read_only) {
        ++refused;
        REQUIRE(refused < 100'000);
        REQUIRE(engine->settle().ok());
        continue;
      }
      REQUIRE(held.ok());
      // Past its second bound the backlog may refuse a cancel too, for a while.
      while (!engine->cancel({held->id, {}, 0}).ok()) REQUIRE(engine->settle().ok());
      break;
    }
  }
  const Counters counters = engine->counters();
  CHECK(counters.applied.value > 400);
  CHECK(counters.durable.value - counters.applied.value <= 2 * 64 + 64);
}

TEST_CASE("a claim on the system's own clocks is no earlier than its journal") {
  TemporaryDirectory directory;
  ManualClock unused;
  Options options = stored_options(unused, directory);
  options.clock = nullptr;
  const auto slot_of = [](const Engine& engine) {
    const Day today = engine.catalogue().local_day(0, engine.civil_now());
    return SlotKey(LaneId{0}, Day{today.value + 1}, Minute{540});
  };
  {
    auto engine = open_engine(options);
    REQUIRE(engine->claim(claim_of(1, slot_of(*engine))).ok());
  }
  auto engine = open_engine(options);  // every record is checked
  CHECK(engine->counters().bookings_in_use == 1);
}

TEST_CASE("a relaxed engine keeps everything when it is closed, and what it says is durable") {
  ManualClock clock;
  TemporaryDirectory directory;
  Options options = stored_options(clock, directory);
  options.durability = Durability::relaxed;
  for (std::uint64_t opening = 0; opening < 3; ++opening) {
    auto engine = open_engine(options);
    CHECK(engine->counters().bookings_in_use == opening * 21);
    for (std::uint64_t i = 1; i <= 20; ++i) {
      const std::uint64_t applicant = opening * 100 + i;
      REQUIRE(engine
                  ->claim(claim_of(applicant,
                                   slot_at(1 + static_cast<int>(opening), static_cast<int>(i))))
                  .ok());
    }
    clock.advance(1000);
    REQUIRE(engine->settle().ok());
    CHECK(engine->durable_lsn() >= Lsn{20});
    REQUIRE(engine->claim(claim_of(opening * 100 + 50, slot_at(5))).ok() == (opening < 2));
    if (opening == 2) REQUIRE(engine->claim(claim_of(opening * 100 + 50, slot_at(6))).ok());
  }
}

TEST_CASE("a second process is told who has the directory") {
  ManualClock clock;
  TemporaryDirectory directory;
  const Options options = stored_options(clock, directory);
  auto engine = open_engine(options);
  const auto second = Engine::open(options);
  REQUIRE(second.code() == Code::locked);
  CHECK(second.error().detail.find(std::to_string(getpid())) != std::string::npos);
}

TEST_CASE("details outlive the part of the journal that brought them") {
  ManualClock clock;
  TemporaryDirectory directory;
  const Options options = stored_options(clock, directory);
  BookingId id;
  {
    auto engine = open_engine(options);
    id = engine->claim(claim_of(1))->id;
    REQUIRE(engine->confirm({id, {}, 0, bytes_of("kept")}).ok());
  }
  // Each opening checkpoints at its end, so the next one trims while it runs.
  for (int opening = 0; opening < 4; ++opening) {
    auto engine = open_engine(options);
    for (std::uint64_t i = 0; i < 20; ++i) {
      const auto other = engine->claim(claim_of(100 + i, slot_at(2, 9)));
      REQUIRE(other.ok());
      REQUIRE(engine->cancel({other->id, {}, 0}).ok());
    }
    const auto details = engine->details(id);
    REQUIRE(details.ok());
    CHECK(std::memcmp(details->data(), "kept", 4) == 0);
  }
}

TEST_CASE("bookings that the state lost are missed by the recount") {
  ManualClock clock;
  TemporaryDirectory directory;
  const Options options = stored_options(clock, directory);
  {
    auto engine = open_engine(options);
    REQUIRE(engine->claim(claim_of(1)).ok());
  }
  {
    auto stores = store::lmdb_factory().open(
        {options.directory, options.journal_map_bytes, options.state_map_bytes});
    REQUIRE(stores.ok());
    store::StateStore& state = (*stores)->state();
    REQUIRE(state.begin().ok());
    REQUIRE(state.erase(store::StateTable::bookings, 0).ok());  // the block of the first places
    REQUIRE(state.commit().ok());
  }
  const auto engine = Engine::open(options);
  REQUIRE(engine.code() == Code::damaged);
  CHECK(engine.error().detail.find("recount") != std::string::npos);
}

TEST_CASE("a table too small for what is stored is named") {
  ManualClock clock;
  TemporaryDirectory directory;
  Options options = stored_options(clock, directory);
  {
    auto engine = open_engine(options);
    for (std::uint64_t i = 1; i <= 20; ++i) {
      REQUIRE(engine->claim(claim_of(i, slot_at(1, static_cast<int>(i)))).ok());
    }
  }
  options.bookings_max = 10;
  const auto bookings = Engine::open(options);
  REQUIRE(bookings.code() == Code::limit_reached);
  CHECK(bookings.error().detail.find("bookings_max") != std::string::npos);
  options.bookings_max = 1024;
  options.slots_max = 100;
  const auto slots = Engine::open(options);
  REQUIRE(slots.code() == Code::limit_reached);
  CHECK(slots.error().detail.find("slots_max") != std::string::npos);
}

TEST_CASE("options that can't be are named") {
  ManualClock clock;
  Options options = small_options(clock);
  SECTION("no catalogue") {
    options.catalogue = nullptr;
    CHECK(Engine::open(options).error().detail.find("catalogue") != std::string::npos);
  }
  SECTION("no directory") {
    options.durability = Durability::strict;
    CHECK(Engine::open(options).error().detail.find("directory") != std::string::npos);
  }
  SECTION("a map that would be full from the beginning") {
    options.journal_map_bytes = options.disk_low_water_bytes;
    CHECK(Engine::open(options).error().detail.find("journal_map_bytes") != std::string::npos);
  }
  SECTION("a mark that a single round could take from above it to a full map") {
    options.durability = Durability::strict;
    options.directory = "/dev/null/none";
    options.details_in_flight = 128;  // 1 MiB of details, in 2 MiB of pages
    CHECK(Engine::open(options).error().detail.find("disk_low_water_bytes") != std::string::npos);
  }
  SECTION("nothing to decide with") {
    options.record_blocks = 1;
    CHECK(Engine::open(options).error().detail.find("record_blocks") != std::string::npos);
  }
  SECTION("less to decide with than those who decide may keep") {
    options.record_blocks = 4 * options.callers_max - 1;
    CHECK(Engine::open(options).error().detail.find("record_blocks") != std::string::npos);
  }
}

TEST_CASE("at local midnight the next day opens, while yesterday's bookings stay") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto booking = engine->claim(claim_of(1, slot_at(0, 12)));
  REQUIRE(booking.ok());
  REQUIRE(engine->confirm({booking->id, {}, 0, {}}).ok());
  CHECK(engine->claim(claim_of(2, slot_at(7))).code() == Code::outside_horizon);
  clock.advance(16 * 3'600'000 - 1);
  REQUIRE(engine->settle().ok());
  CHECK(engine->claim(claim_of(2, slot_at(7))).code() == Code::outside_horizon);
  clock.advance(1);
  REQUIRE(engine->settle().ok());
  CHECK(engine->claim(claim_of(2, slot_at(7))).ok());
  CHECK(engine->claim(claim_of(3, slot_at(8))).code() == Code::outside_horizon);
  CHECK(engine->claim(claim_of(3, slot_at(0, 23))).code() == Code::too_late);
  // Nobody came, nobody said so: but it is there to be looked up.
  CHECK(engine->find(booking->id)->state == BookingState::no_show);
}

// The sanitizers' own memory doesn't fit any limit.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("tables for which there is no memory are refused with words") {
  ManualClock clock;
  Options options = small_options(clock);
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_AS, &before) == 0);
  rlimit tight = before;
  tight.rlim_cur = rlim_t{1} << 32;  // address space: 4 GiB
  REQUIRE(setrlimit(RLIMIT_AS, &tight) == 0);
  options.bookings_max = 1U << 26;  // more than 6 GiB
  const auto opened = Engine::open(options);
  REQUIRE(setrlimit(RLIMIT_AS, &before) == 0);
  REQUIRE(opened.code() == Code::limit_reached);
  CHECK(opened.error().detail.find("bookings_max") != std::string::npos);
}
#endif
