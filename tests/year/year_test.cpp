// A year of the whole country: the horizon rolls, days go, and memory stays.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <janji/engine.hpp>

#include "support/scratch_directory.hpp"
#include "unit/catalogue/catalogue_fixture.hpp"
#include "unit/engine/engine_fixture.hpp"
#include "year/country.hpp"

using namespace janji;
using namespace janji::test;

namespace {

// 2026-11-22, a Sunday, at midnight in Kuala Lumpur.
constexpr std::int64_t kFirstMidnight = 1795276800000;

// What the process has in memory: its own, and pages of the files that it mapped, which LMDB writes
// all over until as many are free as it takes turns with.
struct Resident {
  std::uint64_t own_kib{0}, file_kib{0};
  std::uint64_t all_kib() const { return own_kib + file_kib; }
};

Resident resident() {
  Resident is;
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "RssAnon:") status >> is.own_kib;
    if (word == "RssFile:") status >> is.file_kib;
  }
  return is;
}

// The Malaysian one, and kiosks: of passport counters in headquarters, and of UTCs.
std::shared_ptr<const Catalogue> with_kiosks(const std::filesystem::path& place) {
  std::filesystem::copy(malaysia_directory(), place);
  std::ofstream(place / "offers.csv", std::ios::app)
      << "hq,,keselamatan-pasport,kiosk,20,,,\nutc,,perkhidmatan-utc,kiosk,40,,,\n";
  std::vector<CatalogueIssue> issues;
  auto loaded = Catalogue::load(place, &issues);
  REQUIRE(loaded.ok());
  return *loaded;
}

bool within_a_hundredth(std::uint64_t later, std::uint64_t before) {
  return before != 0 && later < before + before / 100;
}

}  // namespace

TEST_CASE("a year of the Malaysian catalogue, with memory that stays from day 100 on", "[slow]") {
  ManualClock clock;
  clock.civil = kFirstMidnight;
  TemporaryDirectory directory;
  Options options = small_options(clock);
  options.catalogue = with_kiosks(directory.path() / "catalogue");
  options.durability = Durability::relaxed;  // with a flush in each settle()
  options.flush_ms = 60'000;
  options.directory = directory.path() / "data";
  options.slots_max = 0;
  options.bookings_max = 1U << 18;
  options.operations_max = 1U << 19;
  options.waiters_max = 1U << 15;
  options.record_blocks = 1U << 14;
  options.journal_map_bytes = std::size_t{4} << 30;
  options.state_map_bytes = std::size_t{8} << 30;
  options.disk_low_water_bytes = std::size_t{64} << 20;
  auto engine = open_engine(options);
  Country country(*engine, clock);
  Resident at_hundred, at_steady;
  for (int day = 1; day <= 365; ++day) {
    CAPTURE(day);
    country.live_a_day();
    const std::string wrong = country.audit();
    REQUIRE(wrong == "");
    if (day == 100) at_hundred = resident();
    if (day == 150) at_steady = resident();
  }
  const Resident at_end = resident();
  const YearFigures& all = country.figures();
  std::cout << "a year: " << all.claimed << " claimed, " << all.refused_full << " found it full, "
            << all.confirmed << " confirmed, " << all.expired << " expired, " << all.cancelled
            << " cancelled, " << all.moved << " moved, " << all.waited << " waited, "
            << all.checked_in << " checked in, " << all.completed << " completed, " << all.missed
            << " missed or forgotten, " << all.closed_slots << " slots closed, " << all.displaced
            << " displaced, " << all.families << " families, " << all.families_waited
            << " that waited, " << all.families_offered << " that were offered seats, "
            << all.walked_in << " walked in, " << all.raised << " raised, " << all.lowered
            << " lowered; resident, own and of files: at day 100 " << at_hundred.own_kib << " and "
            << at_hundred.file_kib << " KiB, at day 150 " << at_steady.own_kib << " and "
            << at_steady.file_kib << " KiB, at day 365 " << at_end.own_kib << " and "
            << at_end.file_kib << " KiB\n";
  CHECK(within_a_hundredth(at_end.own_kib, at_hundred.own_kib));
  CHECK(within_a_hundredth(at_end.all_kib(), at_steady.all_kib()));
  CHECK(engine->counters().days_archived > 200U * engine->catalogue().lanes().size());
  for (const std::uint64_t many :
       {all.claimed, all.refused_full, all.confirmed, all.expired, all.cancelled, all.moved,
        all.waited, all.checked_in, all.completed, all.missed, all.closed_slots, all.displaced,
        all.raised, all.lowered, all.families, all.families_waited, all.families_offered,
        all.walked_in}) {
    CHECK(many > 100);
  }
}
