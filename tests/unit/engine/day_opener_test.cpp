// Which days are opened, when, and what happens when there is no room.
#include <map>
#include <set>
#include <string>
#include <utility>

#include "engine/day_opener.hpp"
#include "engine_fixture.hpp"

using namespace janji;
using namespace janji::test;

namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int32_t kHorizon = 3;

// Two offices open from 09:00 to 11:00, one in Kuala Lumpur, one in London (eight hours behind).
std::shared_ptr<const Catalogue> two_offices(Day last_day = kLastPlannedDay,
                                             const ReleaseRule& release = {},
                                             int horizon = kHorizon) {
  CatalogueBuilder builder;
  Service service;
  service.id = "s";
  service.name = {"s", "s", "s"};
  service.categories = category_bit(Category::citizen);
  service.rules.horizon_days = horizon;
  CatalogueBuilder::Lane lane;
  lane.service = builder.add_service(service);
  lane.week = builder.add_week(OpeningWeek::every_day(540, 660));
  lane.slot_minutes = 60;
  lane.last_day = last_day;
  lane.release = release;
  for (const char* zone : {"Asia/Kuala_Lumpur", "Europe/London"}) {
    const std::string id = zone[0] == 'A' ? "kl" : "london";
    lane.branch = builder.add_branch({id, id, "North", "N-1", "hq", "Town", zone});
    builder.add_lane(lane);
  }
  auto built = builder.build();
  REQUIRE(built.ok());
  return *built;
}

// The opener with the tables it works on, and a writer that gives back at once.
struct House {
  explicit House(std::shared_ptr<const Catalogue> chosen, std::uint32_t slots_max = 1000,
                 std::uint32_t ring_days = 64)
      : catalogue(std::move(chosen)), days(slots_max, 2, ring_days, false) {
    for (std::uint32_t i = 0; i < 2; ++i) {
      ledger::LaneRules rules;
      rules.catalogue_index = i;
      rules.branch = catalogue->lanes()[i].branch;
      rules.horizon_days = kHorizon;
      REQUIRE(days.set_lane(LaneId{i}, rules));
    }
  }

  // Opens the days whose records are published. Returns {lane, day} of each.
  std::multiset<std::pair<std::uint32_t, std::int32_t>> write() {
    std::multiset<std::pair<std::uint32_t, std::int32_t>> written;
    for (std::uint32_t at = list.take().newest; at != journal::kNoIndex;) {
      journal::RecordBlock& block = blocks[at];
      const std::uint32_t next = block.next.load(std::memory_order_relaxed);
      const auto& made = block.record<record::Day>();
      const auto* slots = reinterpret_cast<const record::DaySlot*>(&made + 1);
      REQUIRE(made.header.size == sizeof(record::Day) + made.slots * sizeof(record::DaySlot));
      const Day day{made.day};
      days.open_day(LaneId{made.lane}, day, 0, {slots, made.slots}, block.slot);
      written.emplace(made.lane, made.day);
      blocks.give_back(at);
      at = next;
    }
    return written;
  }
  std::multiset<std::pair<std::uint32_t, std::int32_t>> open(std::int64_t civil_ms) {
    return open(civil_ms, civil_ms - kMorning);
  }
  std::multiset<std::pair<std::uint32_t, std::int32_t>> open(std::int64_t civil_ms,
                                                             std::int64_t ledger_ms) {
    opener.open_due(CivilTime{civil_ms}, LedgerTime{ledger_ms});
    return write();
  }

  std::shared_ptr<const Catalogue> catalogue;
  ledger::DayTable days;
  journal::RecordBlocks blocks{64, 8, false};
  journal::PublishList list;
  ClockWatch clock;
  CatalogueShelf shelf{catalogue};
  DayOpener opener{shelf, days, blocks, list, clock};
};

constexpr std::int32_t kFirst = kToday.value;
using Days = std::multiset<std::pair<std::uint32_t, std::int32_t>>;

}  // namespace

