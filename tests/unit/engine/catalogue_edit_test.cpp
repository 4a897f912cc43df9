// A data directory opened under another catalogue than the one that filled it.
#include <cstdint>
#include <memory>

#include "engine/table_sizes.hpp"
#include "engine_fixture.hpp"
#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

namespace {

std::shared_ptr<const Catalogue> uniform(std::uint32_t lanes, std::int32_t horizon_days) {
  UniformCatalogue spec;
  spec.lanes = lanes;
  spec.slots_per_day = 2;
  spec.slot_minutes = 60;
  spec.capacity = 2;
  spec.rules.horizon_days = horizon_days;
  spec.rules.hold_ms = 600'000;
  auto made = make_uniform_catalogue(spec);
  REQUIRE(made.ok());
  return *made;
}

Options options_on(store::MemoryFactory& disk, const ManualClock& clock) {
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.slots_max = 0;
  return options;
}

BookingId confirmed_at(Engine& engine, SlotKey slot) {
  const auto booking = engine.claim(claim_of(1, slot));
  REQUIRE(booking.ok());
  REQUIRE(engine.confirm({booking->id, {}, 0, {}}).ok());
  return booking->id;
}

}  // namespace

TEST_CASE("lanes that a catalogue dropped keep their bookings, however many they are") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_on(disk, clock);
  options.checkpoint = GENERATE(true, false);
  CAPTURE(options.checkpoint);
  options.catalogue = uniform(202, 3);
  BookingId dropped;
  {
    auto engine = open_engine(options);
    dropped = confirmed_at(*engine, slot_at(1, 0, 201));
  }
  options.catalogue = uniform(2, 3);
  auto engine = open_engine(options);
  REQUIRE(engine->find(dropped).ok());
  CHECK(engine->find(dropped)->state == BookingState::confirmed);
  CHECK(availability(*engine, slot_at(1, 0, 201)).free == 1);
  CHECK(engine->claim(claim_of(2, slot_at(1, 0, 1))).ok());
}

TEST_CASE("a catalogue with a shorter horizon keeps the days that are open beyond it") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = options_on(disk, clock);
  options.checkpoint = GENERATE(true, false);
  CAPTURE(options.checkpoint);
  options.catalogue = uniform(2, 600);
  BookingId far;
  {
    auto engine = open_engine(options);
    far = confirmed_at(*engine, slot_at(599, 0));
  }
  options.catalogue = uniform(2, 7);
  {
    auto engine = open_engine(options);
    REQUIRE(engine->find(far).ok());
    CHECK(availability(*engine, slot_at(599, 0)).free == 1);
    CHECK(engine->claim(claim_of(2, slot_at(6, 0))).ok());
    CHECK(engine->last_problem().empty());
  }
  // As for whoever stays open for most of a year, and then shortens it.
  clock.advance(250LL * 86'400'000);
  options.catalogue = uniform(2, 90);
  auto engine = open_engine(options);
  CHECK(engine->find(far).ok());
  CHECK(engine->claim(claim_of(3, slot_at(250 + 89, 0))).ok());
}

TEST_CASE("slots_max 0 has room for what was found and for what is to come") {
  ManualClock clock;
  Options options = small_options(clock);
  options.catalogue = uniform(10, 50);
  options.slots_max = 0;
  state::Survey found;
  const CivilTime now{kMorning};
  const std::uint32_t fresh = sizes_for(options, found, now)->slots_max;
  CHECK(fresh >= 10 * 2 * (50 + static_cast<std::uint32_t>(spare_days(options))));
  found.slots = 5'000'000;
  CHECK(sizes_for(options, found, now)->slots_max == fresh + 5'000'000);
  options.slots_max = 77;  // what was asked for stays
  CHECK(sizes_for(options, found, now)->slots_max == 77);
}

TEST_CASE("a ring has a row for each day that was found and for each one to come") {
  ManualClock clock;
  Options options = small_options(clock);
  options.catalogue = uniform(10, 90);
  const CivilTime now{kMorning};
  state::Survey found;
  CHECK(sizes_for(options, found, now)->ring_days == 256);
  for (std::int32_t d = -300; d < 90; ++d) found.days.insert(kToday.value + d);
  CHECK(sizes_for(options, found, now)->ring_days == 512);
  // One that a wrong clock opened, decades ahead, doesn't cost rows for the decades.
  found.days.insert(kToday.value + 20'000);
  CHECK(sizes_for(options, found, now)->ring_days <= 4096);
}

TEST_CASE("a ring has rows for days that are open together only while records are replayed") {
  ManualClock clock;
  Options options = small_options(clock);
  options.catalogue = uniform(10, 90);
  const CivilTime now{kMorning};
  state::Survey found;
  found.gaps = {1, 200, 255};
  CHECK(sizes_for(options, found, now)->ring_days == 256);
  found.gaps.insert(512);
  CHECK(sizes_for(options, found, now)->ring_days == 1024);
}

TEST_CASE("only lanes that have no number yet want another one") {
  ManualClock clock;
  Options options = small_options(clock);
  options.catalogue = uniform(10, 90);
  state::Survey found;
  for (const LaneSpec& spec : options.catalogue->lanes()) found.lanes.push_back(spec.key);
  found.lanes.pop_back();
  for (int i = 0; i < 200; ++i) found.lanes.push_back("gone/" + std::to_string(i));
  CHECK(sizes_for(options, found, CivilTime{kMorning})->lanes_max == 210);
}
