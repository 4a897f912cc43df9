// Who waits for any of several slots of a day: for which, in which order with all others, and what
// becomes of him.
#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <janji/verify.hpp>

#include "support/scratch_directory.hpp"
#include "waiting_office.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr Minute at(int hour) {
  return Minute{static_cast<std::uint16_t>(hour * 60)};
}

// Tomorrow, from nine to eleven unless said otherwise: three slots.
JoinRequest day_of(std::uint64_t who, int from = 9, int until = 11, std::uint16_t seats = 1,
                   int day = 1) {
  JoinRequest request;
  request.day = slot_at(day).day();
  request.from = at(from);
  request.until = at(until);
  request.seats = seats;
  request.applicant = claim_of(who).applicant;
  return request;
}

// All seats of these hours are taken: by 100 times the hour, and one more.
std::map<int, std::array<Booking, 2>> fill_hours(Engine& engine, int from = 9, int until = 11,
                                                 int day = 1) {
  std::map<int, std::array<Booking, 2>> have;
  for (int hour = from; hour <= until; ++hour) {
    const auto who = static_cast<std::uint64_t>(hour) * 100;
    const SlotKey slot = slot_at(day, hour);
    have[hour] = {claimed(engine, who, slot), claimed(engine, who + 1, slot)};
  }
  return have;
}

void confirm_all(Engine& engine, const std::map<int, std::array<Booking, 2>>& have) {
  for (const auto& [hour, both] : have) {
    for (const Booking& booking : both) {
      ConfirmRequest confirm;
      confirm.booking = booking.id;
      REQUIRE(engine.confirm(confirm).ok());
    }
  }
}

// Where somebody is held seats; 0: nowhere.
SlotKey offered(const Engine& engine, BookingId booking) {
  const auto found = engine.find(booking);
  REQUIRE(found.ok());
  return found->state == BookingState::held ? found->slot : SlotKey{};
}

}  // namespace

TEST_CASE("who waits for several slots of a day is held a seat of whichever comes free") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const Booking waits = joined(*engine, day_of(1));
  CHECK(waits.state == BookingState::waiting);
  CHECK(waits.slot == slot_at(1, 9));
  CHECK(waits.last_slot == slot_at(1, 11));
  CHECK(engine->counters().waiting == 1);
  cancelled(*engine, have.at(11)[0].id);
  settle(*engine);
  const auto found = engine->find(waits.id);
  REQUIRE(found.ok());
  CHECK(found->state == BookingState::held);
  CHECK(found->slot == slot_at(1, 11));
  CHECK(found->last_slot == SlotKey{});
  CHECK(found->deadline.value == engine->ledger_now().value + ServiceRules{}.offer_ms);
  CHECK(engine->counters().waiting == 0);
  ConfirmRequest confirm;
  confirm.booking = waits.id;
  CHECK(engine->confirm(confirm).ok());
  // The other slots are everybody's again.
  cancelled(*engine, have.at(9)[0].id);
  CHECK(engine->claim(claim_of(2, slot_at(1, 9))).ok());
}

TEST_CASE("the feed says for which slots somebody waits, and which he is offered") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const Booking waits = joined(*engine, day_of(1));
  const Booking other = joined(*engine, 2, slot_at(1, 10));
  cancelled(*engine, have.at(10)[0].id);
  settle(*engine);
  std::array<Event, 128> events;
  const auto page = engine->read_feed(other.lsn, events);
  REQUIRE(page.ok());
  const auto* promoted = std::find_if(events.data(), events.data() + page->events,
                                      [](auto& one) { return one.kind == EventKind::promote; });
  REQUIRE(promoted != events.data() + page->events);
  CHECK(promoted->booking == waits.id);
  CHECK(promoted->slot == slot_at(1, 10));
  REQUIRE(engine->read_feed(Lsn{waits.lsn.value - 1}, events).ok());
  CHECK(events[0].kind == EventKind::join);
  CHECK(events[0].slot == slot_at(1, 9));
  CHECK(events[0].last_slot == slot_at(1, 11));
  CHECK(events[1].slot == slot_at(1, 10));
  CHECK(events[1].last_slot == SlotKey{});
}