TEST_CASE("day opener: each lane opens a day at the midnight of its own branch") {
  House house(two_offices());
  // 08:00 in Kuala Lumpur is 00:00 in London on the same date.
  CHECK(house.open(kMorning) == Days{{0, kFirst},
                                     {0, kFirst + 1},
                                     {0, kFirst + 2},
                                     {1, kFirst},
                                     {1, kFirst + 1},
                                     {1, kFirst + 2}});
  CHECK(house.opener.opened() == 6);
  CHECK(house.open(kMorning + 16 * kHour - 1).empty());
  CHECK(house.open(kMorning + 16 * kHour) == Days{{0, kFirst + 3}});
  CHECK(house.open(kMorning + 24 * kHour - 1).empty());
  CHECK(house.open(kMorning + 24 * kHour) == Days{{1, kFirst + 3}});
  CHECK_FALSE(house.opener.unfinished());
  CHECK(house.opener.problem().empty());
}

TEST_CASE("day opener: a day that was opened has the slots that the catalogue plans") {
  House house(two_offices());
  house.open(kMorning);
  ledger::DayView view;
  REQUIRE(house.days.find(LaneId{1}, kToday, view));
  REQUIRE(view.slots == 2);
  CHECK(view.shape->start == std::vector<std::uint16_t>{540, 600});
  CHECK(ledger::SlotWord{house.days.word(view.first_slot).load()}.capacity() == 1);
}

TEST_CASE("day opener: a clock that goes back and forth opens nothing twice") {
  House house(two_offices());
  house.open(kMorning);
  CHECK(house.open(kMorning - 48 * kHour).empty());
  CHECK(house.open(kMorning).empty());
  CHECK(house.opener.opened() == 6);
}

TEST_CASE(
    "day opener: a clock that jumps far ahead opens nothing, and all goes on when it is back") {
  House house(two_offices());
  house.open(kMorning, 0);
  CHECK(house.open(kMorning + 300 * kDay, kHour).empty());
  CHECK(house.opener.problem().find("the wall clock says 2027-09-20") != std::string::npos);
  CHECK_FALSE(house.opener.unfinished());
  CHECK(house.open(kMorning + kDay, kDay) == Days{{0, kFirst + 3}, {1, kFirst + 3}});
  CHECK(house.opener.problem().empty());
}

TEST_CASE("day opener: a clock that was ahead by less opens what is due when it is back") {
  House house(two_offices());
  house.open(kMorning, 0);
  CHECK(house.open(kMorning + 2 * kDay, kHour).size() == 4);
  // Closed and opened again, say: the lanes have lost the first two days' rows.
  House fresh(two_offices());
  fresh.open(kMorning + kDay, 0);
  CHECK(fresh.open(kMorning + kHour, kHour) == Days{{0, kFirst}, {1, kFirst}});
}

TEST_CASE("day opener: a clock that goes back opens nothing until it has come near again") {
  House house(two_offices());
  house.open(kMorning, 0);
  CHECK(house.open(kMorning - 40 * kDay, kHour).empty());
  CHECK(house.opener.problem().find("the wall clock says 2026-10-15") != std::string::npos);
  CHECK(house.open(kMorning + kDay, kDay) == Days{{0, kFirst + 3}, {1, kFirst + 3}});
  CHECK(house.opener.problem().empty());
}

TEST_CASE("day opener: a clock that is wrong at opening is held against the last one") {
  House house(two_offices());
  house.clock.begin(CivilTime{kMorning}, LedgerTime{500});
  CHECK(house.open(0, 500).empty());  // no battery: 1970
  CHECK(house.opener.problem().find("trust_clock") != std::string::npos);
  CHECK(house.open(kMorning + 500 * kDay, 500).empty());
  CHECK_FALSE(house.opener.problem().empty());
  // The engine was closed for two months, and the clock is set at last.
  CHECK(house.open(kMorning + 60 * kDay, 5000).size() == 6);
  CHECK(house.opener.problem().empty());
  // From here on ledger time counts.
  CHECK(house.open(kMorning + 70 * kDay, 6000).empty());
}

TEST_CASE("day opener: days that passed while nobody looked stay closed") {
  House house(two_offices());
  house.open(kMorning);
  const std::int32_t later = kFirst + 5;
  CHECK(
      house.open(kMorning + 5 * 24 * kHour) ==
      Days{{0, later}, {0, later + 1}, {0, later + 2}, {1, later}, {1, later + 1}, {1, later + 2}});
}

TEST_CASE("day opener: no day after a lane's last one") {
  House house(two_offices(Day{kFirst + 1}));
  CHECK(house.open(kMorning) == Days{{0, kFirst}, {0, kFirst + 1}, {1, kFirst}, {1, kFirst + 1}});
  CHECK(house.open(kMorning + 24 * kHour).empty());
}

