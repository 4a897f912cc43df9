// A start that fails, and what it leaves behind.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine_fixture.hpp"
#include "store/memory_store.hpp"
#include "unit/chunk/chunks.hpp"

using namespace janji;
using namespace janji::test;

namespace {

Options options_on(store::MemoryFactory& disk, const ManualClock& clock) {
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  return options;
}

}  // namespace

TEST_CASE("a start without room for its days fails before it writes anything") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_on(disk, clock);
  SECTION("a new directory") {
    options.slots_max = 100;
  }
  SECTION("a catalogue that has grown") {
    { auto engine = open_engine(options); }
    UniformCatalogue spec;
    spec.lanes = 100;
    spec.slots_per_day = 24;
    spec.slot_minutes = 60;
    spec.rules.horizon_days = 7;
    options.catalogue = *make_uniform_catalogue(spec);
  }
  const std::size_t chunks = disk.disk().chunks.size();
  for (int start = 0; start < 3; ++start) {
    const auto opened = Engine::open(options);
    REQUIRE(opened.code() == Code::limit_reached);
    CHECK(opened.error().detail.find("slots_max") != std::string::npos);
    CHECK(disk.disk().chunks.size() == chunks);
  }
  options.slots_max = 0;
  CHECK(open_engine(options)->counters().bookings_in_use == 0);
}

TEST_CASE("ledger time near its end isn't carried on, past what a start could read") {
  ManualClock clock;
  store::MemoryFactory disk;
  record::Epoch epoch = samples::epoch(1, record::kLedgerMsMax);
  epoch.civil_ms = kMorning;
  const auto first = samples::make_chunk({samples::bytes_of(epoch)}, {}, 1, record::kLedgerMsMax);
  disk.disk().chunks[1] = first.bytes;
  for (int start = 0; start < 2; ++start) {
    const auto opened = Engine::open(options_on(disk, clock));
    REQUIRE_FALSE(opened.ok());
    CAPTURE(opened.error().detail);
    REQUIRE(opened.code() == Code::limit_reached);
    CHECK(opened.error().detail.find("ledger time") != std::string::npos);
    CHECK(disk.disk().chunks.size() == 1);
    clock.advance(1000);
  }
}

TEST_CASE("a record that archives a day is held to what the day has") {
  ManualClock clock;
  store::MemoryFactory disk;
  const BookingId booking = samples::booking_id(1);
  const SlotKey slot = samples::slot_key(0, LaneId{0}, samples::kDay);
  std::vector<samples::Bytes> records{samples::bytes_of(samples::epoch(1, 0)),
                                      samples::lane(LaneId{0}, "a/b/general"),
                                      samples::day(LaneId{0}, samples::kDay, 3, 2),
                                      samples::bytes_of(samples::claim(booking, slot, 1000, 2000)),
                                      samples::bytes_of(samples::expire(booking, 2000))};
  const auto archive = samples::bytes_of(samples::archive(LaneId{0}, samples::kDay));
  std::string what;
  SECTION("a booking") {
    what = "record at LSN 6: it archives day 20000 of lane 0, where 1 bookings still are";
  }
  SECTION("nothing, for it isn't open any more") {
    records.push_back(samples::bytes_of(samples::free_place(booking)));
    records.push_back(archive);
    what = "record at LSN 8: it archives day 20000 of lane 0, which isn't open";
  }
  records.push_back(archive);
  disk.disk().chunks[1] = samples::make_chunk(records, {}, 1, 5000).bytes;
  const auto opened = Engine::open(options_on(disk, clock));
  REQUIRE(opened.code() == Code::damaged);
  CAPTURE(opened.error().detail);
  CHECK(opened.error().detail.find(what) != std::string::npos);
}

TEST_CASE("what is found when all is loaded names the data, and what to do") {
  ManualClock clock;
  store::MemoryFactory disk;
  const Options options = options_on(disk, clock);
  {
    auto engine = open_engine(options);
    REQUIRE(engine->claim(claim_of(1)).ok());
  }
  std::string what;
  SECTION("bookings that are gone") {
    disk.disk().state[static_cast<int>(store::StateTable::bookings)].clear();
    what = "recount";
  }
  SECTION("a lane that is gone") {
    disk.disk().state[static_cast<int>(store::StateTable::lanes)].erase(1);
    what = "lane 1, which is unknown";
  }
  const auto opened = Engine::open(options);
  REQUIRE(opened.code() == Code::damaged);
  CAPTURE(opened.error().detail);
  CHECK(opened.error().detail.find("state") != std::string::npos);
  CHECK(opened.error().detail.find(what) != std::string::npos);
  CHECK(opened.error().detail.find("Restore the directory from a backup") != std::string::npos);
}

TEST_CASE("a place that is only free isn't said to have a booking") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_on(disk, clock);
  options.retention_ms = 1000;
  {
    auto engine = open_engine(options);
    std::vector<BookingId> all;
    for (std::uint64_t i = 1; i <= 20; ++i) {
      const auto booking = engine->claim(claim_of(i, slot_at(1, static_cast<int>(i))));
      REQUIRE(booking.ok());
      all.push_back(booking->id);
    }
    for (const BookingId id : all) REQUIRE(engine->cancel({id, {}, 0}).ok());
    // Past the holds' deadlines, where their places leave the wheel, and then the retention.
    for (int round = 0; round < 3; ++round) {
      clock.advance(601'000);
      REQUIRE(engine->settle().ok());
    }
    REQUIRE(engine->counters().bookings_in_use == 0);
  }
  options.bookings_max = 4;
  const auto opened = Engine::open(options);
  REQUIRE(opened.code() == Code::limit_reached);
  CAPTURE(opened.error().detail);
  CHECK(opened.error().detail.find("had a booking at place") != std::string::npos);
}
