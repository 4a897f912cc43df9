// Days that roll on for years in one engine, and what keeps them.
#include <algorithm>
#include <set>
#include <vector>

#include "engine/day_opener.hpp"
#include "engine/table_sizes.hpp"
#include "engine_fixture.hpp"
#include "state/recovery_survey.hpp"
#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kDay = 24 * kHour;
constexpr int kHorizon = 7;

std::size_t slots_of(const Engine& engine, Day day, std::uint32_t lane = 0) {
  SlotAvailability all[32];
  return engine.slots(LaneId{lane}, day, all);
}

// Lets the writer do all that is due: what falls due makes more fall due.
void settle(Engine& engine) {
  for (Lsn before; before != engine.durable_lsn();) {
    before = engine.durable_lsn();
    REQUIRE(engine.settle().ok());
  }
}

// Two small offices in a city that has winter and summer time: days have 12, 23, 24 or 25 slots, or
// none.
std::shared_ptr<const Catalogue> offices_of_many_lengths() {
  CatalogueBuilder builder;
  Service service;
  service.id = "s";
  service.name = {"s", "s", "s"};
  service.categories = category_bit(Category::citizen);
  service.rules.horizon_days = kHorizon;
  service.rules.seats_max = 2;
  service.rules.hold_ms = 600'000;
  const std::uint32_t of = builder.add_service(service);
  OpeningWeek long_days = OpeningWeek::every_day(0, 24 * 60);
  long_days.days[5] = OpeningDay{};
  OpeningWeek short_days = OpeningWeek::every_day(6 * 60, 18 * 60);
  short_days.days[6] = OpeningDay{};
  for (const OpeningWeek& week : {long_days, short_days}) {
    const std::string id = "office-" + std::to_string(week.days[5].open.size());
    CatalogueBuilder::Lane lane;
    lane.branch = builder.add_branch({id, id, "North", "N-1", "hq", "Town", "Europe/London"});
    lane.service = of;
    lane.week = builder.add_week(week);
    lane.slot_minutes = 60;
    lane.capacity = 2;
    builder.add_lane(lane);
  }
  auto built = builder.build();
  REQUIRE(built.ok());
  return *built;
}

}  // namespace

namespace {

// Two years of a small office: every day people hold, confirm, move, cancel and forget, at random;
// whoever confirms cancels before the day.
class TwoYears {
 public:
  TwoYears(ManualClock& clock, Options options, int reopen_days)
      : clock_(clock), options_(std::move(options)), reopen_days_(reopen_days) {}

  void run() {
    engine_ = open_engine(options_);
    for (int day = 1; day <= 730; ++day) {
      CAPTURE(day);
      people_come();
      clock_.advance(kDay / 2);
      REQUIRE(engine_->settle().ok());
      people_come();
      cancel_before_today();
      clock_.advance(kDay / 2);
      settle(*engine_);
      if (reopen_days_ != 0 && day % reopen_days_ == 0) reopen();
      look();
    }
    archived_ += engine_->counters().days_archived;
    CHECK(archived_ >= 2 * (730 - kHorizon));
    CHECK(claimed_ > 2000);
    CHECK(moved_ > 100);
  }

