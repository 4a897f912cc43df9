// Applicants who are blocked: what they can't do, what they can, and for how long.
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include <janji/verify.hpp>

#include "engine_fixture.hpp"
#include "support/scratch_directory.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kHour = 3'600'000;

ApplicantKey key_of(std::uint64_t who) {
  return claim_of(who).applicant;
}

BlockRequest block_of(std::uint64_t who, std::int64_t until_ms, std::uint64_t operation = 0) {
  BlockRequest request;
  request.applicant = key_of(who);
  request.until = CivilTime{until_ms};
  request.reason = 3;
  request.actor = ActorId{9};
  if (operation != 0) request.operation = {11, operation};
  return request;
}

BlockRequest lift_of(std::uint64_t who, std::uint64_t operation = 0) {
  return block_of(who, 0, operation);
}

GroupClaimRequest group_of(ApplicantKey claimant, std::span<const ApplicantKey> members,
                           std::span<const GroupPart> parts) {
  GroupClaimRequest request;
  request.lane = LaneId{0};
  request.applicant = claimant;
  request.members = members;
  request.parts = parts;
  return request;
}

std::vector<Block> all_blocks(const Engine& engine, std::size_t page = 2) {
  std::vector<Block> all, some(page);
  for (BlockCursor cursor; !cursor.at_end;) {
    const std::size_t many = engine.blocks(cursor, some);
    all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(many));
  }
  return all;
}

Decision decide(Engine& engine, const BlockRequest& request) {
  Patience patience;
  return engine.try_block(request, patience);
}

// All that is over is forgotten: the walk begins once a second.
void settle_walk(Engine& engine, ManualClock& clock) {
  for (int rounds = 0; rounds < 3; ++rounds) {
    clock.advance(1000);
    REQUIRE(engine.settle().ok());
  }
}

}  // namespace

TEST_CASE("who is blocked claims nothing until the block ends, and others do") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  REQUIRE(engine->block(block_of(1, kMorning + kHour)).ok());
  CHECK(engine->claim(claim_of(1)).code() == Code::blocked);
  ClaimRequest range = claim_of(1, SlotKey{});
  range.lane = LaneId{1};
  range.first_day = range.last_day = slot_at().day();
  CHECK(engine->claim(range).code() == Code::blocked);
  CHECK(engine->claim(claim_of(2)).ok());
  clock.advance(kHour - 1);
  CHECK(engine->claim(claim_of(1)).code() == Code::blocked);
  clock.advance(1);
  CHECK(engine->claim(claim_of(1)).ok());
}

TEST_CASE("a refusal names the record that it rests on, and a full slot is told of first") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const Decision block = decide(*engine, block_of(1, kMorning + kHour));
  REQUIRE(block.verdict == Verdict::granted);
  REQUIRE(engine->wait_durable(block.lsn));
  Patience patience;
  const Decision refused = engine->try_claim(claim_of(1), patience);
  CHECK(refused.code == Code::blocked);
  CHECK(refused.lsn == block.lsn);
  REQUIRE(engine->claim(claim_of(2)).ok());
  REQUIRE(engine->claim(claim_of(3)).ok());
  CHECK(engine->claim(claim_of(1)).code() == Code::slot_full);
}

TEST_CASE("a claim that comes between a block and its commit waits for what becomes of it") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  // The writer may be quick; then the refusal is final already.
  const Decision block = decide(*engine, block_of(1, kMorning + kHour));
  REQUIRE(block.verdict == Verdict::granted);
  Patience patience;
  Decision claim = engine->try_claim(claim_of(1), patience);
  while (claim.verdict == Verdict::wait) {
    (void)engine->wait_round(claim.round);
    claim = engine->try_claim(claim_of(1), patience);
  }
  CHECK(claim.code == Code::blocked);
  CHECK(claim.lsn == block.lsn);
}

TEST_CASE("what was booked before a block stays, and can be changed and ended") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto held = engine->claim(claim_of(1));
  REQUIRE(held.ok());
  REQUIRE(engine->block(block_of(1, kMorning + kHour)).ok());
  CHECK(engine->find(held->id)->state == BookingState::held);
  CHECK(engine->confirm({held->id, {}, 0, {}}).ok());
  CHECK(engine->reschedule({held->id, slot_at(2), {}, 0}).ok());
  CHECK(engine->cancel({held->id, {}, 0}).ok());
  CHECK(engine->claim(claim_of(1)).code() == Code::blocked);
}

