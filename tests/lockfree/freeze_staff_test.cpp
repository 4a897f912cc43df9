// Staff stands still over a slot, a block or an erasure; or claims over which it comes.
#include <array>
#include <atomic>
#include <iterator>
#include <string>
#include <thread>

#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "requests.hpp"
#include "steps.hpp"

using namespace janji;
using namespace janji::test;

TEST_CASE("staff that stands still over a slot stops only those who want that slot") {
  const char* step = GENERATE(from_range(std::begin(kSlotSteps), std::end(kSlotSteps)));
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto kept = engine->claim(claim_of(1));
  REQUIRE(kept.ok());
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Status outcome = Error{Code::retry, {}};
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = engine->change_slot({slot_at(), SlotChangeRequest::Doors::closed, 0, {}, {9, 77}});
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  // Under the mark no refusal is final, and whoever has a booking there does with it what he likes.
  const std::string stopped(step);
  const Code claimed = engine->claim(claim_of(2)).code();
  CHECK((claimed == Code::retry || (stopped == "after_publish" && claimed == Code::closed)));
  CHECK(engine->claim(claim_of(3, slot_at(2))).ok());
  CHECK(engine->cancel({kept->id, {}, 0}).ok());
  freezer.thaw();
  staff.join();
  CHECK(outcome.ok());
  CHECK(engine->claim(claim_of(2)).code() == Code::closed);
}

TEST_CASE("of two slots changed under one id at once one is, and the other is as it was") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  Freezer freezer("slot_marked");
  std::atomic<bool> done{false};
  Status outcome = Error{Code::retry, {}};
  SlotChangeRequest request{slot_at(), SlotChangeRequest::Doors::closed, 0, {}, {9, 77}};
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = engine->change_slot(request);
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  SlotChangeRequest other = request;
  other.slot = slot_at(2);
  CHECK(engine->change_slot(other).ok());
  freezer.thaw();
  staff.join();
  CHECK(outcome.code() == Code::operation_mismatch);
  CHECK(engine->claim(claim_of(1)).ok());
  CHECK(engine->claim(claim_of(2, slot_at(2))).code() == Code::closed);
  request.operation = {9, 78};
  CHECK(engine->change_slot(request).ok());
}

namespace {

// A claim of the usual slot that stands still with a seat in its hands.
class ClaimUnderWay {
 public:
  ClaimUnderWay(Engine& engine, std::uint64_t who) {
    thread_ = std::thread([this, &engine, who] {
      Freezer::may_freeze = true;
      code_ = engine.claim(claim_of(who)).code();
      done_ = true;
    });
    REQUIRE(freezer_.wait_frozen(done_));
  }
  ~ClaimUnderWay() { end(); }
  Code end() {
    freezer_.thaw();
    if (thread_.joinable()) thread_.join();
    return code_;
  }

 private:
  Freezer freezer_{"seats_taken"};
  std::atomic<bool> done_{false};
  Code code_{Code::retry};
  std::thread thread_;
};

Verdict close_slot(Engine& engine, Patience& patience) {
  return engine.try_change_slot({slot_at(), SlotChangeRequest::Doors::closed}, patience).verdict;
}

Verdict claim_once(Engine& engine, std::uint64_t who) {
  Patience patience;
  return engine.try_claim(claim_of(who), patience).verdict;
}

}  // namespace

TEST_CASE("staff has its turn at a slot, though one claim comes behind the other") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  Patience patience;
  {
    ClaimUnderWay first(*engine, 1);
    REQUIRE(close_slot(*engine, patience) == Verdict::wait);
    // There is a seat left, and it isn't given away any more.
    CHECK(claim_once(*engine, 2) == Verdict::wait);
    CHECK(engine->claim(claim_of(2, slot_at(2))).ok());
    CHECK(first.end() == Code::ok);
  }
  REQUIRE(engine->settle().ok());
  CHECK(close_slot(*engine, patience) == Verdict::granted);
  CHECK(engine->claim(claim_of(3)).code() == Code::closed);
}

