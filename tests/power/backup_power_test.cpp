// Losses of power to the disk that a backup is written to: what is there is whole, or nobody takes
// it for that; and once the backup was told, it is there.
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <janji/backup.hpp>

#include "model/clocks.hpp"
#include "power/power_watch.hpp"
#include "support/engine_check.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_office.hpp"

namespace {

using namespace janji;
using namespace janji::power;
namespace fs = std::filesystem;
namespace office = test::office;

constexpr std::uint64_t kSeed = 20261126;

struct Tally {
  std::string wrong;  // empty: each image is as it must be
  int images{0}, sound{0}, none{0}, unfinished{0}, told{0};
};

// Of one image, whose backup covers `covers`; `told`: the backup had returned.
std::string judge(const fs::path& backup, Lsn covers, bool told, Tally& tally) {
  ++tally.images;
  tally.told += told;
  const auto report = verify(backup);
  if (report.ok() && report->sound()) {
    ++tally.sound;
    return report->totals.journal_last == covers ? "" : "it lacks records, and is taken for whole";
  }
  const std::string words = report.ok() ? report->broken()->words : report.error().detail;
  if (told) return "it was told, and is lost: " + words;
  const bool none = report.code() == Code::invalid_argument;
  if (none) {
    ++tally.none;
    return "";
  }
  ++tally.unfinished;
  return words.find("never finished") != std::string::npos ? "" : "it is taken for whole: " + words;
}

Tally lose_power(const Lies& lies) {
  const test::ScratchDirectory directory;
  const model::ManualClock clock{office::kMorning};
  Options options = office::options(clock);
  options.directory = directory.path() / "data";
  options.durability = Durability::strict;
  const auto engine = std::move(Engine::open(std::move(options)).value());
  const Day tomorrow{office::day_of(office::kMorning).value + 1};
  for (std::uint64_t i = 1; i <= 20; ++i) {
    ClaimRequest request;
    request.slot = office::slot(*engine, 0, tomorrow, i % office::kSlots);
    request.applicant = {1, i};
    const std::vector<std::byte> details(700);
    REQUIRE(engine->confirm({engine->claim(request)->id, {2, i}, 0, details}).ok());
    REQUIRE(test::come_to_rest(*engine, office::kCheckpointFrom) == "");
  }
  Tally tally;
  for (std::uint64_t seed = kSeed; seed < kSeed + 8 && tally.wrong.empty(); ++seed) {
    const fs::path root = directory.path() / std::to_string(seed);
    fs::create_directory(root);
    Lsn told;
    PowerWatch power(root, lies, model::Random(seed), 1000, [&] { return Outside{told, 0}; });
    Lsn covers;
    {
      const disk::Watch watch(root, power);
      const auto made = engine->backup(root / "backup");
      REQUIRE(made.ok());
      told = covers = made->covers;
      // A call that changes nothing, so that there are images of what the disk has from now on.
      for (int i = 0; i < 6; ++i) ::close(::open((root / "backup" / "FORMAT").c_str(), O_RDONLY));
    }
    for (const Moment& moment : power.moments()) {
      const test::ScratchDirectory place;
      moment.image.write_to(place.path());
      tally.wrong = judge(place.path() / "backup", covers, moment.acknowledged != Lsn{}, tally);
      if (tally.wrong.empty()) continue;
      tally.wrong += "; call " + std::to_string(moment.call) + ", seed " + std::to_string(seed);
      break;
    }
  }
  return tally;
}

TEST_CASE("power is lost while a backup is written, and it is whole or none") {
  const Tally tally = lose_power({});
  std::printf(
      "power: %d images of backups: %d whole, %d none, %d unfinished, %d after the answer\n",
      tally.images, tally.sound, tally.none, tally.unfinished, tally.told);
  REQUIRE(tally.wrong == "");
  CHECK(tally.told >= 8 * 6);
  CHECK(tally.sound > tally.told);
  CHECK(tally.none > 8);
  CHECK(tally.unfinished > tally.images / 2);
}

TEST_CASE("a backup whose files or names aren't synced is found out") {
  Lies lies;
  (GENERATE(true, false) ? lies.syncs : lies.directories) = true;
  CHECK(lose_power(lies).wrong != "");
}

}  // namespace
