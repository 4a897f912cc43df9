// A crash of the machine can't be had in a test; that nothing is acknowledged before it was synced
// can be seen. kill -9 shows nothing of it: the kernel keeps what a process wrote.
#include <catch2/catch.hpp>

#include <regex>
#include <thread>

#include "engine_fixture.hpp"
#include "noted_calls.hpp"

namespace {

using namespace janji;
using namespace janji::test;

struct Fixture {
  ManualClock clock;  // it stands: no round but those that are asked for
  TemporaryDirectory directory;
  NotedCalls calls{std::filesystem::canonical(directory.path())};
  Options options = small_options(clock);

  explicit Fixture(Durability durability) {
    options.durability = durability;
    options.directory = std::filesystem::canonical(directory.path()) / "data";
  }
  std::filesystem::path journal() const { return options.directory / "journal.mdb"; }
  std::filesystem::path state() const { return options.directory / "state.mdb"; }
};

// Pages, their sync, and only then the page that makes them the newest, which is synced too.
bool is_durable(const std::string& calls) {
  return std::regex_match(calls, std::regex("m*(w+s(W|ws))+"));
}

TEST_CASE("sync: a decision is acknowledged once its pages are synced, and the one behind them") {
  Fixture fixture(Durability::strict);
  fixture.options.checkpoint = false;
  const auto engine = open_engine(fixture.options);
  for (int i = 1; i <= 20; ++i) {
    fixture.calls.begin(fixture.journal());
    REQUIRE(engine->claim(claim_of(static_cast<std::uint64_t>(i), slot_at(1, i))).ok());
    const std::string calls = fixture.calls.seen();
    CAPTURE(calls);
    REQUIRE(is_durable(calls));
  }
}

TEST_CASE("sync: relaxed, a decision waits for no disk, and settling does") {
  Fixture fixture(Durability::relaxed);
  const auto engine = open_engine(fixture.options);
  REQUIRE(engine->settle().ok());
  fixture.calls.begin(fixture.journal());
  const Lsn durable = engine->durable_lsn();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    const std::uint64_t commits = engine->counters().commits;
    REQUIRE(engine->claim(claim_of(i, slot_at(1, static_cast<int>(i)))).ok());
    while (engine->counters().commits == commits) std::this_thread::yield();
  }
  // The first two rounds have ended, and what isn't on the disk isn't called durable.
  CHECK(fixture.calls.seen() == "");
  CHECK(engine->durable_lsn() == durable);
  REQUIRE(engine->settle().ok());
  CAPTURE(fixture.calls.seen());
  CHECK(is_durable(fixture.calls.seen()));
}

TEST_CASE("sync: an epoch is on the disk before anyone is served, relaxed or not") {
  Fixture fixture(GENERATE(Durability::strict, Durability::relaxed));
  for (int opening = 0; opening < 3; ++opening) {
    fixture.calls.begin(fixture.journal());
    const auto engine = open_engine(fixture.options);
    const std::string calls = fixture.calls.seen();
    CAPTURE(opening, calls);
    REQUIRE(is_durable(calls));
  }
}

TEST_CASE("sync: a step of the state is synced before the journal may be trimmed behind it") {
  Fixture fixture(Durability::strict);
  auto engine = open_engine(fixture.options);
  REQUIRE(engine->claim(claim_of(1)).ok());
  fixture.calls.begin(fixture.state());
  engine.reset();  // takes everything into the state
  CAPTURE(fixture.calls.seen());
  REQUIRE(is_durable(fixture.calls.seen()));
}

// A process that was killed may have left in the cache what the disk never took; what a start
// builds on must be what the disk has.
TEST_CASE("sync: behind a process that was killed, what is read comes from the disk") {
  Fixture fixture(Durability::strict);
  const std::filesystem::path killed = fixture.options.directory;
  fixture.options.directory = killed.parent_path() / "left";
  {
    Options options = fixture.options;
    options.directory = killed;
    const auto engine = open_engine(options);
    REQUIRE(engine->claim(claim_of(1)).ok());
    std::filesystem::copy(killed, fixture.options.directory);  // as it would stand there
  }
  const auto file = GENERATE(as<std::string>(), "journal.mdb", "state.mdb");
  fixture.calls.begin(fixture.options.directory / file);
  open_engine(fixture.options).reset();
  CAPTURE(file, fixture.calls.seen());
  CHECK(std::regex_search(fixture.calls.seen(), std::regex("^s?c[^m]*m")));
  // Behind one that ended in order nothing needs to be.
  fixture.calls.begin(fixture.options.directory / file);
  open_engine(fixture.options).reset();
  CHECK(fixture.calls.seen().find('c') == std::string::npos);
}

}  // namespace