TEST_CASE("a slot that staff asked for and left alone is everybody's again") {
  const bool somebody_waits = GENERATE(false, true);
  CAPTURE(somebody_waits);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  Patience patience;
  {
    ClaimUnderWay first(*engine, 1);
    REQUIRE(close_slot(*engine, patience) == Verdict::wait);
    CHECK(first.end() == Code::ok);
  }
  REQUIRE(engine->settle().ok());
  CHECK(claim_once(*engine, 2) == Verdict::wait);
  BookingId waiting;
  if (somebody_waits) {
    const auto joined = engine->join(join_of(3));
    REQUIRE(joined.ok());
    waiting = joined->id;
    REQUIRE(engine->settle().ok());
    CHECK(engine->find(waiting)->state == BookingState::waiting);
  }
  // Each round looks: in the last of these its time is over.
  clock.advance(100);
  for (int round = 0; round < 5; ++round) {
    REQUIRE(engine->settle().ok());
    clock.advance(100);
  }
  if (somebody_waits) {
    CHECK(engine->find(waiting)->state == BookingState::held);
  } else {
    CHECK(claim_once(*engine, 2) == Verdict::granted);
  }
}

TEST_CASE("staff that is done with a slot, or gives up, leaves no mark behind") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  SlotChangeRequest request;
  request.slot = slot_at();
  Patience patience;
  SECTION("it gives up") {
    ClaimUnderWay first(*engine, 1);
    while (close_slot(*engine, patience) == Verdict::wait) {
    }
    CHECK(claim_once(*engine, 2) == Verdict::granted);
  }
  SECTION("the slot is already what it was to be") {
    request.capacity = 2;
    {
      ClaimUnderWay first(*engine, 1);
      REQUIRE(engine->try_change_slot(request, patience).verdict == Verdict::wait);
      CHECK(claim_once(*engine, 2) == Verdict::wait);
    }
    REQUIRE(engine->settle().ok());
    CHECK(engine->try_change_slot(request, patience).replayed);
    CHECK(claim_once(*engine, 2) == Verdict::granted);
  }
}

TEST_CASE("staff that stands still when it asks for a slot stops only those who want that slot") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  {
    ClaimUnderWay first(*engine, 1);
    bool has_stood = false;
    Freezer::interlude = [&](const std::string& step) {
      if (step != "slot_asked") return;
      has_stood = true;
      CHECK(claim_once(*engine, 2) == Verdict::wait);
      CHECK(engine->claim(claim_of(4, slot_at(2))).ok());
    };
    Patience patience;
    CHECK(close_slot(*engine, patience) == Verdict::wait);
    Freezer::interlude = nullptr;
    CHECK(has_stood);
    CHECK(first.end() == Code::ok);
  }
  REQUIRE(engine->settle().ok());
  CHECK(engine->change_slot({slot_at(), SlotChangeRequest::Doors::closed}).ok());
}

TEST_CASE("staff that stands still over a block stops only the applicant's claims") {
  const char* step = GENERATE(from_range(std::begin(kBlockSteps), std::end(kBlockSteps)));
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  Freezer freezer(step);
  std::atomic<bool> done{false};
  const BlockRequest request = block_of(1);
  Status outcome = Error{Code::retry, {}};
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = engine->block(request);
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  const std::string stopped(step);
  const Code claimed = engine->claim(claim_of(1)).code();
  CHECK((claimed == Code::retry || (stopped == "after_publish" && claimed == Code::blocked)));
  CHECK(engine->claim(claim_of(2)).ok());
  // Another block waits for who may have claimed meanwhile, as far as can be told.
  const Code other = engine->block(block_of(3)).code();
  CHECK((other == Code::ok || other == Code::retry));
  CHECK(engine->claim(claim_of(4, slot_at(2))).ok());
  freezer.thaw();
  staff.join();
  CHECK(outcome.ok());
  CHECK(engine->claim(claim_of(1)).code() == Code::blocked);
}

