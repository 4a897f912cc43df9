// Hazards that take two threads, made to happen: one stands still at the worst moment.
#include <thread>
#include <vector>

#include "engine_fixture.hpp"
#include "freezer.hpp"
#include "steps.hpp"
#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

namespace {

// An engine over a disk that outlives it.
struct House {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock, 1);
  std::unique_ptr<Engine> engine;

  House() {
    options.durability = Durability::strict;
    options.store = &disk;
    engine = open_engine(options);
  }
  void reopen() {
    engine.reset();
    engine = open_engine(options);
  }
};

// Runs `work` on a thread that stops at `step`, `meanwhile` while it stands there.
template <class Work, class Meanwhile>
void with_frozen(const std::string& step, Work work, Meanwhile meanwhile) {
  Freezer freezer(step);
  std::atomic<bool> done{false};
  std::thread victim([&] {
    Freezer::may_freeze = true;
    work();
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  meanwhile();
  freezer.thaw();
  victim.join();
}

// What a portal has that doesn't block: it hears of rounds.
class RoundCounter final : public ProgressListener {
 public:
  void on_progress(const Progress& progress) noexcept override {
    const std::lock_guard lock(mutex_);
    rounds_ = progress.rounds;
    changed_.notify_all();
  }
  bool reached(std::uint64_t round) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return rounds_ >= round; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t rounds_{0};
};

}  // namespace

TEST_CASE("hazard 1: nobody cancels what is being confirmed, and resells the seat") {
  House house;
  const auto held = house.engine->claim(claim_of(1));
  REQUIRE(held.ok());
  const char* step = GENERATE("marked_busy", "change_entered", "before_publish");
  Result<Booking> confirmed = Error{Code::retry, {}};
  with_frozen(
      step,
      [&] {
        confirmed = house.engine->confirm({held->id, {5, 1}, 0, {}});
      },
      [&] {
        CHECK(house.engine->cancel({held->id, {6, 1}, 0}).code() == Code::retry);
        CHECK_FALSE(house.engine->claim(claim_of(2)).ok());
      });
  REQUIRE(confirmed.ok());
  CHECK(confirmed->state == BookingState::confirmed);
  house.reopen();
  CHECK(house.engine->find(held->id)->state == BookingState::confirmed);
}

TEST_CASE("hazard 2: nobody meets a booking before it is published") {
  House house;
  const char* step =
      GENERATE("key_entered", "applicant_entered", "operation_entered", "before_publish");
  Result<Booking> claimed = Error{Code::retry, {}};
  with_frozen(
      step, [&] { claimed = house.engine->claim(claim_of(1, slot_at(), 1)); },
      [&] {
        // Whether it will be granted isn't known, so neither is any answer that rests on it.
        CHECK(house.engine->claim(claim_of(1, slot_at(2), 2)).code() == Code::retry);
        CHECK(house.engine->claim(claim_of(1, slot_at(), 1)).code() == Code::retry);
      });
  REQUIRE(claimed.ok());
  CHECK(house.engine->claim(claim_of(1, slot_at(2), 2)).code() == Code::already_booked);
  house.reopen();
  CHECK(house.engine->find(claimed->id).ok());
}

TEST_CASE("hazard 3: a seat that is taken but not durable is not sold out") {
  House house;
  const char* step = GENERATE("seats_taken", "claim_filled", "operation_entered", "after_publish");
  CAPTURE(step);
  Result<Booking> claimed = Error{Code::retry, {}};
  with_frozen(
      step, [&] { claimed = house.engine->claim(claim_of(1, slot_at(), 1)); },
      [&] {
        const Code code = house.engine->claim(claim_of(2)).code();
        // Published, the writer makes it durable though its publisher stands still.
        CHECK(code == (std::string(step) == "after_publish" ? Code::slot_full : Code::retry));
        ClaimRequest range = claim_of(3);
        range.slot = {};
        range.first_day = range.last_day = slot_at().day();
        CHECK(house.engine->claim(range).ok());  // the other slots of the day are free
      });
  REQUIRE(claimed.ok());
  CHECK(house.engine->claim(claim_of(2)).code() == Code::slot_full);
}

TEST_CASE("hazard 4: a refusal in the making still finds the grant behind it") {
  House house;
  Result<Booking> first = Error{Code::retry, {}}, again = Error{Code::retry, {}};
  // The repeated request reads the slot before the first one takes the seat, or after it.
  const char* step = GENERATE("slot_read", "before_last_look_up");
  CAPTURE(step);
  if (std::string(step) == "before_last_look_up") {
    first = house.engine->claim(claim_of(1, slot_at(), 1));
    REQUIRE(first.ok());
  }
  with_frozen(
      step, [&] { again = house.engine->claim(claim_of(1, slot_at(), 1)); },
      [&] {
        if (!first.ok()) first = house.engine->claim(claim_of(1, slot_at(), 1));
      });
  REQUIRE(first.ok());
  REQUIRE(again.ok());
  CHECK(first->id == again->id);
}

TEST_CASE("hazard 6: whoever is told to wait is served by a round, though nobody publishes") {
  ManualClock clock;
  EngineThreads threads;
  Options options = small_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const auto held = engine->claim(claim_of(1));
  REQUIRE(held.ok());
  REQUIRE(engine->settle().ok());
  RoundCounter rounds;
  engine->add_listener(rounds);
  with_frozen(
      "marked_busy",
      [&] {
        (void)engine->confirm({held->id, {5, 1}, 0, {}});
      },
      [&] {
        Patience patience;
        const Decision met = engine->try_cancel({held->id, {6, 1}, 0}, patience);
        REQUIRE(met.verdict == Verdict::wait);
        CHECK(rounds.reached(met.round));
      });
  engine->remove_listener(rounds);
}

TEST_CASE("hazard 11: whoever stood still before his mark reads the clock behind it") {
  House house;
  const bool confirm = GENERATE(true, false);
  const auto held = house.engine->claim(claim_of(1));
  REQUIRE(held.ok());
  Result<Booking> changed = Error{Code::retry, {}};
  with_frozen(
      "before_busy",
      [&] {
        changed = confirm ? house.engine->confirm({held->id, {5, 1}, 0, {}})
                          : house.engine->cancel({held->id, {5, 1}, 0});
      },
      // The writer may come first and expire it: to whoever stood still that is the same.
      [&] { house.clock.advance(house.options.catalogue->services()[0].rules.hold_ms + 1); });
  CHECK(changed.code() == Code::hold_expired);
  CHECK(house.engine->find(held->id)->state == BookingState::expired);
}

TEST_CASE("hazard 9: a range isn't full when a seat moved behind its scan") {
  House house;
  // Every slot of tomorrow is full but the last.
  std::vector<BookingId> booked;
  for (int hour = 0; hour < 23; ++hour) {
    const auto made =
        house.engine->claim(claim_of(100 + static_cast<std::uint64_t>(hour), slot_at(1, hour)));
    REQUIRE(made.ok());
    booked.push_back(made->id);
  }
  ClaimRequest range = claim_of(1);
  range.slot = {};
  range.first_day = range.last_day = slot_at().day();
  Result<Booking> claimed = Error{Code::retry, {}};
  with_frozen(
      "slot_read", [&] { claimed = house.engine->claim(range); },
      [&] {
        // It has seen the first slot full; now that one gets free, and only then the last one full.
        CHECK(house.engine->cancel({booked.front(), {}, 0}).ok());
        CHECK(house.engine->settle().ok());
        CHECK(house.engine->claim(claim_of(2, slot_at(1, 23))).ok());
      });
  REQUIRE(claimed.ok());
  CHECK(claimed->slot == slot_at(1, 0));
}

TEST_CASE("hazard 9: two lanes aren't full when a seat came back in one and the other's went") {
  House house;
  // Every slot of tomorrow is full in both lanes, but the last one of the second.
  BookingId first;
  for (int i = 0; i < 47; ++i) {
    const auto made =
        house.engine->claim(claim_of(100 + static_cast<std::uint64_t>(i),
                                     slot_at(1, i % 24, static_cast<std::uint32_t>(i / 24))));
    REQUIRE(made.ok());
    if (i == 0) first = made->id;
  }
  constexpr LaneId kBoth[] = {LaneId{0}, LaneId{1}};
  ClaimRequest range = claim_of(1);
  range.slot = {};
  range.lanes = kBoth;
  range.first_day = range.last_day = slot_at().day();
  Result<Booking> claimed = Error{Code::retry, {}};
  with_frozen(
      "slot_read", [&] { claimed = house.engine->claim(range); },
      [&] {
        CHECK(house.engine->cancel({first, {}, 0}).ok());
        CHECK(house.engine->settle().ok());
        CHECK(house.engine->claim(claim_of(2, slot_at(1, 23, 1))).ok());
      });
  REQUIRE(claimed.ok());
  CHECK(claimed->slot == slot_at(1, 0));
}

TEST_CASE(
    "hazard 8: two who meet over one operation id both wait, and neither is refused for good") {
  House house;
  const auto first = house.engine->claim(claim_of(1, slot_at(1, 1)));
  const auto second = house.engine->claim(claim_of(2, slot_at(1, 2)));
  REQUIRE((first.ok() && second.ok()));
  const OperationId shared{5, 1};
  const auto cancel = [&](BookingId id) {
    Patience patience;
    return house.engine->try_cancel({id, shared, 0}, patience);
  };
  Freezer freezer("key_entered");
  std::atomic<bool> done{false};
  Decision theirs;
  std::thread victim;
  Freezer::interlude = [&](const std::string& step) {
    // Both have looked for the id before either has entered it; then both have entered it before
    // either looks again; then the other one takes its entry back first.
    if (step == "before_busy") {
      victim = std::thread([&] {
        Freezer::may_freeze = true;
        theirs = cancel(first->id);
        done = true;
      });
      CHECK(freezer.wait_frozen(done));
    }
    if (step == kConflictSteps[0]) {
      freezer.thaw();
      victim.join();
    }
  };
  const Decision ours = cancel(second->id);
  Freezer::interlude = nullptr;
  REQUIRE(done);
  CHECK(theirs.verdict == Verdict::wait);
  CHECK(ours.verdict == Verdict::wait);
  CHECK(house.engine->find(first->id)->state == BookingState::held);
  CHECK(house.engine->find(second->id)->state == BookingState::held);
  // Alone, it is granted, and then the id is taken.
  REQUIRE(house.engine->cancel({second->id, shared, 0}).ok());
  CHECK(house.engine->cancel({first->id, shared, 0}).code() == Code::operation_mismatch);
}

TEST_CASE("hazard 7: nobody gets a seat of a day that was archived, or of the one in its place") {
  House house;
  const bool moves = GENERATE(false, true);
  const bool serves_another = GENERATE(false, true);
  CAPTURE(moves, serves_another);
  constexpr std::int64_t kHour = 3'600'000;
  house.options.archive_after_ms = 0;
  house.reopen();
  const auto held = house.engine->claim(claim_of(1, slot_at(4)));
  REQUIRE(held.ok());
  REQUIRE(house.engine->confirm({held->id, {}, 0, {}}).ok());
  const SlotKey last = slot_at(0, 23);
  Result<Booking> outcome = Error{Code::retry, {}};
  with_frozen(
      moves ? "new_slot_read" : "slot_read",
      [&] {
        outcome = moves ? house.engine->reschedule({held->id, last, {}, 0})
                        : house.engine->claim(claim_of(2, last));
      },
      [&] {
        house.clock.advance(16 * kHour + 60'000);
        REQUIRE(house.engine->settle().ok());
        CHECK(house.engine->counters().days_archived == 2);
        if (!serves_another) return;
        const std::uint64_t opened = house.engine->counters().days_opened;
        house.clock.advance(24 * kHour);
        REQUIRE(house.engine->settle().ok());
        CHECK(house.engine->counters().days_opened == opened + 2);
      });
  CHECK(outcome.code() == Code::too_late);
  for (int day = serves_another ? 2 : 1; day < 7 + (serves_another ? 2 : 1); ++day) {
    for (const std::uint32_t lane : {0U, 1U}) {
      for (int hour = 0; hour < 24; ++hour) {
        const SlotKey slot = slot_at(day, hour, lane);
        CHECK(availability(*house.engine, slot).free == (slot == held->slot ? 0 : 1));
      }
    }
  }
  house.reopen();
  CHECK(house.engine->find(held->id)->slot == held->slot);
}
