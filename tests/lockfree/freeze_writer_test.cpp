// The writer stands still, or somebody over whom it passes by meanwhile.
#include <atomic>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "steps.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("with the writer standing still, callers end in overloaded or by their time limit") {
  const char* step = GENERATE(from_range(std::begin(kWriterSteps), std::end(kWriterSteps)));
  CAPTURE(step);
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock, 4000);
  options.bookings_max = 8192;
  options.record_blocks = 256;
  options.threads = &threads;
  auto engine = open_engine(options);
  const auto ended = engine->claim(claim_of(3000, slot_at(2)));
  REQUIRE(ended.ok());
  {
    Freezer freezer(step);
    Freezer::writer_may_freeze = true;
    Patience first, other;
    const Decision claimed = engine->try_claim(claim_of(1, slot_at(), 1), first);
    REQUIRE(claimed.verdict == Verdict::granted);
    REQUIRE(engine->try_cancel({ended->id, {5, 1}, 0}, other).verdict == Verdict::granted);
    const std::atomic<bool> never{false};
    REQUIRE(freezer.wait_frozen(never));
    int granted = 0, overloaded = 0;
    for (std::uint64_t i = 2; i < 2000 && overloaded < 10; ++i) {
      Patience patience;
      const Decision decision = engine->try_claim(claim_of(i, slot_at(), i), patience);
      granted += decision.verdict == Verdict::granted;
      overloaded += decision.code == Code::overloaded;
      REQUIRE((decision.verdict == Verdict::granted || decision.code == Code::overloaded));
    }
    CHECK(granted > 0);
    CHECK(granted < 256);
    CHECK(overloaded == 10);
    // Whoever meets the first claim, and it isn't durable, is told to wait, and at last to come
    // again; or is refused because of it, to be told when it is durable.
    Patience patience;
    Decision second = engine->try_claim(claim_of(1, slot_at(4), 4000), patience);
    while (second.verdict == Verdict::wait) {
      clock.advance(20);
      second = engine->try_claim(claim_of(1, slot_at(4), 4000), patience);
    }
    CHECK(second.verdict == Verdict::refused);
    if (second.code == Code::already_booked) {
      CHECK(second.lsn == claimed.lsn);
    } else {
      CHECK(second.code == Code::retry);
      CHECK(claimed.lsn > engine->durable_lsn());
    }
    CHECK_FALSE(engine->wait_round(1'000'000, 20));
    CHECK_FALSE(engine->wait_durable(Lsn{1'000'000}, 20));
    Freezer::writer_may_freeze = false;
  }
  REQUIRE(engine->settle().ok());
  CHECK(engine->claim(claim_of(5000, slot_at(), 5000)).ok());
  CHECK(engine->claim(claim_of(1, slot_at(4), 4001)).code() == Code::already_booked);
}

TEST_CASE("with the writer standing still at a hold that is due, only that booking waits") {
  const char* step = GENERATE(from_range(std::begin(kSweepSteps), std::end(kSweepSteps)));
  const bool is_confirm = GENERATE(true, false);
  CAPTURE(step, is_confirm);
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const auto due = engine->claim(claim_of(1, slot_at(), 1));
  REQUIRE(due.ok());
  clock.advance(5000);  // its deadline is a later one
  const auto other = engine->claim(claim_of(2, slot_at(), 2));
  REQUIRE(other.ok());
  Freezer freezer(step);
  Freezer::writer_may_freeze = true;
  clock.advance(options.catalogue->services()[0].rules.hold_ms - 3000);
  Patience patience, theirs;
  // Its publish wakes the writer, which then sweeps.
  CHECK(engine->try_claim(claim_of(3, slot_at(2), 3), theirs).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  const auto change = [&](BookingId id, std::uint64_t operation, Patience& how_long) {
    return is_confirm ? engine->try_confirm({id, {5, operation}, 0, {}}, how_long)
                      : engine->try_cancel({id, {5, operation}, 0}, how_long);
  };
  Decision met = change(due->id, 1, patience);
  CHECK(met.verdict == Verdict::wait);
  while (met.verdict == Verdict::wait) met = change(due->id, 1, patience);
  CHECK(met.code == Code::retry);
  Patience another;
  CHECK(change(other->id, 2, another).verdict == Verdict::granted);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(due->id)->state == BookingState::expired);
  CHECK(engine->find(other->id)->state ==
        (is_confirm ? BookingState::confirmed : BookingState::cancelled));
}

