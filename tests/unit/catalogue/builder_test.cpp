#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <janji/catalogue_builder.hpp>

#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

using namespace janji;
using janji::test::day_at;

Branch office(const std::string& id, const std::string& zone) {
  return {id, "Office " + id, "North", "N-1", "hq", "Town", zone};
}

Service service(const std::string& id) {
  Service result;
  result.id = id;
  result.name = {id, id, id};
  result.categories = category_bit(Category::citizen);
  return result;
}

// One office that is open from Monday to Friday, 00:00 to 06:00.
struct OneOffice {
  CatalogueBuilder builder;
  CatalogueBuilder::Lane lane;

  explicit OneOffice(const std::string& zone) {
    OpeningWeek week = OpeningWeek::every_day(0, 360);
    week.days[5].open.clear();
    lane.branch = builder.add_branch(office("a", zone));
    lane.service = builder.add_service(service("s"));
    lane.week = builder.add_week(std::move(week));
    lane.slot_minutes = 30;
    lane.capacity = 2;
  }
  std::shared_ptr<const Catalogue> build() {
    builder.add_lane(lane);
    auto built = builder.build();
    if (!built) FAIL(built.error().detail);
    return std::move(built).value();
  }
};

TEST_CASE("builder: a lane is found by its parts and by its key") {
  OneOffice parts("Asia/Kuala_Lumpur");
  parts.builder.add_branch(office("b", "Asia/Kuching"));
  const auto catalogue = parts.build();
  REQUIRE(catalogue->lanes().size() == 1);
  CHECK(catalogue->lanes()[0].key == "a/s/general");
  CHECK(catalogue->find_branch("a") == 0);
  CHECK(catalogue->find_branch("b") == 1);
  CHECK_FALSE(catalogue->find_branch("c"));
  CHECK(catalogue->find_service("s") == 0);
  CHECK_FALSE(catalogue->find_service(""));
  CHECK(catalogue->find_lane(0, 0, Pool::general) == 0);
  CHECK_FALSE(catalogue->find_lane(1, 0, Pool::general));
  CHECK_FALSE(catalogue->find_lane(0, 0, Pool::kiosk));
  CHECK_FALSE(catalogue->find_lane(0, 1, Pool::general));
  CHECK(catalogue->find_lane("a/s/general") == 0);
  CHECK_FALSE(catalogue->find_lane("a/s/kiosk"));
  CHECK(catalogue->services_at(0).size() == 1);
  CHECK(catalogue->services_at(1).empty());
  REQUIRE(catalogue->states().size() == 1);
  CHECK(catalogue->states()[0].branches.size() == 2);
}

TEST_CASE("builder: equal days share their slots") {
  OneOffice parts("Asia/Kuala_Lumpur");
  CatalogueBuilder::Lane other = parts.lane;
  other.service = parts.builder.add_service(service("t"));
  parts.builder.add_lane(other);
  const auto catalogue = parts.build();
  const DayPlan monday = catalogue->plan(0, day_at(2026, 11, 23));
  const DayPlan friday = catalogue->plan(1, day_at(2027, 2, 5));
  REQUIRE(monday.slots.size() == 12);
  CHECK(monday.shape != 0);
  CHECK(monday.shape == friday.shape);
  CHECK(monday.slots.data() == friday.slots.data());
}

TEST_CASE("builder: a closed day says why") {
  OneOffice parts("Asia/Kuala_Lumpur");
  parts.lane.first_day = day_at(2026, 11, 23);
  parts.lane.last_day = day_at(2026, 12, 31);
  parts.builder.add_holiday("N-1", day_at(2026, 11, 25), "Founders' Day");
  parts.builder.add_holiday("N-1", day_at(2026, 11, 25), "Harvest");
  parts.builder.add_holiday("N-2", day_at(2026, 11, 26), "Elsewhere");
  const auto catalogue = parts.build();

  const DayPlan before = catalogue->plan(0, day_at(2026, 11, 22));
  CHECK(before.status == DayPlan::Status::closed);
  CHECK(before.closure == Closure::not_offered);
  CHECK(catalogue->plan(0, day_at(2027, 1, 1)).closure == Closure::not_offered);

  const DayPlan holiday = catalogue->plan(0, day_at(2026, 11, 25));
  CHECK(holiday.closure == Closure::holiday);
  CHECK(holiday.reason == "Founders' Day; Harvest");
  CHECK(holiday.slots.empty());
  CHECK(holiday.shape == 0);

  const DayPlan saturday = catalogue->plan(0, day_at(2026, 11, 28));
  CHECK(saturday.closure == Closure::rest_day);
  CHECK(saturday.reason == "weekly rest day");

  const DayPlan open = catalogue->plan(0, day_at(2026, 11, 26));
  CHECK(open.status == DayPlan::Status::open);
  CHECK(open.closure == Closure::none);
  CHECK(open.reason.empty());

  CHECK(catalogue->holidays_until() == day_at(2026, 12, 31));
}