 private:
  std::uint64_t next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return state_ >> 33;
  }
  SlotKey some_slot(int first_day) {
    SlotAvailability all[32];
    for (int tries = 0; tries < 50; ++tries) {
      const Day day{today().value + first_day +
                    static_cast<int>(next() % static_cast<unsigned>(kHorizon - first_day))};
      const std::size_t many =
          engine_->slots(LaneId{static_cast<std::uint32_t>(next() % 2)}, day, all);
      if (many != 0) return all[next() % many].slot;
    }
    FAIL("no slot to be found");
    return {};
  }
  Day today() const { return options_.catalogue->local_day(0, CivilTime{clock_.civil.load()}); }
  void people_come() {
    for (int i = 0; i < 4; ++i) {
      ++applicants_;
      const auto claimed = engine_->claim(claim_of(applicants_, some_slot(2), applicants_));
      if (!claimed.ok()) continue;  // full
      ++claimed_;
      const std::uint64_t dice = next() % 4;
      if (dice == 0) continue;  // forgotten: it expires
      REQUIRE(engine_->confirm({claimed->id, {3, applicants_}, 0, {}}).ok());
      SlotKey slot = claimed->slot;
      if (dice == 1) {
        const SlotKey to = some_slot(2);
        const auto moved = engine_->reschedule({claimed->id, to, {4, applicants_}, 0});
        if (moved.ok()) slot = to;
        moved_ += moved.ok();
      }
      confirmed_.push_back({claimed->id, slot, applicants_});
    }
  }
  void cancel_before_today() {
    std::vector<Known> left;
    for (const Known& one : confirmed_) {
      if (one.slot.day() > Day{today().value + 1} && next() % 8 != 0) {
        left.push_back(one);
      } else {
        REQUIRE(engine_->cancel({one.id, {5, one.operation}, 0}).ok());
      }
    }
    confirmed_ = std::move(left);
  }
  void reopen() {
    archived_ += engine_->counters().days_archived;
    engine_.reset();
    engine_ = open_engine(options_);
    settle(*engine_);
  }
  void look() {
    CHECK(engine_->last_problem() == "");
    REQUIRE(engine_->counters().days_not_opened == 0);
    for (const Known& one : confirmed_) {
      const auto found = engine_->find(one.id);
      REQUIRE(found.ok());
      REQUIRE(found->state == BookingState::confirmed);
      REQUIRE(found->slot == one.slot);
    }
    for (const std::uint32_t lane : {0U, 1U}) {
      for (int d = 0; d < kHorizon; ++d) {
        const Day day{today().value + d};
        REQUIRE(slots_of(*engine_, day, lane) == options_.catalogue->plan(lane, day).slots.size());
      }
      // Two days after it ended, and after one of retention.
      for (int d = 5; d < 9; ++d) REQUIRE(slots_of(*engine_, Day{today().value - d}, lane) == 0);
    }
  }

  struct Known {
    BookingId id;
    SlotKey slot;
    std::uint64_t operation;
  };

  ManualClock& clock_;
  const Options options_;
  const int reopen_days_;
  std::unique_ptr<Engine> engine_;
  std::vector<Known> confirmed_;
  std::uint64_t state_{7}, applicants_{0}, claimed_{0}, moved_{0}, archived_{0};
};

// What is open at a time: the horizon, today's archive_after_ms and retention_ms, and the two weeks
// that the warning looks ahead.
constexpr std::uint32_t kMostOpen = kHorizon + 2 + 2 + DayOpener::kSlotsAheadDays + 1;

Options two_years_options(const ManualClock& clock) {
  Options options = small_options(clock);
  options.catalogue = offices_of_many_lengths();
  options.slots_max = kMostOpen * (24 + 12);
  return options;
}

}  // namespace

TEST_CASE("two years in one engine: days open in the room of those that went") {
  ManualClock clock;
  TwoYears(clock, two_years_options(clock), 0).run();
}

TEST_CASE("two years in one directory, opened again now and then") {
  ManualClock clock;
  TemporaryDirectory directory;
  Options options = two_years_options(clock);
  options.durability = Durability::relaxed;  // a flush for each half day
  options.flush_ms = 60'000;
  options.directory = directory.path() / "data";
  TwoYears(clock, options, 37).run();
}

TEST_CASE("two years of a journal without a state, replayed now and then") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = two_years_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.checkpoint = false;
  TwoYears(clock, options, 61).run();
}

