// Another catalogue while the engine runs: what a preview says, and what is done.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/threads.hpp"
#include "engine_fixture.hpp"
#include "store/memory_store.hpp"

using namespace janji;
using namespace janji::test;

namespace {

using Doors = SlotChangeRequest::Doors;

constexpr std::int64_t kDayMs = 86'400'000;

// Two offices that offer one service, from eight to twelve, by the hour.
struct Town {
  std::uint16_t opens{8 * 60}, closes{12 * 60};
  std::uint16_t capacity{3};
  std::uint16_t seats_max{2};
  std::vector<std::pair<int, std::string>> holidays{};  // days from today
  std::vector<std::string> offices{"north", "south"};
  std::string zone{"Asia/Kuala_Lumpur"};
  int last_day{1000};
  std::int64_t lead_ms{0};
};

std::shared_ptr<const Catalogue> build(const Town& town) {
  CatalogueBuilder builder;
  Service service;
  service.id = "passport";
  service.name = {"a", "b", "c"};
  service.categories = category_bit(Category::citizen);
  service.rules.horizon_days = 7;
  service.rules.seats_max = town.seats_max;
  service.rules.lead_ms = town.lead_ms;
  service.rules.scope_name = "one";
  CatalogueBuilder::Lane lane;
  lane.service = builder.add_service(service);
  lane.week = builder.add_week(OpeningWeek::every_day(town.opens, town.closes));
  lane.slot_minutes = 60;
  lane.capacity = town.capacity;
  lane.last_day = Day{kToday.value + town.last_day};
  for (const std::string& id : town.offices) {
    lane.branch = builder.add_branch({id, id, "North", "N-1", "hq", "Town", town.zone});
    builder.add_lane(lane);
  }
  for (const auto& [day, name] : town.holidays) {
    builder.add_holiday("N-1", Day{kToday.value + day}, name);
  }
  auto made = builder.build();
  INFO((made.ok() ? std::string() : made.error().detail));
  REQUIRE(made.ok());
  return *made;
}

Options town_options(const ManualClock& clock, const Town& town = {}) {
  Options options = small_options(clock);
  options.catalogue = build(town);
  return options;
}

BookingId confirmed(Engine& engine, std::uint64_t who, SlotKey slot) {
  const auto held = engine.claim(claim_of(who, slot));
  REQUIRE(held.ok());
  REQUIRE(engine.confirm({held->id, {}, 0, {}}).ok());
  return held->id;
}

// Whatever the patrol makes of it is made.
void settle(Engine& engine) {
  for (int rounds = 0; rounds < 3; ++rounds) REQUIRE(engine.settle().ok());
}

// The threads of an engine can be held where they sleep, so that no round passes meanwhile.
class HeldThreads final : public Threads {
 public:
  std::unique_ptr<Thread> start(std::function<void()> body) override {
    ++started_;
    return system_threads().start([run = std::move(body)] {
      here = true;
      run();
    });
  }
  void wait(const Word& word, std::uint32_t expected, std::int64_t timeout_ms) noexcept override {
    constexpr std::int64_t kSoonMs = 5;
    if (!here) return system_threads().wait(word, expected, timeout_ms);
    std::unique_lock lock(mutex_);
    if (!held_) {
      lock.unlock();
      return system_threads().wait(word, expected, kSoonMs);
    }
    ++asleep_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    --asleep_;
  }
  void wake_all(const Word& word) noexcept override { system_threads().wake_all(word); }
  std::int64_t steady_ms() const noexcept override { return system_threads().steady_ms(); }

  // Returns when all of them are.
  void hold() {
    std::unique_lock lock(mutex_);
    held_ = true;
    changed_.wait(lock, [&] { return asleep_ == started_; });
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }

