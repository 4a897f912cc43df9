// What the readers of the other files say, word by word, and what they don't say.
#include <string>

#include <catch2/catch.hpp>

#include "catalogue/csv.hpp"
#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

using namespace janji;
using janji::test::day_at;
using janji::test::SmallCatalogue;

TEST_CASE("words: a header with a column that has no name") {
  SmallCatalogue files;
  files.put("holidays.csv", "date,state_code,name,\n");
  CHECK(
      files.complaints() ==
      "holidays.csv:1: column 4 has no name. Known ones: date, state_code, name, type, source.\n");
}

TEST_CASE("words: a file that can't be read is the only one that is blamed") {
  for (const char* file : {"branches.csv", "services.csv", "hours.csv", "schedule.csv"}) {
    SmallCatalogue files;
    files.append("schedule.csv", ",,port,,,,,,");
    files.append("schedule.csv", "pass,hq,,,,,,,");
    files.append("offers.csv", ",port,pass,");
    files.remove(file);
    const std::string said = files.complaints();
    CHECK(said.starts_with(std::string(file) + ": can't be read: No such file or directory. The "
                                               "catalogue's directory needs it, with the header "));
    CHECK(said.find('\n') == said.size() - 1);
  }
}

TEST_CASE("words: the stages of a service's progress") {
  const auto stages = [](const std::string& cell) {
    SmallCatalogue files;
    files.put("services.csv",
              "service_id,name_ms,name_en,applicant_categories,needs_group,progress\n"
              "pass,Pas,Pass,citizen;foreigner,no," +
                  cell + "\npermit,Permit,Permit,employer,yes,\n");
    return files.complaints();
  };
  CHECK(stages("").empty());
  CHECK(stages("received;in_process;ready;collected").empty());
  CHECK(stages("ready;received;ready") ==
        "services.csv:2: progress \"ready;received;ready\": a stage stands twice. Write up to 8 "
        "names of a to z, 0 to 9 and _ in their order, with ; between, or leave the cell empty.\n");
  for (const char* bad : {"Ready", "in process", "in-process", "a;b;c;d;e;f;g;h;i"}) {
    CHECK(stages(bad) ==
          "services.csv:2: progress \"" + std::string(bad) +
              "\": not a list of stages. Write up to 8 names of a to z, 0 to 9 and _ "
              "in their order, with ; between, or leave the cell empty.\n");
  }
}

TEST_CASE("words: when seats of a pool fall back") {
  const auto offer = [](const std::string& rows) {
    SmallCatalogue files;
    files.put("offers.csv", "kind,branch_id,service_id,pool,percent,fall_back_minutes\n" + rows);
    files.put("schedule.csv",
              "service_id,kind,branch_id,slot_minutes,capacity,hold_seconds,lead_minutes,"
              "horizon_days,seats_max\n"
              ",,,30,3,60,90,30,2\n");
    return files.complaints();
  };
  CHECK(offer("hq,,pass,general,,\nhq,,pass,kiosk,40,91\n").empty());
  CHECK(offer("hq,,pass,general,,\nhq,,pass,kiosk,40,43200\n").empty());
  for (const char* wrong : {"0", "43201", "soon"}) {
    CHECK(offer("hq,,pass,general,,\nhq,,pass,kiosk,40," + std::string(wrong) + "\n") ==
          "offers.csv:3: fall_back_minutes \"" + std::string(wrong) +
              "\": not a whole number within the bounds. Write a number from 1 to 43200.\n");
  }
  CHECK(offer("hq,,pass,general,,60\n") ==
        "offers.csv:2: fall_back_minutes \"60\": the general pool has none to fall back to. Leave "
        "the cell empty.\n");
  CHECK(offer("hq,,pass,kiosk,40,120\n") ==
        "offers.csv: fall_back_minutes \"120\": pass at town has no general pool to fall back to. "
        "Add a row for it, or leave the cell empty.\n");
  CHECK(offer("hq,,pass,general,,\nhq,,pass,kiosk,40,90\n") ==
        "offers.csv: fall_back_minutes \"90\": by then a slot of pass can't be claimed any more "
        "(lead_minutes). Raise it above lead_minutes of the service, or leave the cell empty.\n");
}

TEST_CASE("words: shares and days of an offer") {
  const auto offer = [](const std::string& row) {
    SmallCatalogue files;
    files.put("offers.csv", "kind,branch_id,service_id,pool,percent,first_day,last_day\n" + row);
    return files.complaints();
  };
  CHECK(offer("hq,,pass,employer,20,2027-01-01,2027-01-01\nhq,,pass,general,,,\n").empty());
  CHECK(offer("hq,,pass,kiosk,0,,\n") ==
        "offers.csv:2: percent \"0\": not a whole number within the bounds. Write a number from 1 "
        "to 100.\n");
  CHECK(offer("hq,,pass,employer,much,,\n") ==
        "offers.csv:2: percent \"much\": not a whole number within the bounds. Write a number from "
        "1 to 100.\n");
  CHECK(offer("hq,,pass,employer,,,\n") ==
        "offers.csv:2: percent: the employer pool has no usual share. Write its share of the "
        "seats.\n");
  CHECK(offer("hq,,pass,,,soon,\n") ==
        "offers.csv:2: first_day \"soon\": not a date. Write YYYY-MM-DD, from 2020-01-01 to "
        "2099-12-31.\n");
  CHECK(offer("hq,,pass,,,,2100-01-01\n") ==
        "offers.csv:2: last_day \"2100-01-01\": not a date. Write YYYY-MM-DD, from 2020-01-01 to "
        "2099-12-31.\n");
}

