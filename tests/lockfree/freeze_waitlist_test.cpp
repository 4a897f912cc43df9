// Somebody stands still who joins a waitlist, or the writer that offers a seat to who waits.
#include <array>
#include <atomic>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "requests.hpp"
#include "steps.hpp"

using namespace janji;
using namespace janji::test;

namespace {

// From nine to ten: two slots, of which the second has its seats taken, too.
JoinRequest day_of(std::uint64_t who, std::uint64_t operation = 0) {
  JoinRequest request = join_of(who, operation);
  request.slot = SlotKey{};
  request.day = slot_at().day();
  request.from = slot_at().minute();
  request.until = slot_at(1, 10).minute();
  return request;
}

void fill_second_slot(Engine& engine) {
  for (std::uint64_t who = 8; who != 10; ++who) {
    REQUIRE(engine.claim(claim_of(who, slot_at(1, 10))).ok());
  }
}

}  // namespace

TEST_CASE("who stands still while he joins a waitlist stops nobody else") {
  const char* step = GENERATE(from_range(std::begin(kJoinSteps), std::end(kJoinSteps)));
  const bool for_day = GENERATE(false, true);
  CAPTURE(step, for_day);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto first = engine->claim(claim_of(1));
  REQUIRE(first.ok());
  REQUIRE(engine->claim(claim_of(2)).ok());
  fill_second_slot(*engine);
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread joiner([&] {
    Freezer::may_freeze = true;
    outcome = engine->join(for_day ? day_of(3, 1) : join_of(3, 1));
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  CHECK(engine->claim(claim_of(4)).code() == Code::slot_full);
  const auto other = engine->join(join_of(5));
  REQUIRE(other.ok());
  REQUIRE(engine->cancel({first->id, {60, 1}, 0}).ok());
  CHECK(engine->claim(claim_of(4)).code() == Code::slot_full);
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  // Who stands still behind the publication, not yet let go, keeps his turn; else it isn't his yet.
  const bool keeps_turn =
      std::string(step) == "after_publish" || std::string(step) == "join_visible";
  const auto found = engine->find(other->id);
  REQUIRE(found.ok());
  CHECK(found->state == (keeps_turn ? BookingState::waiting : BookingState::held));
  freezer.thaw();
  joiner.join();
  REQUIRE(outcome.ok());
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  const auto joined = engine->find(outcome->id);
  REQUIRE(joined.ok());
  CHECK(joined->state == (keeps_turn ? BookingState::held : BookingState::waiting));
}

// Promise 4: by LSN he would wait twice for a moment.
TEST_CASE("who leaves a waitlist and stands still before his record is still in it") {
  const bool for_day = GENERATE(false, true);
  CAPTURE(for_day);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  REQUIRE(engine->claim(claim_of(1)).ok());
  REQUIRE(engine->claim(claim_of(2)).ok());
  fill_second_slot(*engine);
  const auto waits = engine->join(for_day ? day_of(3) : join_of(3));
  REQUIRE(waits.ok());
  REQUIRE(engine->settle().ok());
  Freezer freezer("before_publish");
  std::atomic<bool> done{false};
  Result<Booking> left = Error{Code::retry, {}};
  std::thread leaver([&] {
    Freezer::may_freeze = true;
    left = engine->cancel({waits->id, {60, 1}, 0});
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  Patience patience;
  const JoinRequest again = for_day ? day_of(3, 2) : join_of(3, 2);
  Decision other = engine->try_join(again, patience);
  while (other.verdict == Verdict::wait) other = engine->try_join(again, patience);
  CHECK(other.code == Code::retry);
  freezer.thaw();
  leaver.join();
  REQUIRE(left.ok());
  REQUIRE(engine->settle().ok());
  const auto back = engine->join(again);
  REQUIRE(back.ok());
  CHECK(back->state == BookingState::waiting);
}

// Hazard 7: he saw the day open, so it mustn't be archived before he is in its list.
TEST_CASE("a day isn't archived while somebody stands still who is about to wait there") {
  const char* step = GENERATE("join_slot_read", "join_filled", "waiter_entered", "before_publish");
  const bool for_day = GENERATE(false, true);
  CAPTURE(step, for_day);
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
    joined = engine->try_join(for_day ? day_of(3, 1) : join_of(3, 1), patience);
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
  // Both lanes' today, and the other lane's tomorrow and the day behind it; his own, if he had
  // marked it by then, stays.
  const bool marked = std::string(step) != "join_slot_read";
  CHECK(engine->counters().days_archived >= 3);
  std::array<SlotAvailability, 24> slots;
  if (marked) CHECK(engine->slots(slot_at().lane(), slot_at().day(), slots) == slots.size());
  freezer.thaw();
  joiner.join();
  if (joined.verdict != Verdict::granted) return;  // he found the day gone
  REQUIRE(engine->wait_durable(joined.lsn));
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(joined.booking).ok());
  pass(24 * 60);
  CHECK(engine->find(joined.booking).code() == Code::booking_not_found);
}

namespace {

// A full slot for which somebody waits, or for it and another; a seat came free, and the writer
// stands still at `step` of its way to offer it.
struct OfferedSeat {
  ManualClock clock;
  EngineThreads threads;
  std::unique_ptr<Engine> engine;
  BookingId waits;
  Freezer freezer;

  explicit OfferedSeat(const char* step, bool for_day = false) : freezer(step) {
    Options options = small_options(clock);
    options.threads = &threads;
    engine = open_engine(options);
    const auto first = engine->claim(claim_of(1));
    REQUIRE(first.ok());
    REQUIRE(engine->claim(claim_of(2)).ok());
    fill_second_slot(*engine);
    const auto joined = engine->join(for_day ? day_of(3) : join_of(3));
    REQUIRE(joined.ok());
    waits = joined->id;
    Freezer::writer_may_freeze = true;
    Patience patience;
    CHECK(engine->try_cancel({first->id, {60, 1}, 0}, patience).verdict == Verdict::granted);
    wait_frozen();
  }
  ~OfferedSeat() { Freezer::writer_may_freeze = false; }

  void wait_frozen() {
    const std::atomic<bool> never{false};
    REQUIRE(freezer.wait_frozen(never));
  }
  void go_to(const char* step) {
    freezer.move_on_to(step);
    wait_frozen();
  }
  void go_on() {
    Freezer::writer_may_freeze = false;
    freezer.thaw();
    for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  }
};

}  // namespace

TEST_CASE("the writer that stands still while it offers a seat stops no decision") {
  const char* step = GENERATE(from_range(std::begin(kTurnSteps), std::end(kTurnSteps)));
  const bool for_day = GENERATE(false, true);
  CAPTURE(step, for_day);
  OfferedSeat office(step, for_day);
  Engine* const engine = office.engine.get();
  Patience theirs, elsewhere, own;
  // Nobody slips past the offer, neither into the slot nor by leaving the list.
  CHECK(engine->try_claim(claim_of(4), theirs).verdict != Verdict::granted);
  CHECK(engine->try_claim(claim_of(5, slot_at(2)), elsewhere).verdict == Verdict::granted);
  CHECK(engine->try_cancel({office.waits, {61, 1}, 0}, own).verdict == Verdict::wait);
  office.go_on();
  CHECK(engine->find(office.waits)->state == BookingState::held);
}

// Hazard 15: the writer looked before the block was there, so what it publishes must come first.
TEST_CASE("nobody is blocked behind the back of the writer that offers him a seat") {
  const char* step = GENERATE(from_range(std::begin(kTurnSteps), std::end(kTurnSteps)));
  CAPTURE(step);
  OfferedSeat office(step);
  Engine* const engine = office.engine.get();
  Patience theirs;
  Decision block = engine->try_block(block_of(3), theirs);
  while (block.verdict == Verdict::wait) block = engine->try_block(block_of(3), theirs);
  CHECK(block.code == Code::retry);
  office.go_on();
  CHECK(engine->find(office.waits)->state == BookingState::held);
  CHECK(engine->block(block_of(3)).ok());
}

TEST_CASE("who is offered a seat may move before that is committed, and has left the list then") {
  const bool for_day = GENERATE(false, true);
  CAPTURE(for_day);
  OfferedSeat office("turn_entered", for_day);
  Engine* const engine = office.engine.get();
  Patience theirs;
  office.go_to("writer_before_commit");
  RescheduleRequest move;
  move.booking = office.waits;
  move.slot = slot_at(2);
  CHECK(engine->try_reschedule(move, theirs).verdict == Verdict::granted);
  office.go_on();
  CHECK(engine->find(office.waits)->slot == slot_at(2));
  CHECK(engine->counters().waiting == 0);
  CHECK(engine->claim(claim_of(4)).ok());
}

// Who waits for a day stands behind whoever came before, also where only one of his slots is wanted
// by both; and keeps his turn there while somebody changes his booking.
TEST_CASE("who waits for a day and is met busy keeps his turn in each of its slots") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto first = engine->claim(claim_of(1));
  REQUIRE(first.ok());
  REQUIRE(engine->claim(claim_of(2)).ok());
  fill_second_slot(*engine);
  const auto day = engine->join(day_of(3));
  const auto slot = engine->join(join_of(4));
  REQUIRE((day.ok() && slot.ok()));
  Freezer freezer("marked_busy");
  std::atomic<bool> done{false};
  std::thread leaver([&] {
    Freezer::may_freeze = true;
    CHECK(engine->cancel({day->id, {60, 2}, 0}).ok());
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  REQUIRE(engine->cancel({first->id, {60, 1}, 0}).ok());
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(engine->find(slot->id)->state == BookingState::waiting);
  freezer.thaw();
  leaver.join();
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(engine->find(slot->id)->state == BookingState::held);
}