 private:
  static inline thread_local bool here = false;  // this thread is one of an engine's
  std::mutex mutex_;
  std::condition_variable changed_;
  int started_{0}, asleep_{0};
  bool held_{false};
};

CataloguePreview preview(const Engine& engine, const std::shared_ptr<const Catalogue>& to) {
  auto made = engine.preview_catalogue(to);
  INFO((made.ok() ? std::string() : made.error().detail));
  REQUIRE(made.ok());
  return *made;
}

CataloguePreview change(Engine& engine, const Town& town) {
  const auto to = build(town);
  CataloguePreview seen = preview(engine, to);
  const Status done = engine.change_catalogue({to, seen.digest, ActorId{7}});
  INFO((done.ok() ? std::string() : done.error().detail));
  REQUIRE(done.ok());
  settle(engine);
  return seen;
}

const ChangedDay& day_of(const CataloguePreview& preview, int day, std::uint32_t lane = 0) {
  for (const ChangedDay& one : preview.days) {
    if (one.lane == LaneId{lane} && one.day == slot_at(day).day()) return one;
  }
  FAIL("no such day");
  return preview.days.front();
}

BookingState state_of(Engine& engine, BookingId id) {
  return engine.find(id)->state;
}

std::vector<Event> events(const Engine& engine) {
  std::vector<Event> all(500);
  std::size_t many = 0;
  for (Lsn at; at < engine.durable_lsn();) {
    const auto page = engine.read_feed(at, std::span(all).subspan(many));
    REQUIRE(page.ok());
    many += page->events;
    at = page->next;
  }
  all.resize(many);
  return all;
}

}  // namespace

TEST_CASE("a new holiday displaces who has booked that day, as its preview says") {
  ManualClock clock;
  auto engine = open_engine(town_options(clock));
  const BookingId first = confirmed(*engine, 1, slot_at(1, 9));
  const BookingId other = confirmed(*engine, 2, slot_at(1, 10, 1));
  const BookingId next_day = confirmed(*engine, 3, slot_at(2, 9));
  REQUIRE(engine->claim(claim_of(4, slot_at(1, 9))).ok());  // held
  const auto to = build({.holidays = {{1, "Founders' Day"}}});
  const CataloguePreview seen = preview(*engine, to);
  CHECK(seen.displaced() == 3);
  CHECK(seen.lanes == 0);
  REQUIRE(seen.days.size() == 2);
  CHECK(seen.days[0].lane == LaneId{0});
  CHECK(seen.days[0].day == slot_at(1).day());
  CHECK(seen.days[0].closed == 4);
  CHECK(seen.days[0].displaced == 2);
  CHECK(seen.days[0].reason == "Founders' Day");
  CHECK(seen.days[1].displaced == 1);
  // Nothing was done yet.
  CHECK(availability(*engine, slot_at(1, 9)).free == 1);
  CHECK(state_of(*engine, first) == BookingState::confirmed);

  REQUIRE(engine->change_catalogue({to, seen.digest, ActorId{7}}).ok());
  settle(*engine);
  CHECK(state_of(*engine, first) == BookingState::displaced);
  CHECK(state_of(*engine, other) == BookingState::displaced);
  CHECK(state_of(*engine, next_day) == BookingState::confirmed);
  CHECK(engine->claim(claim_of(5, slot_at(1, 11))).code() == Code::closed);
  CHECK(engine->claim(claim_of(5, slot_at(3, 11))).ok());
  CHECK(&engine->catalogue() == to.get());
  CHECK(engine->share_catalogue() == to);
  CHECK(preview(*engine, to).days.empty());
  // The same again, of somebody who lost the answer; and one who saw something else.
  CHECK(engine->change_catalogue({to, seen.digest, ActorId{7}}).ok());
  CHECK(engine->change_catalogue({to, seen.digest + 1, {}}).code() == Code::operation_mismatch);
  const auto edited = build({.holidays = {{1, "Founders' Day"}, {2, "Another"}}});
  CHECK(engine->change_catalogue({edited, seen.digest, {}}).code() == Code::operation_mismatch);
  CHECK(availability(*engine, slot_at(2, 9)).status == DayAvailability::Status::available);
  // Each is free to move.
  CHECK(engine->reschedule({first, slot_at(2, 10), {}, 0}).ok());
  CHECK(state_of(*engine, first) == BookingState::confirmed);

  const auto told = events(*engine);
  CHECK(std::count_if(told.begin(), told.end(), [](const Event& event) {
          return event.kind == EventKind::slot && event.closed && event.actor == ActorId{7};
        }) == 8);
  CHECK(std::count_if(told.begin(), told.end(), [](const Event& event) {
          return event.kind == EventKind::catalogue && event.actor == ActorId{7};
        }) == 1);
}

