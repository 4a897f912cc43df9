// Each call to LMDB of a backup fails: it says so and leaves nothing, the engine goes on, and the
// next backup is whole.
#include <cerrno>
#include <string>

#include <catch2/catch.hpp>

#include <janji/verify.hpp>

#include "lmdb_calls/calls.hpp"
#include "unit/engine/engine_fixture.hpp"

namespace {

using namespace janji;
using namespace janji::test;
using lmdb_calls::Failure;

TEST_CASE("lmdb calls: a backup that fails leaves nothing, and the engine goes on") {
  ScratchDirectory directory;
  ManualClock clock;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.directory = directory.path() / "data";
  options.backlog_max = 60;  // more than there will be: a checkpoint from the half on
  const auto engine = open_engine(options);
  for (std::uint64_t i = 1; i <= 14; ++i) {
    const auto id = engine->claim(claim_of(i, slot_at(static_cast<int>(i % 7), 20)))->id;
    const std::vector<std::byte> details(50);
    REQUIRE(engine->confirm({id, {9, i}, 0, details}).ok());
  }
  const auto to = directory.path() / "backup";
  const int error = GENERATE(EIO, lmdb_calls::kMapFull, lmdb_calls::kCorrupted);
  const bool made = error == EIO && GENERATE(false, true);
  CAPTURE(error, made);
  bool failed = true;
  long at = 0;
  for (; failed; at += error == EIO ? 1 : 3) {
    std::string function;
    {
      const Failure failure(at, error, made);
      const auto backup = engine->backup(to);
      function = failure.function();
      CAPTURE(at, function);
      failed = !function.empty();
      if (!failed) {
        REQUIRE(backup.ok());
      } else {
        REQUIRE_FALSE(backup.ok());
        CAPTURE(backup.error().detail);
        CHECK(backup.error().detail.find(directory.path().string()) == 0);
        CHECK_FALSE(std::filesystem::exists(to));
      }
    }
    CHECK(engine->health() == Health::serving);
    REQUIRE(engine->settle().ok());
    std::filesystem::remove_all(to);
  }
  CHECK(at > 100);
  REQUIRE(engine->claim(claim_of(100)).ok());
  REQUIRE(engine->backup(to).ok());
  CHECK(verify(to)->sound());
}

TEST_CASE("lmdb calls: a verify that can't read says so, and calls damage what LMDB does") {
  ScratchDirectory directory;
  ManualClock clock;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.directory = directory.path() / "data";
  {
    const auto engine = open_engine(options);
    REQUIRE(engine->claim(claim_of(1)).ok());
  }
  const int error = GENERATE(EIO, lmdb_calls::kCorrupted);
  bool failed = true;
  long at = 0;
  for (; failed; ++at) {
    const Failure failure(at, error);
    const auto report = verify(options.directory);
    const std::string function = failure.function();
    CAPTURE(at, error, function);
    failed = !function.empty();
    if (!failed) {
      CHECK(report->sound());
    } else if (error == EIO) {
      REQUIRE(report.code() == Code::io_error);
      CHECK(report.error().detail.find(options.directory.string()) == 0);
    } else {
      REQUIRE(report.ok());
      REQUIRE_FALSE(report->sound());
      CHECK(report->broken()->words.find(options.directory.string()) == 0);
    }
  }
  CHECK(at > 40);
}

}  // namespace