TEST_CASE("words: hours of a day may come in any order, if they don't overlap") {
  SmallCatalogue files;
  files.append("hours.csv", "hq,N-1,wed,12:00,13:00");
  files.append("hours.csv", "hq,N-1,wed,08:00,09:00");
  files.append("hours.csv", "hq,N-1,wed,09:30,10:30");
  const auto loaded = files.load();
  REQUIRE(loaded.ok());
  std::vector<int> starts;
  for (const SlotPlan& slot : (*loaded)->plan(0, day_at(2027, 1, 13)).slots) {
    starts.push_back(slot.start.value);
  }
  CHECK(starts == std::vector<int>{480, 510, 570, 600, 720, 750});
  files.append("hours.csv", "hq,N-1,wed,10:00,12:00");
  CHECK(
      files.complaints() ==
      "hours.csv:8: open \"10:00\": the row overlaps 09:30-10:30 of the same kind, state and day. "
      "Join them or take one out.\n");
}

TEST_CASE("words: a day that is too short for a slot says so") {
  SmallCatalogue files;
  files.append("hours.csv", "hq,N-1,wed,08:00,08:20");
  const auto loaded = files.load();
  REQUIRE(loaded.ok());
  const DayPlan plan = (*loaded)->plan(0, day_at(2027, 1, 13));
  CHECK(plan.status == DayPlan::Status::closed);
  CHECK(plan.closure == Closure::no_slots);
  CHECK(plan.reason == "no slot fits the opening hours");
  CHECK(plan.slots.empty());
}

TEST_CASE("words: a service's third name, and names on one line") {
  const auto service = [](const std::string& row) {
    SmallCatalogue files;
    files.put("services.csv",
              "service_id,name_ms,name_en,name_id,applicant_categories,needs_group\n" + row +
                  "permit,Permit,Permit,,employer;  ;citizen ,yes\n");
    const auto loaded = files.load();
    return loaded ? (*loaded)->services()[0].name.id : to_string(files.issues().at(0));
  };
  CHECK(service("pass,Pas,Pass,Paspor,citizen,no\n") == "Paspor");
  CHECK(service("pass,Pas,Pass,,citizen,no\n") == "Pas");
  CHECK(service("pass,Pas,Pass,\"Pas\npor\",citizen,no\n") ==
        "services.csv:2: name_id \"Pas por\": a line break or another control character. Write it "
        "on one line.");
}

TEST_CASE("words: the first problem of a row of cells is the one that is told") {
  std::vector<catalogue::CsvRecord> records;
  const auto error = catalogue::parse_csv(std::string(16'385, 'x') + "\"\n", records);
  REQUIRE(error.has_value());
  CHECK(error->problem == "a double quote inside a cell that isn't quoted");
  records.clear();
  CHECK_FALSE(catalogue::parse_csv("\"a\"\t ,\"b\" \t\n", records).has_value());
  REQUIRE(records.size() == 1);
  CHECK(records[0].cells == std::vector<std::string>{"a", "b"});
}

TEST_CASE("words: who asks for no list of problems hears the first and how many") {
  SmallCatalogue files;
  files.append("holidays.csv", "never,N-1,x,public");
  const std::string at = "catalogue " + files.directory().string() + ": ";
  const std::string first =
      "holidays.csv:3: date \"never\": not a date. Write YYYY-MM-DD, from 2020-01-01 to "
      "2099-12-31.";
  CHECK(Catalogue::load(files.directory(), nullptr).error().detail == at + "1 error: " + first);
  files.append("holidays.csv", "ever,N-1,x,public");
  CHECK(Catalogue::load(files.directory(), nullptr).error().detail ==
        at + "2 errors, the first: " + first);
  std::string many = "date,state_code,name,type\n\nnever,N-1,x,public";
  for (int i = 1; i < 1502; ++i) many += "\nn,N-1,x,public";
  files.put("holidays.csv", many);
  CHECK(Catalogue::load(files.directory(), nullptr).error().detail ==
        at + "1502 errors, the first: " + first);
}

TEST_CASE("words: what is wanted of a directory") {
  SmallCatalogue files;
  const auto said = [](const std::filesystem::path& path) {
    return Catalogue::load(path, nullptr).error().detail;
  };
  const auto file = files.directory() / "hours.csv";
  CHECK(said(file) == "catalogue " + file.string() + ": not a directory");
  CHECK(said(file / "below") == "catalogue " + (file / "below").string() + ": Not a directory");
}

TEST_CASE("words: an issue is written with as much as it has") {
  CatalogueIssue issue;
  issue.problem = "too many lanes";
  CHECK(to_string(issue) == "too many lanes.");
  issue.remedy = "Split it";
  issue.warning = true;
  CHECK(to_string(issue) == "warning: too many lanes. Split it.");
  issue.value = "9";
  CHECK(to_string(issue) == "warning: \"9\": too many lanes. Split it.");
}

TEST_CASE("words: names of pools and categories, and of what is neither") {
  CHECK(to_string(Pool::kiosk) == "kiosk");
  CHECK(to_string(static_cast<Pool>(kPools)) == "unknown");
  for (const Category category : {Category::citizen, Category::foreigner, Category::employer}) {
    CHECK(parse_category(to_string(category)) == category);
  }
  CHECK(to_string(static_cast<Category>(3)) == "unknown");
}

}  // namespace