TEST_CASE("who had no turn by the rules of before has one by those of now") {
  ManualClock clock;
  Options options = town_options(clock, {.capacity = 1});
  options.waiters_max = 64;
  auto engine = open_engine(options);
  std::vector<BookingId> have;
  for (int hour = 8; hour < 12; ++hour) {
    have.push_back(confirmed(*engine, static_cast<std::uint64_t>(hour), slot_at(1, hour)));
  }
  JoinRequest request;
  request.lane = LaneId{0};
  request.day = slot_at(1).day();
  request.applicant = claim_of(99).applicant;
  const auto waiting = engine->join(request);
  REQUIRE(waiting.ok());
  // Too late for the first of the slots for which he waits, not for the last.
  change(*engine, {.capacity = 1, .lead_ms = 25 * 3'600'000LL});
  REQUIRE(engine->cancel({have.front(), {}, 0}).ok());
  settle(*engine);
  CHECK(state_of(*engine, waiting->id) == BookingState::waiting);
  change(*engine, {.capacity = 1});
  CHECK(state_of(*engine, waiting->id) == BookingState::held);
  CHECK(engine->find(waiting->id)->slot == slot_at(1, 8));
}

TEST_CASE("a holiday that is taken back opens the day again, and who was displaced is confirmed") {
  ManualClock clock;
  auto engine = open_engine(town_options(clock));
  const BookingId booking = confirmed(*engine, 1, slot_at(1, 9));
  change(*engine, {.holidays = {{1, "Founders' Day"}}});
  REQUIRE(state_of(*engine, booking) == BookingState::displaced);
  const CataloguePreview back = change(*engine, {});
  REQUIRE(back.days.size() == 2);
  CHECK(back.days[0].opened == 4);
  CHECK(state_of(*engine, booking) == BookingState::confirmed);
  CHECK(engine->claim(claim_of(2, slot_at(1, 10))).ok());
}

TEST_CASE("what staff changed by hand stays, where the catalogue says nothing new of it") {
  ManualClock clock;
  auto engine = open_engine(town_options(clock));
  const auto by_hand = [&](SlotKey slot, Doors doors, std::uint16_t capacity) {
    REQUIRE(engine->change_slot({slot, doors, capacity, ActorId{3}}).ok());
  };
  by_hand(slot_at(1, 8), Doors::closed, 0);
  by_hand(slot_at(1, 9), Doors::as_they_are, 2);
  const CataloguePreview more = change(*engine, {.capacity = 5});
  CHECK(day_of(more, 1).resized == 3);  // the first one has the catalogue's capacity, though closed
  CHECK(day_of(more, 1).kept == 1);
  CHECK(availability(*engine, slot_at(1, 8)).status == DayAvailability::Status::closed);
  CHECK(availability(*engine, slot_at(1, 9)).capacity == 2);
  CHECK(availability(*engine, slot_at(1, 10)).capacity == 5);
  // A holiday closes all; when it goes, what was closed by hand before it opens, too: the
  // catalogue said something new of it twice.
  change(*engine, {.capacity = 5, .holidays = {{1, "Founders' Day"}}});
  CHECK(availability(*engine, slot_at(1, 9)).status == DayAvailability::Status::closed);
  by_hand(slot_at(1, 10), Doors::open, 0);
  const CataloguePreview same =
      change(*engine, {.capacity = 5, .holidays = {{1, "Founders' Day"}}});
  CHECK(same.days.empty());  // open by hand on a holiday
  CHECK(availability(*engine, slot_at(1, 10)).free == 5);
  change(*engine, {.capacity = 5});
  CHECK(availability(*engine, slot_at(1, 9)).free == 2);
}

