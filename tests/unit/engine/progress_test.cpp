// After the visit: the stages of a service's progress, and how long a booking is kept for them.
#include <array>
#include <span>
#include <string>
#include <vector>

#include "engine_fixture.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;

std::shared_ptr<const Catalogue> office(const Options& like, std::vector<std::string> stages) {
  UniformCatalogue spec;
  spec.rules = like.catalogue->services()[0].rules;
  spec.lanes = 2;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = 4;
  spec.rules.check_in_ms = kMaxVisitMs;
  spec.progress = std::move(stages);
  auto made = make_uniform_catalogue(spec);
  REQUIRE(made.ok());
  return *made;
}

Options options_with(const ManualClock& clock, std::vector<std::string> stages) {
  Options options = small_options(clock, 1);
  options.catalogue = office(options, std::move(stages));
  options.retention_ms = kHour;
  return options;
}

BookingId checked_in(Engine& engine, std::uint64_t who) {
  const auto held = engine.claim(claim_of(who, slot_at(0, 12)));
  REQUIRE(engine.confirm({held->id, {}, 0, {}}).ok());
  ActRequest request;
  request.act = Act::check_in;
  request.booking = held->id;
  REQUIRE(engine.act(request).ok());
  return held->id;
}

Result<Booking> act(Engine& engine, BookingId booking, Act what, const char* stage = "",
                    std::uint64_t operation = 0) {
  ActRequest request;
  request.act = what;
  request.booking = booking;
  if (operation != 0) request.operation = {12, operation};
  if (*stage != 0) request.argument = progress_id(stage).value;
  return engine.act(request);
}

Result<Booking> progress(Engine& engine, BookingId booking, const char* stage,
                         std::uint64_t operation = 0) {
  return act(engine, booking, Act::progress, stage, operation);
}

const std::vector<std::string> kStages{"received", "in_process", "ready", "collected"};

}  // namespace

TEST_CASE("progress goes forward, over a stage if it likes, and never back") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, kStages));
  const BookingId id = checked_in(*engine, 1);
  CHECK(engine->find(id)->progress == ProgressId{});
  const auto first = progress(*engine, id, "received", 1);
  REQUIRE(first.ok());
  CHECK(first->state == BookingState::checked_in);
  CHECK(first->progress == progress_id("received"));
  CHECK(first->progress_at == engine->civil_now());
  clock.advance(kMinute);
  CHECK(progress(*engine, id, "received", 1)->progress_at == first->progress_at);  // the same
  CHECK(progress(*engine, id, "received").code() == Code::illegal_transition);
  CHECK(progress(*engine, id, "ready", 1).code() == Code::operation_mismatch);
  const auto over = progress(*engine, id, "ready");
  REQUIRE(over.ok());
  CHECK(over->progress_at == engine->civil_now());
  CHECK(progress(*engine, id, "in_process").code() == Code::illegal_transition);
  CHECK(progress(*engine, id, "lost").code() == Code::invalid_argument);
  CHECK(progress(*engine, id, "").code() == Code::invalid_argument);
  CHECK(engine->find(id)->version == over->version);
  const auto done = act(*engine, id, Act::complete);
  REQUIRE(done.ok());
  clock.advance(kMinute);
  const auto collected = progress(*engine, id, "collected");
  REQUIRE(collected.ok());
  CHECK(collected->state == BookingState::completed);
  CHECK(collected->ended_at == done->ended_at);
  CHECK(collected->progress == progress_id("collected"));
}

TEST_CASE("a service without stages makes no progress") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, {}));
  const BookingId id = checked_in(*engine, 1);
  CHECK(progress(*engine, id, "ready").code() == Code::invalid_argument);
}

