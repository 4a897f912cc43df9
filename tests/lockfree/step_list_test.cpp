// The lists of steps name all that the code has, so that no step is left out of the freeze tests.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "steps.hpp"

using namespace janji::test;

TEST_CASE("every step of ledger and journal is one at which some thread is stopped") {
  std::set<std::string> listed;
  const auto add = [&](const auto& steps) { listed.insert(std::begin(steps), std::end(steps)); };
  add(kClaimSteps);
  add(kWalkInSteps);
  add(kRefusedSteps);
  add(kUndoSteps);
  add(kChangeSteps);
  add(kConflictSteps);
  add(kWriterSteps);
  add(kSweepSteps);
  add(kPatrolSteps);
  add(kSlotSteps);
  add(kAskSteps);
  add(kJoinSteps);
  add(kTurnSteps);
  add(kGroupJoinSteps);
  add(kGroupTurnSteps);
  add(kFallBackSteps);
  add(kTrancheSteps);
  add(kNextSteps);
  add(kBlockSteps);
  add(kEraseSteps);
  add(kArchiveSteps);
  add(kOverSteps);
  add(kMoveSteps);
  add(kMoveUndoSteps);
  add(kGroupClaimSteps);
  add(kGroupChangeSteps);
  add(kUnitSteps);
  add(kUnitUndoSteps);
  add(kUnitBackSteps);
  add(kGrantSteps);
  add(kTermsSteps);
  add(kListSteps);
  std::map<std::string, int> sites;
  const std::regex step("JANJI_STEP\\(\"([a-z_]+)\"\\)");
  for (const char* part : {"ledger", "journal"}) {
    for (const auto& file :
         std::filesystem::directory_iterator(std::filesystem::path(JANJI_ENGINE_SOURCES) / part)) {
      std::ifstream in(file.path());
      const std::string text(std::istreambuf_iterator<char>(in), {});
      for (std::sregex_iterator at(text.begin(), text.end(), step), end; at != end; ++at) {
        ++sites[(*at)[1]];
      }
    }
  }
  CHECK(sites.size() > 20);
  for (const Several& several : kSeveral) {
    CAPTURE(several.step);
    CHECK(sites[several.step] == several.sites);
    sites[several.step] = 1;
  }
  for (const std::string& one : listed) {
    INFO(one << ": a list has it, and nothing comes to it");
    CHECK(sites.count(one) == 1);
  }
  for (const auto& [one, many] : sites) {
    INFO(one << ": it needs a list, and kSeveral where it stands more than once");
    CHECK(listed.count(one) == 1);
    CHECK(many == 1);
  }
}
