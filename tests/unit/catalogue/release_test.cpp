// When days are opened for booking: by rule, by the clocks of the office.
#include <chrono>
#include <string>

#include <catch2/catch.hpp>
#include <janji/catalogue_builder.hpp>

#include "catalogue/release.hpp"
#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

using namespace janji;
using janji::test::day_at;
using janji::test::SmallCatalogue;
using Kind = ReleaseRule::Kind;

constexpr int kHorizon = 30;

std::shared_ptr<const Catalogue> office(const ReleaseRule& rule, const std::string& zone,
                                        int horizon = kHorizon) {
  UniformCatalogue spec;
  spec.timezone = zone;
  spec.rules.horizon_days = horizon;
  spec.release = rule;
  return make_uniform_catalogue(spec).value();
}

ReleaseRule rule_of(const std::string& text) {
  const auto rule = catalogue::parse_release(text);
  REQUIRE(rule);
  return *rule;
}

// "2026-11-23 08:00": UTC.
CivilTime utc(int year, unsigned month, unsigned day, int hour, int minute = 0) {
  return CivilTime{((day_at(year, month, day).value * 24LL + hour) * 60 + minute) * 60'000};
}

}  // namespace

TEST_CASE("release: the words of a rule") {
  CHECK(rule_of("midnight") == ReleaseRule{});
  CHECK(rule_of("daily 00:00") == ReleaseRule{});
  CHECK(rule_of("daily 08:30") == ReleaseRule{Kind::daily, 510, 0, 0});
  CHECK(rule_of("weekly mon 08:00 2") == ReleaseRule{Kind::weekly, 480, 0, 2});
  CHECK(rule_of("weekly sun 23:59 1") == ReleaseRule{Kind::weekly, 1439, 6, 1});
  for (const char* text :
       {"", "noon", "midnight ", "daily", "daily 24:00", "daily 08:00 1", "weekly",
        "weekly mon 08:00", "weekly monday 08:00 2", "weekly mon 08:00 2 ", "weekly mon 08:00 x",
        "weekly mon 08:00 -1", "weekly mon 08:00 300", "weekly  mon 08:00 2"}) {
    INFO(text);
    CHECK_FALSE(catalogue::parse_release(text));
  }
}

TEST_CASE("release: on Mondays at eight, the week after next") {
  const auto made = office(rule_of("weekly mon 08:00 2"), "Asia/Kuala_Lumpur");
  // Monday the 23rd at eight is midnight by UTC. The week after next begins on 7 December.
  CHECK(made->last_released(0, CivilTime{utc(2026, 11, 23, 0).value - 1}) == day_at(2026, 12, 6));
  CHECK(made->last_released(0, utc(2026, 11, 23, 0)) == day_at(2026, 12, 13));
  CHECK(made->last_released(0, utc(2026, 11, 29, 15, 59)) == day_at(2026, 12, 13));
  CHECK(made->last_released(0, utc(2026, 11, 29, 16)) == day_at(2026, 12, 13));
  CHECK(made->last_released(0, utc(2026, 11, 30, 0)) == day_at(2026, 12, 20));
  for (unsigned day = 7; day <= 13; ++day) {
    CHECK(made->releases_at(0, day_at(2026, 12, day)) == utc(2026, 11, 23, 0));
  }
  CHECK(made->releases_at(0, day_at(2026, 12, 14)) == utc(2026, 11, 30, 0));
}

TEST_CASE("release: each day at a time, the day at the end of the horizon") {
  const auto made = office(rule_of("daily 09:30"), "Asia/Kuala_Lumpur");
  CHECK(made->releases_at(0, day_at(2026, 12, 30)) == utc(2026, 12, 1, 1, 30));
  CHECK(made->last_released(0, CivilTime{utc(2026, 12, 1, 1, 30).value - 1}) ==
        day_at(2026, 12, 29));
  CHECK(made->last_released(0, utc(2026, 12, 1, 1, 30)) == day_at(2026, 12, 30));
}