TEST_CASE("a completed booking is kept from its last progress on, over restarts too") {
  const bool over_a_restart = GENERATE(false, true);
  ManualClock clock;
  Options options = options_with(clock, kStages);
  const ScratchDirectory directory;
  options.durability = Durability::strict;
  options.directory = directory.path();
  auto engine = open_engine(options);
  const BookingId kept = checked_in(*engine, 1);
  const BookingId other = checked_in(*engine, 2);
  for (const BookingId id : {kept, other}) REQUIRE(act(*engine, id, Act::complete).ok());
  const auto again = [&] {
    if (!over_a_restart) return;
    engine.reset();
    engine = open_engine(options);
  };
  const auto pass = [&](std::int64_t ms) {
    for (; ms > 0; ms -= kMinute) {
      clock.advance(std::min(ms, kMinute));
      REQUIRE(engine->settle().ok());
    }
  };
  pass(15 * kMinute);  // the holds' deadlines, behind which both wait for their end
  pass(40 * kMinute);
  const auto ready = progress(*engine, kept, "ready", 5);
  REQUIRE(ready.ok());
  again();
  pass(20 * kMinute);
  CHECK(engine->find(other).code() == Code::booking_not_found);
  CHECK(engine->find(kept)->progress == progress_id("ready"));
  CHECK(engine->find(kept)->ended_at < ready->progress_at);
  again();
  pass(40 * kMinute - 10'000);  // an hour since the progress, but for some seconds
  REQUIRE(engine->find(kept).ok());
  // Its operations answer as long as itself.
  CHECK(progress(*engine, kept, "ready", 5).ok());
  CHECK(progress(*engine, kept, "collected").ok());
  again();
  pass(kHour - 10'000);
  CHECK(engine->find(kept)->progress == progress_id("collected"));
  pass(kHour + 2 * kMinute);  // twice as long is the most
  CHECK(engine->find(kept).code() == Code::booking_not_found);
  CHECK(engine->counters().bookings_in_use == 0);
}

TEST_CASE("a group is kept whole while one of its members makes progress") {
  const bool over_a_restart = GENERATE(false, true);
  ManualClock clock;
  Options options = options_with(clock, kStages);
  const ScratchDirectory directory;
  options.durability = Durability::strict;
  options.directory = directory.path();
  auto engine = open_engine(options);
  const std::vector<GroupPart> parts{{slot_at(0, 12).day(), Minute{720}, Minute{720}, 2}};
  const std::vector<ApplicantKey> people{{7, 1}, {7, 2}};
  GroupClaimRequest claim;
  claim.lane = engine->lane(0);
  claim.parts = parts;
  claim.members = people;
  claim.applicant = people[0];
  const auto group = engine->claim_group(claim);
  REQUIRE(group.ok());
  Patience patience;
  REQUIRE(engine->try_confirm({*group, {}, 0, {}}, patience).verdict == Verdict::granted);
  REQUIRE(engine->settle().ok());
  std::array<BookingId, kGroupMembersMax> ids;
  REQUIRE(engine->find_group(*group, ids)->members == 2);
  for (const BookingId id : {ids[0], ids[1]}) {
    REQUIRE(act(*engine, id, Act::check_in).ok());
    REQUIRE(act(*engine, id, Act::complete).ok());
  }
  const auto pass = [&](std::int64_t ms) {
    for (; ms > 0; ms -= kMinute) {
      clock.advance(std::min(ms, kMinute));
      REQUIRE(engine->settle().ok());
    }
  };
  pass(55 * kMinute);
  REQUIRE(progress(*engine, ids[1], "ready").ok());
  if (over_a_restart) {
    engine.reset();
    engine = open_engine(options);
  }
  pass(kHour - 10'000);
  CHECK(engine->find(ids[0]).ok());
  CHECK(engine->find(ids[1])->progress == progress_id("ready"));
  pass(kHour + 12 * kMinute);
  CHECK(engine->find(ids[0]).code() == Code::booking_not_found);
  CHECK(engine->find(ids[1]).code() == Code::booking_not_found);
  CHECK(engine->counters().bookings_in_use == 0);
}

// What happens to the rest of its group since isn't its own, although its last change is later.
TEST_CASE("a group's member that makes progress doesn't take part in what its group did since") {
  const bool over_a_restart = GENERATE(false, true);
  const bool was_completed = GENERATE(false, true);  // else it lapses: nobody said that it was done
  ManualClock clock;
  Options options = options_with(clock, kStages);
  options.retention_ms = 24 * kHour;
  const ScratchDirectory directory;
  options.durability = Durability::strict;
  options.directory = directory.path();
  auto engine = open_engine(options);
  const std::vector<ApplicantKey> people{{7, 1}, {7, 2}, {7, 3}};
  const std::vector<GroupPart> parts{{slot_at(0, 12).day(), Minute{720}, Minute{720}, 1},
                                     {slot_at(3).day(), Minute{540}, Minute{540}, 2}};
  GroupClaimRequest claim;
  claim.lane = engine->lane(0);
  claim.parts = parts;
  claim.members = people;
  claim.applicant = people[0];
  const auto group = engine->claim_group(claim);
  REQUIRE(group.ok());
  const std::string text = "details";
  REQUIRE(engine->confirm({*group, {}, 0, std::as_bytes(std::span(text))}).ok());
  std::array<BookingId, kGroupMembersMax> ids;
  REQUIRE(engine->find_group(*group, ids)->members == 3);
  const auto moved_to = [&](int day) {
    const std::vector<GroupPart> there{{slot_at(day).day(), Minute{540}, Minute{540}, 2}};
    GroupMoveRequest move;
    move.group = *group;
    move.lane = engine->lane(0);
    move.parts = there;
    return engine->move_group(move).code();
  };
  REQUIRE(act(*engine, ids[0], Act::check_in).ok());
  REQUIRE(progress(*engine, ids[0], "received").ok());
  CHECK(moved_to(4) == Code::illegal_transition);  // one of them is there
  if (was_completed) {
    REQUIRE(act(*engine, ids[0], Act::complete).ok());
  } else {
    for (int hours = 0; hours < 19; ++hours) {
      clock.advance(kHour);
      for (int rounds = 0; rounds < 4; ++rounds) REQUIRE(engine->settle().ok());
    }
  }
  REQUIRE(engine->find(ids[0])->state == BookingState::completed);
  const Booking before = *engine->find(ids[0]);
  CHECK(before.moves == 0);
  REQUIRE(moved_to(4) == Code::ok);  // the others
  const auto ready = progress(*engine, ids[0], "ready");
  REQUIRE(ready.ok());
  if (over_a_restart) {
    engine.reset();
    engine = open_engine(options);
  }
  const Booking after = *engine->find(ids[0]);
  CHECK(after.progress == progress_id("ready"));
  CHECK(after.lsn > engine->find(ids[1])->lsn);
  CHECK(after.moves == 0);
  CHECK(after.slot == before.slot);
  CHECK(after.state == BookingState::completed);
  CHECK(after.ended_at == before.ended_at);
  CHECK(after.confirmed_at == before.confirmed_at);
  CHECK(after.details_size == before.details_size);
  CHECK(engine->details(ids[0])->size() == text.size());
  for (const BookingId other : {ids[1], ids[2]}) {
    CHECK(engine->find(other)->moves == 1);
    CHECK(engine->find(other)->slot == slot_at(4));
    CHECK(engine->find(other)->progress == ProgressId{});
    CHECK(progress(*engine, other, "ready").code() == Code::illegal_transition);  // it isn't there
  }
  // It is a step of one who came, not of the whole.
  ActRequest whole;
  whole.act = Act::progress;
  whole.booking = *group;
  whole.argument = progress_id("collected").value;
  CHECK(engine->act(whole).code() == Code::illegal_transition);
}

TEST_CASE("stages that an edit of the catalogue moved, took out or put in are met by name") {
  ManualClock clock;
  Options options = options_with(clock, kStages);
  const ScratchDirectory directory;
  options.durability = Durability::strict;
  options.directory = directory.path();
  auto engine = open_engine(options);
  const BookingId id = checked_in(*engine, 1);
  REQUIRE(progress(*engine, id, "in_process").ok());
  const auto edit = [&](std::vector<std::string> stages) {
    engine.reset();
    options.catalogue = office(options, std::move(stages));
    engine = open_engine(options);
  };
  edit({"received", "checked", "in_process", "posted"});
  CHECK(engine->find(id)->progress == progress_id("in_process"));
  CHECK(engine->catalogue().progress_name(engine->find(id)->progress) == "in_process");
  CHECK(progress(*engine, id, "checked").code() == Code::illegal_transition);
  REQUIRE(progress(*engine, id, "posted").ok());
  // Of a stage that is no longer there nobody knows what lay before it.
  edit({"received", "ready"});
  CHECK(engine->catalogue().progress_name(engine->find(id)->progress).empty());
  CHECK(progress(*engine, id, "received").ok());
  // However often somebody edits, a booking has room for so many.
  for (int i = 3; i < static_cast<int>(kMaxProgress); ++i) {
    const std::string stage = "stage_" + std::to_string(i);
    edit({stage});
    REQUIRE(progress(*engine, id, stage.c_str()).ok());
  }
  edit({"one_more"});
  CHECK(progress(*engine, id, "one_more").code() == Code::changes_exceeded);
}

TEST_CASE("bookings are found by their progress") {
  ManualClock clock;
  auto engine = open_engine(options_with(clock, kStages));
  const BookingId one = checked_in(*engine, 1);
  const BookingId two = checked_in(*engine, 2);
  REQUIRE(progress(*engine, one, "ready").ok());
  REQUIRE(progress(*engine, two, "ready").ok());
  REQUIRE(progress(*engine, two, "collected").ok());
  BookingQuery query;
  query.progress = progress_id("ready");
  BookingCursor cursor;
  std::vector<Booking> found(4);
  REQUIRE(engine->bookings(query, cursor, found) == 1);
  CHECK(found[0].id == one);
}
