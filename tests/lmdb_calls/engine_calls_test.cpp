// Each call to LMDB of an engine's opening fails: it says so, serves nobody, and the next opening
// has everything.
#include <cerrno>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "lmdb_calls/calls.hpp"
#include "unit/engine/engine_fixture.hpp"

namespace {

using namespace janji;
using namespace janji::test;
using lmdb_calls::Failure;

// A directory with a hold, a confirmed booking with details, and a cancelled one.
struct Office {
  Office() {
    options.durability = Durability::strict;
    options.directory = directory.path() / "data";
    options.slots_max = 0;
    const auto engine = open_engine(options);
    held = engine->claim(claim_of(1))->id;
    confirmed = engine->claim(claim_of(2))->id;
    const auto bytes = std::as_bytes(std::span(details));
    REQUIRE(engine->confirm({confirmed, {9, 1}, 0, {bytes.begin(), bytes.end()}}).ok());
    cancelled = engine->claim(claim_of(3, slot_at(2)))->id;
    REQUIRE(engine->cancel({cancelled, {}, 0}).ok());
  }

  void require_whole(const Engine& engine) const {
    CHECK(engine.find(held)->state == BookingState::held);
    CHECK(engine.find(confirmed)->state == BookingState::confirmed);
    CHECK(engine.find(cancelled)->state == BookingState::cancelled);
    CHECK(availability(engine, slot_at()).free == 0);
    CHECK(availability(engine, slot_at(2)).free == 2);
    const auto stored = engine.details(confirmed);
    REQUIRE(stored.ok());
    CHECK(stored->size() == details.size());
  }

  TemporaryDirectory directory;
  ManualClock clock;
  Options options = small_options(clock);
  const std::string details = "sealed";
  BookingId held, confirmed, cancelled;
};

TEST_CASE("lmdb calls: an opening that fails serves nobody and loses nothing") {
  Office office;
  const bool corrupted = GENERATE(false, true);
  const auto before = office.directory.path() / "data";
  bool failed = true;
  long at = corrupted ? 1 : 0;
  for (; failed; at += corrupted ? 3 : 1) {
    // Each in a copy: an opening that succeeds leaves one epoch more to read for the next.
    Options options = office.options;
    options.directory = office.directory.path() / std::to_string(at);
    std::filesystem::copy(before, options.directory);
    std::string function;
    {
      const Failure failure(at, corrupted ? lmdb_calls::kCorrupted : EIO);
      const auto opened = Engine::open(options);
      function = failure.function();
      CAPTURE(at, function);
      failed = !function.empty();
      REQUIRE(opened.ok() != failed);
      if (failed) {
        CAPTURE(opened.error().detail);
        CHECK(opened.error().detail.find(options.directory.string()) != std::string::npos);
      }
    }
    office.require_whole(*open_engine(options));
    std::filesystem::remove_all(options.directory);
  }
  CHECK(at > 60);
}

}  // namespace
