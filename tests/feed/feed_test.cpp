// What the feed tells, in which order, up to where, and what it says of what is no longer kept.
#include <array>
#include <atomic>
#include <string>
#include <thread>

#include "feed_case.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;

// Holds of ten minutes that can be extended, two hours to pay.
Options options_of_a_life(const ManualClock& clock) {
  Options options = small_options(clock, 3);
  UniformCatalogue spec;
  spec.lanes = 2;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = 3;
  spec.rules = options.catalogue->services()[0].rules;
  spec.rules.approval_ms = 2 * kHour;
  spec.rules.extensions_max = 1;
  spec.rules.reschedules_max = 2;
  auto made = make_uniform_catalogue(spec);
  REQUIRE(made.ok());
  options.catalogue = *made;
  return options;
}

Result<Booking> act(Engine& engine, Act what, BookingId booking, std::uint32_t argument = 0) {
  ActRequest request;
  request.act = what;
  request.booking = booking;
  request.argument = argument;
  request.actor = ActorId{7};
  return engine.act(request);
}

std::vector<EventKind> kinds_of(const std::vector<Event>& events) {
  std::vector<EventKind> kinds;
  for (const Event& event : events) kinds.push_back(event.kind);
  return kinds;
}

}  // namespace

TEST_CASE("a booking's life is told step by step, with what each step says") {
  ManualClock clock;
  auto engine = open_engine(options_of_a_life(clock));
  ClaimRequest request = claim_of(1, slot_at(0, 12), 5);
  request.seats = 2;
  request.actor = ActorId{3};
  const Booking held = *engine->claim(request);
  clock.advance(kMinute);
  REQUIRE(act(*engine, Act::extend, held.id).ok());
  REQUIRE(engine->reschedule({held.id, slot_at(0, 13), {}, 0}).ok());
  const std::vector<std::byte> details(100, std::byte{'x'});
  REQUIRE(engine->confirm({held.id, {}, 0, details}).ok());
  REQUIRE(act(*engine, Act::approve, held.id).ok());
  clock.advance(5 * kHour - kMinute);
  const Booking there = *act(*engine, Act::check_in, held.id);
  REQUIRE(act(*engine, Act::serve, held.id, 4).ok());
  REQUIRE(act(*engine, Act::reissue, held.id, 9).ok());
  REQUIRE(act(*engine, Act::complete, held.id).ok());

  const auto events = booking_events(*engine);
  REQUIRE(kinds_of(events) == std::vector{EventKind::claim, EventKind::extend,
                                          EventKind::reschedule, EventKind::submit,
                                          EventKind::approve, EventKind::check_in, EventKind::serve,
                                          EventKind::reissue, EventKind::complete});
  for (const Event& event : events) CHECK(event.booking == held.id);
  CHECK(events[0].lsn == held.lsn);
  CHECK(events[0].slot == slot_at(0, 12));
  CHECK(events[0].seats == 2);
  CHECK(events[0].state == BookingState::held);
  CHECK(events[0].actor == ActorId{3});
  CHECK(events[0].deadline == held.deadline);
  CHECK(events[0].civil_at == held.created_at);
  CHECK(events[0].deadline.value - events[0].decided_at.value == 10 * kMinute);
  CHECK(events[1].deadline.value == held.deadline.value + kMinute);
  CHECK(events[1].actor == ActorId{7});
  CHECK(events[2].from == slot_at(0, 12));
  CHECK(events[2].slot == slot_at(0, 13));
  CHECK(events[2].state == BookingState::none);  // as it was
  CHECK(events[2].actor == ActorId{});
  CHECK(events[3].state == BookingState::awaiting);
  CHECK(events[3].deadline.value - events[3].decided_at.value == 2 * kHour);
  CHECK(events[4].state == BookingState::confirmed);
  CHECK(events[5].state == BookingState::checked_in);
  CHECK(events[5].argument == there.queue_number);
  CHECK(events[5].civil_at == there.checked_in_at);
  CHECK(events[6].state == BookingState::checked_in);
  CHECK(events[6].argument == 4);
  CHECK(events[7].state == BookingState::none);  // as it was
  CHECK(events[7].argument == 9);
  CHECK(events[8].state == BookingState::completed);
  CHECK(events[8].slot == SlotKey{});
}

