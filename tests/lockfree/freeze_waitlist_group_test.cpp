// Somebody stands still who joins a waitlist as a group, or the writer that offers it seats.
#include <array>
#include <atomic>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "group_members.hpp"
#include "requests.hpp"
#include "steps.hpp"

using namespace janji;
using namespace janji::test;

namespace {

// Two slots of two seats each, from nine to ten, all taken: by 1, 2, 8 and 9.
std::vector<BookingId> fill_both(Engine& engine) {
  std::vector<BookingId> have;
  for (const auto& [who, hour] : {std::pair{1, 9}, {2, 9}, {8, 10}, {9, 10}}) {
    const auto made = engine.claim(claim_of(static_cast<std::uint64_t>(who), slot_at(1, hour)));
    REQUIRE(made.ok());
    have.push_back(made->id);
  }
  return have;
}

bool has_all(const Engine& engine, BookingId group, BookingState state) {
  return in_state(engine, group, state) == 2;
}

void settle(Engine& engine) {
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine.settle().ok());
}

}  // namespace

TEST_CASE("who stands still while he joins a waitlist with others stops nobody else") {
  const char* step = GENERATE(from_range(std::begin(kGroupJoinSteps), std::end(kGroupJoinSteps)));
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_both(*engine);
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread joiner([&] {
    Freezer::may_freeze = true;
    Pair pair(3, 1);
    outcome = engine->join_group(pair.ask());
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  CHECK(engine->claim(claim_of(6)).code() == Code::slot_full);
  Pair others(11);
  const auto behind = engine->join_group(others.ask());
  REQUIRE(behind.ok());
  REQUIRE(engine->cancel({have[0], {60, 1}, 0}).ok());
  REQUIRE(engine->cancel({have[2], {60, 2}, 0}).ok());
  settle(*engine);
  // Who stands still behind the publication, not yet let go, keeps his turn; else it isn't his yet.
  const std::string at = step;
  const bool keeps_turn = at == "after_publish" || at == "group_join_visible";
  const bool offered = has_all(*engine, *behind, BookingState::held);
  CHECK(offered == !keeps_turn);
  freezer.thaw();
  joiner.join();
  REQUIRE(outcome.ok());
  settle(*engine);
  CHECK(has_all(*engine, *outcome, keeps_turn ? BookingState::held : BookingState::waiting));
}

TEST_CASE("two groups that join with one member between them: one of them waits, whoever stands") {
  const char* step = GENERATE("group_waiter_entered", "group_join_entered", "before_publish");
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_both(*engine);
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread joiner([&] {
    Freezer::may_freeze = true;
    Pair pair(3, 1);
    outcome = engine->join_group(pair.ask());
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  Pair others(4);
  Patience patience;
  Decision other = engine->try_join_group(others.ask(), patience);
  while (other.verdict == Verdict::wait) other = engine->try_join_group(others.ask(), patience);
  // The first may be undone still, or may have entered the one that both have only later.
  const bool met = other.code == Code::retry;
  CHECK((met || other.verdict == Verdict::granted));
  freezer.thaw();
  joiner.join();
  CHECK(outcome.ok() == met);
  settle(*engine);
  CHECK(engine->counters().waiting == 2);
}

TEST_CASE("a day isn't archived while a group stands still that is about to wait there") {
  const char* step =
      GENERATE("join_slot_read", "group_join_filled", "group_waiter_entered", "before_publish");
  CAPTURE(step);
  ManualClock clock;
  Options options = small_options(clock);
  options.retention_ms = 60'000;
  options.archive_after_ms = 60'000;
  auto engine = open_engine(options);
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Decision joined;
  std::thread joiner([&] {
    Freezer::may_freeze = true;
    Patience patience;
    Pair pair(3, 1);
    joined = engine->try_join_group(pair.ask(), patience);
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  const auto pass = [&](int minutes) {
    for (int minute = 0; minute < minutes; minute += 20) {
      clock.advance(20 * 60'000);
      REQUIRE(engine->settle().ok());
      REQUIRE(engine->settle().ok());
    }
  };
  pass(3 * 24 * 60);
  const bool marked = std::string(step) != "join_slot_read";
  std::array<SlotAvailability, 24> slots;
  if (marked) CHECK(engine->slots(slot_at().lane(), slot_at().day(), slots) == slots.size());
  freezer.thaw();
  joiner.join();
  if (joined.verdict != Verdict::granted) return;  // it found the day gone
  REQUIRE(engine->wait_durable(joined.lsn));
  pass(24 * 60);
  std::array<BookingId, 2> ids;
  CHECK(engine->find_group(joined.booking, ids).code() == Code::booking_not_found);
}

namespace {

// Both seats that a group of two waits for came free, one in each slot, and the writer stands still
// at `step` of its way to offer them.
struct OfferedSeats {
  ManualClock clock;
  EngineThreads threads;
  std::unique_ptr<Engine> engine;
  BookingId group;
  Freezer freezer;

  explicit OfferedSeats(const char* step) : freezer(step) {
    Options options = small_options(clock);
    options.threads = &threads;
    engine = open_engine(options);
    const auto have = fill_both(*engine);
    Pair pair(3);
    group = *engine->join_group(pair.ask());
    REQUIRE(engine->cancel({have[0], {60, 1}, 0}).ok());
    settle(*engine);
    Freezer::writer_may_freeze = true;
    Patience patience;
    CHECK(engine->try_cancel({have[2], {60, 2}, 0}, patience).verdict == Verdict::granted);
    const std::atomic<bool> never{false};
    REQUIRE(freezer.wait_frozen(never));
  }
  ~OfferedSeats() { Freezer::writer_may_freeze = false; }

  void go_on() {
    Freezer::writer_may_freeze = false;
    freezer.thaw();
    settle(*engine);
  }
};

}  // namespace

TEST_CASE("the writer that stands still while it offers a group its seats stops no decision") {
  const char* step = GENERATE(from_range(std::begin(kGroupTurnSteps), std::end(kGroupTurnSteps)));
  CAPTURE(step);
  OfferedSeats office(step);
  Engine* const engine = office.engine.get();
  Patience theirs, elsewhere, own;
  CHECK(engine->try_claim(claim_of(6), theirs).verdict != Verdict::granted);
  CHECK(engine->try_claim(claim_of(7, slot_at(2)), elsewhere).verdict == Verdict::granted);
  CHECK(engine->try_cancel({office.group, {61, 1}, 0}, own).verdict == Verdict::wait);
  office.go_on();
  CHECK(has_all(*engine, office.group, BookingState::held));
}

// Hazard 15, as for one applicant: of a member, and of who joined for them.
TEST_CASE("no member of a group is blocked behind the back of the writer that offers it seats") {
  const char* step = GENERATE("turn_seats_taken", "group_turn_entered", "before_publish");
  const bool of_member = GENERATE(true, false);
  CAPTURE(step, of_member);
  OfferedSeats office(step);
  Engine* const engine = office.engine.get();
  BlockRequest asked = block_of(4);
  if (!of_member) asked.applicant = {8, 1};
  Patience theirs;
  Decision block = engine->try_block(asked, theirs);
  while (block.verdict == Verdict::wait) block = engine->try_block(asked, theirs);
  CHECK(block.code == Code::retry);
  office.go_on();
  CHECK(has_all(*engine, office.group, BookingState::held));
  CHECK(engine->block(asked).ok());
}

// A claim of a member, made while the writer is at his group, and the group's offer can't both be.
TEST_CASE("a member that claims elsewhere meanwhile, or his group, has a seat: not both") {
  const char* step = GENERATE("group_turn_marked", "turn_seats_taken", "group_turn_entered");
  CAPTURE(step);
  OfferedSeats office(step);
  Engine* const engine = office.engine.get();
  Patience theirs;
  const Decision claim = engine->try_claim(claim_of(4, slot_at(2)), theirs);
  office.go_on();
  settle(*engine);
  const bool claimed = claim.verdict == Verdict::granted;
  CHECK(has_all(*engine, office.group, claimed ? BookingState::expired : BookingState::held));
}

TEST_CASE("a group of which one is met busy keeps its turn, whoever stands behind") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_both(*engine);
  Pair pair(3);
  const BookingId group = *engine->join_group(pair.ask());
  Pair others(11);
  const BookingId behind = *engine->join_group(others.ask());
  const BookingId member = members_of(*engine, group)[1].id;
  Freezer freezer("marked_busy");
  std::atomic<bool> done{false};
  std::thread leaver([&] {
    Freezer::may_freeze = true;
    CHECK(engine->cancel({member, {60, 5}, 0}).ok());
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  REQUIRE(engine->cancel({have[0], {60, 1}, 0}).ok());
  REQUIRE(engine->cancel({have[2], {60, 2}, 0}).ok());
  settle(*engine);
  CHECK(has_all(*engine, behind, BookingState::waiting));
  freezer.thaw();
  leaver.join();
  settle(*engine);
  CHECK(members_of(*engine, group)[0].state == BookingState::held);
  CHECK(has_all(*engine, behind, BookingState::waiting));
}
