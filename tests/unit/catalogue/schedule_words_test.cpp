// What the reader of schedule.csv says, word by word: file, line, column, value and what to do.
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

using namespace janji;
using janji::test::SmallCatalogue;

constexpr char kHeader[] =
    "service_id,kind,branch_id,slot_minutes,capacity,volume_per_day,volume_percent,hold_seconds,"
    "lead_minutes,horizon_days,seats_max,scope,required_details,freed_seats,release,note\n"
    ",,,30,3,,,60,0,30,2,,,,,\n";

std::string complaints_of(const std::string& rows) {
  SmallCatalogue files;
  files.put("schedule.csv", kHeader + rows);
  return files.complaints();
}

TEST_CASE("schedule: seats are given in one of two ways") {
  CHECK(complaints_of("pass,,,,4,40,,,,,,,,,,\n") ==
        "schedule.csv:3: volume_per_day \"40\": both capacity and volume_per_day. Leave one of the "
        "two empty.\n");
  CHECK(complaints_of("pass,,,,,40,,,,,,,,,,\n").empty());
}

TEST_CASE("schedule: more seats than a slot can have") {
  CHECK(complaints_of("pass,,,,,1000000,,,,,,,,,,\n") ==
        "schedule.csv: volume_per_day \"1000000\": gives pass at town 142857 seats a slot. At most "
        "4095 are possible: lower it.\n");
}

TEST_CASE("schedule: how a booking may move is a small number, a time, and yes or no") {
  const auto of = [](const std::string& cells) {
    SmallCatalogue files;
    files.put("schedule.csv",
              "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,"
              "horizon_days,seats_max,reschedules_max,reschedule_cutoff_minutes,"
              "reschedule_elsewhere\n"
              ",,,30,3,60,0,30,2,,,\n" +
                  cells);
    return files.complaints();
  };
  CHECK(of("pass,,,,,,,,,0,0,no\n").empty());
  CHECK(of("pass,,,,,,,,,2,527040,yes\n").empty());
  CHECK(of("pass,,,,,,,,,3,,\n").find("schedule.csv:3: reschedules_max \"3\"") == 0);
  CHECK(of("pass,,,,,,,,,,527041,\n").find("schedule.csv:3: reschedule_cutoff_minutes") == 0);
  CHECK(of("pass,,,,,,,,,,,maybe\n") ==
        "schedule.csv:3: reschedule_elsewhere \"maybe\": not yes or no. Write yes or no, or leave "
        "the cell empty.\n");
  CHECK(of(",hq,,,,,,,,1,,\n") ==
        "schedule.csv:3: reschedules_max \"1\": a rule of the service in a row of an office. Move "
        "it to the row that has service_id alone.\n");
}

TEST_CASE("schedule: required details are names") {
  for (const std::string list : {"name", "name_2;phone9", "_;z;a;0;9", "none"}) {
    CAPTURE(list);
    CHECK(complaints_of("pass,,,,,,,,,,,," + list + ",,,\n").empty());
  }
  std::string many = "a";
  for (int i = 1; i < 32; ++i) many += ";a" + std::to_string(i);
  CHECK(complaints_of("pass,,,,,,,,,,,," + many + ",,,\n").empty());
  const std::string remedy =
      "not a list of names. Write up to 32 names of a to z, 0 to 9 and _ with ; between, or "
      "none.\n";
  for (const std::string list : {"Name", "a-b", "name;{", "a b", "é", "/", ":", "none;Name"}) {
    CHECK(complaints_of("pass,,,,,,,,,,,," + list + ",,,\n") ==
          "schedule.csv:3: required_details \"" + list + "\": " + remedy);
  }
  const std::string cut = many.substr(0, 80) + "...";
  CHECK(complaints_of("pass,,,,,,,,,,,," + many + ";one_more,,,\n") ==
        "schedule.csv:3: required_details \"" + cut + "\": " + remedy);
  const std::string longest(64, 'n');
  CHECK(complaints_of("pass,,,,,,,,,,,," + longest + ",,,\n").empty());
  CHECK(complaints_of("pass,,,,,,,,,,,," + longest + "n,,,\n") ==
        "schedule.csv:3: required_details \"" + longest + "n\": " + remedy);
}

TEST_CASE("schedule: when freed seats come back and days are opened") {
  CHECK(complaints_of("pass,,,,,,,,,,,,,at_once,midnight,\n").empty());
  CHECK(complaints_of("pass,,,,,,,,,,,,,later,noon,\n") ==
        "schedule.csv:3: freed_seats \"later\": no such rule. Write at_once, or after and two "
        "numbers of minutes, the least and the most, up to 1440, e.g. after 5 60.\n"
        "schedule.csv:3: release \"noon\": no such rule. Write midnight, daily HH:MM, or weekly, a "
        "weekday (mon to sun), HH:MM and how many weeks ahead, e.g. weekly mon 08:00 2.\n");
}

TEST_CASE("schedule: a row with two references that lead nowhere has both reported") {
  CHECK(
      complaints_of("visa,kiosk,,,,,,,,,,,,,,\n") ==
      "schedule.csv:3: service_id \"visa\": no such service in services.csv. Correct it, add the "
      "service, or take its rows out.\n"
      "schedule.csv:3: kind \"kiosk\": no office in branches.csv is of this kind. Correct it, add "
      "the office, or take its rows out.\n");
  CHECK(
      complaints_of("visa,,nowhere,,,,,,,,,,,,,\n") ==
      "schedule.csv:3: service_id \"visa\": no such service in services.csv. Correct it, add the "
      "service, or take its rows out.\n"
      "schedule.csv:3: branch_id \"nowhere\": no such office in branches.csv. Correct it, add the "
      "office, or take its rows out.\n");
}

TEST_CASE("schedule: two scopes on one number have to be told apart") {
  // Found by search: the number of a scope has 16 bits.
  std::string first, second;
  std::map<std::uint16_t, std::string> seen;
  for (int i = 0; second.empty(); ++i) {
    const std::string name = "scope-" + std::to_string(i);
    const auto [known, added] = seen.emplace(scope_id(name).value, name);
    if (!added) first = known->second, second = name;
  }
  CHECK(complaints_of("pass,,,,,,,,,,," + first + ",,,,\npermit,,,,,,,,,,," + second + ",,,,\n") ==
        "schedule.csv: scope \"" + second + "\": falls on the same number as the scope \"" + first +
            "\". Rename it.\n");
}

TEST_CASE("schedule: a number begins with a digit") {
  for (const std::string cell : {"x5", "+5", "-5", " 5x"}) {
    const std::string shown = cell == " 5x" ? "5x" : cell;
    CHECK(complaints_of("pass,,," + cell + ",,,,,,,,,,,,\n") ==
          "schedule.csv:3: slot_minutes \"" + shown +
              "\": not a whole number within the bounds. Write a number from 1 to 1440.\n");
  }
}

}  // namespace
