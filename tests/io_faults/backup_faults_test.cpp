// Each call to the disk that a backup makes in its new directory fails, in each of its ways.
#include <filesystem>
#include <string>

#include <catch2/catch.hpp>

#include <janji/backup.hpp>

#include "io_faults/fault.hpp"
#include "model/clocks.hpp"
#include "support/disk/disk_watch.hpp"
#include "support/engine_check.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_office.hpp"

namespace {

using namespace janji;
namespace fs = std::filesystem;
namespace office = test::office;
using io_faults::Fault;
using io_faults::FaultWatch;

// Two bookings, one with details, of which the state has some.
struct Source {
  Source() {
    Options options = office::options(clock);
    options.directory = directory.path() / "data";
    options.durability = Durability::strict;
    engine = std::move(Engine::open(std::move(options)).value());
    const Day tomorrow{office::day_of(office::kMorning).value + 1};
    for (std::uint64_t i = 1; i <= 12; ++i) {
      ClaimRequest request;
      request.slot = office::slot(*engine, 0, tomorrow, i % office::kSlots);
      request.applicant = {1, i};
      const std::vector<std::byte> details(500);
      REQUIRE(engine->confirm({engine->claim(request)->id, {2, i}, 0, details}).ok());
      REQUIRE(test::come_to_rest(*engine, office::kCheckpointFrom) == "");
    }
  }

  const test::ScratchDirectory directory;
  model::ManualClock clock{office::kMorning};
  std::unique_ptr<Engine> engine;
  const fs::path to = directory.path() / "backup" / "of today";
};

// Whether the fault struck.
bool back_up(Source& source, const Fault& fault) {
  FaultWatch faults(fault);
  {
    const disk::Watch watch(source.directory.path() / "backup", faults);
    const auto backup = source.engine->backup(source.to);
    INFO(faults.words());
    if (!faults.has_struck()) {
      REQUIRE(backup.ok());
      fs::remove_all(source.to);
      return false;
    }
    if (backup.ok()) {
      // A write that is cut short is ended by another; and what the lock says of its owner is there
      // for people, and for a next start, which looks more closely than it need.
      const bool lock_text = fs::path(faults.path()).filename() == "lock";
      REQUIRE((faults.cuts_short() || lock_text));
    } else {
      CAPTURE(backup.error().detail);
      REQUIRE((backup.code() == Code::io_error || backup.code() == Code::outcome_unknown));
      CHECK(backup.error().detail.find(source.directory.path().string()) != std::string::npos);
    }
  }
  INFO(faults.words());
  // What is there is whole, or nobody takes it for that; once the disk is mended, it is done again.
  const auto found = verify(source.to);
  const bool sound = found.ok() && found->sound();
  if (!sound) {
    // No data directory at all, or one that says that it is none yet.
    const bool none = found.code() == Code::invalid_argument;
    const std::string words = none ? found.error().detail : found->broken()->words;
    CAPTURE(words);
    CHECK((none || words.find("never finished") != std::string::npos));
  }
  if (sound) {
    CHECK(Engine::open([&] {
            Options options = office::options(source.clock);
            options.directory = source.to;
            options.durability = Durability::strict;
            return options;
          }())
              .ok());
  }
  CHECK(source.engine->health() == Health::serving);
  fs::remove_all(source.to);
  return true;
}

}  // namespace

TEST_CASE("io faults: a backup that a disk fails is whole, or is none") {
  Source source;
  const bool for_good = GENERATE(false, true);
  for (std::size_t way = 0; way < 4; ++way) {
    for (std::uint64_t call = 1; back_up(source, {call, way, for_good}); ++call) {
    }
  }
  REQUIRE(source.engine->backup(source.to).ok());
  CHECK(verify(source.to)->sound());
}