TEST_CASE("staff that stands still over an erasure stops only who wants the same booking") {
  const char* step = GENERATE(from_range(std::begin(kEraseSteps), std::end(kEraseSteps)));
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const std::array<std::byte, 3> details{std::byte{1}, std::byte{2}, std::byte{3}};
  std::array<BookingId, 2> ids;
  for (std::uint64_t who = 1; who <= 2; ++who) {
    const BookingId id = engine->claim(claim_of(who))->id;
    REQUIRE(engine->confirm({id, {5, who}, 0, details}).ok());
    REQUIRE(engine->cancel({id, {6, who}, 0}).ok());
    ids[who - 1] = id;
  }
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Status outcome = Error{Code::retry, {}};
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = engine->erase({ids[0], 1, ActorId{7}});
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  const bool marked = std::string(step) != "before_erase_mark";
  CHECK(engine->find(ids[0]).code() == (marked ? Code::retry : Code::ok));
  CHECK(engine->details(ids[0]).code() == (marked ? Code::retry : Code::ok));
  // Others': of another booking, and a walk that stops in front of this one.
  REQUIRE(engine->erase({ids[1], 1, ActorId{8}}).ok());
  CHECK(engine->details(ids[1]).code() == Code::details_erased);
  CHECK(engine->claim(claim_of(1, slot_at(3))).ok());
  Patience patience;
  const Decision same = engine->try_erase({ids[0], 1, ActorId{8}}, patience);
  CHECK(same.verdict == (marked ? Verdict::wait : Verdict::granted));
  EraseCursor cursor;
  const ErasePage page = engine->try_erase_all({claim_of(1).applicant, {}, 1, {}}, cursor);
  CHECK((page.round != 0) == marked);
  CHECK(cursor.at_end != marked);
  freezer.thaw();
  staff.join();
  CHECK(outcome.ok());
  CHECK(engine->details(ids[0]).code() == Code::details_erased);
  CHECK(engine->counters().erasures == 2);
}

// Hazard 15: it looked before the block was there, so it must stand before it in the journal.
TEST_CASE("nobody is blocked behind the back of a claim that stands still") {
  const char* step = GENERATE("slot_read", "seats_taken", "claim_filled", "key_entered",
                              "applicant_entered", "operation_entered", "before_publish");
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Decision claimed;
  std::thread claimer([&] {
    Freezer::may_freeze = true;
    Patience patience;
    claimed = engine->try_claim(claim_of(1, slot_at(), 5), patience);
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  CHECK(engine->block(block_of(1)).code() == Code::retry);
  CHECK(engine->claim(claim_of(2, slot_at(2))).ok());
  // Nobody asks any more: the applicant isn't blocked, and others claim.
  BlockCursor cursor;
  std::array<Block, 4> blocks;
  CHECK(engine->blocks(cursor, blocks) == 0);
  freezer.thaw();
  claimer.join();
  REQUIRE(claimed.verdict == Verdict::granted);
  Patience patience;
  const Decision block = engine->try_block(block_of(1), patience);
  REQUIRE(block.verdict == Verdict::granted);
  CHECK(block.lsn > claimed.lsn);
  REQUIRE(engine->wait_durable(block.lsn));
  CHECK(engine->find(claimed.booking)->state == BookingState::held);
  CHECK(engine->claim(claim_of(1, slot_at(2))).code() == Code::blocked);
}

TEST_CASE("a blocker that was told to wait and went away keeps the applicant for two seconds") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  Freezer freezer("seats_taken");
  std::atomic<bool> done{false};
  std::thread claimer([&] {
    Freezer::may_freeze = true;
    (void)engine->claim(claim_of(9));
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  Patience gone;
  CHECK(engine->try_block(block_of(1), gone).verdict == Verdict::wait);
  CHECK(engine->claim(claim_of(1)).code() == Code::retry);
  // With its patience nobody else gets anything.
  BlockRequest lift = block_of(1);
  lift.until = CivilTime{};
  for (const BlockRequest& other : {block_of(2), lift}) {
    Patience its = gone;
    CHECK(engine->try_block(other, its).verdict == Verdict::wait);
  }
  const auto walk = [&] {
    clock.advance(1000);
    REQUIRE(engine->settle().ok());
    REQUIRE(engine->settle().ok());
  };
  walk();
  CHECK(engine->claim(claim_of(1)).code() == Code::retry);
  for (int seconds = 0; seconds < 3; ++seconds) walk();
  CHECK(engine->claim(claim_of(1)).ok());
  freezer.thaw();
  claimer.join();
  // Whoever comes back late has nothing any more, and may begin anew.
  CHECK(engine->try_block(block_of(1), gone).code == Code::retry);
  CHECK(engine->claim(claim_of(1, slot_at(2), 7)).code() == Code::already_booked);
  REQUIRE(engine->block(block_of(1)).ok());
  CHECK(engine->claim(claim_of(1, slot_at(2))).code() == Code::blocked);
}