// Wall times, in minutes, of the slots of a day.
std::vector<int> wall_times(const Catalogue& catalogue, Day day) {
  std::vector<int> result;
  for (const SlotPlan& slot : catalogue.plan(0, day).slots) {
    const CivilTime at = catalogue.instant(0, day, slot.start);
    const std::int64_t wall_ms = at.value + catalogue.utc_offset_seconds(0, at) * 1000LL;
    CHECK(catalogue.local_day(0, at) == day);
    result.push_back(static_cast<int>((wall_ms - day.value * 86'400'000LL) / 60'000));
  }
  return result;
}

TEST_CASE("builder: a skipped hour has no slots and a repeated one two sets") {
  OneOffice parts("Europe/London");
  const auto catalogue = parts.build();
  CHECK(wall_times(*catalogue, day_at(2027, 3, 28)) ==
        std::vector<int>{0, 30, 120, 150, 180, 210, 240, 270, 300, 330});
  CHECK(wall_times(*catalogue, day_at(2026, 10, 25)) ==
        std::vector<int>{0, 30, 60, 90, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330});
  CHECK(wall_times(*catalogue, day_at(2026, 10, 26)).size() == 12);
  CHECK(catalogue->max_slots(0) == 14);
}

TEST_CASE("builder: slots after a skipped midnight begin with the day") {
  OneOffice parts("America/Santiago");
  const auto catalogue = parts.build();
  const Day day = day_at(2026, 9, 6);
  CHECK(wall_times(*catalogue, day) ==
        std::vector<int>{60, 90, 120, 150, 180, 210, 240, 270, 300, 330});
  CHECK(catalogue->plan(0, day).slots[0].start == Minute{0});
}

TEST_CASE("builder: refuses what can't be, by name") {
  const auto refusal = [](auto change) {
    OneOffice parts("Asia/Kuala_Lumpur");
    change(parts);
    parts.builder.add_lane(parts.lane);
    const auto built = parts.builder.build();
    REQUIRE(built.code() == Code::invalid_argument);
    return built.error().detail;
  };
  using Catch::Contains;
  CHECK_THAT(refusal([](OneOffice& o) { o.lane.branch = 9; }), Contains("no such branch"));
  CHECK_THAT(refusal([](OneOffice& o) { o.lane.service = 9; }), Contains("no such service"));
  CHECK_THAT(refusal([](OneOffice& o) { o.lane.week = 9; }), Contains("no such week"));
  CHECK_THAT(refusal([](OneOffice& o) { o.lane.capacity = 0; }), Contains("capacity"));
  CHECK_THAT(refusal([](OneOffice& o) { o.lane.capacity = 5000; }), Contains("capacity"));
  CHECK_THAT(refusal([](OneOffice& o) { o.lane.slot_minutes = 0; }), Contains("slot_minutes"));
  CHECK_THAT(refusal([](OneOffice& o) { o.lane.pool = static_cast<Pool>(9); }), Contains("pool"));
  CHECK_THAT(refusal([](OneOffice& o) { o.lane.last_day = Day{0}; }), Contains("last_day"));
  CHECK_THAT(refusal([](OneOffice& o) { o.builder.add_lane(o.lane); }),
             Contains("a/s/general twice"));
  CHECK_THAT(refusal([](OneOffice& o) { o.builder.add_branch(office("a", "UTC")); }),
             Contains("\"a\" twice"));
  CHECK_THAT(refusal([](OneOffice& o) { o.builder.add_branch(office("A b", "UTC")); }),
             Contains("not an id"));
  CHECK_THAT(refusal([](OneOffice& o) { o.builder.add_branch(office("c", "Mars/Base")); }),
             Contains("Mars/Base"));
  CHECK_THAT(refusal([](OneOffice& o) { o.builder.add_service(service("s")); }),
             Contains("\"s\" twice"));
  CHECK_THAT(refusal([](OneOffice& o) {
               Service bad = service("x");
               bad.rules.hold_ms = 0;
               o.builder.add_service(bad);
             }),
             Contains("hold_ms"));
  CHECK_THAT(refusal([](OneOffice& o) {
               OpeningWeek week = OpeningWeek::every_day(0, 60);
               week.days[2].breaks.push_back({30, 90});
               o.builder.add_week(week);
             }),
             Contains("week 1"));
  CHECK_THAT(refusal([](OneOffice& o) {
               o.lane.week = o.builder.add_week(OpeningWeek::every_day(0, 1440));
               o.lane.slot_minutes = 2;
             }),
             Contains("720 slots"));
}

TEST_CASE("builder: two scopes on one number are refused") {
  // Found by search: FNV-1a, folded to 16 bits.
  std::string first, second;
  std::map<std::uint16_t, std::string> seen;
  for (int i = 0; second.empty(); ++i) {
    const std::string name = "scope-" + std::to_string(i);
    const auto [known, added] = seen.emplace(scope_id(name).value, name);
    if (!added) first = known->second, second = name;
  }
  CatalogueBuilder builder;
  Service a = service("a"), b = service("b");
  a.rules.scope_name = first;
  b.rules.scope_name = second;
  builder.add_service(a);
  builder.add_service(b);
  CHECK_THAT(builder.build().error().detail, Catch::Contains(first) && Catch::Contains(second));
}

TEST_CASE("builder: stages of a progress that can't be told apart are refused") {
  const auto words = [](std::vector<std::string> stages) {
    UniformCatalogue spec;
    spec.progress = std::move(stages);
    const auto built = make_uniform_catalogue(spec);
    return built.ok() ? std::string() : built.error().detail;
  };
  CHECK(words({"received", "ready"}).empty());
  CHECK(words({"ready", "ready"}) == "service s: progress \"ready\" twice");
  CHECK(words({"Ready"}) == "service s: progress \"Ready\": not a name");
  CHECK(words({""}) == "service s: progress \"\": not a name");
  CHECK(words(std::vector<std::string>(9, "x")) == "service s: progress has more than 8 stages");
}

TEST_CASE("builder: two stages on one number are refused, in two services too") {
  std::map<std::uint32_t, std::string> seen;
  std::string first, second;
  for (int i = 0; second.empty(); ++i) {
    const std::string name = "stage_" + std::to_string(i);
    const auto [known, added] = seen.emplace(progress_id(name).value, name);
    if (!added) first = known->second, second = name;
  }
  CatalogueBuilder builder;
  Service one = service("one"), other = service("other");
  one.progress = {first};
  other.progress = {second};
  builder.add_service(one);
  builder.add_service(other);
  CHECK(builder.build().error().detail ==
        "stages \"" + first + "\" and \"" + second + "\" fall on one number: rename one");
}

TEST_CASE("builder: the number of a stage depends on its name alone and never changes") {
  CHECK(progress_id("received") == ProgressId{395845213});
  CHECK(progress_id("collected") == ProgressId{3615531893});
  for (int i = 0; i < 100'000; ++i) REQUIRE(progress_id(std::to_string(i)) != ProgressId{});
}

TEST_CASE("builder: the number of a scope depends on its name alone and never changes") {
  CHECK(scope_id("") == kNoScope);
  CHECK(scope_id("keselamatan-pasport") == ScopeId{48490});
  CHECK(scope_id("perkhidmatan-utc") == ScopeId{7911});
  for (int i = 0; i < 100'000; ++i) REQUIRE(scope_id(std::to_string(i)) != kNoScope);
}

TEST_CASE("builder: many equal lanes are cheap") {
  UniformCatalogue spec;
  spec.lanes = 20'000;
  spec.slots_per_day = 96;
  spec.rules.seats_max = 4;
  const auto built = make_uniform_catalogue(spec);
  REQUIRE(built.ok());
  const Catalogue& catalogue = **built;
  CHECK(catalogue.lanes().size() == 20'000);
  CHECK(catalogue.find_branch("b19999") == 19'999);
  const DayPlan first = catalogue.plan(0, day_at(2026, 11, 22));
  const DayPlan last = catalogue.plan(19'999, day_at(2027, 11, 22));
  CHECK(first.slots.size() == 96);
  CHECK(first.slots.data() == last.slots.data());
  CHECK(catalogue.services()[0].rules.seats_max == 4);
}

}  // namespace
