// What a survey says of days that open and go.
#include <set>
#include <vector>

#include <catch2/catch.hpp>

#include "state/checkpointer.hpp"
#include "state/recovery_survey.hpp"
#include "store/memory_store.hpp"
#include "unit/chunk/chunks.hpp"
#include "unit/record/samples.hpp"

namespace {

using namespace janji;
using samples::bytes_of;

constexpr std::int32_t kFirst = samples::kDay.value;

state::Survey survey_of(const std::vector<samples::Bytes>& days, bool in_state) {
  std::vector<samples::Bytes> records{bytes_of(samples::epoch(1, 0)),
                                      samples::lane(LaneId{0}, "a/b/general"),
                                      samples::lane(LaneId{1}, "c/d/general")};
  records.insert(records.end(), days.begin(), days.end());
  store::MemoryFactory disk;
  disk.disk().chunks[1] = samples::make_chunk(records, {}, 1, 0).bytes;
  auto stores = disk.open({});
  REQUIRE(stores.ok());
  if (in_state) {
    state::Checkpointer checkpointer((*stores)->journal(), (*stores)->state());
    REQUIRE(checkpointer.open().ok());
    REQUIRE(checkpointer.step((*stores)->journal().bounds()->last).ok());
  }
  state::Survey found = state::survey((*stores)->journal(), (*stores)->state());
  REQUIRE(found.read.ok());
  return found;
}

samples::Bytes day(std::uint32_t lane, std::int32_t ahead, std::uint32_t slots) {
  return samples::day(LaneId{lane}, Day{kFirst + ahead}, slots, 2);
}
samples::Bytes gone(std::uint32_t lane, std::int32_t ahead) {
  return bytes_of(samples::archive(LaneId{lane}, Day{kFirst + ahead}));
}

TEST_CASE("survey: days are those that are open at the end, slots those that were together") {
  const std::vector<samples::Bytes> days{day(0, 0, 3), day(1, 0, 3),   day(0, 100, 5), gone(0, 0),
                                         gone(1, 0),   day(0, 130, 2), day(1, 101, 1)};
  const state::Survey found = survey_of(days, false);
  CHECK(found.days == std::set<std::int32_t>{kFirst + 100, kFirst + 101, kFirst + 130});
  CHECK(found.slots == 11);
  CHECK(found.gaps == std::set<std::int32_t>{1, 29, 30, 100});
  // What the state has already is as it ended.
  const state::Survey kept = survey_of(days, true);
  CHECK(kept.days == found.days);
  CHECK(kept.slots == 8);
  CHECK(kept.gaps == std::set<std::int32_t>{1, 29, 30});
}

TEST_CASE("survey: what was granted on a day's slots is none of them") {
  const auto change = bytes_of(samples::slot_change(
      SlotKey(LaneId{0}, Day{kFirst}, samples::slot_key().minute()), 2, {7, 1}));
  for (const bool in_state : {false, true}) {
    CHECK(survey_of({day(0, 0, 3), change}, in_state).slots == 3);
  }
}

TEST_CASE("survey: a date is open as long as one lane has it") {
  const state::Survey found = survey_of({day(0, 0, 3), day(1, 0, 3), gone(0, 0)}, false);
  CHECK(found.days == std::set<std::int32_t>{kFirst});
}

TEST_CASE("survey: a day that opens twice, or goes without being there, is left to the recovery") {
  const state::Survey found =
      survey_of({day(0, 0, 3), day(0, 0, 3), gone(0, 5), gone(0, 0)}, false);
  CHECK(found.days.empty());
  CHECK(found.slots == 3);
}

}  // namespace