TEST_CASE("of several slots with seats he is offered the earliest") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine, 10, 11);
  fill_hours(*engine, 9, 9);
  const Booking waits = joined(*engine, day_of(1));
  // The last that is looked at is the slot of nine, for this one.
  const Booking pair = joined(*engine, day_of(2, 8, 9, 2));
  CHECK(pair.slot == slot_at(1, 8));
  settle(*engine);
  CHECK(offered(*engine, pair.id) == slot_at(1, 8));
  // The holds of all three come to their end in one sweep, those of nine last.
  clock.advance(600'000 + 1000);
  settle(*engine);
  CHECK(offered(*engine, waits.id) == slot_at(1, 9));
}

TEST_CASE("whoever joins for a day where seats are free is offered them at once") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine, 9, 9);
  claimed(*engine, 1, slot_at(1, 10));
  const Booking pair = joined(*engine, day_of(2, 9, 12, 2));
  settle(*engine);
  CHECK(offered(*engine, pair.id) == slot_at(1, 11));
  const Booking one = joined(*engine, day_of(3, 9, 12));
  settle(*engine);
  CHECK(offered(*engine, one.id) == slot_at(1, 10));
  // And what is left is everybody's.
  CHECK(availability(*engine, slot_at(1, 12)).free == 2);
  CHECK(engine->claim(claim_of(4, slot_at(1, 12))).ok());
}

TEST_CASE("who waits for a slot and who waits for its day stand in one line") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const Booking first = joined(*engine, 1, slot_at(1, 10));
  const Booking second = joined(*engine, day_of(2));
  const Booking third = joined(*engine, 3, slot_at(1, 10));
  const Booking fourth = joined(*engine, day_of(4, 10, 11));
  const Booking fifth = joined(*engine, 5, slot_at(1, 10));
  cancelled(*engine, have.at(10)[0].id);
  settle(*engine);
  CHECK(offered(*engine, first.id) == slot_at(1, 10));
  cancelled(*engine, have.at(10)[1].id);
  settle(*engine);
  CHECK(offered(*engine, second.id) == slot_at(1, 10));
  CHECK(offered(*engine, third.id) == SlotKey{});
  // Who declines hands on.
  cancelled(*engine, first.id);
  cancelled(*engine, second.id);
  settle(*engine);
  CHECK(offered(*engine, third.id) == slot_at(1, 10));
  CHECK(offered(*engine, fourth.id) == slot_at(1, 10));
  CHECK(offered(*engine, fifth.id) == SlotKey{});
  CHECK(engine->counters().waiting == 1);
}

TEST_CASE("who wants none of the slot isn't asked, whatever else of the day he wants") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine, 9, 13);
  const Booking early = joined(*engine, day_of(1, 9, 10));
  const Booking late = joined(*engine, day_of(2, 12, 13));
  const Booking all = joined(*engine, day_of(3, 9, 13));
  cancelled(*engine, have.at(12)[0].id);
  cancelled(*engine, have.at(11)[0].id);
  settle(*engine);
  CHECK(offered(*engine, late.id) == slot_at(1, 12));
  CHECK(offered(*engine, all.id) == slot_at(1, 11));
  CHECK(offered(*engine, early.id) == SlotKey{});
  cancelled(*engine, have.at(13)[0].id);
  CHECK(engine->claim(claim_of(4, slot_at(1, 13))).ok());
}

TEST_CASE("nobody overtakes who waits for a day, in any of its slots") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const Booking pair = joined(*engine, day_of(1, 9, 11, 2));
  for (const int hour : {9, 11}) cancelled(*engine, have.at(hour)[0].id);
  settle(*engine);
  // Each has one seat, kept together for whoever wants two.
  CHECK(offered(*engine, pair.id) == SlotKey{});
  for (const int hour : {9, 11}) {
    CHECK(availability(*engine, slot_at(1, hour)).free == 0);
    CHECK(engine->claim(claim_of(2, slot_at(1, hour))).code() == Code::slot_full);
  }
  ClaimRequest range = claim_of(2, SlotKey{});
  range.first_day = range.last_day = slot_at().day();
  auto elsewhere = engine->claim(range);
  REQUIRE(elsewhere.ok());
  CHECK(elsewhere->slot == slot_at(1, 0));
  // Who wants one has it.
  const Booking one = joined(*engine, day_of(3, 10, 11));
  settle(*engine);
  CHECK(offered(*engine, one.id) == slot_at(1, 11));
  cancelled(*engine, pair.id);
  settle(*engine);
  CHECK(availability(*engine, slot_at(1, 9)).free == 1);
  CHECK(engine->claim(claim_of(4, slot_at(1, 9))).ok());
}

