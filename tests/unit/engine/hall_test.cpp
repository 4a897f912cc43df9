// The waiting hall: who comes next, and whom the screen shows.
#include <algorithm>
#include <set>
#include <thread>
#include <vector>

#include "engine_fixture.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kHour = 3'600'000;

// Two branches; check-in is open all day.
Options options_with(const ManualClock& clock, std::uint16_t capacity) {
  Options options = small_options(clock, 1);
  UniformCatalogue spec;
  spec.rules = options.catalogue->services()[0].rules;
  spec.rules.check_in_ms = kMaxVisitMs;
  spec.rules.no_show_ms = kMaxVisitMs;
  spec.rules.scope_name = "";
  spec.rules.scope = kNoScope;
  spec.lanes = 2;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = capacity;
  options.catalogue = *make_uniform_catalogue(spec);
  options.bookings_max = 8192;
  options.operations_max = 65536;
  return options;
}

BookingId confirmed(Engine& engine, std::uint64_t who, SlotKey slot) {
  const auto held = engine.claim(claim_of(who, slot));
  REQUIRE(held.ok());
  REQUIRE(engine.confirm({held->id, {}, 0, {}}).ok());
  return held->id;
}

Result<Booking> act(Engine& engine, Act what, BookingId booking, std::uint32_t argument = 0) {
  ActRequest request;
  request.act = what;
  request.booking = booking;
  request.argument = argument;
  return engine.act(request);
}

BookingId arrived(Engine& engine, std::uint64_t who, SlotKey slot) {
  const BookingId id = confirmed(engine, who, slot);
  REQUIRE(act(engine, Act::check_in, id).ok());
  return id;
}

Result<Booking> next(Engine& engine, std::uint32_t counter, std::uint32_t branch = 0,
                     std::uint64_t operation = 0) {
  NextRequest request;
  request.branch = branch;
  request.counter = counter;
  if (operation != 0) request.operation = {13, operation};
  return engine.next(request);
}

std::vector<std::uint32_t> shown(const Engine& engine, std::uint32_t branch = 0) {
  std::vector<HallCall> calls(20);
  calls.resize(engine.now_serving(branch, calls));
  std::vector<std::uint32_t> numbers;
  for (const HallCall& call : calls) numbers.push_back(call.queue_number);
  return numbers;
}

}  // namespace

TEST_CASE("the next one is who came first, not who has the earlier slot") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 10));
  CHECK(next(*engine, 1).code() == Code::nobody_waiting);
  const BookingId late = confirmed(*engine, 1, slot_at(0, 9));
  const BookingId early = arrived(*engine, 2, slot_at(0, 14));
  const BookingId elsewhere = arrived(*engine, 3, slot_at(0, 9, 1));
  REQUIRE(act(*engine, Act::check_in, late).ok());
  const auto first = next(*engine, 4);
  REQUIRE(first.ok());
  CHECK(first->id == early);
  CHECK(first->counter == 4);
  CHECK(first->state == BookingState::checked_in);
  CHECK(first->served_at == engine->civil_now());
  CHECK(next(*engine, 5)->id == late);
  CHECK(next(*engine, 5).code() == Code::nobody_waiting);
  CHECK(next(*engine, 6, 1)->id == elsewhere);
  CHECK(next(*engine, 1, 2).code() == Code::invalid_argument);
  CHECK(shown(*engine) == std::vector<std::uint32_t>{2, 1});
  CHECK(shown(*engine, 1) == std::vector<std::uint32_t>{1});
  CHECK(shown(*engine, 2).empty());
}