TEST_CASE("shorter hours close slots of open days, longer ones come with the next days") {
  ManualClock clock;
  auto engine = open_engine(town_options(clock));
  const BookingId late = confirmed(*engine, 1, slot_at(1, 11));
  const Town later{.opens = 9 * 60, .closes = 11 * 60};
  const CataloguePreview shorter = change(*engine, later);
  // Today's slot at eight has begun.
  REQUIRE(shorter.days.size() == 2 * 7);
  CHECK(day_of(shorter, 0).closed == 1);
  CHECK(day_of(shorter, 1).closed == 2);
  CHECK(day_of(shorter, 1).reason.empty());
  CHECK(shorter.displaced() == 1);
  CHECK(state_of(*engine, late) == BookingState::displaced);
  CHECK(engine->claim(claim_of(2, slot_at(1, 8))).code() == Code::closed);
  CHECK(engine->claim(claim_of(2, slot_at(1, 9))).ok());

  const CataloguePreview longer = change(*engine, {.opens = 7 * 60, .closes = 13 * 60});
  CHECK(day_of(longer, 1).opened == 2);
  CHECK(day_of(longer, 1).missing == 2);
  CHECK(state_of(*engine, late) == BookingState::confirmed);
  CHECK(engine->claim(claim_of(3, slot_at(1, 12))).code() == Code::slot_not_found);
  CHECK(engine->claim(claim_of(3, slot_at(7, 12))).code() != Code::ok);
  clock.advance(kDayMs);
  REQUIRE(engine->settle().ok());
  CHECK(engine->claim(claim_of(3, slot_at(7, 12))).ok());
  CHECK(engine->claim(claim_of(4, slot_at(7, 7, 1))).ok());
}

TEST_CASE("a slot with fewer seats than are taken takes nobody until it is below") {
  ManualClock clock;
  auto engine = open_engine(town_options(clock));
  std::vector<BookingId> all;
  for (std::uint64_t who = 1; who <= 3; ++who) all.push_back(confirmed(*engine, who, slot_at()));
  CHECK(change(*engine, {.capacity = 2}).displaced() == 0);
  CHECK(engine->claim(claim_of(4)).code() == Code::slot_full);
  for (const BookingId id : all) CHECK(state_of(*engine, id) == BookingState::confirmed);
  REQUIRE(engine->cancel({all[0], {}, 0}).ok());
  CHECK(engine->claim(claim_of(4)).code() == Code::slot_full);
  REQUIRE(engine->cancel({all[1], {}, 0}).ok());
  CHECK(engine->claim(claim_of(4)).ok());
}

TEST_CASE("claims go by the rules of the catalogue of now, and the old one is let go of") {
  ManualClock clock;
  Options options = town_options(clock);
  auto engine = open_engine(std::move(options));
  ClaimRequest two = claim_of(1);
  two.seats = 2;
  REQUIRE(engine->claim(two).ok());
  const std::uint64_t edition = engine->catalogue_edition();
  const CataloguePreview seen = change(*engine, {.seats_max = 1});
  CHECK(seen.lanes == 2);
  CHECK(seen.days.empty());
  two.applicant.lo = 2;
  CHECK(engine->claim(two).code() == Code::seats_exceeded);
  CHECK(engine->claim(claim_of(2)).ok());
  CHECK(engine->catalogue_edition() != edition);

  const std::weak_ptr<const Catalogue> old = engine->share_catalogue();
  auto held = engine->share_catalogue();
  change(*engine, {.seats_max = 2});
  CHECK_FALSE(old.expired());
  CHECK(held->services()[0].rules.seats_max == 1);
  held.reset();
  CHECK(old.expired());
  two.applicant.lo = 3;
  CHECK(engine->claim(two).code() == Code::slot_full);
  two.slot = slot_at(2);
  CHECK(engine->claim(two).ok());
}