TEST_CASE("a slot isn't offered back to who gave up a seat of it, others of the day are") {
  ScratchDirectory scratch;
  ManualClock clock;
  for (const bool crashes : {false, true}) {
    CAPTURE(crashes);
    Options options = small_options(clock);
    options.catalogue = unscoped_catalogue();
    options.durability = Durability::strict;
    options.directory = scratch.path() / (crashes ? "again" : "once");
    options.retention_ms = 60'000;
    auto engine = open_engine(options);
    const auto pass_minutes = [&](int many) {
      for (int minute = 0; minute < many; ++minute) {
        clock.advance(60'000);
        settle(*engine);
      }
    };
    const auto have = fill_hours(*engine);
    confirm_all(*engine, have);
    const Booking waits = joined(*engine, day_of(900));
    const Booking mine = have.at(9)[0];  // his
    // Closed, nobody is offered anything: whoever opens the engine again must still know.
    shut(*engine, slot_at(1, 9));
    cancelled(*engine, mine.id);
    cancelled(*engine, have.at(9)[1].id);
    // Its retention is over, but as long as he waits it must be known.
    pass_minutes(15);
    CHECK(engine->find(mine.id).ok());
    CHECK(engine->find(have.at(9)[1].id).code() == Code::booking_not_found);
    if (crashes) {
      engine.reset();
      engine = open_engine(options);
    }
    shut(*engine, slot_at(1, 9), false);
    settle(*engine);
    CHECK(offered(*engine, waits.id) == SlotKey{});
    // What he isn't offered is everybody's.
    CHECK(availability(*engine, slot_at(1, 9)).free == 2);
    CHECK(engine->claim(claim_of(7, slot_at(1, 9))).ok());
    cancelled(*engine, have.at(10)[0].id);
    settle(*engine);
    CHECK(offered(*engine, waits.id) == slot_at(1, 10));
    pass_minutes(5);
    CHECK(engine->find(mine.id).code() == Code::booking_not_found);
    engine.reset();
    const auto report = verify(options.directory);
    REQUIRE(report.ok());
    CHECK(report->sound());
  }
}

// To leave is no giving up, though the booking that waited was in the list of the same slot.
TEST_CASE("who leaves one waitlist loses nothing in the other, over a restart neither") {
  const bool leaves_day = GENERATE(true, false);
  const bool checkpoint = GENERATE(true, false);
  CAPTURE(leaves_day, checkpoint);
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.directory = scratch.path() / "data";
  options.checkpoint = checkpoint;
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  const Booking day = joined(*engine, day_of(1));
  const Booking slot = joined(*engine, 1, slot_at(1, 9));
  const Booking behind = joined(*engine, 2, slot_at(1, 9));
  cancelled(*engine, leaves_day ? day.id : slot.id);
  engine.reset();
  engine = open_engine(options);
  cancelled(*engine, have.at(9)[0].id);
  settle(*engine);
  CHECK(offered(*engine, leaves_day ? slot.id : day.id) == slot_at(1, 9));
  CHECK(offered(*engine, behind.id) == SlotKey{});
  engine.reset();
  const auto report = verify(options.directory);
  REQUIRE(report.ok());
  CHECK(report->sound());
}

TEST_CASE("what is erased of a visit before costs nobody his turn at a start") {
  ScratchDirectory scratch;
  ManualClock clock;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.directory = scratch.path() / "data";
  options.waiters_max = 64;
  auto engine = open_engine(options);
  const std::array<std::byte, 3> details{std::byte{1}, std::byte{2}, std::byte{3}};
  const Booking before = claimed(*engine, 1);
  REQUIRE(engine->confirm({before.id, {5, 1}, 0, details}).ok());
  cancelled(*engine, before.id);
  const Booking has = claimed(*engine, 2);
  claimed(*engine, 3);
  JoinRequest request = join_of(1);
  if (GENERATE(false, true)) request = day_of(1, 9, 9);
  if (GENERATE(false, true)) {
    claimed(*engine, 4, slot_at(1, 10));
    claimed(*engine, 5, slot_at(1, 10));
    request = day_of(1, 9, 10);
  }
  const Booking waits = joined(*engine, request);
  settle(*engine);
  REQUIRE(engine->erase({before.id, 1, ActorId{7}}).ok());
  const bool restarts = GENERATE(false, true);
  CAPTURE(restarts);
  if (restarts) {
    engine.reset();
    engine = open_engine(options);
  }
  cancelled(*engine, has.id);
  settle(*engine);
  CHECK(offered(*engine, waits.id) == slot_at());
  engine.reset();
  CHECK(verify(options.directory)->sound());
}

TEST_CASE("who waits behind somebody that gave up a seat is offered it") {
  ManualClock clock;
  Options options = small_options(clock);
  options.catalogue = unscoped_catalogue();
  auto engine = open_engine(options);
  const auto have = fill_hours(*engine);
  const Booking gave_up = joined(*engine, day_of(900));
  const Booking behind = joined(*engine, day_of(2));
  const Booking last = joined(*engine, 3, slot_at(1, 9));
  cancelled(*engine, have.at(9)[0].id);
  settle(*engine);
  CHECK(offered(*engine, behind.id) == slot_at(1, 9));
  CHECK(offered(*engine, gave_up.id) == SlotKey{});
  cancelled(*engine, have.at(9)[1].id);
  settle(*engine);
  CHECK(offered(*engine, last.id) == slot_at(1, 9));
  CHECK(state_of(*engine, gave_up.id) == BookingState::waiting);
}

TEST_CASE("whose turn comes while he has another booking waits for none of the day any more") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine);
  const Booking first = joined(*engine, day_of(1));
  const Booking second = joined(*engine, day_of(2));
  claimed(*engine, 1, slot_at(2));
  cancelled(*engine, have.at(10)[0].id);
  settle(*engine);
  CHECK(state_of(*engine, first.id) == BookingState::expired);
  CHECK(offered(*engine, second.id) == slot_at(1, 10));
}

