// Nothing on the decision path allocates, locks or calls the system.
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <thread>
#include <vector>

#include "engine_fixture.hpp"
#include "forbidden_calls.hpp"
#include "walk_in_office.hpp"

using namespace janji;
using namespace janji::test;

namespace {

// The compiler leaves out an allocation that nobody sees.
void allocate(std::size_t size) {
  void* volatile seen = std::malloc(size);
  std::free(seen);
}

// Runs on a thread of its own whose system calls are trapped.
ForbiddenCalls watch(const std::function<void()>& work) {
  ForbiddenCalls calls;
  bool trapped = false;
  std::thread thread([&] {
    // So that this thread's heap exists: the end of a thread frees, which would make one.
    allocate(1 << 16);
    trapped = trap_system_calls();
    begin_watching();
    work();
    calls = end_watching();
  });
  thread.join();
  REQUIRE(trapped);
  return calls;
}

void check_none(const ForbiddenCalls& calls) {
  CHECK(calls.allocations == 0);
  CHECK(calls.locks == 0);
  CAPTURE(calls.last_system_call);
  CHECK(calls.system_calls == 0);
}

// On the real clocks: they are part of the path.
Options real_options() {
  static ManualClock unused;
  Options options = small_options(unused, 500);
  options.clock = nullptr;
  return options;
}

}  // namespace

TEST_CASE("the watcher sees what is forbidden") {
  CHECK(watch([] { allocate(1); }).allocations == 2);
  CHECK(watch([] {
          std::string seen(100, 'x');
          allocate(seen.size());
        }).allocations >= 4);
  CHECK(watch([] {
          pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
          pthread_mutex_lock(&mutex);
        }).locks == 1);
  CHECK(watch([] {
          void* memory = nullptr;
          if (posix_memalign(&memory, 64, 64) == 0) free(memory);
          void* volatile seen = std::aligned_alloc(64, 64);
          free(seen);
        }).allocations == 4);
  CHECK(watch([] {
          pthread_spinlock_t lock{};
          pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
          pthread_spin_lock(&lock);
          pthread_rwlock_t both = PTHREAD_RWLOCK_INITIALIZER;
          pthread_rwlock_tryrdlock(&both);
          pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
          const timespec until{};
          pthread_mutex_timedlock(&mutex, &until);
        }).locks == 3);
  CHECK(watch([] { getppid(); }).system_calls == 1);
  CHECK(watch([] { madvise(nullptr, 0, MADV_NORMAL); }).system_calls == 1);
  CHECK(watch([] { munmap(nullptr, 0); }).system_calls == 1);
  CHECK(watch([] {
          sigset_t none;
          sigemptyset(&none);
          sigprocmask(SIG_BLOCK, &none, nullptr);
        }).system_calls == 1);
  check_none(watch([] {}));
}