TEST_CASE("tables that are sized by rule don't grow from one opening to the next") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = two_years_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.slots_max = 0;
  const bool checkpoint = GENERATE(true, false);
  options.checkpoint = checkpoint;
  std::set<std::uint32_t> rings, slots;
  for (int opening = 0; opening < 12; ++opening) {
    auto engine = open_engine(options);
    for (int day = 0; day < 40; ++day) {
      clock.advance(kDay);
      settle(*engine);
    }
    CHECK(engine->counters().days_not_opened == 0);
    engine.reset();
    auto stores = disk.open({});
    REQUIRE(stores.ok());
    const state::Survey found = state::survey((*stores)->journal(), (*stores)->state());
    REQUIRE(found.read.ok());
    CHECK(found.days.size() <= kHorizon + 3);
    const auto sizes = sizes_for(options, found, CivilTime{clock.civil.load()});
    rings.insert(sizes->ring_days);
    slots.insert(sizes->slots_max);
  }
  CHECK(rings == std::set<std::uint32_t>{128});
  CHECK(*slots.rbegin() - *slots.begin() <= 4 * 24);
}

TEST_CASE("a booking that is remembered keeps its past day, and it is said when room runs short") {
  ManualClock clock;
  Options options = small_options(clock);
  options.slots_max = 2 * 24 * (kHorizon + 3 + DayOpener::kSlotsAheadDays) + 24;
  options.retention_ms = 20 * kDay;
  auto engine = open_engine(options);
  const int held_days = 3;
  std::vector<BookingId> kept;
  for (int day = 1; day <= held_days; ++day) {
    const auto booking = engine->claim(claim_of(static_cast<std::uint64_t>(day), slot_at(day)));
    REQUIRE(booking.ok());
    REQUIRE(engine->confirm({booking->id, {}, 0, {}}).ok());
    kept.push_back(booking->id);
  }
  for (int day = 0; day < 12; ++day) {
    clock.advance(kDay);
    settle(*engine);
  }
  CHECK(engine->counters().days_kept == held_days);
  CHECK(engine->counters().days_not_opened == 0);
  for (int day = 1; day <= held_days; ++day) {
    CHECK(slots_of(*engine, Day{kToday.value + day}) == 24);
    CHECK(slots_of(*engine, Day{kToday.value + day}, 1) == 0);
    CHECK(engine->find(kept[static_cast<std::size_t>(day - 1)])->slot == slot_at(day));
  }
  const std::string problem = engine->last_problem();
  CAPTURE(problem);
  CHECK(problem.find("slots_max") != std::string::npos);
  CHECK(problem.find("3 past days keep their room") != std::string::npos);
  // The end of its retention lets the day go, and the warning ends with it.
  for (int day = 0; day < 8; ++day) {
    CHECK(engine->find(kept[0])->state == BookingState::no_show);
    clock.advance(kDay);
    settle(*engine);
  }
  CHECK(engine->counters().days_kept == held_days);
  for (int day = 0; day < 7; ++day) {
    clock.advance(kDay);
    settle(*engine);
  }
  CHECK(engine->counters().days_kept == 0);
  CHECK(slots_of(*engine, Day{kToday.value + 1}) == 0);
  clock.advance(1000);
  settle(*engine);
  CHECK(engine->last_problem() == "");
}