TEST_CASE("an applicant waits once for a day, and may wait for one of its slots, too") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine, 9, 12);
  const Booking day = joined(*engine, day_of(1));
  CHECK(engine->join(day_of(1)).code() == Code::already_waiting);
  CHECK(engine->join(day_of(1, 10, 12)).code() == Code::already_waiting);
  const Booking slot = joined(*engine, 1, slot_at(1, 12));
  CHECK(engine->join(join_of(1, slot_at(1, 12))).code() == Code::already_waiting);
  CHECK(engine->counters().waiting == 2);
  cancelled(*engine, have.at(12)[0].id);
  settle(*engine);
  CHECK(offered(*engine, slot.id) == slot_at(1, 12));
  cancelled(*engine, day.id);
  CHECK(engine->join(day_of(900)).code() == Code::already_booked);
}

TEST_CASE("the same id joins a day once, and no other span of it") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine);
  JoinRequest request = day_of(1);
  request.operation = {13, 1};
  const Booking waits = joined(*engine, request);
  Patience patience;
  const Decision again = engine->try_join(request, patience);
  CHECK(again.replayed);
  CHECK(again.booking == waits.id);
  request.until = at(10);
  Patience other;
  CHECK(engine->try_join(request, other).code == Code::operation_mismatch);
  request = join_of(1, slot_at(1, 9));
  request.operation = {13, 1};
  Patience third;
  CHECK(engine->try_join(request, third).code == Code::operation_mismatch);
}

TEST_CASE("a day's wait of one slot is that slot's") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  fill_hours(*engine);
  const Booking waits = joined(*engine, day_of(1, 9, 9));
  CHECK(waits.slot == slot_at(1, 9));
  CHECK(waits.last_slot == SlotKey{});
  CHECK(engine->join(join_of(1, slot_at(1, 9))).code() == Code::already_waiting);
}

TEST_CASE("slots that can't be claimed any more are left out") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  confirm_all(*engine, fill_hours(*engine, 9, 11, 0));
  const Booking waits = joined(*engine, day_of(1, 0, 11, 1, 0));
  CHECK(waits.slot == slot_at(0, 9));
  CHECK(waits.last_slot == slot_at(0, 11));
  CHECK(engine->join(day_of(2, 0, 8, 1, 0)).code() == Code::too_late);
  clock.advance(3 * kHour - 60'000);
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::waiting);
  clock.advance(60'000);
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::expired);
}