TEST_CASE(
    "who was called, or is done, is passed over, and whoever is busy with something else isn't") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 10));
  const BookingId called = arrived(*engine, 1, slot_at(0, 9));
  const BookingId done = arrived(*engine, 2, slot_at(0, 9));
  const BookingId third = arrived(*engine, 3, slot_at(0, 9));
  const BookingId fourth = arrived(*engine, 4, slot_at(0, 9));
  REQUIRE(act(*engine, Act::serve, called, 7).ok());
  REQUIRE(act(*engine, Act::complete, done).ok());
  REQUIRE(act(*engine, Act::reissue, third).ok());
  CHECK(next(*engine, 1)->id == third);
  // Who didn't come to the counter is called by name, and shown anew.
  CHECK(next(*engine, 1)->id == fourth);
  CHECK(shown(*engine) == std::vector<std::uint32_t>{4, 3, 1});
  REQUIRE(act(*engine, Act::serve, called, 7).ok());
  CHECK(shown(*engine) == std::vector<std::uint32_t>{1, 4, 3});
  CHECK(next(*engine, 1).code() == Code::nobody_waiting);
}

TEST_CASE("a repeat calls nobody else, and another request under its id is refused") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 10));
  const BookingId one = arrived(*engine, 1, slot_at(0, 9));
  const BookingId two = arrived(*engine, 2, slot_at(0, 9));
  CHECK(next(*engine, 4, 0, 1)->id == one);
  CHECK(next(*engine, 4, 0, 1)->id == one);
  CHECK(next(*engine, 5, 0, 1).code() == Code::operation_mismatch);
  CHECK(next(*engine, 4, 0, 2)->id == two);
  // With nobody left to be called, too.
  CHECK(next(*engine, 4, 0, 1)->id == one);
  CHECK(next(*engine, 5, 0, 1).code() == Code::operation_mismatch);
  ActRequest serve;
  serve.act = Act::serve;
  serve.booking = two;
  serve.argument = 4;
  serve.operation = {13, 2};
  CHECK(engine->act(serve).code() == Code::operation_mismatch);
}

TEST_CASE("a restart in the middle: who waits goes on waiting, who was called stays called") {
  const bool from_state = GENERATE(false, true);
  ManualClock clock;
  Options options = options_with(clock, 100);
  const ScratchDirectory directory;
  options.durability = Durability::strict;
  options.directory = directory.path();
  options.checkpoint = from_state;
  auto engine = open_engine(options);
  std::vector<BookingId> ids;
  for (std::uint64_t who = 1; who <= 30; ++who) {
    ids.push_back(arrived(*engine, who, slot_at(0, 9)));
  }
  for (std::uint32_t n = 0; n < 10; ++n) CHECK(next(*engine, n, 0, n + 1)->id == ids[n]);
  REQUIRE(act(*engine, Act::complete, ids[3]).ok());
  const auto before = shown(*engine);
  CHECK(before == std::vector<std::uint32_t>{10, 9, 8, 7, 6, 5, 4, 3});
  REQUIRE(engine->settle().ok());
  engine.reset();
  engine = open_engine(options);
  CHECK(shown(*engine) == before);
  CHECK(next(*engine, 9, 0, 10)->id == ids[9]);  // the same request
  ids.push_back(arrived(*engine, 31, slot_at(0, 9)));
  for (std::size_t n = 10; n < 31; ++n) CHECK(next(*engine, 1)->id == ids[n]);
  CHECK(next(*engine, 1).code() == Code::nobody_waiting);
}

TEST_CASE("a new day begins with an empty hall and an empty screen") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 10));
  arrived(*engine, 1, slot_at(0, 14));
  arrived(*engine, 2, slot_at(0, 14));
  REQUIRE(next(*engine, 1).ok());
  clock.advance(16 * kHour + 60'000);  // a minute past midnight
  REQUIRE(engine->settle().ok());
  CHECK(shown(*engine).empty());
  CHECK(next(*engine, 1).code() == Code::nobody_waiting);
  const BookingId today = arrived(*engine, 3, slot_at(1, 9));
  CHECK(engine->find(today)->queue_number == 1);
  CHECK(next(*engine, 1)->id == today);
}

