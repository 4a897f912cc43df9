// A group is claimed or changed by a thread that stands still.
#include <array>
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

// A group that is claimed, or was and is now confirmed, moved or cancelled, by a thread that stands
// still at a step; two of its members are in the slot where the others are.
void freeze_group_at(const std::string& step, const std::string& operation) {
  CAPTURE(step, operation);
  ManualClock clock;
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
  const ApplicantKey members[] = {{70, 1}, {70, 2}, {70, 3}};
  const GroupPart parts[] = {{slot_at().day(), slot_at().minute(), slot_at().minute(), 2},
                             {slot_at(5).day(), Minute{0}, Minute{600}, 1}};
  const GroupPart elsewhere[] = {{slot_at(6).day(), Minute{0}, Minute{600}, 3}};
  GroupClaimRequest request;
  request.lane = LaneId{0};
  request.parts = parts;
  request.members = members;
  request.applicant = {70, 9};
  request.operation = {80, 1};
  BookingId group;
  if (operation != "claim") group = *engine->claim_group(request);
  GroupMoveRequest move;
  move.group = group;
  move.lane = LaneId{0};
  move.parts = elsewhere;
  move.operation = {80, 2};
  Freezer freezer(step);
  std::atomic<bool> done{false};
  Code outcome = Code::retry;
  std::thread victim([&] {
    Freezer::may_freeze = true;
    if (operation == "claim") outcome = engine->claim_group(request).code();
    if (operation == "confirm") outcome = engine->confirm({group, {80, 2}, 0, {}}).code();
    if (operation == "cancel") outcome = engine->cancel({group, {80, 2}, 0}).code();
    if (operation == "move") outcome = engine->move_group(move).code();
    done = true;
  });
  CHECK(freezer.wait_frozen(done));
  std::set<BookingId> known = bystanders_finish(*engine, {});
  freezer.thaw();
  victim.join();
  CHECK(outcome == Code::ok);
  REQUIRE(engine->settle().ok());
  if (group.value == 0) group = *engine->claim_group(request);  // the same again
  std::array<BookingId, kGroupMembersMax> ids;
  const auto look = [&] {
    const auto found = engine->find_group(group, ids);
    REQUIRE(found.ok());
    REQUIRE(found->members == 3);
    known.insert(ids.begin(), ids.begin() + 3);
    const BookingState wanted = operation == "confirm"  ? BookingState::confirmed
                                : operation == "cancel" ? BookingState::cancelled
                                                        : BookingState::held;
    for (int i = 0; i < 3; ++i)
      CHECK(engine->find(ids[static_cast<std::size_t>(i)])->state == wanted);
    audit(*engine, known);
  };
  look();
  engine.reset();
  engine = open_engine(options);
  look();
  fill(*engine);
}

}  // namespace

TEST_CASE("a group's claimer that stands still stops nobody") {
  freeze_group_at(GENERATE(from_range(std::begin(kGroupClaimSteps), std::end(kGroupClaimSteps))),
                  "claim");
}

TEST_CASE("a step of a whole group that stands still stops nobody else") {
  const char* operation = GENERATE("confirm", "cancel", "move");
  freeze_group_at(GENERATE(from_range(std::begin(kGroupChangeSteps), std::end(kGroupChangeSteps))),
                  operation);
}
