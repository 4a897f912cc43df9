// What records say of slots alone, broken in files that are otherwise sound, is named.
#include "crafted_directory.hpp"

#include "record/planned.hpp"

using namespace janji;
using namespace janji::test;
using samples::claim;
using samples::slot_key;

namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

const BookingId kOne = samples::booking_id(0);

// Beside the lane that each directory begins with: a pool and the general lane of one office.
void add_pool(CraftedDirectory& directory) {
  for (std::uint32_t lane : {1U, 2U}) {
    directory.add(samples::lane(LaneId{samples::kLane.value + lane},
                                lane == 1 ? "b/s/general" : "b/s/priority"));
    directory.add(samples::day(LaneId{samples::kLane.value + lane}, samples::kDay, 3, 2));
  }
}

}  // namespace

TEST_CASE("verify: seats that fall back must be free, and come to the general lane of their pool") {
  const LaneId general{samples::kLane.value + 1}, pool{samples::kLane.value + 2};
  const SlotKey from = slot_key(0, pool);
  CraftedDirectory directory;
  add_pool(directory);
  directory.add(claim(kOne, from));
  if (GENERATE(true, false)) directory.cut(), directory.checkpoint();
  auto fall = samples::fall_back(from, general);
  std::string wrong;
  SECTION("as they do") {}
  SECTION("more than are free") {
    fall = samples::fall_back(from, general, 2);
    wrong = "capacity: ";
  }
  SECTION("to another office's lane") {
    fall = samples::fall_back(from, samples::kLane);
    wrong = "records: ";
  }
  SECTION("from the general lane") {
    fall = samples::fall_back(slot_key(0, general), pool);
    wrong = "records: ";
  }
  SECTION("where there is no such slot") {
    fall = samples::fall_back(slot_key(7, pool), general);
    wrong = "records: ";
  }
  SECTION("from a slot that comes to have other seats") {
    fall.from_capacity = 0;
    wrong = "records: ";
  }
  SECTION("to a slot that comes to have other seats") {
    fall.capacity = 4;
    wrong = "records: ";
  }
  SECTION("from a slot that is closed") {
    directory.add(samples::slot_change(from, 2, true));
    wrong = "records: ";
  }
  SECTION("to a slot that is closed") {
    directory.add(samples::slot_change(slot_key(0, general), 2, true));
    wrong = "records: ";
  }
  directory.add(fall);
  directory.cut();
  if (wrong.empty()) {
    CHECK(directory.verdict() == "sound");
    directory.checkpoint();
    CHECK(directory.verdict() == "sound");
    CHECK(verify(directory.path())->totals.capacity == 3 * 6);
  } else {
    CHECK_THAT(directory.verdict(), StartsWith(wrong));
  }
}

TEST_CASE("verify: seats that are kept back come to an open slot, and no more than there are") {
  const LaneId lane{samples::kLane.value + 1};
  const SlotKey slot = slot_key(0, lane);
  CraftedDirectory directory;
  directory.add(samples::lane(lane, "kl/visa/general"));
  directory.add(samples::day(lane, samples::kDay, 3, 2, 2));
  if (GENERATE(true, false)) directory.cut(), directory.checkpoint();
  auto tranche = samples::tranche(slot);
  std::string wrong;
  SECTION("as they do") {}
  SECTION("more than are kept back") {
    tranche = samples::tranche(slot, 2);
    tranche.kept = 1;
    wrong = "capacity: ";
  }
  SECTION("of a slot that was lowered") {
    directory.add(samples::slot_change(slot, 1, false));
    tranche.capacity = 2;
    wrong = "capacity: ";
  }
  SECTION("where there is no such slot") {
    tranche = samples::tranche(slot_key(7, lane));
    wrong = "records: ";
  }
  SECTION("to a slot that comes to have other seats") {
    tranche.capacity = 4;
    wrong = "records: ";
  }
  SECTION("to a slot that is closed") {
    directory.add(samples::slot_change(slot, 2, true));
    wrong = "records: ";
  }
  directory.add(tranche);
  directory.cut();
  if (wrong.empty()) {
    CHECK(directory.verdict() == "sound");
    directory.checkpoint();
    CHECK(directory.verdict() == "sound");
    CHECK(verify(directory.path())->totals.capacity == 2 * 6 + 1);
  } else {
    CHECK_THAT(directory.verdict(), StartsWith(wrong));
  }
}

TEST_CASE("verify: what a catalogue gives a slot stands in a change that was begun") {
  CraftedDirectory directory;
  auto given = samples::slot_change(slot_key(0), 3, true);
  given.planned = record::Planned::of(3, true).bits;
  SECTION("begun, and done") {
    directory.add(samples::catalogue(false));
    directory.cut();
    if (GENERATE(false, true)) directory.checkpoint();
    directory.add(given);
    directory.add(samples::catalogue(true));
    directory.cut();
    CHECK(directory.verdict() == "sound");
    directory.add(given);
    directory.cut();
    CHECK_THAT(directory.verdict(), Contains("by a catalogue of which no change was begun"));
  }
  SECTION("given up, and another begun") {
    directory.add(samples::catalogue(false, 5));
    directory.add(samples::catalogue(false, 6));
    directory.add(given);
    directory.cut();
    CHECK(directory.verdict() == "sound");
    directory.add(samples::catalogue(true, 5));
    directory.cut();
    CHECK_THAT(directory.verdict(), StartsWith("records: "));
    CHECK_THAT(directory.verdict(), Contains("of the catalogue is done, which wasn't begun"));
  }
}

TEST_CASE("verify: an id under which a slot was changed acts once, until its day is archived") {
  CraftedDirectory directory;
  directory.add(samples::slot_change(slot_key(), 3, {7, 1}));
  directory.add(samples::slot_change(slot_key(), 2, {7, 2}));
  directory.cut();
  if (GENERATE(true, false)) directory.checkpoint();
  CHECK(directory.verdict() == "sound");
  SECTION("again, of another slot") {
    directory.add(samples::slot_change(slot_key(1), 3, {7, 1}));
    directory.cut();
    CHECK_THAT(directory.verdict(), StartsWith("operations: "));
  }
  SECTION("again, when the day is gone") {
    const LaneId general{samples::kLane.value + 1};
    add_pool(directory);
    directory.add(samples::slot_change(slot_key(0, general), 3, {7, 3}));
    directory.add(samples::archive(general, samples::kDay));
    directory.add(samples::slot_change(slot_key(1), 3, {7, 3}));
    directory.cut();
    CHECK(directory.verdict() == "sound");
  }
}