TEST_CASE("a claim that was granted before the block is granted again to who asks again") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto held = engine->claim(claim_of(1, slot_at(), 5));
  REQUIRE(held.ok());
  REQUIRE(engine->block(block_of(1, kMorning + kHour)).ok());
  Patience patience;
  const Decision again = engine->try_claim(claim_of(1, slot_at(), 5), patience);
  CHECK(again.verdict == Verdict::granted);
  CHECK(again.replayed);
  CHECK(again.booking == held->id);
}

TEST_CASE("a group is refused for any member who is blocked, and for who claims it") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const std::array<ApplicantKey, 2> members{key_of(1), key_of(2)};
  const GroupPart part{slot_at().day(), slot_at().minute(), slot_at().minute(), 2};
  const std::uint64_t blocked = GENERATE(1U, 2U, 3U);
  CAPTURE(blocked);
  REQUIRE(engine->block(block_of(blocked, kMorning + kHour)).ok());
  CHECK(engine->claim_group(group_of(key_of(3), members, {&part, 1})).code() == Code::blocked);
  CHECK(availability(*engine, slot_at()).free == 2);
  REQUIRE(engine->block(lift_of(blocked)).ok());
  CHECK(engine->claim_group(group_of(key_of(3), members, {&part, 1})).ok());
}

TEST_CASE("a block is prolonged, shortened and lifted") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  REQUIRE(engine->block(block_of(1, kMorning + kHour)).ok());
  REQUIRE(engine->block(block_of(1, kMorning + 3 * kHour)).ok());
  clock.advance(2 * kHour);
  CHECK(engine->claim(claim_of(1)).code() == Code::blocked);
  REQUIRE(engine->block(block_of(1, kMorning + 2 * kHour + 1000)).ok());
  clock.advance(1000);
  CHECK(engine->block(lift_of(1)).code() == Code::illegal_transition);
  REQUIRE(engine->block(block_of(1, kMorning + 9 * kHour)).ok());
  CHECK(engine->claim(claim_of(1)).code() == Code::blocked);
  REQUIRE(engine->block(lift_of(1)).ok());
  CHECK(engine->claim(claim_of(1)).ok());
  CHECK(engine->block(lift_of(1)).code() == Code::illegal_transition);
}

TEST_CASE("what makes no block is refused, and changes nothing") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto why = [&](const BlockRequest& request) { return engine->block(request).code(); };
  BlockRequest nobody = block_of(1, kMorning + kHour);
  nobody.applicant = {};
  CHECK(why(nobody) == Code::invalid_argument);
  CHECK(why(block_of(1, -1)) == Code::invalid_argument);
  CHECK(why(block_of(1, INT64_MAX)) == Code::invalid_argument);
  CHECK(why(block_of(1, kMorning)) == Code::too_late);
  CHECK(why(lift_of(1)) == Code::illegal_transition);
  CHECK(all_blocks(*engine).empty());
  CHECK(engine->claim(claim_of(1)).ok());
}

TEST_CASE("an operation id blocks once, and never does two things") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  REQUIRE(engine->block(block_of(1, kMorning + kHour, 5)).ok());
  const Decision again = decide(*engine, block_of(1, kMorning + kHour, 5));
  CHECK(again.verdict == Verdict::granted);
  CHECK(again.replayed);
  CHECK(decide(*engine, block_of(1, kMorning + 2 * kHour, 5)).code == Code::operation_mismatch);
  CHECK(decide(*engine, block_of(2, kMorning + kHour, 5)).code == Code::operation_mismatch);
  CHECK(decide(*engine, lift_of(1, 5)).code == Code::operation_mismatch);
  REQUIRE(engine->block(lift_of(1, 6)).ok());
  // The late repeat of the first must not block again (hazard 12).
  CHECK(decide(*engine, block_of(1, kMorning + kHour, 5)).replayed);
  CHECK(engine->claim(claim_of(1)).ok());
  // Nor does an id of a block act on a booking, or the other way round.
  ClaimRequest claim = claim_of(3);
  claim.operation = {11, 5};
  CHECK(engine->claim(claim).code() == Code::operation_mismatch);
  claim.operation = {11, 7};
  const auto held = engine->claim(claim);
  REQUIRE(held.ok());
  CHECK(engine->cancel({held->id, {11, 6}, 0}).code() == Code::operation_mismatch);
  CHECK(decide(*engine, block_of(3, kMorning + kHour, 7)).code == Code::operation_mismatch);
  REQUIRE(engine->cancel({held->id, {11, 8}, 0}).ok());
  CHECK(decide(*engine, block_of(3, kMorning + kHour, 8)).code == Code::operation_mismatch);
}