TEST_CASE("release: where the clock jumps") {
  // London, 2027: 01:00 to 02:00 is skipped on 28 March, and repeated on 31 October.
  const auto skipped = office(rule_of("daily 01:30"), "Europe/London", 1);
  CHECK(skipped->releases_at(0, day_at(2027, 3, 28)) == utc(2027, 3, 28, 1));
  CHECK(skipped->releases_at(0, day_at(2027, 10, 31)) == utc(2027, 10, 31, 0, 30));
  const auto behind = office(rule_of("daily 08:00"), "Europe/London", 1);
  CHECK(behind->releases_at(0, day_at(2027, 3, 27)) == utc(2027, 3, 27, 8));
  CHECK(behind->releases_at(0, day_at(2027, 3, 28)) == utc(2027, 3, 28, 7));
  CHECK(behind->releases_at(0, day_at(2027, 10, 31)) == utc(2027, 10, 31, 8));
}

TEST_CASE("release: a day is released from the moment on that is told, and not before") {
  for (const char* zone : {"Asia/Kuala_Lumpur", "Europe/London", "America/New_York"}) {
    for (const char* text :
         {"midnight", "daily 01:30", "daily 02:30", "daily 23:59", "weekly mon 08:00 2",
          "weekly sun 01:30 1", "weekly wed 00:00 3", "weekly sun 23:59 3"}) {
      const auto made = office(rule_of(text), zone);
      INFO(zone << ", " << text);
      const std::int32_t first = day_at(2027, 1, 1).value;
      for (std::int32_t day = first; day < first + 400; ++day) {
        const CivilTime at = made->releases_at(0, Day{day});
        REQUIRE(made->last_released(0, at) >= Day{day});
        REQUIRE(made->last_released(0, CivilTime{at.value - 1}) < Day{day});
        // Within the horizon, or nobody could book it.
        REQUIRE(made->last_released(0, at).value < made->local_day(0, at).value + kHorizon);
      }
    }
  }
}

TEST_CASE("release: of a service and an office, and no further than the horizon") {
  const auto of = [](const std::string& rows) {
    SmallCatalogue files;
    files.put("schedule.csv",
              "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,"
              "horizon_days,seats_max,release\n"
              ",,,30,3,60,0,30,2,daily 07:00\n" +
                  rows);
    return files.complaints();
  };
  CHECK(of("").empty());
  CHECK(of(",,port,,,,,,,weekly mon 08:00 2\n").empty());
  CHECK(of("pass,,,,,,,20,,weekly tue 08:00 2\n").empty());
  CHECK(of(",,port,,,,,,,on Mondays\n") ==
        "schedule.csv:3: release \"on Mondays\": no such rule. Write midnight, daily HH:MM, or "
        "weekly, a weekday (mon to sun), HH:MM and how many weeks ahead, e.g. weekly mon 08:00 "
        "2.\n");
  CHECK(of("pass,,,,,,,20,,weekly mon 08:00 2\n") ==
        "schedule.csv: release \"pass at town\": releases days past the horizon of 20 days: "
        "horizon_days must be 21 at least. Raise horizon_days of the service, or release fewer "
        "weeks ahead.\n"
        "schedule.csv: release \"pass at port\": releases days past the horizon of 20 days: "
        "horizon_days must be 21 at least. Raise horizon_days of the service, or release fewer "
        "weeks ahead.\n");
  CHECK(of(",,port,,,,,,,weekly mon 08:00 53\n").find("weeks out of bounds: 1 to 52") !=
        std::string::npos);
  CHECK(of(",,port,,,,,,,weekly mon 08:00 0\n").find("weeks out of bounds: 1 to 52") !=
        std::string::npos);

  SmallCatalogue files;
  files.put("schedule.csv",
            "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,"
            "horizon_days,seats_max,release\n"
            ",,,30,3,60,0,30,2,daily 07:00\n"
            ",,port,,,,,,,weekly mon 08:00 2\n");
  const auto loaded = files.load();
  REQUIRE(loaded.ok());
  const auto lane = [&](const char* key) {
    return (*loaded)->lanes()[(*loaded)->find_lane(key).value()].release;
  };
  CHECK(lane("town/pass/general") == rule_of("daily 07:00"));
  CHECK(lane("port/pass/general") == rule_of("weekly mon 08:00 2"));
}