TEST_CASE("day opener: what there are no blocks for is opened in a later round, once") {
  House house(two_offices());
  std::vector<std::uint32_t> taken;
  while (house.blocks.large_left() > 4) taken.push_back(house.blocks.take_large());
  CHECK(house.opener.open_due(CivilTime{kMorning}, LedgerTime{}));
  CHECK(house.opener.unfinished());
  CHECK(house.write().size() == 4);
  // In the same second: unfinished work doesn't wait for the next one.
  CHECK_FALSE(house.opener.open_due(CivilTime{kMorning}, LedgerTime{}));
  CHECK(house.write() == Days{{1, kFirst + 1}, {1, kFirst + 2}});
  CHECK_FALSE(house.opener.unfinished());
  CHECK(house.opener.opened() == 6);
}

TEST_CASE("day opener: a day without room is left out, counted and said") {
  House house(two_offices(), 7);  // three days of two slots, and half of one
  CHECK(house.open(kMorning).size() == 3);
  CHECK(house.opener.not_opened() == 3);
  CHECK(house.opener.lacks_slots());
  CHECK(house.opener.problem().find("lane 1") != std::string::npos);
  CHECK(house.opener.problem().find("slots_max") != std::string::npos);
}

TEST_CASE("day opener: a day whose row an old one has is left out, counted and said") {
  House house(two_offices(), 1000, 4);
  house.open(kMorning);
  CHECK(house.open(kMorning + kDay) == Days{{0, kFirst + 3}, {1, kFirst + 3}});
  CHECK(house.opener.not_opened() == 0);
  CHECK(house.open(kMorning + 2 * kDay).empty());
  CHECK(house.opener.not_opened() == 2);
  CHECK_FALSE(house.opener.lacks_slots());
  CHECK(house.opener.problem().find("can't be opened") != std::string::npos);
  CHECK(house.opener.problem().find("open it again") != std::string::npos);
}

TEST_CASE("day opener: rows that run out are warned of a month before") {
  House house(two_offices(), 1000, 64);
  // Rows for 64 days, three of them open: 61 more, of which the next 30 are looked at.
  for (int day = 0; day <= 31; ++day) house.open(kMorning + day * kDay);
  CHECK(house.opener.problem().empty());
  house.open(kMorning + 32 * kDay);
  CHECK(house.opener.problem().find("in 30 days lane ") != std::string::npos);
  CHECK(house.opener.not_opened() == 0);
  for (int day = 33; day <= 61; ++day) house.open(kMorning + day * kDay);
  CHECK(house.opener.problem().find("in 1 days lane ") != std::string::npos);
  CHECK(house.opener.not_opened() == 0);
  house.open(kMorning + 62 * kDay);
  CHECK(house.opener.not_opened() == 2);
}

TEST_CASE("day opener: slots that run out are warned of two weeks before") {
  // Two lanes with two slots a day: three days, the two weeks behind them, and three more days.
  House house(two_offices(), 4 * (kHorizon + DayOpener::kSlotsAheadDays + 3));
  for (int day = 0; day <= 3; ++day) house.open(kMorning + day * kDay);
  CHECK(house.opener.problem().empty());
  house.open(kMorning + 4 * kDay);
  CHECK(house.opener.problem().find("slots_max") != std::string::npos);
  CHECK(house.opener.not_opened() == 0);
  for (int day = 5; day <= 17; ++day) house.open(kMorning + day * kDay);
  CHECK(house.opener.not_opened() == 0);
  house.open(kMorning + 18 * kDay);
  CHECK(house.opener.not_opened() == 2);
}

TEST_CASE("day opener: a lane that the catalogue lost opens nothing") {
  House house(two_offices());
  REQUIRE(house.days.set_lane(LaneId{0}, {}));
  CHECK(house.open(kMorning).size() == 3);
}

TEST_CASE("day opener: a day that was left out is opened when another one makes room") {
  House house(two_offices(), 6);  // three days of two slots
  CHECK(house.open(kMorning) == Days{{0, kFirst}, {0, kFirst + 1}, {0, kFirst + 2}});
  CHECK(house.opener.not_opened() == 3);
  CHECK(house.open(kMorning + 1000).empty());
  CHECK(house.opener.not_opened() == 3);  // not tried again and again
  house.days.forget_day(LaneId{0}, Day{kFirst});
  CHECK(house.open(kMorning + 2000) == Days{{1, kFirst}});
  CHECK(house.opener.not_opened() == 5);
}

