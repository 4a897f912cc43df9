// Stops one thread after each step of the protocol and sees the others go on.
#include <atomic>
#include <iterator>
#include <set>
#include <string>
#include <thread>

#include "bystanders.hpp"
#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "steps.hpp"
#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

namespace {

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