TEST_CASE("an offer that ends closes the days behind it") {
  ManualClock clock;
  auto engine = open_engine(town_options(clock));
  const BookingId booking = confirmed(*engine, 1, slot_at(3, 9));
  const CataloguePreview seen = change(*engine, {.last_day = 2});
  CHECK(seen.displaced() == 1);
  CHECK(state_of(*engine, booking) == BookingState::displaced);
  CHECK(engine->claim(claim_of(2, slot_at(2))).ok());
  CHECK(engine->claim(claim_of(3, slot_at(3))).code() == Code::closed);
  clock.advance(kDayMs);
  REQUIRE(engine->settle().ok());
  CHECK(engine->claim(claim_of(4, slot_at(7))).code() == Code::outside_horizon);
}

TEST_CASE("offices, services and lanes come and go at an opening only") {
  ManualClock clock;
  auto engine = open_engine(town_options(clock));
  const auto why = [&](const Town& town) {
    const auto to = build(town);
    const auto made = engine->preview_catalogue(to);
    REQUIRE(made.code() == Code::invalid_argument);
    const Status done = engine->change_catalogue({to, 1, {}});
    CHECK(done.code() == Code::invalid_argument);
    CHECK(done.error().detail == made.error().detail);
    return made.error().detail;
  };
  using Catch::Matchers::StartsWith;
  CHECK_THAT(why({.offices = {"north", "south", "east"}}),
             StartsWith("catalogue: branch east is new: offices, services and lanes come and go "
                        "at an opening only"));
  CHECK_THAT(why({.offices = {"north"}}), StartsWith("catalogue: branch south is gone"));
  CHECK_THAT(why({.offices = {"south", "north"}}),
             StartsWith("catalogue: branch south stands elsewhere"));
  CHECK_THAT(why({.zone = "Asia/Jakarta"}),
             StartsWith("catalogue: branch north is in the time zone Asia/Jakarta and no longer "
                        "in Asia/Kuala_Lumpur"));
  CHECK(engine->preview_catalogue(nullptr).code() == Code::invalid_argument);
  CHECK(engine->change_catalogue({nullptr, 1, {}}).code() == Code::invalid_argument);
}

TEST_CASE("slots are what the catalogue and staff made of them after another opening, too") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = town_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.checkpoint = GENERATE(true, false);
  BookingId booking;
  const Town holiday{.capacity = 4, .holidays = {{1, "Founders' Day"}}};
  {
    auto engine = open_engine(options);
    booking = confirmed(*engine, 1, slot_at(1, 9));
    REQUIRE(engine->change_slot({slot_at(2, 9), Doors::as_they_are, 9, ActorId{3}}).ok());
    change(*engine, holiday);
  }
  options.catalogue = build(holiday);
  {
    auto engine = open_engine(options);
    CHECK(preview(*engine, options.catalogue).days.empty());
    CHECK(availability(*engine, slot_at(2, 9)).capacity == 9);
    CHECK(availability(*engine, slot_at(2, 10)).capacity == 4);
    CHECK(state_of(*engine, booking) == BookingState::displaced);
  }
  // Files that were edited in between change no day that is open before somebody asks for it.
  options.catalogue = build({});
  auto engine = open_engine(options);
  CHECK(state_of(*engine, booking) == BookingState::displaced);
  const CataloguePreview seen = change(*engine, {});
  CHECK(day_of(seen, 1).opened == 4);
  CHECK(day_of(seen, 2).kept == 1);
  CHECK(day_of(seen, 2).resized == 3);
  CHECK(state_of(*engine, booking) == BookingState::confirmed);
}

TEST_CASE("a change that was interrupted is finished by the next opening") {
  ManualClock clock;
  store::MemoryFactory disk;
  Options options = town_options(clock);
  options.durability = Durability::strict;
  options.store = &disk;
  options.journal_retain_lsn = 1000;
  HeldThreads threads;
  options.checkpoint = GENERATE(true, false);
  const Town holiday{.holidays = {{1, "Founders' Day"}}};
  const auto to = build(holiday);
  BookingId booking;
  {
    Options held = options;
    held.threads = &threads;
    auto engine = open_engine(held);
    booking = confirmed(*engine, 1, slot_at(1, 9));
    const std::uint64_t digest = preview(*engine, to).digest;
    threads.hold();
    Patience patience;
    const Decision begun = engine->try_change_catalogue({to, digest, {}}, patience);
    threads.let_go();
    CHECK(begun.verdict == Verdict::wait);
    REQUIRE(engine->settle().ok());
    CHECK(state_of(*engine, booking) == BookingState::confirmed);
  }
  options.catalogue = to;
  auto engine = open_engine(options);
  CHECK(preview(*engine, to).days.empty());
  CHECK(availability(*engine, slot_at(1, 9)).status == DayAvailability::Status::closed);
  settle(*engine);
  CHECK(state_of(*engine, booking) == BookingState::displaced);
  const auto told = events(*engine);
  CHECK(std::count_if(told.begin(), told.end(),
                      [](const Event& event) { return event.kind == EventKind::catalogue; }) == 1);
}