// Until it is decided, and durable when it is granted: who is granted something while another keeps
// the booking busy still hears so, which the blocking forms leave to a look-up.
template <class Try>
Decision decided(Engine& engine, Try&& attempt) {
  for (;;) {
    Patience patience;
    Decision decision = attempt(patience);
    while (decision.verdict == Verdict::wait) {
      (void)engine.wait_round(decision.round);
      decision = attempt(patience);
    }
    if (decision.code == Code::retry) continue;
    if (decision.verdict == Verdict::granted) (void)engine.wait_durable(decision.lsn);
    return decision;
  }
}

TEST_CASE("counters that ask at once get everybody, each once and each in order") {
  constexpr std::uint64_t kPeople = 600;
  constexpr std::uint32_t kCounters = 4;
  ManualClock clock;
  auto engine = open_engine(options_with(clock, 1000));
  std::vector<BookingId> ids;
  for (std::uint64_t who = 1; who <= kPeople; ++who) {
    ids.push_back(confirmed(*engine, who, slot_at(0, 14)));
  }
  // People come while others are called.
  std::atomic<std::uint64_t> refused{0};
  std::thread door([&] {
    for (const BookingId id : ids) {
      ActRequest request;
      request.act = Act::check_in;
      request.booking = id;
      const Decision came =
          decided(*engine, [&](Patience& patience) { return engine->try_act(request, patience); });
      refused += came.verdict == Verdict::granted ? 0 : 1;
    }
  });
  std::vector<BookingId> called[kCounters];
  std::atomic<std::uint64_t> many{0};
  std::vector<std::thread> counters;
  for (std::uint32_t n = 0; n < kCounters; ++n) {
    counters.emplace_back([&, n] {
      while (many + refused < kPeople) {
        NextRequest request;
        request.counter = n;
        const Decision next = decided(
            *engine, [&](Patience& patience) { return engine->try_next(request, patience); });
        if (next.code == Code::nobody_waiting) continue;
        if (next.verdict != Verdict::granted) {
          ++refused;
          continue;
        }
        called[n].push_back(next.booking);
        ++many;
      }
    });
  }
  door.join();
  for (std::thread& counter : counters) counter.join();
  CHECK(refused == 0);
  std::set<std::uint32_t> all;
  for (const auto& of_one : called) {
    std::vector<std::uint32_t> numbers;
    for (const BookingId id : of_one) numbers.push_back(engine->find(id)->queue_number);
    CHECK(std::is_sorted(numbers.begin(), numbers.end()));
    all.insert(numbers.begin(), numbers.end());
  }
  CHECK(many == kPeople);
  CHECK(all.size() == kPeople);
}

TEST_CASE("a hall that is full takes nobody until somebody is called, done or forgotten") {
  ManualClock clock;
  // Two times 24 slots of one seat: 64 chairs.
  auto engine = open_engine(options_with(clock, 1));
  REQUIRE(engine->change_slot({slot_at(0, 14), SlotChangeRequest::Doors::as_they_are, 200}).ok());
  std::vector<BookingId> ids;
  for (std::uint64_t who = 1; who <= 64; ++who) {
    ids.push_back(arrived(*engine, who, slot_at(0, 14)));
  }
  const BookingId waits_outside = confirmed(*engine, 65, slot_at(0, 14));
  const auto there = [&] { return act(*engine, Act::check_in, waits_outside); };
  CHECK(there().code() == Code::limit_reached);
  CHECK(engine->find(waits_outside)->state == BookingState::confirmed);
  SECTION("called") {
    CHECK(next(*engine, 1)->id == ids[0]);
  }
  SECTION("done") {
    CHECK(act(*engine, Act::complete, ids[5]).ok());
  }
  REQUIRE(engine->settle().ok());
  REQUIRE(there().ok());
  CHECK(confirmed(*engine, 66, slot_at(0, 14)).value != 0);
  CHECK(act(*engine, Act::check_in, confirmed(*engine, 67, slot_at(0, 14))).code() ==
        Code::limit_reached);
  std::size_t called = 0;
  while (next(*engine, 1).ok()) ++called;
  CHECK(called == 64);
}