TEST_CASE("decisions and reads neither allocate nor lock nor call the system") {
  auto engine = open_engine(real_options());
  const Day day{engine->catalogue().local_day(0, engine->civil_now()).value + 1};
  const SlotKey slot(LaneId{0}, day, Minute{540});
  const auto claim = [&](std::uint64_t applicant, std::uint64_t operation) {
    ClaimRequest request = claim_of(applicant, slot, operation);
    return request;
  };
  Decision granted, replayed, refused, ranged, anywhere, mismatch;
  check_none(watch([&] {
    Patience patience;
    engine->prepare(claim(1, 11));
    granted = engine->try_claim(claim(1, 11), patience);
    mismatch = engine->try_claim(claim(2, 11), patience);
    ClaimRequest range = claim(3, 13);
    range.slot = {};
    range.lane = LaneId{1};
    range.first_day = range.last_day = day;
    ranged = engine->try_claim(range, patience);
    range.applicant = {7, 4};
    range.operation = {9, 14};
    constexpr LaneId kBoth[] = {LaneId{0}, LaneId{1}};
    range.lanes = kBoth;
    anywhere = engine->try_claim(range, patience);
    range.lanes = {};
    range.lane = LaneId{9};
    refused = engine->try_claim(range, patience);
  }));
  CHECK(granted.verdict == Verdict::granted);
  CHECK(mismatch.code == Code::operation_mismatch);
  CHECK(ranged.verdict == Verdict::granted);
  CHECK(anywhere.verdict == Verdict::granted);
  CHECK(refused.code == Code::slot_not_found);

  REQUIRE(engine->settle().ok());
  const std::string text = "details";
  const std::span<const std::byte> details{reinterpret_cast<const std::byte*>(text.data()),
                                           text.size()};
  Decision confirmed, booked, cancelled, again, illegal, erased, nothing_left;
  ErasePage page;
  bool found = false;
  check_none(watch([&] {
    Patience patience;
    replayed = engine->try_claim(claim(1, 11), patience);
    booked = engine->try_claim(claim(1, 12), patience);
    confirmed = engine->try_confirm({granted.booking, {4, 1}, 0, details}, patience);
    again = engine->try_confirm({granted.booking, {4, 1}, 0, details}, patience);
    illegal = engine->try_confirm({granted.booking, {4, 2}, 0, details}, patience);
    cancelled = engine->try_cancel({granted.booking, {4, 3}, 0}, patience);
    erased = engine->try_erase({granted.booking, 0, {}}, patience);
    nothing_left = engine->try_erase({granted.booking, 0, {}}, patience);
    EraseCursor cursor;
    page = engine->try_erase_all({claim(1, 11).applicant, {}, 0, {}}, cursor);
    found = engine->find(granted.booking).ok();
    DayAvailability days[7];
    engine->days(LaneId{0}, day, Day{day.value + 6}, days);
    SlotAvailability slots[24];
    engine->slots(LaneId{0}, day, slots);
  }));
  CHECK(replayed.replayed);
  CHECK(booked.code == Code::already_booked);
  CHECK(confirmed.verdict == Verdict::granted);
  CHECK(again.replayed);
  CHECK(illegal.code == Code::illegal_transition);
  CHECK(cancelled.verdict == Verdict::granted);
  CHECK(erased.verdict == Verdict::granted);
  CHECK(nothing_left.replayed);
  CHECK(page.code == Code::ok);
  CHECK(page.erased == 0);
  CHECK(found);
}

TEST_CASE("neither does whoever waits for a slot") {
  auto engine = open_engine(real_options());
  const Day day{engine->catalogue().local_day(0, engine->civil_now()).value + 1};
  const SlotKey slot(LaneId{0}, day, Minute{600});
  SlotChangeRequest closes;
  closes.slot = slot;
  closes.capacity = 1;
  REQUIRE(engine->change_slot(closes).ok());
  REQUIRE(engine->claim(claim_of(1, slot, 21)).ok());
  JoinRequest join;
  join.slot = slot;
  join.applicant = claim_of(2).applicant;
  join.operation = {9, 22};
  Decision joined, replayed, twice, full, left, for_day;
  check_none(watch([&] {
    Patience patience;
    joined = engine->try_join(join, patience);
  }));
  REQUIRE(engine->settle().ok());
  check_none(watch([&] {
    Patience patience;
    replayed = engine->try_join(join, patience);
    join.operation = {9, 23};
    twice = engine->try_join(join, patience);
    full = engine->try_claim(claim_of(3, slot, 24), patience);
    left = engine->try_cancel({joined.booking, {9, 25}, 0}, patience);
    join.slot = SlotKey{};
    join.lane = slot.lane();
    join.day = slot.day();
    join.operation = {9, 26};
    for_day = engine->try_join(join, patience);
  }));
  CHECK(joined.verdict == Verdict::granted);
  CHECK(replayed.replayed);
  CHECK(twice.code == Code::already_waiting);
  CHECK(full.code == Code::slot_full);
  CHECK(left.verdict == Verdict::granted);
  CHECK(for_day.verdict == Verdict::granted);
}

