// A catalogue's files. The input is text: "=hours.csv" on a line of its own, and what follows
// replaces that file of a small catalogue; files that aren't named stay as they are.
#include <fstream>
#include <map>
#include <string>

#include "fuzz/complain.hpp"
#include "fuzz/targets.hpp"
#include "unit/catalogue/catalogue_fixture.hpp"

namespace janji::fuzz {
namespace {

constexpr std::size_t kLanesMax = 24;  // of a catalogue, that are looked into

// The pieces of the input by the file that each replaces. What has no name replaces hours.csv.
std::map<std::string, std::string> replacements(std::string_view text) {
  std::map<std::string, std::string> files;
  std::string name = "hours.csv";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = text.substr(0, end + 1);
    text.remove_prefix(line.size());
    bool named = false;
    for (const std::string_view file : catalogue_files()) {
      if (line.size() == file.size() + 2 && line.substr(1, file.size()) == file && line[0] == '=') {
        name = file;
        files[name];
        named = true;
      }
    }
    if (!named) files[name].append(line);
  }
  return files;
}

void check_issues(const std::vector<CatalogueIssue>& issues, bool loaded) {
  bool error = false;
  for (const CatalogueIssue& issue : issues) {
    error = error || !issue.warning;
    require(!issue.problem.empty() && !issue.remedy.empty() && !to_string(issue).empty(),
            "an issue without words");
    require(issue.line >= 0, "an issue of no line");
    // What only the whole shows, and what is no more than counted, is of no file.
    require(!issue.file.empty() || issue.line == 0, "a line of no file");
  }
  require(loaded != error, "refused without an error, or loaded with one");
}

void check_day(const Catalogue& catalogue, std::uint32_t lane, Day day) {
  const std::uint32_t branch = catalogue.lanes()[lane].branch;
  const DayPlan plan = catalogue.plan(lane, day);
  require(plan.slots.size() <= catalogue.max_slots(lane), "more slots than the most");
  require((plan.status == DayPlan::Status::open) == !plan.slots.empty(), "open without slots");
  require(plan.reason.empty() == !plan.slots.empty(), "closed without a reason");
  int end = 0;
  for (const SlotPlan& slot : plan.slots) {
    require(slot.start.value >= end && slot.capacity > 0 && slot.length_minutes > 0,
            "slots that overlap or hold nobody");
    end = slot.start.value + slot.length_minutes;
    const CivilTime at = catalogue.instant(branch, day, slot.start);
    require(catalogue.local_day(branch, at) == day, "a slot of another day");
    const int offset = catalogue.utc_offset_seconds(branch, at);
    require(offset > -86'400 && offset < 86'400, "an offset of more than a day");
  }
  (void)catalogue.midnight(branch, day);
}

void use(const Catalogue& catalogue) {
  for (std::uint32_t i = 0; i < catalogue.lanes().size() && i < kLanesMax; ++i) {
    const LaneSpec& lane = catalogue.lanes()[i];
    require(catalogue.find_lane(lane.key) == i, "a lane isn't found by its key");
    require(catalogue.find_lane(lane.branch, lane.service, lane.pool) == i, "a lane isn't found");
    // A week in which clocks change in Europe, one of holidays, and days at both ends.
    for (std::int32_t day = 20'539; day < 20'546; ++day) check_day(catalogue, i, Day{day});
    for (std::int32_t day = 20'817; day < 20'824; ++day) check_day(catalogue, i, Day{day});
    for (const Day day : {Day{0}, Day{-1}, kFirstPlannedDay, kLastPlannedDay,
                          Day{kLastPlannedDay.value + 1}, lane.first_day, lane.last_day}) {
      check_day(catalogue, i, day);
    }
  }
  for (std::uint32_t i = 0; i < catalogue.branches().size(); ++i) {
    require(catalogue.find_branch(catalogue.branches()[i].id) == i, "a branch isn't found");
    require(catalogue.services_at(i).size() <= catalogue.services().size(), "too many services");
  }
  for (std::uint32_t i = 0; i < catalogue.services().size(); ++i) {
    require(catalogue.find_service(catalogue.services()[i].id) == i, "a service isn't found");
  }
  for (const CatalogueIssue& issue : catalogue.check_holidays(Day{20'514})) {
    require(issue.warning && !to_string(issue).empty(), "a warning without words");
  }
}

class Files {
 public:
  Files() {
    for (const std::string_view file : catalogue_files()) {
      std::ifstream in(files_.directory() / file, std::ios::binary);
      usual_[std::string(file)] = {std::istreambuf_iterator<char>(in), {}};
    }
  }
  void load(const std::map<std::string, std::string>& replaced) {
    for (const auto& [file, text] : replaced) files_.put(file, text);
    const auto loaded = files_.load();
    check_issues(files_.issues(), loaded.ok());
    if (loaded.ok()) {
      use(**loaded);
    } else {
      require(loaded.code() == Code::invalid_argument && !loaded.error().detail.empty(),
              "refused without words");
    }
    for (const auto& [file, text] : replaced) files_.put(file, usual_.at(file));
  }

 private:
  test::SmallCatalogue files_;
  std::map<std::string, std::string> usual_;
};

}  // namespace

void fuzz_catalogue(Input input) {
  static Files files;
  files.load(replacements({reinterpret_cast<const char*>(input.data()), input.size()}));
}

}  // namespace janji::fuzz