TEST_CASE("a block is changed seven times at most, and lifted once more") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  for (int i = 1; i <= 7; ++i) REQUIRE(engine->block(block_of(1, kMorning + i * kHour)).ok());
  CHECK(engine->block(block_of(1, kMorning + 9 * kHour)).code() == Code::changes_exceeded);
  REQUIRE(engine->block(lift_of(1)).ok());
  CHECK(engine->block(block_of(1, kMorning + 9 * kHour)).code() == Code::changes_exceeded);
  CHECK(engine->claim(claim_of(1)).ok());
}

TEST_CASE("blocks are listed in pages, with reason and actor, while they are in force") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  for (std::uint64_t who = 1; who <= 5; ++who) {
    REQUIRE(engine->block(block_of(who, kMorning + static_cast<std::int64_t>(who) * kHour)).ok());
  }
  REQUIRE(engine->block(lift_of(4)).ok());
  CHECK(all_blocks(*engine).size() == 4);
  clock.advance(2 * kHour);
  const auto blocks = all_blocks(*engine, 1);
  REQUIRE(blocks.size() == 2);
  for (const Block& block : blocks) {
    CHECK((block.applicant == key_of(3) || block.applicant == key_of(5)));
    CHECK(block.until.value == kMorning + static_cast<std::int64_t>(block.applicant.lo) * kHour);
    CHECK(block.since.value == kMorning);
    CHECK(block.reason == 3);
    CHECK(block.actor == ActorId{9});
    CHECK(block.lsn.value != 0);
  }
}