TEST_CASE("day opener: many that were left out are opened in more rounds than one") {
  House house(two_offices(), 6);
  house.open(kMorning);
  for (int d = 0; d < kHorizon; ++d) house.days.forget_day(LaneId{0}, Day{kFirst + d});
  std::vector<std::uint32_t> taken;
  while (house.blocks.large_left() > 2) taken.push_back(house.blocks.take_large());
  CHECK(house.open(kMorning + 1000) == Days{{1, kFirst}, {1, kFirst + 1}});
  CHECK(house.opener.unfinished());
  CHECK(house.open(kMorning + 1000) == Days{{1, kFirst + 2}});
  CHECK_FALSE(house.opener.unfinished());
}

TEST_CASE("day opener: no day that was archived is opened, nor one before it") {
  House house(two_offices());
  house.open(kMorning + kDay, 0);
  house.days.forget_day(LaneId{0}, Day{kFirst + 1});
  // By now the clock says that the day before is today.
  CHECK(house.open(kMorning + kHour, kHour) == Days{{1, kFirst}});
  house.days.begin_serving();
  House fresh(two_offices());
  CHECK(fresh.open(kMorning + kHour, kHour).size() == 6);
}

TEST_CASE("day opener: a warning ends when days that were archived make room") {
  House house(two_offices(), 1000, 64);
  for (int day = 0; day <= 32; ++day) house.open(kMorning + day * kDay);
  CHECK(house.opener.problem().find("will have no row") != std::string::npos);
  for (const std::uint32_t lane : {0U, 1U}) house.days.forget_day(LaneId{lane}, Day{kFirst});
  house.open(kMorning + 32 * kDay + 1000);
  CHECK(house.opener.problem().empty());
}

TEST_CASE("day opener: each day at the time that the rule names") {
  House house(two_offices(kLastPlannedDay, {ReleaseRule::Kind::daily, 9 * 60, 0, 0}));
  // 08:00 in Kuala Lumpur: the last day of the horizon comes at nine. Midnight in London: likewise.
  CHECK(house.open(kMorning) == Days{{0, kFirst}, {0, kFirst + 1}, {1, kFirst}, {1, kFirst + 1}});
  CHECK(house.open(kMorning + kHour - 1).empty());
  CHECK(house.open(kMorning + kHour) == Days{{0, kFirst + 2}});
  CHECK(house.open(kMorning + 9 * kHour - 1).empty());
  CHECK(house.open(kMorning + 9 * kHour) == Days{{1, kFirst + 2}});
  // A new day begins without one.
  CHECK(house.open(kMorning + 25 * kHour - 1).empty());
  CHECK(house.open(kMorning + 25 * kHour) == Days{{0, kFirst + 3}});
}

TEST_CASE("day opener: a whole week at once, two weeks before it begins") {
  constexpr int kWeekday = 0;
  House house(two_offices(kLastPlannedDay, {ReleaseRule::Kind::weekly, 8 * 60, kWeekday, 2}, 21));
  const std::int32_t monday = kFirst - (kFirst + 3) % 7;
  const std::int64_t eight = kMorning + (monday + 7 - kFirst) * kDay;  // in Kuala Lumpur
  const auto days_of = [](std::uint32_t lane, std::int32_t first, std::int32_t end) {
    Days days;
    for (std::int32_t day = first; day < end; ++day) days.emplace(lane, day);
    return days;
  };
  // In London it is still Sunday.
  Days before = days_of(0, monday + 7, monday + 21);
  before.merge(days_of(1, monday + 6, monday + 21));
  CHECK(house.open(eight - 1) == before);
  CHECK(house.open(eight) == days_of(0, monday + 21, monday + 28));
  CHECK(house.open(eight + 8 * kHour - 1).empty());
  CHECK(house.open(eight + 8 * kHour) == days_of(1, monday + 21, monday + 28));
  CHECK(house.open(eight + 7 * kDay - 1).empty());
  CHECK(house.open(eight + 7 * kDay) == days_of(0, monday + 28, monday + 35));
}