TEST_CASE("a day without room is opened as soon as another one goes") {
  ManualClock clock;
  Options options = small_options(clock);
  options.archive_after_ms = 0;
  options.slots_max = 2 * 24 * kHorizon;  // not one day to spare
  auto engine = open_engine(options);
  const auto booking = engine->claim(claim_of(1, slot_at(0, 20)));
  REQUIRE(booking.ok());
  REQUIRE(engine->confirm({booking->id, {}, 0, {}}).ok());
  clock.advance(12 * kHour);
  REQUIRE(engine->act({Act::check_in, booking->id}).ok());
  clock.advance(5 * kHour);
  settle(*engine);
  // The other lane's day went, and made room for one of two.
  clock.advance(60'000);
  settle(*engine);
  const auto open = [&] {
    return slots_of(*engine, Day{kToday.value + kHorizon}, 0) +
           slots_of(*engine, Day{kToday.value + kHorizon}, 1);
  };
  CHECK(open() == 24);
  REQUIRE(engine->act({Act::complete, booking->id}).ok());
  // Its place is free; its day goes; another one takes the room: each when they are looked at next.
  clock.advance(options.retention_ms + 60'000);
  for (int look = 0; look < 3; ++look) {
    settle(*engine);
    clock.advance(60'000);
  }
  CHECK(slots_of(*engine, kToday) == 0);
  CHECK(slots_of(*engine, Day{kToday.value + kHorizon}, 0) == 24);
  CHECK(slots_of(*engine, Day{kToday.value + kHorizon}, 1) == 24);
}

TEST_CASE("days that passed while the engine was closed go before those to come want their room") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.slots_max = 2 * 24 * (kHorizon + 1);
  { auto engine = open_engine(options); }
  clock.advance(30 * kDay);
  auto engine = open_engine(options);
  CHECK(engine->counters().days_archived == 2 * kHorizon);
  CHECK(engine->counters().days_not_opened == 0);
  CHECK(slots_of(*engine, Day{kToday.value + 30}) == 24);
}

TEST_CASE("days that a wrong clock archived can be opened again, by another opening") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.checkpoint = GENERATE(true, false);
  BookingId confirmed;
  {
    auto engine = open_engine(options);
    confirmed = engine->claim(claim_of(1, slot_at(3)))->id;
    REQUIRE(engine->confirm({confirmed, {}, 0, {}}).ok());
  }
  clock.civil.fetch_add(40 * kDay);
  {
    auto engine = open_engine(options);
    settle(*engine);
    CHECK(slots_of(*engine, slot_at(2).day()) == 0);
    CHECK(slots_of(*engine, slot_at(3).day()) == 24);  // somebody is to come
    clock.civil.fetch_sub(40 * kDay);
    clock.advance(60'000);
    settle(*engine);
    CHECK(slots_of(*engine, slot_at(2).day()) == 0);
  }
  options.trust_clock = true;
  auto engine = open_engine(options);
  for (int day = 0; day < kHorizon; ++day) CHECK(slots_of(*engine, slot_at(day).day()) == 24);
  CHECK(engine->find(confirmed)->slot == slot_at(3));
  CHECK(availability(*engine, slot_at(3)).free == 1);
  CHECK(engine->claim(claim_of(2, slot_at(2))).ok());
}

TEST_CASE("nothing is archived while the wall clock isn't believed") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  clock.civil.fetch_add(100 * kDay);
  clock.advance(60'000);
  settle(*engine);
  CHECK(engine->counters().days_archived == 0);
  CHECK(slots_of(*engine, kToday) == 24);
}

TEST_CASE("a day goes so long after its end as is asked for") {
  ManualClock clock;
  Options options = small_options(clock);
  options.archive_after_ms = 5 * kHour;
  auto engine = open_engine(options);
  clock.advance(16 * kHour + 5 * kHour - 1);
  settle(*engine);
  CHECK(slots_of(*engine, kToday) == 24);
  CHECK(engine->counters().days_archived == 0);
  clock.advance(60'000);
  settle(*engine);
  CHECK(slots_of(*engine, kToday) == 0);
  CHECK(engine->counters().days_archived == 2);
  DayAvailability day[1];
  REQUIRE(engine->days(LaneId{0}, kToday, kToday, day) == 1);
  CHECK(day[0].status == DayAvailability::Status::past);
  CHECK(day[0].capacity == 0);
  CHECK(engine->claim(claim_of(1, slot_at(0, 23))).code() == Code::too_late);
  options.archive_after_ms = -1;
  CHECK(Engine::open(options).error().detail.find("archive_after_ms") != std::string::npos);
}