TEST_CASE("a block that is over is forgotten after the retention, and its room serves another") {
  ManualClock clock;
  Options options = small_options(clock);
  options.blocks_max = 2;
  options.retention_ms = 10 * kHour;
  auto engine = open_engine(options);
  REQUIRE(engine->block(block_of(1, kMorning + kHour, 5)).ok());
  REQUIRE(engine->block(block_of(2, kMorning + 100 * kHour)).ok());
  const Status full = engine->block(block_of(3, kMorning + kHour));
  CHECK(full.code() == Code::limit_reached);
  CHECK(full.error().detail.find("blocks_max") != std::string::npos);
  clock.advance(10 * kHour + 30 * 60'000);
  settle_walk(*engine, clock);
  // Over for less than the retention: its id still answers.
  CHECK(decide(*engine, block_of(1, kMorning + kHour, 5)).replayed);
  CHECK(engine->block(block_of(3, kMorning + 20 * kHour)).code() == Code::limit_reached);
  clock.advance(kHour);
  settle_walk(*engine, clock);
  REQUIRE(engine->block(block_of(3, kMorning + 20 * kHour)).ok());
  CHECK(engine->claim(claim_of(3)).code() == Code::blocked);
  CHECK(engine->claim(claim_of(2)).code() == Code::blocked);
  CHECK(engine->claim(claim_of(1)).ok());
  // Its id is free again, too.
  CHECK(decide(*engine, block_of(2, kMorning + 101 * kHour, 5)).verdict == Verdict::granted);
}

TEST_CASE("a clock that runs wild forgets no block") {
  ManualClock clock;
  Options options = small_options(clock);
  options.blocks_max = 1;
  options.retention_ms = kHour;
  auto engine = open_engine(options);
  REQUIRE(engine->block(block_of(1, kMorning + kHour)).ok());
  clock.advance(kHour);
  clock.civil.fetch_add(400LL * 24 * kHour, std::memory_order_relaxed);
  settle_walk(*engine, clock);
  clock.civil.fetch_sub(400LL * 24 * kHour + kHour, std::memory_order_relaxed);
  CHECK(engine->claim(claim_of(1)).code() == Code::blocked);
}

TEST_CASE("blocks outlast a restart, in the journal and in the state") {
  ManualClock clock;
  ScratchDirectory directory;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.directory = directory.path();
  options.retention_ms = 10 * kHour;
  options.checkpoint = GENERATE(false, true);
  CAPTURE(options.checkpoint);
  {
    auto engine = open_engine(options);
    REQUIRE(engine->block(block_of(1, kMorning + 50 * kHour, 5)).ok());
    REQUIRE(engine->block(block_of(2, kMorning + 50 * kHour)).ok());
    REQUIRE(engine->block(block_of(3, kMorning + kHour)).ok());
    REQUIRE(engine->block(lift_of(2, 6)).ok());
  }
  {
    auto engine = open_engine(options);
    CHECK(engine->claim(claim_of(1)).code() == Code::blocked);
    CHECK(engine->claim(claim_of(2)).ok());
    CHECK(decide(*engine, block_of(1, kMorning + 50 * kHour, 5)).replayed);
    CHECK(decide(*engine, lift_of(2, 6)).replayed);
    CHECK(decide(*engine, block_of(2, kMorning + 50 * kHour, 6)).code == Code::operation_mismatch);
    CHECK(all_blocks(*engine).size() == 2);
    CHECK(all_blocks(*engine)[0].actor == ActorId{9});
    clock.advance(12 * kHour);
    settle_walk(*engine, clock);
  }
  // The cell of whoever isn't forgotten; the journal names them all.
  if (options.checkpoint) options.blocks_max = 1;
  auto engine = open_engine(options);
  CHECK(engine->claim(claim_of(1, slot_at(2))).code() == Code::blocked);
  CHECK(engine->claim(claim_of(3, slot_at(2))).ok());
  engine.reset();
  const auto verified = verify(directory.path());
  REQUIRE(verified.ok());
  CHECK(verified->sound());
}

TEST_CASE("a table that is too small for the blocks of the data is named") {
  ManualClock clock;
  ScratchDirectory directory;
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.directory = directory.path();
  {
    auto engine = open_engine(options);
    for (std::uint64_t who = 1; who <= 3; ++who) {
      REQUIRE(engine->block(block_of(who, kMorning + kHour)).ok());
    }
  }
  options.blocks_max = 2;
  const auto refused = Engine::open(options);
  REQUIRE(refused.code() == Code::limit_reached);
  CHECK(refused.error().detail.find("blocks_max") != std::string::npos);
}

TEST_CASE("the feed tells of blocks, and not of whom") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const Lsn before = engine->durable_lsn();
  REQUIRE(engine->block(block_of(1, kMorning + kHour)).ok());
  REQUIRE(engine->block(lift_of(1)).ok());
  std::array<Event, 128> events;
  const auto page = engine->read_feed(before, events);
  REQUIRE(page.ok());
  REQUIRE(page->events == 2);
  CHECK(events[0].kind == EventKind::block);
  CHECK(events[0].until.value == kMorning + kHour);
  CHECK(events[0].argument == 3);
  CHECK(events[0].actor == ActorId{9});
  CHECK(events[0].civil_at.value == kMorning);
  CHECK(events[1].kind == EventKind::lift);
  CHECK(events[1].until.value == 0);
}

TEST_CASE("blocks and claims race, and no claim is granted behind a block") {
  ManualClock clock;
  Options options = small_options(clock, 1000);
  options.bookings_max = 1 << 14;
  options.operations_max = 1 << 15;
  auto engine = open_engine(options);
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> slipped{0}, claims{0};
  constexpr std::uint64_t kBlocks = 60;
  // The blocker says when it knows that the applicant is blocked; whoever begins a claim after
  // that must not be granted one.
  std::atomic<std::uint64_t> blocked{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      while (!over.load()) {
        const std::uint64_t surely = blocked.load();
        const std::uint64_t who = 1 + surely;  // the next one to be blocked, or who just was
        Patience patience;
        for (const std::uint64_t applicant : {who, surely}) {
          if (applicant == 0) continue;
          const Decision decision = engine->try_claim(claim_of(applicant), patience);
          if (decision.verdict != Verdict::granted) continue;
          ++claims;
          if (applicant == surely) ++slipped;
          (void)engine->cancel({decision.booking, {}, 0});
        }
      }
    });
  }
  for (std::uint64_t who = 1; who <= kBlocks; ++who) {
    // Somebody is at it, whatever else the machine does.
    const std::uint64_t before = claims.load();
    while (claims.load() == before) std::this_thread::yield();
    Status done = engine->block(block_of(who, kMorning + kHour));
    while (done.code() == Code::retry) done = engine->block(block_of(who, kMorning + kHour));
    REQUIRE(done.ok());
    blocked = who;
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(slipped == 0);
  CHECK(claims > 0);
}