TEST_CASE("a change that is under way goes on, though somebody asks for what he didn't see") {
  ManualClock clock;
  HeldThreads threads;
  Options options = town_options(clock);
  options.threads = &threads;
  auto engine = open_engine(options);
  const auto to = build({.holidays = {{1, "Founders' Day"}}});
  const auto other = build({.holidays = {{2, "Another"}}});
  const CatalogueChangeRequest mine{to, preview(*engine, to).digest, ActorId{7}};
  threads.hold();
  Patience patience;
  REQUIRE(engine->try_change_catalogue(mine, patience).verdict == Verdict::wait);
  Patience theirs;
  CHECK(engine->try_change_catalogue({other, mine.digest + 1, {}}, theirs).code ==
        Code::operation_mismatch);
  threads.let_go();
  Decision met = engine->try_change_catalogue(mine, patience);
  while (met.verdict == Verdict::wait) {
    (void)engine->wait_round(met.round);
    met = engine->try_change_catalogue(mine, patience);
  }
  CHECK(met.verdict == Verdict::granted);
  CHECK(engine->claim(claim_of(1, slot_at(1, 9))).code() == Code::closed);
  CHECK(engine->claim(claim_of(1, slot_at(2, 9))).ok());
}

TEST_CASE("while a catalogue is changed claims go on, and none is granted behind it") {
  ManualClock clock;
  Options options = town_options(clock, {.capacity = 4000});
  options.bookings_max = 8192;
  options.operations_max = 20'000;
  auto engine = open_engine(std::move(options));
  const auto to = build({.capacity = 4000, .holidays = {{1, "Founders' Day"}}});
  std::atomic<bool> changed{false};
  std::atomic<int> behind{0}, granted{0}, asked_behind{0}, closed_behind{0};
  std::vector<std::thread> people;
  for (std::uint64_t thread = 0; thread < 3; ++thread) {
    people.emplace_back([&, thread] {
      int left = 50;  // to ask for, when it is changed
      for (std::uint64_t i = 1; left > 0; ++i) {
        const bool is_behind = changed.load();
        if (is_behind) --left;
        const int day = 1 + static_cast<int>(i % 2);
        const auto made =
            engine->claim(claim_of(thread * 10'000 + i, slot_at(day, 8 + static_cast<int>(i % 4))));
        if (is_behind && day == 1) {
          asked_behind.fetch_add(1);
          if (made.code() == Code::closed) closed_behind.fetch_add(1);
        }
        if (!made.ok()) continue;
        granted.fetch_add(1);
        if (is_behind && day == 1) behind.fetch_add(1);
        if (i % 3 == 0) (void)engine->confirm({made->id, {}, 0, {}});
      }
    });
  }
  while (granted.load() < 100) std::this_thread::yield();
  const CataloguePreview seen = preview(*engine, to);
  REQUIRE(engine->change_catalogue({to, seen.digest, {}}).ok());
  changed.store(true);
  for (std::thread& one : people) one.join();
  CHECK(behind.load() == 0);
  CHECK(asked_behind.load() == 75);
  CHECK(closed_behind.load() == 75);
  // Each of that day is confirmed no more.
  settle(*engine);
  BookingQuery query;
  query.first_day = query.last_day = slot_at(1).day();
  query.states = state_bit(BookingState::confirmed);
  std::vector<Booking> some(10);
  BookingCursor cursor;
  CHECK(engine->bookings(query, cursor, some) == 0);
}