TEST_CASE("neither does whoever takes people in at a counter") {
  static ManualClock unused;
  // Whatever time it is, a slot goes on. The last minute of a day may be another one's.
  Options options = walk_in_options(unused, {.capacity = 500});
  options.clock = nullptr;
  auto engine = open_engine(options);
  const std::vector<std::byte> details(200, std::byte{1});
  WalkInRequest request = walk_in_of(1, 21);
  request.details = details;
  Decision came, replayed, mismatch, booked, elsewhere, called, early;
  check_none(watch([&] {
    Patience patience;
    came = engine->try_walk_in(request, patience);
  }));
  REQUIRE(engine->settle().ok());
  check_none(watch([&] {
    Patience patience;
    replayed = engine->try_walk_in(request, patience);
    request.payload = 1;
    mismatch = engine->try_walk_in(request, patience);
    booked = engine->try_walk_in(walk_in_of(1, 22), patience);
    elsewhere = engine->try_walk_in(walk_in_of(2, 23, kGeneralLane), patience);
    WalkInRequest tomorrow = walk_in_of(2, 24);
    tomorrow.slot =
        SlotKey(LaneId{kKiosk},
                Day{engine->catalogue().local_day(0, engine->civil_now()).value + 2}, Minute{0});
    early = engine->try_walk_in(tomorrow, patience);
    called = engine->try_next({}, patience);
  }));
  CHECK(came.verdict == Verdict::granted);
  CHECK(replayed.replayed);
  CHECK(mismatch.code == Code::operation_mismatch);
  CHECK(booked.code == Code::already_booked);
  CHECK(elsewhere.code == Code::slot_not_allowed);
  CHECK(early.code == Code::too_early);
  CHECK(called.verdict == Verdict::granted);
}

TEST_CASE("neither does a group that waits") {
  auto engine = open_engine(real_options());
  const Day day{engine->catalogue().local_day(0, engine->civil_now()).value + 1};
  const ApplicantKey members[] = {{7, 801}, {7, 802}};
  GroupJoinRequest request;
  request.lane = LaneId{0};
  request.day = day;
  request.members = members;
  request.applicant = {7, 800};
  EntitlementGrantRequest grant;
  grant.holder = request.applicant;
  grant.quota = 9;
  grant.from = grant.until = day;
  request.entitlement = *engine->grant(grant);
  request.operation = {9, 800};
  Decision joined, replayed, twice, left;
  check_none(watch([&] {
    Patience patience;
    joined = engine->try_join_group(request, patience);
  }));
  REQUIRE(engine->settle().ok());
  check_none(watch([&] {
    Patience patience;
    replayed = engine->try_join_group(request, patience);
    request.operation = {9, 801};
    twice = engine->try_join_group(request, patience);
    left = engine->try_cancel({joined.booking, {9, 802}, 0}, patience);
  }));
  CHECK(joined.verdict == Verdict::granted);
  CHECK(replayed.replayed);
  CHECK((twice.code == Code::already_waiting || twice.code == Code::already_booked));
  CHECK(left.verdict == Verdict::granted);
}

TEST_CASE("neither do the decisions about groups") {
  auto engine = open_engine(real_options());
  const Day day{engine->catalogue().local_day(0, engine->civil_now()).value + 1};
  const ApplicantKey members[] = {{7, 901}, {7, 902}, {7, 903}};
  const GroupPart parts[] = {{day, Minute{480}, Minute{720}, 3}};
  const GroupPart elsewhere[] = {{Day{day.value + 1}, Minute{480}, Minute{720}, 3}};
  GroupClaimRequest request;
  request.lane = LaneId{0};
  request.parts = parts;
  request.members = members;
  request.applicant = {7, 900};
  request.operation = {9, 900};
  GroupMoveRequest move;
  move.lane = LaneId{0};
  move.parts = elsewhere;
  Decision claimed, moved, confirmed, cancelled, refused;
  check_none(watch([&] {
    Patience patience;
    claimed = engine->try_claim_group(request, patience);
  }));
  REQUIRE(engine->settle().ok());
  move.group = claimed.booking;
  std::array<BookingId, 3> ids;
  std::size_t found = 0;
  check_none(watch([&] {
    Patience patience;
    request.operation = {9, 901};
    refused = engine->try_claim_group(request, patience);
    moved = engine->try_move_group(move, patience);
    confirmed = engine->try_confirm({claimed.booking, {4, 901}, 0, {}}, patience);
    cancelled = engine->try_cancel({claimed.booking, {4, 902}, 0}, patience);
    found = engine->find_group(claimed.booking, ids)->members;
  }));
  CHECK(claimed.verdict == Verdict::granted);
  CHECK(refused.code == Code::already_booked);
  CHECK(moved.verdict == Verdict::granted);
  CHECK(confirmed.verdict == Verdict::granted);
  CHECK(cancelled.verdict == Verdict::granted);
  CHECK(found == 3);
}