TEST_CASE("a seat of a slot that has begun is no more offered to who waits for the day") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto have = fill_hours(*engine, 9, 11, 0);
  confirm_all(*engine, have);
  const Booking waits = joined(*engine, day_of(1, 9, 11, 1, 0));
  clock.advance(kHour + 1);
  settle(*engine);
  cancelled(*engine, have.at(9)[0].id);
  settle(*engine);
  CHECK(state_of(*engine, waits.id) == BookingState::waiting);
  cancelled(*engine, have.at(11)[0].id);
  settle(*engine);
  CHECK(offered(*engine, waits.id) == slot_at(0, 11));
}

TEST_CASE("what a join of a day is refused for") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto code = [&](JoinRequest request) { return engine->join(request).code(); };
  CHECK(code(day_of(1, 9, 11, 3)) == Code::seats_exceeded);
  CHECK(code(day_of(1, 9, 11, 1, 40)) == Code::outside_horizon);
  JoinRequest request = day_of(1, 11, 9);
  CHECK(code(request) == Code::slot_not_found);
  request.from = Minute{9 * 60 + 1};
  request.until = Minute{9 * 60 + 59};
  CHECK(code(request) == Code::slot_not_found);
  request = day_of(1);
  request.lane = LaneId{77};
  CHECK(code(request) == Code::slot_not_found);
  for (const int hour : {9, 10, 11}) shut(*engine, slot_at(1, hour));
  CHECK(code(day_of(1)) == Code::closed);
  SlotChangeRequest smaller;
  smaller.slot = slot_at(1, 10);
  smaller.doors = SlotChangeRequest::Doors::open;
  smaller.capacity = 1;
  REQUIRE(engine->change_slot(smaller).ok());
  CHECK(code(day_of(1, 9, 11, 2)) == Code::seats_exceeded);
  claimed(*engine, 2, slot_at(1, 10));
  const Booking waits = joined(*engine, day_of(1));
  settle(*engine);
  CHECK(offered(*engine, waits.id) == SlotKey{});
  shut(*engine, slot_at(1, 11), false);
  settle(*engine);
  CHECK(offered(*engine, waits.id) == slot_at(1, 11));
}

TEST_CASE("who waits for a day keeps it, and when it is over it goes") {
  ManualClock clock;
  Options options = small_options(clock);
  options.retention_ms = kHour;
  options.archive_after_ms = kHour;
  auto engine = open_engine(options);
  for (int hour = 20; hour <= 22; ++hour) shut(*engine, slot_at(0, hour));
  claimed(*engine, 1, slot_at(0, 23));
  claimed(*engine, 2, slot_at(0, 23));
  const Booking waits = joined(*engine, day_of(3, 20, 23, 1, 0));
  clock.advance(15 * kHour);
  settle(*engine);
  CHECK(state_of(*engine, waits.id) != BookingState::waiting);
  for (int minutes = 0; minutes < 20 * 60 && engine->counters().days_archived < 2; minutes += 10) {
    clock.advance(600'000);
    settle(*engine);
  }
  CHECK(engine->counters().days_archived == 2);
  CHECK(engine->find(waits.id).code() == Code::booking_not_found);
}

TEST_CASE("who waits for a day does so over restarts, from the journal and from the state") {
  for (const bool checkpoint : {false, true}) {
    CAPTURE(checkpoint);
    ScratchDirectory scratch;
    ManualClock clock;
    Options options = small_options(clock);
    options.durability = Durability::strict;
    options.directory = scratch.path() / "data";
    options.checkpoint = checkpoint;
    auto engine = open_engine(options);
    const auto have = fill_hours(*engine);
    const Booking first = joined(*engine, day_of(1));
    const Booking second = joined(*engine, 2, slot_at(1, 10));
    const Booking third = joined(*engine, day_of(3, 10, 11));
    cancelled(*engine, first.id);
    engine.reset();
    engine = open_engine(options);
    CHECK(engine->counters().waiting == 2);
    const auto found = engine->find(third.id);
    REQUIRE(found.ok());
    CHECK(found->slot == slot_at(1, 10));
    CHECK(found->last_slot == slot_at(1, 11));
    CHECK(engine->join(day_of(3)).code() == Code::already_waiting);
    cancelled(*engine, have.at(11)[0].id);
    settle(*engine);
    CHECK(offered(*engine, third.id) == slot_at(1, 11));
    cancelled(*engine, have.at(10)[0].id);
    settle(*engine);
    CHECK(offered(*engine, second.id) == slot_at(1, 10));
    engine.reset();
    const auto report = verify(options.directory);
    REQUIRE(report.ok());
    CHECK(report->sound());
  }
}