TEST_CASE("tranches: the words of a rule") {
  using Tranches = std::vector<Tranche>;
  CHECK(catalogue::parse_tranches("none") == Tranches{});
  CHECK(catalogue::parse_tranches("50 daily 08:00 7") == Tranches{{50, 480, 7}});
  CHECK(catalogue::parse_tranches("50 daily 08:00 7; 20 daily 23:59 0") ==
        Tranches{{50, 480, 7}, {20, 1439, 0}});
  CHECK(catalogue::parse_tranches("1 daily 00:00 1;2 daily 00:00 2")->size() == 2);
  for (const char* text :
       {"", "half", "50", "50 daily 08:00", "50 weekly 08:00 7", "50 daily 24:00 7", "50 daily 8 7",
        "50% daily 08:00 7", "300 daily 08:00 7", "-1 daily 08:00 7", "50 daily 08:00 -7",
        "50 daily 08:00 7 ", "50 daily 08:00 7;", "50 daily 08:00 70000", "none; none"}) {
    INFO(text);
    CHECK_FALSE(catalogue::parse_tranches(text));
  }
}

TEST_CASE("tranches: what is kept back of each slot, and until when") {
  UniformCatalogue spec;
  spec.timezone = "Europe/London";
  spec.capacity = 10;
  spec.rules.horizon_days = kHorizon;
  spec.tranches = {{25, 480, 7}, {5, 480, 6}, {49, 90, 1}};
  const auto made = make_uniform_catalogue(spec).value();
  // Of ten seats a quarter is two, a twentieth none, and 49 percent are four. Clocks went forward
  // at one, on 28 March: 01:30 comes at one by UTC.
  const Day day = day_at(2027, 3, 29);
  const auto check = [&](CivilTime at, std::uint16_t seats, CivilTime until) {
    const KeptBack kept = made->kept_back(0, day, at);
    CHECK(kept.seats == seats);
    CHECK(kept.until == until);
  };
  const CivilTime first = utc(2027, 3, 22, 8), second = utc(2027, 3, 28, 1);
  check(utc(2027, 3, 1, 0), 6, first);
  check(CivilTime{first.value - 1}, 6, first);
  check(first, 4, second);
  check(CivilTime{second.value - 1}, 4, second);
  check(second, 0, CivilTime{});
  const auto without = office(ReleaseRule{}, "Europe/London");
  CHECK(without->kept_back(0, day, first).seats == 0);
}

TEST_CASE("tranches: of a service and an office, in bounds") {
  const auto of = [](const std::string& cell) {
    SmallCatalogue files;
    files.put("schedule.csv",
              "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,"
              "horizon_days,seats_max,tranches\n"
              ",,,30,3,60,0,30,2,34 daily 08:00 7\n"
              "pass,,port,,,,,,," +
                  cell + "\n");
    return files.complaints();
  };
  CHECK(of("").empty());
  CHECK(of("none").empty());
  CHECK(of("99 daily 08:00 29").empty());
  CHECK(
      of("50 days before") ==
      "schedule.csv:3: tranches \"50 days before\": no such rule. Write none, or how many percent, "
      "daily, HH:MM and how many days before, with ; between several, e.g. 50 daily 08:00 7.\n");
  const auto refused = [&](const std::string& cell, const std::string& why) {
    CHECK(of(cell) == "schedule.csv: tranches \"pass at port\": " + why +
                          ". Keep back less, or until later.\n");
  };
  refused("0 daily 08:00 7", "percent out of bounds: 1 to 99");
  refused("60 daily 08:00 7; 40 daily 08:00 1", "100 percent are kept back together: 99 at most");
  refused("50 daily 08:00 30",
          "seats are kept back until 30 days before, past the horizon of 30 days: they must come "
          "out later than the day is opened");
  std::string many = "1 daily 08:00 1";
  for (int i = 0; i < 8; ++i) many += "; 1 daily 08:00 1";
  refused(many, "more than 8 of one lane");

  SmallCatalogue files;
  files.put("schedule.csv",
            "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,"
            "horizon_days,seats_max,tranches\n"
            ",,,30,3,60,0,30,2,34 daily 08:00 7\n"
            ",,port,,,,,,,none\n");
  const auto loaded = files.load();
  REQUIRE(loaded.ok());
  const auto lane = [&](const char* key) {
    return (*loaded)->lanes()[(*loaded)->find_lane(key).value()].tranches;
  };
  CHECK(lane("town/pass/general") == std::vector<Tranche>{{34, 480, 7}});
  CHECK(lane("port/pass/general").empty());

  UniformCatalogue spec;
  spec.rules.horizon_days = 3;
  spec.tranches = {{50, 1440, 1}};
  CHECK(make_uniform_catalogue(spec).error().detail == "lane 0: tranches: no such time of day");
}