TEST_CASE("the other ways in which a booking ends are told, those by rule too") {
  ManualClock clock;
  Options options = options_of_a_life(clock);
  options.retention_ms = kHour;
  auto engine = open_engine(options);
  const BookingId cancelled = engine->claim(claim_of(1))->id;
  REQUIRE(engine->cancel({cancelled, {}, 0}).ok());
  const BookingId expired = engine->claim(claim_of(2))->id;
  const BookingId refused = engine->claim(claim_of(3))->id;
  REQUIRE(engine->confirm({refused, {}, 0, {}}).ok());
  REQUIRE(act(*engine, Act::refuse, refused, 42).ok());
  const auto confirmed = [&](std::uint64_t applicant) {
    const BookingId id = engine->claim(claim_of(applicant, slot_at(0, 9)))->id;
    REQUIRE(engine->confirm({id, {}, 0, {}}).ok());
    REQUIRE(act(*engine, Act::approve, id).ok());
    return id;
  };
  const BookingId missed = confirmed(4);
  const BookingId never_came = confirmed(5);
  const BookingId forgotten = confirmed(6);
  clock.advance(kHour);  // nine o'clock
  REQUIRE(engine->settle().ok());
  REQUIRE(act(*engine, Act::no_show, missed).ok());
  REQUIRE(act(*engine, Act::check_in, forgotten).ok());
  // The patrol comes by when it does: until it and retention have seen to everybody.
  for (int i = 0; i < 200 && engine->counters().bookings_in_use != 0; ++i) {
    clock.advance(10 * kMinute);
    REQUIRE(engine->settle().ok());
  }
  REQUIRE(engine->counters().bookings_in_use == 0);

  const auto last_of = [&](BookingId id) {
    Event last;
    int freed = 0;
    for (const Event& event : booking_events(*engine)) {
      if (event.booking != id) continue;
      CHECK(freed == 0);
      event.kind == EventKind::free ? void(++freed) : void(last = event);
    }
    CHECK(freed == 1);
    return last;
  };
  CHECK(last_of(cancelled).kind == EventKind::cancel);
  CHECK(last_of(cancelled).state == BookingState::cancelled);
  CHECK(last_of(expired).kind == EventKind::expire);
  CHECK(last_of(expired).state == BookingState::expired);
  CHECK(last_of(refused).state == BookingState::refused);
  CHECK(last_of(refused).argument == 42);
  CHECK(last_of(missed).kind == EventKind::no_show);
  CHECK(last_of(missed).state == BookingState::no_show);
  CHECK(last_of(never_came).kind == EventKind::lapse);
  CHECK(last_of(never_came).state == BookingState::none);
  CHECK(last_of(forgotten).kind == EventKind::lapse);
}

TEST_CASE("days are told when they open and when they are archived") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  std::size_t opened = 0;
  for (const Event& event : events_of(*engine)) {
    REQUIRE(event.kind == EventKind::day_opened);
    CHECK(event.argument == 24);
    CHECK(event.day >= kToday);
    CHECK(event.booking == BookingId{});
    ++opened;
  }
  CHECK(opened == 2 * 7);
  const Lsn before = engine->durable_lsn();
  for (int hour = 0; hour < 4 * 24; ++hour) {
    clock.advance(kHour);
    REQUIRE(engine->settle().ok());
  }
  std::size_t archived = 0;
  for (const Event& event : events_of(*engine, before)) {
    archived += event.kind == EventKind::day_archived && event.day == kToday;
  }
  CHECK(archived == 2);
}

TEST_CASE("a page ends anywhere, and nothing is told twice or left out") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock, 1000));
  for (std::uint64_t i = 1; i <= 40; ++i) REQUIRE(engine->claim(claim_of(i)).ok());
  const auto all = events_of(*engine);
  REQUIRE(all.size() >= 40);
  for (const std::size_t page : {1U, 2U, 3U, 7U, 1000U}) {
    const auto paged = events_of(*engine, {}, page);
    REQUIRE(paged.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) CHECK(paged[i].lsn == all[i].lsn);
  }
  std::array<Event, 4> some;
  for (const Event& event : all) {
    const auto read = engine->read_feed(Lsn{event.lsn.value - 1}, some);
    REQUIRE(read.ok());
    CHECK(some[0].lsn == event.lsn);
  }
}

TEST_CASE("the cursor moves over what is nobody's business") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  REQUIRE(engine->claim(claim_of(1)).ok());
  const Lsn after = engine->durable_lsn();
  for (int second = 0; second < 5; ++second) {  // the hold lives: each second's tick is a record
    clock.advance(1000);
    REQUIRE(engine->settle().ok());
  }
  REQUIRE(engine->durable_lsn() > after);
  std::array<Event, 4> some;
  const auto read = engine->read_feed(after, some);
  REQUIRE(read.ok());
  CHECK(read->events == 0);
  CHECK(read->next == engine->durable_lsn());
  const auto at_the_end = engine->read_feed(engine->durable_lsn(), some);
  REQUIRE(at_the_end.ok());
  CHECK(at_the_end->events == 0);
  CHECK(at_the_end->next == engine->durable_lsn());
}

TEST_CASE("a cursor ahead of the feed is refused with words") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  std::array<Event, 4> some;
  const auto read = engine->read_feed(Lsn{engine->durable_lsn().value + 1}, some);
  REQUIRE(read.code() == Code::invalid_argument);
  CHECK(read.error().detail.find(std::to_string(engine->durable_lsn().value)) != std::string::npos);
}

