// What the reader of the files accepts, and what it says of the rest.
#include <string>

#include <catch2/catch.hpp>

#include "catalogue/freed_seats.hpp"
#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

using namespace janji;
using Catch::Contains;
using janji::test::day_at;
using janji::test::SmallCatalogue;

TEST_CASE("files: a small catalogue loads") {
  SmallCatalogue files;
  const auto loaded = files.load();
  REQUIRE(loaded.ok());
  REQUIRE(files.issues().empty());
  const Catalogue& catalogue = **loaded;
  REQUIRE(catalogue.lanes().size() == 3);
  CHECK(catalogue.lanes()[0].key == "town/pass/general");
  CHECK(catalogue.lanes()[1].key == "town/permit/general");
  CHECK(catalogue.lanes()[2].key == "port/pass/general");
  // Monday, 08:00 to 12:00 by half hours, without the one of the break.
  CHECK(catalogue.plan(0, day_at(2027, 1, 11)).slots.size() == 7);
  CHECK(catalogue.plan(0, day_at(2027, 1, 4)).reason == "Founders' Day");
  const ServiceRules& rules = catalogue.services()[0].rules;
  CHECK(rules.hold_ms == 60'000);
  CHECK(rules.horizon_days == 30);
  CHECK(rules.seats_max == 2);
  CHECK(rules.scope_name == "pass");
  CHECK(catalogue.services()[0].name.id == "Pas");
}

TEST_CASE("files: an error names file, line, column, value and remedy") {
  SmallCatalogue files;
  files.append("hours.csv", "hq,N-1,wed,08:61,12:00");
  REQUIRE(files.load().code() == Code::invalid_argument);
  REQUIRE(files.issues().size() == 1);
  const CatalogueIssue& issue = files.issues()[0];
  CHECK(issue.file == "hours.csv");
  CHECK(issue.line == 5);
  CHECK(issue.column == "open");
  CHECK(issue.value == "08:61");
  CHECK_FALSE(issue.problem.empty());
  CHECK_FALSE(issue.remedy.empty());
  CHECK_FALSE(issue.warning);
  CHECK(to_string(issue) ==
        "hours.csv:5: open \"08:61\": not a time of day. Write HH:MM, from 00:00 to 24:00.");
}

TEST_CASE("files: all errors of all files come in one go") {
  SmallCatalogue files;
  files.append("branches.csv", "Bad Id,x,North,N-1,hq,x,Mars/Base");
  files.append("services.csv", "pass,Pas,Pass,nobody,maybe");
  files.append("hours.csv", "hq,N-1,someday,09:00,08:00");
  files.append("holidays.csv", "2027-02-30,N-1,Never,public");
  files.append("offers.csv", "hq,town,pass,vip");
  files.append("schedule.csv", "pass,,,0,,,,,");
  files.remove("breaks.csv");
  const std::string said = files.complaints();
  for (const char* part :
       {"branches.csv:4: branch_id", "branches.csv:4: timezone", "services.csv:4: service_id",
        "services.csv:4: applicant_categories", "services.csv:4: needs_group",
        "hours.csv:5: weekday", "hours.csv:5: close", "holidays.csv:3: date",
        "offers.csv:5: branch_id", "offers.csv:5: pool", "schedule.csv:3: slot_minutes",
        "breaks.csv: can't be read"}) {
    CHECK_THAT(said, Contains(part));
  }
}

// Appends a row to a file and expects a complaint.
void expect(const std::string& file, std::string_view row, const std::string& complaint) {
  SmallCatalogue files;
  files.append(file, row);
  CAPTURE(file, row);
  CHECK_THAT(files.complaints(), Contains(complaint));
}

TEST_CASE("files: references to what there isn't") {
  expect("hours.csv", "kiosk,N-1,mon,08:00,12:00", "hours.csv:5: kind \"kiosk\"");
  expect("hours.csv", "hq,N-9,mon,08:00,12:00", "hours.csv:5: state_code \"N-9\"");
  expect("breaks.csv", "hq,N-9,mon,08:00,12:00", "breaks.csv:3: state_code \"N-9\"");
  expect("holidays.csv", "2027-01-05,N-9,x,public", "holidays.csv:3: state_code \"N-9\"");
  expect("offers.csv", "kiosk,,pass,", "offers.csv:5: kind \"kiosk\"");
  expect("offers.csv", ",nowhere,pass,", "offers.csv:5: branch_id \"nowhere\"");
  expect("offers.csv", "hq,,visa,", "offers.csv:5: service_id \"visa\"");
  expect("schedule.csv", "visa,,,15,,,,,", "schedule.csv:3: service_id \"visa\"");
  expect("schedule.csv", ",kiosk,,15,,,,,", "schedule.csv:3: kind \"kiosk\"");
  expect("schedule.csv", ",,nowhere,15,,,,,", "schedule.csv:3: branch_id \"nowhere\"");
}

TEST_CASE("files: a reference that leads nowhere is reported once a file") {
  SmallCatalogue files;
  for (int day = 10; day < 30; ++day) {
    files.append("holidays.csv", "2027-01-" + std::to_string(day) + ",N-9,x,public");
  }
  files.append("hours.csv", "hq,N-9,wed,08:00,09:00");
  CHECK_FALSE(files.load().ok());
  CHECK(files.issues().size() == 2);
}

TEST_CASE("files: what stands twice") {
  expect("branches.csv", "town,x,North,N-1,hq,x,UTC", "branches.csv:4: branch_id \"town\"");
  expect("services.csv", "pass,x,x,citizen,no", "services.csv:4: service_id \"pass\"");
  expect("hours.csv", "hq,N-1,mon,11:00,13:00", "overlaps 08:00-12:00");
  expect("hours.csv", "hq,N-1,mon,08:00,12:00", "overlaps 08:00-12:00");
  expect("breaks.csv", "hq,N-1,mon,10:15,10:45", "overlaps 10:00-10:30");
  expect("holidays.csv", "2027-01-04,N-1,Founders' Day,public", "holidays.csv:3: date");
  expect("offers.csv", "hq,,pass,general", "offers.csv:5: service_id");
  expect("schedule.csv", ",,,15,,,,,", "schedule.csv:3:");
}

TEST_CASE("files: cells that can't be") {
  expect("branches.csv", "x,,North,N-1,hq,x,UTC", "branches.csv:4: name: the cell is empty");
  expect("branches.csv", "x,x,South,N-1,hq,x,UTC", "is called \"North\" above");
  expect("branches.csv", "x,x,North,N 1,hq,x,UTC", "state_code \"N 1\"");
  expect("branches.csv", "x,\"two\nlines\",North,N-1,hq,x,UTC", "control character");
  expect("branches.csv", "x,x,North,N-1,hq,UTC", "6 cells, but the header has 7");
  expect("services.csv", "x,x,x,,no", "nobody may book");
  expect("hours.csv", "hq,N-1,wed,12:00,08:00", "hours.csv:5: close \"08:00\": not after 12:00");
  expect("hours.csv", "hq,N-1,wed,08:00,24:01", "close \"24:01\"");
  expect("hours.csv", "hq,N-1,Wed,08:00,09:00", "weekday \"Wed\"");
  expect("breaks.csv", "hq,N-1,mon,11:30,12:30", "11:30-12:30 lies outside the opening hours");
  expect("breaks.csv", "hq,N-1,sun,11:30,12:30", "lies outside the opening hours");
  for (const char* date : {"2027-1-5", "05.01.2027", "2027-13-01", "2027-02-29", "1999-01-01"}) {
    expect("holidays.csv", std::string(date) + ",N-1,x,public", "date \"" + std::string(date));
  }
  expect("holidays.csv", "2027-01-05,N-1,x,bank", "type \"bank\"");
  expect("offers.csv", ",,pass,", "neither kind nor branch_id");
  expect("schedule.csv", ",hq,town,15,,,,,", "both kind and branch_id");
  expect("schedule.csv", "pass,,,15,9999,,,,", "capacity \"9999\"");
  expect("schedule.csv", "pass,,,1.5,,,,,", "slot_minutes \"1.5\"");
  expect("schedule.csv", "pass,,,-5,,,,,", "slot_minutes \"-5\"");
  expect("schedule.csv", "pass,,,99999999999999999999,,,,,", "slot_minutes \"9999");
  expect("schedule.csv", "pass,,,,,0,,,", "hold_seconds \"0\"");
  expect("schedule.csv", "pass,,,,,,,0,", "horizon_days \"0\"");
  expect("schedule.csv", "pass,,,,,,,,0", "seats_max \"0\"");
  expect("schedule.csv", ",hq,,,,60,,,", "a rule of the service in a row of an office");
}

TEST_CASE("files: headers with unknown, doubled and missing columns") {
  SmallCatalogue files;
  files.put("hours.csv", "kind,state,weekday,open,open\nhq,N-1,mon,08:00,12:00\n");
  const std::string said = files.complaints();
  CHECK_THAT(said, Contains("hours.csv:1: state: no such column"));
  CHECK_THAT(said, Contains("hours.csv:1: open: the column stands twice"));
  CHECK_THAT(said, Contains("hours.csv:1: state_code: the column is missing"));
  CHECK_THAT(said, Contains("hours.csv:1: close: the column is missing"));
  // The offices aren't blamed for hours that can't be read.
  CHECK_THAT(said, !Contains("have no opening hours"));
}

TEST_CASE("files: columns may stand in any order") {
  SmallCatalogue files;
  files.put("holidays.csv", "name,date,state_code\n\"Feast, the\",2027-01-11,N-1\n");
  const auto loaded = files.load();
  REQUIRE(loaded.ok());
  CHECK((*loaded)->plan(0, day_at(2027, 1, 11)).reason == "Feast, the");
}

TEST_CASE("files: damaged files are refused with words") {
  for (const std::string_view text :
       {std::string_view(""), std::string_view("\n\n"), std::string_view("\"open"),
        std::string_view("\xFF\xFE"), std::string_view("PK\3\4\0\0", 6)}) {
    for (const std::string_view file : catalogue_files()) {
      SmallCatalogue files;
      files.put(std::string(file), text);
      CAPTURE(file, text);
      CHECK_THAT(files.complaints(), Contains(std::string(file) + ":"));
      CHECK(files.load().code() == Code::invalid_argument);
    }
  }
  SmallCatalogue files;
  files.remove("hours.csv");
  std::filesystem::create_directory(files.directory() / "hours.csv");
  CHECK_THAT(files.complaints(), Contains("hours.csv: can't be read"));
}

TEST_CASE("files: a directory that isn't there is an io error") {
  CHECK(Catalogue::load("/nonexistent/catalogue", nullptr).code() == Code::io_error);
  SmallCatalogue files;
  CHECK(Catalogue::load(files.directory() / "hours.csv", nullptr).code() == Code::io_error);
}

TEST_CASE("files: files without rows are no catalogue, but holidays and breaks may be empty") {
  SmallCatalogue files;
  files.put("holidays.csv", "date,state_code,name\n");
  files.put("breaks.csv", "kind,state_code,weekday,start,end\n");
  const auto loaded = files.load();
  REQUIRE(loaded.ok());
  CHECK_FALSE((*loaded)->holidays_until());
  CHECK_THAT(to_string((*loaded)->check_holidays(day_at(2027, 1, 1)).at(0)),
             Contains("no holiday is known for this state"));
  files.put("branches.csv", "branch_id,name,state,state_code,kind,city,timezone\n");
  CHECK_THAT(files.complaints(), Contains("branches.csv: no office"));
}

TEST_CASE("files: an office without hours, or a service without length or capacity") {
  SmallCatalogue files;
  files.append("branches.csv", "hut,Hut,South,S-1,hq,Hut,UTC");
  CHECK_THAT(files.complaints(), Contains("kind \"hq in S-1\"") && Contains("no opening hours"));
  SmallCatalogue others;
  others.put("schedule.csv",
             "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,"
             "horizon_days,seats_max\npass,,,30,,,,,\npermit,,,,3,,,,\n");
  const std::string said = others.complaints();
  CHECK_THAT(said, Contains("capacity \"pass at town\""));
  CHECK_THAT(said, Contains("slot_minutes \"permit at town\""));
}

TEST_CASE("files: slots that don't fit the day") {
  expect("schedule.csv", "pass,,,300,,,,,", "gives pass at town 0 slots a day");
  SmallCatalogue files;
  files.put(
      "hours.csv",
      "kind,state_code,weekday,open,close\nhq,N-1,mon,00:00,24:00\nbranch,N-1,mon,09:00,11:00\n");
  files.append("schedule.csv", "pass,,,1,,,,,");
  CHECK_THAT(files.complaints(), Contains("gives pass at town 1410 slots a day"));
}

TEST_CASE("files: kinds without an office in a state are a warning only") {
  SmallCatalogue files;
  files.append("branches.csv", "hut,Hut,South,S-1,branch,Hut,UTC");
  files.append("hours.csv", "branch,S-1,mon,09:00,11:00");
  files.append("hours.csv", "hq,S-1,mon,09:00,11:00");
  REQUIRE(files.load().ok());
  REQUIRE(files.issues().size() == 1);
  CHECK(files.issues()[0].warning);
  CHECK_THAT(to_string(files.issues()[0]), Contains("hours.csv:6: warning: kind \"hq\""));
}

TEST_CASE("files: rows of an office replace those of its kind") {
  SmallCatalogue files;
  files.append("offers.csv", ",town,permit,general");
  const auto loaded = files.load();
  REQUIRE(loaded.ok());
  REQUIRE((*loaded)->lanes().size() == 2);
  CHECK((*loaded)->lanes()[0].key == "town/permit/general");
}

TEST_CASE("files: the more specific row of the schedule holds") {
  SmallCatalogue files;
  files.put("schedule.csv",
            "service_id,kind,branch_id,slot_minutes,capacity,volume_per_day,volume_percent,"
            "hold_seconds,lead_minutes,horizon_days,seats_max,scope,required_details\n"
            ",,,30,3,,,60,5,30,2,,name;phone\n"
            "permit,,,60,,,50,120,,,,none,none\n"
            ",hq,,,,40,,,,,,,\n"
            "pass,,town,15,5,,,,,,,,\n");
  const auto loaded = files.load();
  for (const CatalogueIssue& issue : files.issues()) UNSCOPED_INFO(to_string(issue));
  REQUIRE(loaded.ok());
  const Catalogue& catalogue = **loaded;
  const auto lane = [&](const char* key) {
    return catalogue.lanes()[catalogue.find_lane(key).value()];
  };
  CHECK(lane("town/pass/general").slot_minutes == 15);
  CHECK(lane("town/pass/general").capacity == 5);
  CHECK(lane("town/permit/general").slot_minutes == 60);
  // Half of 40 over three hours without the one of the break.
  CHECK(lane("town/permit/general").capacity == 7);
  CHECK(lane("port/pass/general").slot_minutes == 30);
  CHECK(lane("port/pass/general").capacity == 3);
  const ServiceRules& permit = catalogue.services()[1].rules;
  CHECK(permit.hold_ms == 120'000);
  CHECK(permit.lead_ms == 300'000);
  CHECK(permit.scope == kNoScope);
  CHECK(permit.required_details.empty());
  CHECK(catalogue.services()[0].rules.required_details ==
        std::vector<std::string>{"name", "phone"});
}

TEST_CASE("files: how often, until when and where to a booking may move") {
  SmallCatalogue files;
  files.put("schedule.csv",
            "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,"
            "horizon_days,seats_max,reschedules_max,reschedule_cutoff_minutes,"
            "reschedule_elsewhere\n"
            ",,,30,3,60,5,30,2,,,no\n"
            "permit,,,,,,,,,2,1440,yes\n");
  const auto loaded = files.load();
  for (const CatalogueIssue& issue : files.issues()) UNSCOPED_INFO(to_string(issue));
  REQUIRE(loaded.ok());
  const ServiceRules& pass = (*loaded)->services()[0].rules;
  CHECK(pass.reschedules_max == 1);
  CHECK(pass.reschedule_cutoff_ms == 0);
  CHECK_FALSE(pass.reschedule_elsewhere);
  const ServiceRules& permit = (*loaded)->services()[1].rules;
  CHECK(permit.reschedules_max == 2);
  CHECK(permit.reschedule_cutoff_ms == 86'400'000);
  CHECK(permit.reschedule_elsewhere);
}

TEST_CASE("files: pools keep a tenth of ten seats or more, general has the rest") {
  SmallCatalogue files;
  files.put("offers.csv",
            "kind,branch_id,service_id,pool,percent,fall_back_minutes,first_day,last_day\n"
            "hq,,pass,general,,,,\n"
            "hq,,pass,priority,,1440,,\n"
            "hq,,pass,kiosk,20,,2027-01-01,2027-12-31\n"
            "branch,,pass,general,,,,\n"
            "branch,,pass,priority,,,,\n");
  files.append("schedule.csv", ",hq,,,25,,,,");
  const auto loaded = files.load();
  for (const CatalogueIssue& issue : files.issues()) UNSCOPED_INFO(to_string(issue));
  REQUIRE(loaded.ok());
  const Catalogue& catalogue = **loaded;
  const auto capacity = [&](const char* key) {
    const auto lane = catalogue.find_lane(key);
    return lane ? catalogue.lanes()[*lane].capacity : 0;
  };
  CHECK(capacity("town/pass/priority") == 2);
  CHECK(capacity("town/pass/kiosk") == 5);
  CHECK(capacity("town/pass/general") == 18);
  const auto falls_back_ms = [&](const char* key) {
    return catalogue.lanes()[catalogue.find_lane(key).value()].fall_back_ms;
  };
  CHECK(falls_back_ms("town/pass/priority") == 86'400'000);
  CHECK(falls_back_ms("town/pass/kiosk") == 0);
  CHECK(falls_back_ms("town/pass/general") == 0);
  // Three seats are too few to keep one back.
  CHECK(capacity("port/pass/priority") == 0);
  CHECK(capacity("port/pass/general") == 3);
  const auto kiosk = catalogue.find_lane("town/pass/kiosk").value();
  CHECK(catalogue.plan(kiosk, day_at(2026, 12, 28)).closure == Closure::not_offered);
  CHECK(catalogue.plan(kiosk, day_at(2027, 1, 11)).status == DayPlan::Status::open);
}

TEST_CASE("files: when seats that were given up can be claimed again") {
  const auto rule = [](const char* text) { return catalogue::parse_freed_seats(text); };
  CHECK(rule("at_once") == FreedSeats{});
  CHECK(rule("after 5 60") == FreedSeats{300'000, 3'600'000});
  CHECK(rule("after 0 1440") == FreedSeats{0, 86'400'000});
  CHECK(rule("after 7 7") == FreedSeats{420'000, 420'000});
  for (const char* text :
       {"", "later", "after", "after 5", "after 60 5", "after 0 0", "after -1 5", "after 5 1441",
        "after 5 60 70", "after  5 60", "after 5 60 ", "after x 5", "at_once 5", "AFTER 5 60",
        "after 99999999999999999999 5"}) {
    CAPTURE(text);
    CHECK_FALSE(rule(text));
  }
}

TEST_CASE("files: offers with impossible shares and days") {
  SmallCatalogue files;
  files.put("offers.csv",
            "kind,branch_id,service_id,pool,percent,first_day,last_day\n"
            "hq,,pass,priority,60,,\n"
            "hq,,pass,kiosk,60,,\n"
            "hq,,permit,general,10,,\n"
            "branch,,permit,employer,,,\n"
            "branch,,pass,general,,2027-02-01,2027-01-01\n");
  const std::string said = files.complaints();
  CHECK_THAT(said, Contains("percent \"120\": the pools of pass at town exceed the whole"));
  CHECK_THAT(said, Contains("offers.csv:4: percent \"10\""));
  CHECK_THAT(said, Contains("offers.csv:5: percent: the employer pool"));
  CHECK_THAT(said, Contains("offers.csv:6: last_day \"2027-01-01\": before first_day"));
}

TEST_CASE("files: of endless errors a thousand are kept, the rest counted") {
  SmallCatalogue files;
  std::string rows = "date,state_code,name\n";
  for (int i = 0; i < 3000; ++i) rows += "never,N-1,x\n";
  files.put("holidays.csv", rows);
  CHECK(files.load().code() == Code::invalid_argument);
  REQUIRE(files.issues().size() == 1001);
  CHECK_THAT(to_string(files.issues().back()), Contains("2000 more problems are not listed"));
}

}  // namespace
