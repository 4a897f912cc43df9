// The default catalogue: its counts are a contract (the rules are in its README).
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include <janji/catalogue.hpp>

#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

using namespace janji;
using janji::test::day_at;

std::shared_ptr<const Catalogue> malaysia() {
  static const auto catalogue = [] {
    std::vector<CatalogueIssue> issues;
    auto loaded = Catalogue::load(janji::test::malaysia_directory(), &issues);
    for (const CatalogueIssue& issue : issues) UNSCOPED_INFO(to_string(issue));
    REQUIRE(loaded.ok());
    REQUIRE(issues.empty());
    return std::move(loaded).value();
  }();
  return catalogue;
}

std::string service_of(const Catalogue& catalogue, std::uint32_t lane) {
  return catalogue.services()[catalogue.lanes()[lane].service].id;
}

std::uint64_t seats_of(const DayPlan& plan) {
  std::uint64_t seats = 0;
  for (const SlotPlan& slot : plan.slots) seats += slot.capacity;
  return seats;
}

TEST_CASE("malaysia: 90 days from 2026-11-22 have 179 lanes, 442,074 slots, 1,059,324 seats") {
  const auto catalogue = malaysia();
  const Day first = day_at(2026, 11, 22);
  std::uint64_t slots = 0, seats = 0;
  for (std::uint32_t lane = 0; lane < catalogue->lanes().size(); ++lane) {
    for (int d = 0; d < 90; ++d) {
      const DayPlan plan = catalogue->plan(lane, Day{first.value + d});
      slots += plan.slots.size();
      seats += seats_of(plan);
      REQUIRE(plan.slots.size() <= catalogue->max_slots(lane));
    }
  }
  CHECK(catalogue->branches().size() == 86);
  CHECK(catalogue->services().size() == 10);
  CHECK(catalogue->states().size() == 16);
  CHECK(catalogue->lanes().size() == 179);
  CHECK(slots == 442'074);
  CHECK(seats == 1'059'324);
}

TEST_CASE("malaysia: passports and UTC services have about 10,000 seats on a Tuesday") {
  const auto catalogue = malaysia();
  std::uint64_t seats = 0;
  for (std::uint32_t lane = 0; lane < catalogue->lanes().size(); ++lane) {
    const std::string service = service_of(*catalogue, lane);
    if (service != "keselamatan-pasport" && service != "perkhidmatan-utc") continue;
    seats += seats_of(catalogue->plan(lane, day_at(2026, 11, 24)));
  }
  CHECK(seats == 10'212);
}

TEST_CASE("malaysia: offices offer what their kind offers") {
  const auto catalogue = malaysia();
  const auto offers = [&](std::string_view branch) {
    const auto index = catalogue->find_branch(branch);
    REQUIRE(index);
    std::set<std::string> ids;
    for (const std::uint32_t s : catalogue->services_at(*index)) {
      ids.insert(catalogue->services()[s].id);
    }
    return ids;
  };
  using Ids = std::set<std::string>;
  CHECK(offers("jalan-duta") == Ids{"keselamatan-pasport", "visa-pas-permit", "pekerja-asing",
                                    "operasi-siasatan-pendakwaan"});
  CHECK(offers("putrajaya") == Ids{"keselamatan-pasport", "visa-pas-permit", "pekerja-asing",
                                   "operasi-siasatan-pendakwaan", "khidmat-ekspatriat"});
  CHECK(offers("muar") == Ids{"keselamatan-pasport", "visa-pas-permit"});
  CHECK(offers("utc-miri") == Ids{"perkhidmatan-utc"});
  CHECK(offers("klia") == Ids{"keselamatan-pasport"});
  CHECK(offers("kuching-jalan-pending") == Ids{"operasi-siasatan-pendakwaan"});
}

TEST_CASE("malaysia: ended programmes are listed without lanes") {
  const auto catalogue = malaysia();
  std::map<std::string, int> lanes;
  for (const Service& service : catalogue->services()) lanes[service.id] = 0;
  for (std::uint32_t l = 0; l < catalogue->lanes().size(); ++l) ++lanes[service_of(*catalogue, l)];
  for (const char* ended : {"rekalibrasi-tenaga-kerja", "rekalibrasi-tenaga-kerja-2",
                            "rekalibrasi-pulang", "repatriasi-migran"}) {
    CHECK(lanes.at(ended) == 0);
  }
  CHECK(lanes.at("khidmat-ekspatriat") == 1);
  CHECK(lanes.at("perkhidmatan-utc") == 23);
}

TEST_CASE("malaysia: capacity follows the published volume of an office, else its kind's") {
  const auto catalogue = malaysia();
  const auto capacity = [&](std::string_view key) {
    const auto lane = catalogue->find_lane(key);
    REQUIRE(lane);
    return catalogue->lanes()[*lane].capacity;
  };
  CHECK(capacity("kelana-jaya/keselamatan-pasport/general") == 11);  // 450 over 40 slots
  CHECK(capacity("kelana-jaya/visa-pas-permit/general") == 6);       // half of it
  CHECK(capacity("muar/keselamatan-pasport/general") == 2);          // 100 over 40
  CHECK(capacity("jalan-duta/keselamatan-pasport/general") == 5);    // 200 over 40
  CHECK(capacity("jalan-duta/operasi-siasatan-pendakwaan/general") == 1);
  CHECK(capacity("putrajaya/khidmat-ekspatriat/general") == 5);
  CHECK(capacity("klia/keselamatan-pasport/general") == 5);    // 182 over 36
  CHECK(capacity("kangar/keselamatan-pasport/general") == 1);  // 25 over 32
}

TEST_CASE("malaysia: a day is closed by a holiday of its state or by the weekly rest day") {
  const auto catalogue = malaysia();
  const auto plan = [&](std::string_view key, Day day) {
    return catalogue->plan(catalogue->find_lane(key).value(), day);
  };
  const DayPlan christmas = plan("jalan-duta/keselamatan-pasport/general", day_at(2026, 12, 25));
  CHECK(christmas.closure == Closure::holiday);
  CHECK(christmas.reason == "Christmas Day");
  // Both offices' state weekends differ: Friday in Kedah, Sunday in Kuala Lumpur.
  CHECK(plan("alor-setar/keselamatan-pasport/general", day_at(2026, 11, 27)).closure ==
        Closure::rest_day);
  CHECK(plan("alor-setar/keselamatan-pasport/general", day_at(2026, 11, 29)).slots.size() == 32);
  CHECK(plan("jalan-duta/keselamatan-pasport/general", day_at(2026, 11, 29)).closure ==
        Closure::rest_day);
  // 08:00 to 19:00 without an hour for lunch: 40 slots from minute 480.
  const DayPlan tuesday = plan("jalan-duta/keselamatan-pasport/general", day_at(2026, 11, 24));
  REQUIRE(tuesday.slots.size() == 40);
  CHECK(tuesday.slots.front().start == Minute{480});
  CHECK(tuesday.slots.back().start == Minute{1125});
}

TEST_CASE("malaysia: names in three languages, rules within their bounds") {
  const auto catalogue = malaysia();
  for (const Service& service : catalogue->services()) {
    CHECK_FALSE(service.name.ms.empty());
    CHECK_FALSE(service.name.en.empty());
    CHECK_FALSE(service.name.id.empty());
    CHECK(service.categories != 0);
    CHECK(service.rules.hold_ms == 600'000);
    CHECK(service.rules.lead_ms == 1'800'000);
    CHECK(service.rules.horizon_days == 90);
    CHECK(service.rules.scope == scope_id(service.id));
    CHECK(service.rules.required_details == std::vector<std::string>{"name", "phone"});
  }
  const Service& passport =
      catalogue->services()[catalogue->find_service("keselamatan-pasport").value()];
  CHECK(passport.name.id == "Divisi Keamanan dan Paspor");
  CHECK(passport.rules.seats_max == 4);
  CHECK(passport.allows(Category::citizen));
  CHECK_FALSE(passport.allows(Category::foreigner));
}

TEST_CASE("malaysia: warns of bookable days past the known holidays, and serves them") {
  const auto catalogue = malaysia();
  CHECK(catalogue->holidays_until() == day_at(2027, 12, 31));
  CHECK(catalogue->check_holidays(day_at(2027, 10, 3)).empty());  // the last day is 31 December
  const auto warnings = catalogue->check_holidays(day_at(2027, 10, 4));
  CHECK(warnings.size() == 16);
  CHECK(warnings[0].warning);
  CHECK_THAT(to_string(warnings[0]),
             Catch::Contains("2028-01-01") && Catch::Contains("2027-12-31"));
  const auto lane = catalogue->find_lane("jalan-duta/keselamatan-pasport/general").value();
  CHECK(catalogue->plan(lane, day_at(2028, 1, 3)).status == DayPlan::Status::open);
  CHECK_FALSE(catalogue->check_holidays(Day{2'000'000'000}).empty());
}

}  // namespace