TEST_CASE("what is decided but not durable isn't told, and is told once it is") {
  ManualClock clock;
  GatedFactory disk;
  Options options = small_options(clock);
  options.store = &disk;
  auto engine = open_engine(options);
  const Lsn before = engine->durable_lsn();
  std::array<Event, 4> some;
  Lsn claimed;
  {
    const Gate::Shut shut(disk.gate);
    Patience patience;
    claimed = engine->try_claim(claim_of(1), patience).lsn;
    REQUIRE(claimed > before);
    const auto read = engine->read_feed(before, some);
    REQUIRE(read.ok());
    CHECK(read->events == 0);
    CHECK(read->next == before);
    CHECK_FALSE(engine->wait_durable(Lsn{before.value + 1}, 0));
  }
  REQUIRE(engine->wait_durable(Lsn{before.value + 1}));
  const auto read = engine->read_feed(before, some);
  REQUIRE(read.ok());
  REQUIRE(read->events == 1);
  CHECK(some[0].lsn == claimed);
}

namespace {

// Stores whose journal shows a commit's chunks to readers before the commit returns: as LMDB does
// for a moment, and for good when the flush behind it fails.
class EarlyFactory final : public StoreFactory {
 public:
  Result<std::unique_ptr<store::Stores>> open(const store::Location& location) override {
    auto inner = disk_.open(location);
    if (!inner.ok()) return inner.error();
    return std::unique_ptr<store::Stores>(
        std::make_unique<StoresWithJournal<Journal>>(std::move(*inner), *this));
  }
  Gate gate;
  std::atomic<int> landed{0};  // commits that readers see

 private:
  class Journal final : public ForwardingJournal {
   public:
    Journal(store::JournalStore& inner, EarlyFactory& disk)
        : ForwardingJournal(inner), disk_(disk) {}
    Status commit(bool sync) override {
      Status status = ForwardingJournal::commit(sync);
      disk_.landed.fetch_add(1, std::memory_order_release);  // pairs with the test's look
      disk_.gate.pass();
      return status;
    }

   private:
    EarlyFactory& disk_;
  };
  store::MemoryFactory disk_;
};

}  // namespace

TEST_CASE("what the journal has, but nobody was told is durable, isn't told") {
  ManualClock clock;
  EarlyFactory disk;
  Options options = small_options(clock);
  options.store = &disk;
  auto engine = open_engine(options);
  const Booking first = *engine->claim(claim_of(1));
  std::array<Event, 4> some;
  {
    const int landed = disk.landed.load(std::memory_order_acquire);
    const Gate::Shut shut(disk.gate);
    Patience patience;
    REQUIRE(engine->try_claim(claim_of(2), patience).verdict == Verdict::granted);
    while (disk.landed.load(std::memory_order_acquire) == landed) std::this_thread::yield();
    const auto read = engine->read_feed(Lsn{first.lsn.value - 1}, some);
    REQUIRE(read.ok());
    CHECK(read->events == 1);
    CHECK(some[0].lsn == first.lsn);
    CHECK(read->next == engine->durable_lsn());
    CHECK(read->next == first.lsn);
  }
  REQUIRE(engine->settle().ok());
  CHECK(booking_events(*engine).size() == 2);
}

TEST_CASE("behind a trim there is a gap, which says where the feed begins now") {
  ManualClock clock;
  TemporaryDirectory directory;
  Options options = small_options(clock, 1000);
  options.durability = Durability::strict;
  options.directory = directory.path();
  options.backlog_max = 2;  // the state follows at once
  const std::uint64_t retain = GENERATE(0U, 30U);
  options.journal_retain_lsn = retain;
  auto engine = open_engine(options);
  CHECK(engine->feed_begin()->value == 0);
  for (std::uint64_t i = 1; i <= 200; ++i) {
    auto held = engine->claim(claim_of(i));
    // Claims are refused while the state lags.
    while (held.code() == Code::overloaded || held.code() == Code::read_only) {
      REQUIRE(engine->settle().ok());
      held = engine->claim(claim_of(i));
    }
    INFO(to_string(held.code()));
    REQUIRE(held.ok());
  }
  const Lsn begin = *engine->feed_begin();
  const Lsn end = engine->durable_lsn();
  REQUIRE(begin.value > 0);
  CHECK(begin.value + retain <= end.value);
  std::array<Event, 500> some;
  for (const std::uint64_t after : {std::uint64_t{0}, begin.value / 2, begin.value - 1}) {
    const auto read = engine->read_feed(Lsn{after}, some);
    REQUIRE(read.code() == Code::gap);
    CHECK(read.error().detail.find("LSN " + std::to_string(after + 1) + " ") != std::string::npos);
    CHECK(read.error().detail.find("behind " + std::to_string(begin.value)) != std::string::npos);
  }
  const auto read = engine->read_feed(begin, some);
  REQUIRE(read.ok());
  CHECK(read->next == end);
  REQUIRE(read->events > 0);
  CHECK(some[0].lsn.value == begin.value + 1);
}
