// A start that fails, and what it leaves behind.
#include <cstdint>
#include <memory>
#include <string>

#include "engine_fixture.hpp"
#include "store/memory_store.hpp"

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