TEST_CASE(
    "who is being confirmed while the patrol passes by a closed slot is displaced all the same") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto held = engine->claim(claim_of(1));
  REQUIRE(held.ok());
  // Its record is published, and its word still says that it is held and busy.
  Freezer freezer("after_publish");
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread holder([&] {
    Freezer::may_freeze = true;
    outcome = engine->confirm({held->id, {5, 1}, 0, {}});
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  REQUIRE(engine->change_slot({slot_at(), SlotChangeRequest::Doors::closed}).ok());
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  freezer.thaw();
  holder.join();
  CHECK(outcome.ok());
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(engine->find(held->id)->state == BookingState::displaced);
}

TEST_CASE("a mark that staff takes back hid nobody from the patrol that passed by meanwhile") {
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const auto held = engine->claim(claim_of(1));
  REQUIRE(held.ok());
  REQUIRE(engine->confirm({held->id, {}, 0, {}}).ok());
  const auto settle = [&] {
    for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  };
  settle();
  // The slot is closed, and the writer hasn't looked yet at who has a booking there.
  Freezer freezer("writer_gave_back");
  Freezer::writer_may_freeze = true;
  Patience patience, theirs, another;
  const SlotChangeRequest closes{slot_at(), SlotChangeRequest::Doors::closed};
  REQUIRE(engine->try_change_slot(closes, patience).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  SlotChangeRequest late = closes;
  late.operation = {9, 77};
  SlotChangeRequest other = late;
  other.slot = slot_at(2);
  bool has_stood = false;
  Freezer::interlude = [&](const std::string& step) {
    if (step != "slot_marked" || std::exchange(has_stood, true)) return;
    Freezer::writer_may_freeze = false;
    freezer.thaw();
    CHECK(engine->try_change_slot(other, another).verdict == Verdict::granted);
    settle();
    CHECK(engine->find(held->id)->state == BookingState::confirmed);
  };
  CHECK(engine->try_change_slot(late, theirs).code == Code::operation_mismatch);
  Freezer::interlude = nullptr;
  CHECK(has_stood);
  settle();
  CHECK(engine->find(held->id)->state == BookingState::displaced);
}

TEST_CASE("with the writer standing still at a visit that is over, only that booking waits") {
  const char* step = GENERATE(from_range(std::begin(kPatrolSteps), std::end(kPatrolSteps)));
  CAPTURE(step);
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const auto confirmed = [&](std::uint64_t who, SlotKey slot) {
    const BookingId id = engine->claim(claim_of(who, slot))->id;
    REQUIRE(engine->confirm({id, {}, 0, {}}).ok());
    return id;
  };
  const BookingId over = confirmed(1, slot_at(0, 9));
  const BookingId other = confirmed(2, slot_at());
  Freezer freezer(step);
  Freezer::writer_may_freeze = true;
  clock.advance(3 * 3'600'000);  // eleven o'clock
  Patience patience, theirs, another;
  // Its publish wakes the writer, which then goes on patrol.
  CHECK(engine->try_claim(claim_of(3, slot_at(2), 3), theirs).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  Decision met = engine->try_cancel({over, {5, 1}, 0}, patience);
  CHECK(met.verdict == Verdict::wait);
  while (met.verdict == Verdict::wait) met = engine->try_cancel({over, {5, 1}, 0}, patience);
  CHECK(met.code == Code::retry);
  CHECK(engine->try_cancel({other, {5, 2}, 0}, another).verdict == Verdict::granted);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(over)->state == BookingState::no_show);
  CHECK(engine->find(other)->state == BookingState::cancelled);
}

TEST_CASE("what is done by rule is dated behind what came before it in the same round") {
  constexpr std::int64_t kMinute = 60'000;
  ManualClock clock;  // eight o'clock
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const BookingId over = engine->claim(claim_of(1, slot_at(0, 9)))->id;
  REQUIRE(engine->confirm({over, {}, 0, {}}).ok());
  clock.advance(179 * kMinute);  // its visit is over at eleven
  const auto due = engine->claim(claim_of(2, slot_at(2)));
  REQUIRE(due.ok());
  REQUIRE(engine->settle().ok());
  Freezer freezer("sweep_marked");
  Freezer::writer_may_freeze = true;
  clock.advance(due->deadline.value - engine->ledger_now().value + 1000);
  Patience theirs;
  CHECK(engine->try_claim(claim_of(3, slot_at(2), 3), theirs).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  // The round has read its time; somebody is quicker than its patrol.
  clock.advance(kMinute / 2);
  Patience patience;
  CHECK(engine->try_act({Act::reissue, over}, patience).verdict == Verdict::granted);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  REQUIRE(engine->find(over)->state == BookingState::no_show);
  std::vector<Event> events(100);
  const auto page = engine->read_feed({}, events);
  REQUIRE(page.ok());
  LedgerTime last;
  for (std::size_t i = 0; i < page->events; ++i) {
    if (events[i].booking != over) continue;
    CHECK(events[i].decided_at >= last);
    last = events[i].decided_at;
  }
}

TEST_CASE("a booking that makes progress just before it would be forgotten is kept") {
  constexpr std::int64_t kHour = 3'600'000;
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  UniformCatalogue office;
  office.rules = options.catalogue->services()[0].rules;
  office.rules.check_in_ms = kMaxVisitMs;
  office.progress = {"ready"};
  options.catalogue = *make_uniform_catalogue(office);
  options.retention_ms = kHour;
  options.threads = &threads;
  auto engine = open_engine(options);
  const BookingId id = engine->claim(claim_of(1, slot_at(0, 9)))->id;
  REQUIRE(engine->confirm({id, {}, 0, {}}).ok());
  REQUIRE(engine->act({Act::check_in, id}).ok());
  REQUIRE(engine->act({Act::complete, id}).ok());
  clock.advance(kHour / 4);  // past the deadline of its hold, behind which it waits for its end
  for (int rounds = 0; rounds < 2; ++rounds) REQUIRE(engine->settle().ok());
  Freezer freezer("round_begins");
  Freezer::writer_may_freeze = true;
  Patience patience, theirs;
  CHECK(engine->try_claim(claim_of(2, slot_at(2)), theirs).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  clock.advance(2 * kHour);
  // Published in the round in which the writer comes to forget the booking.
  ActRequest progress{Act::progress, id};
  progress.argument = progress_id("ready").value;
  CHECK(engine->try_act(progress, patience).verdict == Verdict::granted);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(engine->find(id)->progress == progress_id("ready"));
}

TEST_CASE("with the writer standing still while it archives a day, only callers of that day wait") {
  const std::string step = GENERATE(from_range(std::begin(kArchiveSteps), std::end(kArchiveSteps)));
  CAPTURE(step);
  constexpr std::int64_t kHour = 3'600'000;
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  options.archive_after_ms = 0;
  auto engine = open_engine(options);
  Freezer freezer(step);
  Freezer::writer_may_freeze = true;
  clock.advance(16 * kHour + 60'000);  // a minute past midnight
  Patience patience, theirs, another;
  // Its publish wakes the writer, which then looks at the days.
  CHECK(engine->try_claim(claim_of(3, slot_at(2), 3), theirs).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  // The wall clock was wrong, say: the day isn't over.
  clock.civil.fetch_sub(2 * kHour);
  const SlotKey last = slot_at(0, 23);
  const auto claim = [&] { return engine->try_claim(claim_of(1, last, 1), patience); };
  Decision met = claim();
  const bool closed = step != "archive_closing";  // of the day's words only the first is
  CHECK(met.verdict == (closed ? Verdict::wait : Verdict::granted));
  while (met.verdict == Verdict::wait) {
    clock.advance(20);
    met = claim();
  }
  if (closed) CHECK(met.code == Code::retry);
  SlotAvailability seen[24];
  CHECK(engine->slots(LaneId{0}, kToday, seen) == 24);
  CHECK(engine->try_claim(claim_of(2, slot_at(2), 2), another).verdict == Verdict::granted);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  REQUIRE(engine->settle().ok());
  CHECK(engine->slots(LaneId{0}, kToday, seen) == (closed ? 0U : 24U));
  if (closed) {
    CHECK(engine->claim(claim_of(1, last, 1)).code() == Code::not_released);
  } else {
    CHECK(engine->find(met.booking)->slot == last);
    // What was closed for the archiving is open again.
    CHECK(engine->claim(claim_of(4, slot_at(0, 0), 4)).code() == Code::too_late);
    clock.civil.store(kToday.value * 24 * kHour - 8 * kHour - 60'000);
    CHECK(engine->claim(claim_of(4, slot_at(0, 0), 4)).ok());
  }
}