TEST_CASE("neither do the decisions about entitlements") {
  auto engine = open_engine(real_options());
  const Day day{engine->catalogue().local_day(0, engine->civil_now()).value + 1};
  const ApplicantKey members[] = {{7, 901}, {7, 902}};
  const GroupPart parts[] = {{day, Minute{480}, Minute{720}, 2}};
  EntitlementGrantRequest grant;
  grant.holder = {7, 900};
  grant.quota = 2;
  grant.from = grant.until = day;
  grant.listed = true;
  grant.operation = {10, 1};
  Decision granted;
  check_none(watch([&] {
    Patience patience;
    granted = engine->try_grant(grant, patience);
  }));
  REQUIRE(granted.verdict == Verdict::granted);
  REQUIRE(engine->settle().ok());
  EligibleRequest list;
  list.entitlement = granted.entitlement;
  list.add = members;
  Decision listed, changed, claimed, exhausted, replayed;
  check_none(watch([&] {
    Patience patience;
    listed = engine->try_change_eligible(list, patience);
  }));
  REQUIRE(engine->settle().ok());
  GroupClaimRequest request;
  request.parts = parts;
  request.members = members;
  request.applicant = {7, 900};
  request.entitlement = granted.entitlement;
  request.operation = {9, 910};
  check_none(watch([&] {
    Patience patience;
    claimed = engine->try_claim_group(request, patience);
  }));
  REQUIRE(engine->settle().ok());
  bool found = false;
  std::array<Entitlement, 4> some;
  std::array<ApplicantKey, 4> keys;
  check_none(watch([&] {
    Patience patience;
    request.operation = {9, 911};
    exhausted = engine->try_claim_group(request, patience);
    replayed = engine->try_grant(grant, patience);
    EntitlementCursor all, on_list;
    engine->entitlements({}, all, some);
    engine->eligible(granted.entitlement, on_list, keys);
    found = engine->find_entitlement(granted.entitlement).ok();
    EntitlementChangeRequest change;
    change.entitlement = granted.entitlement;
    change.quota = 1;
    changed = engine->try_change_entitlement(change, patience);
  }));
  CHECK(listed.verdict == Verdict::granted);
  CHECK(claimed.verdict == Verdict::granted);
  CHECK(exhausted.code == Code::entitlement_exhausted);
  CHECK(replayed.replayed);
  CHECK(found);
  CHECK(changed.verdict == Verdict::granted);
}

TEST_CASE("thousands of claims under a busy writer do no more than one does") {
  Options options = real_options();
  options.bookings_max = 20'000;
  options.record_blocks = 16'384;
  auto engine = open_engine(options);
  const Day day{engine->catalogue().local_day(0, engine->civil_now()).value + 1};
  long granted = 0, full = 0;
  check_none(watch([&] {
    for (std::uint64_t i = 1; i <= 10'000; ++i) {
      Patience patience;
      const SlotKey slot(LaneId{0}, day, Minute{static_cast<std::uint16_t>(60 * (i % 24))});
      const Decision decision = engine->try_claim(claim_of(i, slot, i), patience);
      granted += decision.verdict == Verdict::granted;
      full += decision.code == Code::slot_full || decision.verdict == Verdict::wait;
    }
  }));
  CHECK(granted >= 9000);
  CHECK(granted + full == 10'000);
}
