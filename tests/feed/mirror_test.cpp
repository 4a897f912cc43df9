// Who has which slot in which state, rebuilt from the feed alone: of a small town that does
// everything that can be done.
#include "feed_case.hpp"
#include "model/feed_mirror.hpp"
#include "model/operation_run.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("a mirror of the feed has every booking and every seat that the engine has") {
  std::set<EventKind> kinds;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    INFO("seed " << seed);
    model::OperationRun run{model::Random(seed)};
    model::FeedMirror mirror;
    model::FeedMirror late;
    for (int step = 0; step < 6000; ++step) {
      REQUIRE(run.step() == "");
      if (step == 3000) REQUIRE(late.begin_anew(run.engine()) == "");
      if (step % 20 != 0) continue;
      REQUIRE(mirror.follow(run.engine(), 10 + static_cast<std::size_t>(step) % 50) == "");
      REQUIRE(mirror.compare(run.engine()) == "");
      if (step < 3000) continue;
      REQUIRE(late.follow(run.engine()) == "");
      REQUIRE(late.compare(run.engine()) == "");
    }
    kinds.insert(mirror.kinds().begin(), mirror.kinds().end());
  }
  // A mirror that never met a kind proves nothing about it.
  for (const EventKind kind :
       {EventKind::day_opened, EventKind::claim, EventKind::confirm, EventKind::cancel,
        EventKind::expire, EventKind::free, EventKind::reschedule, EventKind::extend,
        EventKind::submit, EventKind::approve, EventKind::refuse, EventKind::check_in,
        EventKind::serve, EventKind::complete, EventKind::no_show, EventKind::lapse,
        EventKind::reissue, EventKind::progress}) {
    INFO(to_string(kind));
    CHECK(kinds.count(kind) == 1);
  }
}

// The order in which whoever comes late must do it: where the feed ends, then the bookings. What
// is decided between the two is met twice.
TEST_CASE("a snapshot that is newer than its cursor comes right with the events behind it") {
  model::OperationRun run{model::Random(7)};
  for (int step = 0; step < 1000; ++step) REQUIRE(run.step() == "");
  for (int round = 0; round < 20; ++round) {
    model::FeedMirror mirror;
    const Lsn before = run.engine().durable_lsn();
    for (int step = 0; step < 100; ++step) REQUIRE(run.step() == "");
    REQUIRE(mirror.begin_anew(run.engine(), before) == "");
    REQUIRE(mirror.follow(run.engine()) == "");
    REQUIRE(mirror.compare(run.engine()) == "");
  }
}

TEST_CASE("the feed goes on over restarts, from the journal of a directory") {
  ManualClock clock;
  TemporaryDirectory directory;
  Options options = small_options(clock, 2);
  options.durability = GENERATE(Durability::strict, Durability::relaxed);
  options.directory = directory.path() / "data";
  options.journal_retain_lsn = 1U << 30;
  model::FeedMirror mirror;
  for (std::uint64_t opening = 0; opening < 4; ++opening) {
    auto engine = open_engine(options);
    REQUIRE(mirror.follow(*engine, 3) == "");
    REQUIRE(mirror.compare(*engine) == "");
    for (std::uint64_t i = 1; i <= 12; ++i) {
      const std::uint64_t applicant = 100 * opening + i;
      const int hour = static_cast<int>(i);
      const auto held =
          engine->claim(claim_of(applicant, slot_at(1 + static_cast<int>(opening), hour)));
      REQUIRE(held.ok());
      if (i % 3 == 0) REQUIRE(engine->cancel({held->id, {}, 0}).ok());
      if (i % 3 == 1) REQUIRE(engine->confirm({held->id, {}, 0, {}}).ok());
    }
    clock.advance(11 * 60'000);
    REQUIRE(engine->settle().ok());
  }
  CHECK(mirror.kinds().count(EventKind::expire) == 1);
}

TEST_CASE("a mirror's comparison can fail") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  model::FeedMirror mirror;
  REQUIRE(mirror.follow(*engine) == "");
  REQUIRE(mirror.compare(*engine) == "");
  const BookingId id = engine->claim(claim_of(1))->id;
  CHECK(mirror.compare(*engine) != "");
  REQUIRE(mirror.follow(*engine) == "");
  REQUIRE(mirror.compare(*engine) == "");
  REQUIRE(engine->reschedule({id, slot_at(2), {}, 0}).ok());
  CHECK(mirror.compare(*engine) != "");
}
