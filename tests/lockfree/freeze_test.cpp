// Stops one thread after each step of the protocol and sees the others go on.
#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "pool_office.hpp"
#include "steps.hpp"
#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

namespace {

BlockRequest block_of(std::uint64_t who) {
  BlockRequest request;
  request.applicant = claim_of(who).applicant;
  request.until = CivilTime{kMorning + 86'400'000};
  return request;
}

// What others do meanwhile: with the frozen one's slot, its applicant, its booking, and elsewhere.
// Returns how many decisions were final grants.
int bystander(Engine& engine, std::uint64_t who, BookingId shared, std::vector<BookingId>& made) {
  int granted = 0;
  for (std::uint64_t i = 0; i < 8; ++i) {
    const std::uint64_t applicant = who * 100 + i;
    const auto own =
        engine.claim(claim_of(applicant, slot_at(2, static_cast<int>(who)), applicant));
    if (own.ok()) {
      ++granted;
      if (engine.confirm({own->id, {50, applicant}, 0, {}}).ok()) ++granted;
      if (engine.cancel({own->id, {60, applicant}, 0}).ok()) ++granted;
    }
    (void)engine.claim(claim_of(1, slot_at(3), 7000 + applicant));  // the frozen one's applicant
    const auto same_slot = engine.claim(claim_of(applicant + 50, slot_at()));
    if (same_slot.ok()) made.push_back(same_slot->id);
    const auto same_request = engine.claim(claim_of(1, slot_at(), 1));
    if (same_request.ok()) made.push_back(same_request->id);
    (void)engine.find(shared);
    if (shared.value != 0) (void)engine.cancel({shared, {70, applicant}, 0});
    (void)availability(engine, slot_at());
  }
  return granted;
}

// Every seat of the slot that is taken belongs to an active booking, and nothing is pending.
void audit(Engine& engine, const std::set<BookingId>& known) {
  std::uint32_t active = 0;
  for (const BookingId id : known) {
    const auto booking = engine.find(id);
    const bool is_here = booking.ok() && booking->slot == slot_at();
    if (is_here && is_active(booking->state)) active += booking->seats;
  }
  const SlotAvailability slot = availability(engine, slot_at());
  CHECK(static_cast<std::uint32_t>(slot.capacity - slot.free) == active);
}

// The last seats can be had, and then the slot is full for good: no seat got lost, none is pending.
void fill(Engine& engine) {
  const std::uint32_t left = availability(engine, slot_at()).free;
  for (std::uint32_t i = 0; i < left; ++i) REQUIRE(engine.claim(claim_of(100'000 + i)).ok());
  CHECK(engine.claim(claim_of(200'000)).code() == Code::slot_full);
}

// Three others do their work to the end; it hangs, and times out, if they were stopped. Returns the
// bookings that they made in the frozen one's slot.
std::set<BookingId> bystanders_finish(Engine& engine, BookingId shared) {
  std::atomic<int> granted{0};
  std::vector<BookingId> made[3];
  std::vector<std::thread> others;
  for (std::uint64_t who = 1; who <= 3; ++who) {
    others.emplace_back([&, who] { granted += bystander(engine, who, shared, made[who - 1]); });
  }
  for (std::thread& other : others) other.join();
  CHECK(granted == 3 * 8 * 3);
  std::set<BookingId> all;
  for (const auto& theirs : made) all.insert(theirs.begin(), theirs.end());
  return all;
}

void freeze_at(const std::string& step, const std::string& operation) {
  CAPTURE(step, operation);
  ManualClock clock;  // first: it outlives the engine
  Options options = small_options(clock, 400);
  options.bookings_max = 4096;
  options.operations_max = 4096;
  options.blocks_max = 64;
  options.entitlements_max = 64;
  options.eligible_max = 256;
  store::MemoryFactory disk;
  options.durability = Durability::strict;
  options.store = &disk;
  auto engine = open_engine(options);
  BookingId shared;
  if (operation != "claim") {
    const auto booking = engine->claim(claim_of(1, slot_at(), 0));
    REQUIRE(booking.ok());
    shared = booking->id;
  }
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread victim([&] {
    Freezer::may_freeze = true;
    if (operation == "claim") outcome = engine->claim(claim_of(1, slot_at(), 1));
    if (operation == "confirm") outcome = engine->confirm({shared, {5, 1}, 0, {}});
    if (operation == "cancel") outcome = engine->cancel({shared, {5, 1}, 0});
    if (operation == "extend") outcome = engine->act({Act::extend, shared, {5, 1}});
    if (operation == "reschedule") outcome = engine->reschedule({shared, slot_at(6), {5, 1}, 0});
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  std::set<BookingId> known = bystanders_finish(*engine, shared);
  freezer.thaw();
  victim.join();
  // Until its applicant was entered, a bystander's claim for the same one may have come first.
  static const std::set<std::string> kBefore{"slot_read", "seats_taken", "claim_filled"};
  if (operation == "claim" && (outcome.ok() || kBefore.count(step) == 0)) CHECK(outcome.ok());
  if (!outcome.ok() && operation == "claim") CHECK(outcome.code() == Code::already_booked);
  // A bystander cancels the shared booking unless it finds it busy all the time.
  if (operation != "claim" && !outcome.ok()) CHECK(outcome.code() == Code::illegal_transition);
  REQUIRE(engine->settle().ok());
  if (shared.value != 0) known.insert(shared);
  if (outcome.ok()) known.insert(outcome->id);
  audit(*engine, known);
  engine.reset();
  // The journal is a legal order of all that was granted: it can be replayed.
  engine = open_engine(options);
  audit(*engine, known);
  fill(*engine);
}

}  // namespace

TEST_CASE("a claimer that stands still stops nobody") {
  freeze_at(GENERATE(from_range(std::begin(kClaimSteps), std::end(kClaimSteps))), "claim");
}

TEST_CASE("a claimer that stands still in its undo stops nobody") {
  const char* step = GENERATE(from_range(std::begin(kUndoSteps), std::end(kUndoSteps)));
  // Somebody else enters the applicant, or the operation id, before the claimer does.
  const bool same_applicant = std::string(step) == "before_undo_seats";
  CAPTURE(step);
  ManualClock clock;
  Options options = small_options(clock, 400);
  options.bookings_max = 4096;
  auto engine = open_engine(options);
  Freezer freezer("claim_filled");
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread victim([&] {
    Freezer::may_freeze = true;
    outcome = engine->claim(claim_of(1, slot_at(), 1));
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  const auto rival =
      engine->claim(same_applicant ? claim_of(1, slot_at(4), 2) : claim_of(2, slot_at(4), 1));
  CHECK(rival.ok());
  freezer.move_on_to(step);
  CHECK(freezer.wait_frozen(done));
  const SlotAvailability before = availability(*engine, slot_at());
  CHECK(before.capacity - before.free == 1);  // the seat that it is about to give back
  const std::set<BookingId> known = bystanders_finish(*engine, {});
  freezer.thaw();
  victim.join();
  CHECK(outcome.code() == (same_applicant ? Code::already_booked : Code::operation_mismatch));
  REQUIRE(engine->settle().ok());
  audit(*engine, known);
  fill(*engine);
  // Its applicant is free again once its entry was taken back: one of the bystanders booked for it.
  const SlotAvailability theirs = availability(*engine, slot_at(3));
  CHECK(theirs.capacity - theirs.free == (same_applicant ? 0 : 1));
}

TEST_CASE("a confirmer or canceller that stands still stops nobody") {
  const char* operation = GENERATE("confirm", "cancel", "extend");
  const char* step = GENERATE(from_range(std::begin(kChangeSteps), std::end(kChangeSteps)));
  freeze_at(step, operation);
}

TEST_CASE("a claimer that stands still before a refusal stops nobody") {
  const char* step = GENERATE(from_range(std::begin(kRefusedSteps), std::end(kRefusedSteps)));
  CAPTURE(step);
  constexpr int kSeats = 40;
  ManualClock clock;
  Options options = small_options(clock, kSeats);
  options.bookings_max = 4096;
  auto engine = open_engine(options);
  ClaimRequest range = claim_of(1, slot_at(), 1);
  range.slot = {};
  range.first_day = range.last_day = slot_at(3).day();
  // Every slot of the day is full.
  for (int i = 0; i < 24 * kSeats; ++i) {
    const auto filler = static_cast<std::uint64_t>(10'000 + i);
    Patience patience;
    const ClaimRequest request = claim_of(filler, slot_at(3, i / kSeats));
    REQUIRE(engine->try_claim(request, patience).verdict == Verdict::granted);
    if (i % kSeats == 0) REQUIRE(engine->settle().ok());
  }
  REQUIRE(engine->settle().ok());
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread victim([&] {
    Freezer::may_freeze = true;
    outcome = engine->claim(range);
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  const std::set<BookingId> known = bystanders_finish(*engine, {});
  freezer.thaw();
  victim.join();
  // A bystander has claimed under its id meanwhile, or for its applicant.
  const std::set<Code> expected{Code::slot_full, Code::already_booked, Code::operation_mismatch};
  CHECK(expected.count(outcome.code()) == 1);
  REQUIRE(engine->settle().ok());
  audit(*engine, known);
}

TEST_CASE("a booking that stands still while it moves stops nobody") {
  freeze_at(GENERATE(from_range(std::begin(kMoveSteps), std::end(kMoveSteps))), "reschedule");
}

TEST_CASE("a move that stands still in its undo stops nobody") {
  const char* step = GENERATE(from_range(std::begin(kMoveUndoSteps), std::end(kMoveUndoSteps)));
  ManualClock clock;
  Options options = small_options(clock, 400);
  options.bookings_max = 4096;
  auto engine = open_engine(options);
  const auto held = engine->claim(claim_of(1, slot_at(), 0));
  REQUIRE(held.ok());
  Freezer freezer("new_seats_taken");
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread victim([&] {
    Freezer::may_freeze = true;
    outcome = engine->reschedule({held->id, slot_at(6), {7, 1}, 0});
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  // Somebody else enters the id, before the move does.
  ClaimRequest rival = claim_of(2, slot_at(4));
  rival.operation = {7, 1};
  CHECK(engine->claim(rival).ok());
  freezer.move_on_to(step);
  CHECK(freezer.wait_frozen(done));
  CHECK(availability(*engine, slot_at(6)).free == 399);  // about to be given back
  std::set<BookingId> known = bystanders_finish(*engine, held->id);
  freezer.thaw();
  victim.join();
  CHECK(outcome.code() == Code::operation_mismatch);
  REQUIRE(engine->settle().ok());
  known.insert(held->id);
  audit(*engine, known);
  CHECK(availability(*engine, slot_at(6)).free == 400);
}

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
    outcome = engine->change_slot({slot_at(), SlotChangeRequest::Doors::closed});
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

JoinRequest join_of(std::uint64_t who, std::uint64_t operation = 0) {
  JoinRequest request;
  request.slot = slot_at();
  request.applicant = claim_of(who).applicant;
  if (operation != 0) request.operation = {14, operation};
  return request;
}

TEST_CASE("who stands still while he joins a waitlist stops nobody else") {
  const char* step = GENERATE(from_range(std::begin(kJoinSteps), std::end(kJoinSteps)));
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto first = engine->claim(claim_of(1));
  REQUIRE(first.ok());
  REQUIRE(engine->claim(claim_of(2)).ok());
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread joiner([&] {
    Freezer::may_freeze = true;
    outcome = engine->join(join_of(3, 1));
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

// Hazard 7: he saw the day open, so it mustn't be archived before he is in its list.
TEST_CASE("a day isn't archived while somebody stands still who is about to wait there") {
  const char* step = GENERATE("join_slot_read", "join_filled", "waiter_entered", "before_publish");
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
    joined = engine->try_join(join_of(3, 1), patience);
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

TEST_CASE("the writer that stands still while it offers a seat stops no decision") {
  const char* step = GENERATE(from_range(std::begin(kTurnSteps), std::end(kTurnSteps)));
  CAPTURE(step);
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const auto first = engine->claim(claim_of(1));
  REQUIRE(first.ok());
  REQUIRE(engine->claim(claim_of(2)).ok());
  const auto waits = engine->join(join_of(3));
  REQUIRE(waits.ok());
  Freezer freezer(step);
  Freezer::writer_may_freeze = true;
  Patience patience, theirs, elsewhere, own;
  CHECK(engine->try_cancel({first->id, {60, 1}, 0}, patience).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  // Nobody slips past the offer, neither into the slot nor by leaving the list.
  CHECK(engine->try_claim(claim_of(4), theirs).verdict != Verdict::granted);
  CHECK(engine->try_claim(claim_of(5, slot_at(2)), elsewhere).verdict == Verdict::granted);
  CHECK(engine->try_cancel({waits->id, {61, 1}, 0}, own).verdict == Verdict::wait);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(engine->find(waits->id)->state == BookingState::held);
}

// Hazard 15: the writer looked before the block was there, so what it publishes must come first.
TEST_CASE("nobody is blocked behind the back of the writer that offers him a seat") {
  const char* step = GENERATE(from_range(std::begin(kTurnSteps), std::end(kTurnSteps)));
  CAPTURE(step);
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const auto first = engine->claim(claim_of(1));
  REQUIRE(first.ok());
  REQUIRE(engine->claim(claim_of(2)).ok());
  const auto waits = engine->join(join_of(3));
  REQUIRE(waits.ok());
  Freezer freezer(step);
  Freezer::writer_may_freeze = true;
  Patience patience, theirs;
  CHECK(engine->try_cancel({first->id, {60, 1}, 0}, patience).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  Decision block = engine->try_block(block_of(3), theirs);
  while (block.verdict == Verdict::wait) block = engine->try_block(block_of(3), theirs);
  CHECK(block.code == Code::retry);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(engine->find(waits->id)->state == BookingState::held);
  CHECK(engine->block(block_of(3)).ok());
}

TEST_CASE("with the writer standing still while seats fall back, only who wants these waits") {
  const char* step = GENERATE(from_range(std::begin(kFallBackSteps), std::end(kFallBackSteps)));
  CAPTURE(step);
  ManualClock clock;
  EngineThreads threads;
  store::MemoryFactory disk;
  Options options = pool_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.threads = &threads;
  auto engine = open_engine(options);
  const SlotKey general = slot_at(0, 11, kGeneral), pool = slot_at(0, 11, kPool);
  REQUIRE(engine->claim(claim_of(1, general)).ok());
  Freezer freezer(step);
  Freezer::writer_may_freeze = true;
  clock.advance(3'600'000);
  Patience patience;
  CHECK(engine->try_claim(claim_of(2, slot_at(2)), patience).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  const auto waits_in_vain = [&](auto&& attempt) {
    Patience how_long;
    Decision met = attempt(how_long);
    CHECK(met.verdict == Verdict::wait);
    while (met.verdict == Verdict::wait) met = attempt(how_long);
    CHECK(met.code == Code::retry);
  };
  const auto claim = [&](std::uint64_t who, SlotKey slot, std::uint16_t seats) {
    return [&, who, slot, seats](Patience& how_long) {
      ClaimRequest request = claim_of(who, slot);
      request.seats = seats;
      return engine->try_claim(request, how_long);
    };
  };
  // Neither is it full for good where they leave, nor where they are to come.
  waits_in_vain(claim(3, pool, 1));
  if (std::string(step) != "fall_back_taken") waits_in_vain(claim(4, general, 2));
  // Staff waits, too, or it would undo what is on its way.
  for (const SlotKey slot : {pool, general}) {
    if (slot == general && std::string(step) == "fall_back_taken") continue;
    waits_in_vain([&](Patience& how_long) {
      return engine->try_change_slot({slot, SlotChangeRequest::Doors::closed}, how_long);
    });
    waits_in_vain([&](Patience& how_long) {
      const std::uint16_t capacity = slot == pool ? 1 : 4;  // as it will be, or nearly
      return engine->try_change_slot({slot, SlotChangeRequest::Doors::as_they_are, capacity},
                                     how_long);
    });
  }
  Patience elsewhere, there;
  CHECK(engine->try_claim(claim_of(5, slot_at(2)), elsewhere).verdict == Verdict::granted);
  // What is free there is anybody's.
  CHECK(engine->try_claim(claim_of(6, general), there).verdict == Verdict::granted);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, pool).capacity == 0);
  CHECK(availability(*engine, general).capacity == 4);
  CHECK(availability(*engine, general).free == 2);
  CHECK(engine->claim(claim_of(3, pool)).code() == Code::slot_full);
  engine.reset();
  engine = open_engine(options);
  CHECK(availability(*engine, general).free == 2);
}

TEST_CASE("seats that can't come where they should stay where they are, and nobody misses them") {
  ManualClock clock;
  EngineThreads threads;
  Options options = pool_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const SlotKey general = slot_at(0, 11, kGeneral), pool = slot_at(0, 11, kPool);
  Freezer freezer("fall_back_taken");
  Freezer::writer_may_freeze = true;
  clock.advance(3'600'000);
  Patience patience, theirs;
  CHECK(engine->try_claim(claim_of(2, slot_at(2)), patience).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  // Staff comes first.
  CHECK(engine->try_change_slot({general, SlotChangeRequest::Doors::closed}, theirs).verdict ==
        Verdict::granted);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, general).capacity == 2);
  CHECK(availability(*engine, pool).free == 2);
  REQUIRE(engine->change_slot({general, SlotChangeRequest::Doors::open}).ok());
  clock.advance(60'000);
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, general).free == 4);
}

TEST_CASE("a scan that found all full looks again when seats fell back behind it") {
  ManualClock clock;
  auto engine = open_engine(pool_options(clock));
  for (int hour = 0; hour < 24; ++hour) {
    if (hour == 11) continue;
    const SlotKey other = slot_at(0, hour, kGeneral);
    REQUIRE(engine->change_slot({other, SlotChangeRequest::Doors::closed}).ok());
  }
  for (const std::uint64_t who : {1U, 2U}) {
    REQUIRE(engine->claim(claim_of(who, slot_at(0, 11, kGeneral))).ok());
  }
  ClaimRequest any = claim_of(3, SlotKey{});
  any.lane = LaneId{kGeneral};
  any.first_day = any.last_day = kToday;
  CHECK(engine->claim(any).code() == Code::slot_full);
  Freezer freezer("range_scanned");
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread scanner([&] {
    Freezer::may_freeze = true;
    outcome = engine->claim(any);
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  clock.advance(3'600'000);
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(availability(*engine, slot_at(0, 11, kGeneral)).free == 2);
  freezer.thaw();
  scanner.join();
  REQUIRE(outcome.ok());
  CHECK(outcome->slot == slot_at(0, 11, kGeneral));
}

TEST_CASE("who is offered a seat may move before that is committed, and has left the list then") {
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const auto first = engine->claim(claim_of(1));
  REQUIRE(first.ok());
  REQUIRE(engine->claim(claim_of(2)).ok());
  const auto waits = engine->join(join_of(3));
  REQUIRE(waits.ok());
  Freezer freezer("turn_entered");
  Freezer::writer_may_freeze = true;
  Patience patience, theirs;
  CHECK(engine->try_cancel({first->id, {60, 1}, 0}, patience).verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  freezer.move_on_to("writer_before_commit");
  REQUIRE(freezer.wait_frozen(never));
  RescheduleRequest move;
  move.booking = waits->id;
  move.slot = slot_at(2);
  CHECK(engine->try_reschedule(move, theirs).verdict == Verdict::granted);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine->settle().ok());
  CHECK(engine->find(waits->id)->slot == slot_at(2));
  CHECK(engine->counters().waiting == 0);
  CHECK(engine->claim(claim_of(4)).ok());
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

TEST_CASE("with the first in the hall busy, a counter waits and doesn't pass him over") {
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  UniformCatalogue office;
  office.rules = options.catalogue->services()[0].rules;
  office.rules.check_in_ms = kMaxVisitMs;
  options.catalogue = *make_uniform_catalogue(office);
  options.threads = &threads;
  auto engine = open_engine(options);
  BookingId ids[2];
  for (std::uint64_t who = 1; who <= 2; ++who) {
    ids[who - 1] = engine->claim(claim_of(who, slot_at(0, 9)))->id;
    REQUIRE(engine->confirm({ids[who - 1], {}, 0, {}}).ok());
    REQUIRE(engine->act({Act::check_in, ids[who - 1]}).ok());
  }
  Freezer freezer("marked_busy");
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread holder([&] {
    Freezer::may_freeze = true;
    outcome = engine->act({Act::reissue, ids[0]});
  });
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  Patience patience;
  NextRequest request;
  CHECK(engine->try_next(request, patience).verdict == Verdict::wait);
  freezer.thaw();
  holder.join();
  CHECK(outcome.ok());
  CHECK(engine->next(request)->id == ids[0]);
  CHECK(engine->next(request)->id == ids[1]);
}

TEST_CASE("a counter that is slow to look over the hall calls who sat down before another") {
  constexpr std::uint64_t kChairs = 64;  // of a hall: number 64 sits in the first, 65 in the second
  ManualClock clock;
  Options options = small_options(clock);
  UniformCatalogue office;
  office.rules = options.catalogue->services()[0].rules;
  office.rules.check_in_ms = kMaxVisitMs;
  office.slots_per_day = 1;
  office.capacity = 4;
  options.catalogue = *make_uniform_catalogue(office);
  auto engine = open_engine(options);
  const SlotKey slot(LaneId{0}, Day{kToday.value + 1}, Minute{0});
  REQUIRE(engine->change_slot({slot, SlotChangeRequest::Doors::as_they_are, 100, {}}).ok());
  const auto came = [&](std::uint64_t who) {
    const auto held = engine->claim(claim_of(who, slot));
    REQUIRE(held.ok());
    REQUIRE(engine->confirm({held->id, {}, 0, {}}).ok());
    const auto here = engine->act({Act::check_in, held->id});
    REQUIRE(here.ok());
    REQUIRE(here->queue_number == who);
    return held->id;
  };
  const NextRequest request;
  for (std::uint64_t who = 1; who < kChairs; ++who) {
    const BookingId id = came(who);
    REQUIRE(engine->next(request)->id == id);
  }
  Freezer freezer("hall_chair_seen");  // the first of them, which is empty
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread counter([&] {
    Freezer::may_freeze = true;
    outcome = engine->next(request);
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  const BookingId first = came(kChairs);
  const BookingId second = came(kChairs + 1);
  freezer.thaw();
  counter.join();
  REQUIRE(outcome.ok());
  CHECK(outcome->id == first);
  CHECK(engine->next(request)->id == second);
  CHECK(engine->next(request).code() == Code::nobody_waiting);
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

TEST_CASE("a confirmer or canceller that stands still over a hold that is over stops nobody") {
  const char* step = GENERATE(from_range(std::begin(kOverSteps), std::end(kOverSteps)));
  const bool is_confirm = GENERATE(true, false);
  CAPTURE(step, is_confirm);
  ManualClock clock;
  Options options = small_options(clock, 400);
  options.bookings_max = 4096;
  auto engine = open_engine(options);
  const auto due = engine->claim(claim_of(1, slot_at(), 1));
  REQUIRE(due.ok());
  // At its deadline: its second isn't over, so that no sweep comes first.
  clock.advance(options.catalogue->services()[0].rules.hold_ms);
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<Booking> outcome = Error{Code::retry, {}};
  std::thread victim([&] {
    Freezer::may_freeze = true;
    outcome = is_confirm ? engine->confirm({due->id, {5, 1}, 0, {}})
                         : engine->cancel({due->id, {5, 1}, 0});
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  std::set<BookingId> known = bystanders_finish(*engine, due->id);
  freezer.thaw();
  victim.join();
  CHECK(outcome.code() == Code::hold_expired);
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(due->id)->state == BookingState::expired);
  audit(*engine, known);
  fill(*engine);
}

namespace {

// A group that is claimed, or was and is now confirmed, moved or cancelled, by a thread that stands
// still at a step; two of its members are in the slot where the others are.
void freeze_group_at(const std::string& step, const std::string& operation) {
  CAPTURE(step, operation);
  ManualClock clock;
  Options options = small_options(clock, 400);
  options.bookings_max = 4096;
  options.operations_max = 4096;
  options.blocks_max = 64;
  options.entitlements_max = 64;
  options.eligible_max = 256;
  store::MemoryFactory disk;
  options.durability = Durability::strict;
  options.store = &disk;
  auto engine = open_engine(options);
  const ApplicantKey members[] = {{70, 1}, {70, 2}, {70, 3}};
  const GroupPart parts[] = {{slot_at().day(), slot_at().minute(), slot_at().minute(), 2},
                             {slot_at(5).day(), Minute{0}, Minute{600}, 1}};
  const GroupPart elsewhere[] = {{slot_at(6).day(), Minute{0}, Minute{600}, 3}};
  GroupClaimRequest request;
  request.lane = LaneId{0};
  request.parts = parts;
  request.members = members;
  request.applicant = {70, 9};
  request.operation = {80, 1};
  BookingId group;
  if (operation != "claim") group = *engine->claim_group(request);
  GroupMoveRequest move;
  move.group = group;
  move.lane = LaneId{0};
  move.parts = elsewhere;
  move.operation = {80, 2};
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Code outcome = Code::retry;
  std::thread victim([&] {
    Freezer::may_freeze = true;
    if (operation == "claim") outcome = engine->claim_group(request).code();
    if (operation == "confirm") outcome = engine->confirm({group, {80, 2}, 0, {}}).code();
    if (operation == "cancel") outcome = engine->cancel({group, {80, 2}, 0}).code();
    if (operation == "move") outcome = engine->move_group(move).code();
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  std::set<BookingId> known = bystanders_finish(*engine, {});
  freezer.thaw();
  victim.join();
  CHECK(outcome == Code::ok);
  REQUIRE(engine->settle().ok());
  if (group.value == 0) group = *engine->claim_group(request);  // the same again
  std::array<BookingId, kGroupMembersMax> ids;
  const auto look = [&] {
    const auto found = engine->find_group(group, ids);
    REQUIRE(found.ok());
    REQUIRE(found->members == 3);
    known.insert(ids.begin(), ids.begin() + 3);
    const BookingState wanted = operation == "confirm"  ? BookingState::confirmed
                                : operation == "cancel" ? BookingState::cancelled
                                                        : BookingState::held;
    for (int i = 0; i < 3; ++i)
      CHECK(engine->find(ids[static_cast<std::size_t>(i)])->state == wanted);
    audit(*engine, known);
  };
  look();
  engine.reset();
  engine = open_engine(options);
  look();
  fill(*engine);
}

}  // namespace

namespace {

EntitlementGrantRequest grant_of(std::uint32_t quota, std::uint64_t operation = 0) {
  EntitlementGrantRequest request;
  request.holder = {70, 9};
  request.quota = quota;
  request.from = slot_at(0).day();
  request.until = slot_at(6).day();
  if (operation != 0) request.operation = {81, operation};
  return request;
}

// A group of one, of worker `who`.
Result<BookingId> claim_under(Engine& engine, EntitlementId id, std::uint64_t who,
                              std::uint64_t operation = 0) {
  const ApplicantKey members[] = {{70, who}};
  const GroupPart parts[] = {{slot_at(5).day(), Minute{0}, Minute{1200}, 1}};
  GroupClaimRequest request;
  request.parts = parts;
  request.members = members;
  request.applicant = {70, 9};
  request.entitlement = id;
  if (operation != 0) request.operation = {80, operation};
  return engine.claim_group(request);
}

EntitlementChangeRequest quota_of(EntitlementId id, std::uint32_t quota) {
  EntitlementChangeRequest request;
  request.entitlement = id;
  request.quota = quota;
  return request;
}

}  // namespace

// Hazards 3 and 15: what it took may come back, so nothing is final, and nothing can be changed.
TEST_CASE("with a claim standing still behind its units, others of that entitlement wait") {
  const char* step = GENERATE("units_taken", "group_filled", "member_entered", "group_entered",
                              "before_publish", "entitlement_read");
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = *engine->grant(grant_of(1));
  const EntitlementId other = *engine->grant(grant_of(1));
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread claimer([&] {
    Freezer::may_freeze = true;
    outcome = claim_under(*engine, id, 1, 1);
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  const bool has_taken = std::string(step) != "entitlement_read";
  if (has_taken) {
    CHECK(claim_under(*engine, id, 2).code() == Code::retry);
    CHECK(engine->change_entitlement(quota_of(id, 0)).code() == Code::retry);
  } else {
    // It took nothing yet, so it must look again.
    REQUIRE(engine->change_entitlement(quota_of(id, 0)).ok());
  }
  CHECK(claim_under(*engine, other, 3).ok());
  CHECK(claim_under(*engine, {}, 4).ok());
  CHECK(engine->claim(claim_of(5)).ok());
  CHECK(engine->grant(grant_of(1)).ok());
  freezer.thaw();
  claimer.join();
  CHECK(outcome.code() == (has_taken ? Code::ok : Code::entitlement_exhausted));
  CHECK(claim_under(*engine, id, 2).code() == Code::entitlement_exhausted);
  CHECK(engine->change_entitlement(quota_of(id, 2)).ok());
}

// The units are there, and the terms are others.
TEST_CASE("a claim that looked before staff changed the dates looks again behind its seats") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = *engine->grant(grant_of(1));
  Freezer freezer("group_seats_taken");
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread claimer([&] {
    Freezer::may_freeze = true;
    outcome = claim_under(*engine, id, 1, 1);
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  EntitlementChangeRequest change;
  change.entitlement = id;
  change.until = slot_at(2).day();
  REQUIRE(engine->change_entitlement(change).ok());
  freezer.thaw();
  claimer.join();
  CHECK(outcome.code() == Code::entitlement_not_valid);
  CHECK(engine->find_entitlement(id)->used == 0);
}

TEST_CASE("dates don't change behind the back of a move that stands still") {
  const char* step = GENERATE("change_entered", "before_publish");
  CAPTURE(step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = *engine->grant(grant_of(1));
  const BookingId group = *claim_under(*engine, id, 1);
  const GroupPart parts[] = {{slot_at(6).day(), Minute{0}, Minute{600}, 1}};
  GroupMoveRequest move;
  move.group = group;
  move.parts = parts;
  EntitlementChangeRequest change;
  change.entitlement = id;
  change.until = slot_at(5).day();
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread mover([&] {
    Freezer::may_freeze = true;
    outcome = engine->move_group(move);
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  CHECK(engine->change_entitlement(change).code() == Code::retry);
  freezer.thaw();
  mover.join();
  CHECK(outcome.ok());
  CHECK(engine->change_entitlement(change).ok());
}

TEST_CASE("staff who stands still keeps one entitlement's claims waiting, and nobody else") {
  const bool lists = GENERATE(false, true);
  const char* step = lists ? GENERATE(from_range(std::begin(kListSteps), std::end(kListSteps)))
                           : GENERATE(from_range(std::begin(kTermsSteps), std::end(kTermsSteps)));
  CAPTURE(lists, step);
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  EntitlementGrantRequest request = grant_of(5);
  request.listed = lists;
  const EntitlementId id = *engine->grant(request);
  const EntitlementId other = *engine->grant(grant_of(5));
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Status outcome = Error{Code::retry, {}};
  const ApplicantKey workers[] = {{70, 1}, {70, 2}};
  EligibleRequest list;
  list.entitlement = id;
  list.add = workers;
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = lists ? engine->change_eligible(list) : engine->change_entitlement(quota_of(id, 0));
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  const Code met = claim_under(*engine, id, 1).code();
  const Code after = lists ? Code::ok : Code::entitlement_exhausted;
  CHECK((met == Code::retry || (std::string(step) == "after_publish" && met == after)));
  CHECK(claim_under(*engine, other, 3).ok());
  CHECK(engine->change_entitlement(quota_of(other, 1)).ok());
  CHECK(engine->claim(claim_of(5)).ok());
  freezer.thaw();
  staff.join();
  CHECK(outcome.ok());
  if (met == Code::retry) CHECK(claim_under(*engine, id, 1).code() == after);
}

// The key is seen between its coming and its going, by a claim that stood still since before: the
// word must be another one then, though the mark on it has come and gone.
TEST_CASE("a claim doesn't rest on who came onto a list and was taken out again") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  EntitlementGrantRequest request = grant_of(5);
  request.listed = true;
  const EntitlementId id = *engine->grant(request);
  const ApplicantKey workers[] = {{70, 1}};
  EligibleRequest list;
  list.entitlement = id;
  list.add = workers;
  list.operation = {81, 7};
  Freezer freezer("eligible_entered");
  std::atomic<bool> done{false};
  Decision given_up;
  std::thread staff;
  int looks = 0;
  Freezer::interlude = [&](const std::string& step) {
    if (step == "entitlement_word_read" && looks++ == 0) {
      staff = std::thread([&] {
        Freezer::may_freeze = true;
        Patience patience;
        given_up = engine->try_change_eligible(list, patience);
        done = true;
      });
      CHECK(freezer.wait_frozen(done));
    } else if (step == "entitlement_read" && looks == 1) {
      looks = 2;
      // Another took its operation id meanwhile, so the change of the list is taken back.
      std::thread other([&] {
        Patience patience;
        ClaimRequest claim = claim_of(50, slot_at(2));
        claim.operation = list.operation;
        CHECK(engine->try_claim(claim, patience).verdict == Verdict::granted);
      });
      other.join();
      freezer.thaw();
      staff.join();
    }
  };
  const Code code = claim_under(*engine, id, 1).code();
  Freezer::interlude = nullptr;
  CHECK(looks >= 2);
  CHECK(given_up.verdict != Verdict::granted);
  CHECK(code == Code::not_eligible);
}

TEST_CASE("a grant that stands still keeps one cell") {
  const char* step = GENERATE(from_range(std::begin(kGrantSteps), std::end(kGrantSteps)));
  CAPTURE(step);
  ManualClock clock;
  Options options = small_options(clock);
  options.entitlements_max = 2;
  auto engine = open_engine(options);
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Result<EntitlementId> outcome = Error{Code::retry, {}};
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = engine->grant(grant_of(1, 1));
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  const auto other = engine->grant(grant_of(1));
  REQUIRE(other.ok());
  CHECK(claim_under(*engine, *other, 1).ok());
  CHECK(engine->grant(grant_of(1)).code() == Code::limit_reached);
  freezer.thaw();
  staff.join();
  REQUIRE(outcome.ok());
  CHECK(*outcome != *other);
  CHECK(claim_under(*engine, *outcome, 2).ok());
}

// Hazard 4: there is no cell left, since the same request has it.
TEST_CASE("a grant that is sent again finds at last what took the last cell") {
  ManualClock clock;
  Options options = small_options(clock);
  options.entitlements_max = 1;
  auto engine = open_engine(options);
  Freezer freezer("entitlement_taken");
  std::atomic<bool> done{false};
  Result<EntitlementId> outcome = Error{Code::retry, {}};
  std::thread staff([&] {
    Freezer::may_freeze = true;
    outcome = engine->grant(grant_of(1, 1));
    done = true;
  });
  REQUIRE(freezer.wait_frozen(done));
  bool met = false;
  Freezer::interlude = [&](const std::string& step) {
    if (met || step != "before_last_look_up") return;
    met = true;
    freezer.thaw();
    staff.join();
  };
  Patience patience;
  const Decision again = engine->try_grant(grant_of(1, 1), patience);
  Freezer::interlude = nullptr;
  if (!met) staff.join();
  CHECK(met);
  CHECK(again.replayed);
  REQUIRE(outcome.ok());
  CHECK(again.entitlement == *outcome);
}

// Hazard 5: who was told that it is cancelled finds the unit.
TEST_CASE("with the writer standing still before a unit comes back, the cancel isn't told") {
  const char* step = GENERATE(from_range(std::begin(kUnitBackSteps), std::end(kUnitBackSteps)));
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const EntitlementId id = *engine->grant(grant_of(1));
  const BookingId group = *claim_under(*engine, id, 1);
  Freezer freezer(step);
  Freezer::writer_may_freeze = true;
  Patience patience;
  const Decision cancelled = engine->try_cancel({group, {}, 0}, patience);
  REQUIRE(cancelled.verdict == Verdict::granted);
  const std::atomic<bool> never{false};
  REQUIRE(freezer.wait_frozen(never));
  CHECK(engine->durable_lsn() < cancelled.lsn);
  Freezer::writer_may_freeze = false;
  freezer.thaw();
  REQUIRE(engine->wait_durable(cancelled.lsn));
  CHECK(claim_under(*engine, id, 2).ok());
}

// Two requests under one id: the second meets the first's when it has taken seats and units.
TEST_CASE("a claim that stands still in the undo of its units keeps nothing but these") {
  const char* step = GENERATE(from_range(std::begin(kUnitUndoSteps), std::end(kUnitUndoSteps)));
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const EntitlementId id = *engine->grant(grant_of(2));
  Freezer first("units_taken");
  std::atomic<bool> done{false};
  Result<BookingId> outcome = Error{Code::retry, {}};
  std::thread loser([&] {
    Freezer::may_freeze = true;
    outcome = claim_under(*engine, id, 1, 1);
    done = true;
  });
  REQUIRE(first.wait_frozen(done));
  // The same worker books meanwhile, by himself.
  ClaimRequest same = claim_of(1, slot_at(2));
  same.applicant = {70, 1};
  REQUIRE(engine->claim(same).ok());
  first.move_on_to(step);
  REQUIRE(first.wait_frozen(done));
  CHECK(claim_under(*engine, id, 2).ok());
  CHECK(claim_under(*engine, id, 3).code() == Code::retry);
  first.thaw();
  loser.join();
  CHECK(outcome.code() == Code::already_booked);
  CHECK(claim_under(*engine, id, 3).ok());
}

TEST_CASE("a group's claimer that stands still stops nobody") {
  freeze_group_at(GENERATE(from_range(std::begin(kGroupClaimSteps), std::end(kGroupClaimSteps))),
                  "claim");
}

TEST_CASE("a step of a whole group that stands still stops nobody else") {
  const char* operation = GENERATE("confirm", "cancel", "move");
  freeze_group_at(GENERATE(from_range(std::begin(kGroupChangeSteps), std::end(kGroupChangeSteps))),
                  operation);
}

TEST_CASE("every step of ledger and journal is one at which some thread is stopped") {
  std::set<std::string> listed;
  const auto add = [&](const auto& steps) { listed.insert(std::begin(steps), std::end(steps)); };
  add(kClaimSteps);
  add(kRefusedSteps);
  add(kUndoSteps);
  add(kChangeSteps);
  add(kConflictSteps);
  add(kWriterSteps);
  add(kSweepSteps);
  add(kPatrolSteps);
  add(kSlotSteps);
  add(kJoinSteps);
  add(kTurnSteps);
  add(kFallBackSteps);
  add(kNextSteps);
  add(kBlockSteps);
  add(kEraseSteps);
  add(kArchiveSteps);
  add(kOverSteps);
  add(kMoveSteps);
  add(kMoveUndoSteps);
  add(kGroupClaimSteps);
  add(kGroupChangeSteps);
  add(kUnitSteps);
  add(kUnitUndoSteps);
  add(kUnitBackSteps);
  add(kGrantSteps);
  add(kTermsSteps);
  add(kListSteps);
  std::map<std::string, int> sites;
  const std::regex step("JANJI_STEP\\(\"([a-z_]+)\"\\)");
  for (const char* part : {"ledger", "journal"}) {
    for (const auto& file :
         std::filesystem::directory_iterator(std::filesystem::path(JANJI_ENGINE_SOURCES) / part)) {
      std::ifstream in(file.path());
      const std::string text(std::istreambuf_iterator<char>(in), {});
      for (std::sregex_iterator at(text.begin(), text.end(), step), end; at != end; ++at) {
        ++sites[(*at)[1]];
      }
    }
  }
  CHECK(sites.size() > 20);
  for (const Several& several : kSeveral) {
    CAPTURE(several.step);
    CHECK(sites[several.step] == several.sites);
    sites[several.step] = 1;
  }
  for (const std::string& one : listed) {
    INFO(one << ": a list has it, and nothing comes to it");
    CHECK(sites.count(one) == 1);
  }
  for (const auto& [one, many] : sites) {
    INFO(one << ": it needs a list, and kSeveral where it stands more than once");
    CHECK(listed.count(one) == 1);
    CHECK(many == 1);
  }
}
