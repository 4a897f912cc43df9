// Every memory order of the protocols, weakened by one step, against docs/memory_orders.md: what it
// says is found is found, and no access of the engine that the scenes meet is missing there.
#include <algorithm>
#include <fstream>
#include <map>

#include <catch2/catch.hpp>

#include "scenes/scenes.hpp"
#include "settings.hpp"

using namespace janji::interleavings;

namespace {

// | `access` | weaker | scene or "-" | words |
struct Row {
  std::string access, weaker, scene;
};

std::string trimmed(std::string text) {
  const auto unwanted = [](char c) { return c == ' ' || c == '`'; };
  while (!text.empty() && unwanted(text.back())) text.pop_back();
  while (!text.empty() && unwanted(text.front())) text.erase(0, 1);
  return text;
}

std::vector<Row> rows() {
  std::ifstream in(JANJI_MEMORY_ORDERS);
  REQUIRE(in.good());
  std::vector<Row> all;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("| `", 0) != 0) continue;
    std::vector<std::string> cells;
    for (std::size_t at = 1; at < line.size();) {
      const std::size_t end = std::min(line.find('|', at), line.size());
      cells.push_back(trimmed(line.substr(at, end - at)));
      at = end + 1;
    }
    INFO(line);
    REQUIRE(cells.size() == 4);
    CHECK(!cells[3].empty());
    all.push_back({cells[0], cells[1], cells[2]});
  }
  return all;
}

std::memory_order order_of(const std::string& name) {
  for (const auto order : {std::memory_order_relaxed, std::memory_order_acquire,
                           std::memory_order_release, std::memory_order_acq_rel}) {
    if (name == name_of(order)) return order;
  }
  FAIL("no weaker order: " << name);
  return std::memory_order_seq_cst;
}

// The executions of one seed, so that what they meet doesn't depend on the test's settings.
std::map<std::string, std::vector<std::string>> accesses_met() {
  forget_sites();
  for (const NamedScene& scene : all_scenes()) search(scene.make, 1, 1000);
  std::map<std::string, std::vector<std::string>> met;
  for (const std::string& site : sites_met("/engine/src/")) {
    for (const std::memory_order weaker : weaker_than(site)) {
      met[site].push_back(name_of(weaker));
    }
  }
  return met;
}

void must_find(const Row& row, std::uint64_t tries) {
  const auto named = [&](const NamedScene& scene) { return scene.name == row.scene; };
  const auto scene = std::find_if(all_scenes().begin(), all_scenes().end(), named);
  INFO(row.access << " as " << row.weaker << " in " << row.scene << ", seed " << seed());
  REQUIRE(scene != all_scenes().end());
  const Plant weakened{row.access, order_of(row.weaker), nullptr};
  const Outcome outcome = search(scene->make, seed(), tries, &weakened);
  CHECK(plant_was_met());
  CHECK(outcome.found.has_value());
}

}  // namespace

TEST_CASE("each order that a scene needs is missed when it is weaker") {
  std::size_t found = 0;
  for (const Row& row : rows()) {
    if (row.scene == "-") continue;
    must_find(row, 300'000);
    ++found;
  }
  CHECK(found > 60);
}

TEST_CASE("every access of the engine that a scene meets is in the table") {
  const auto all = rows();
  for (const auto& [access, weaker] : accesses_met()) {
    for (const std::string& order : weaker) {
      const auto same = [&, &name = access](const Row& row) {
        return row.access == name && row.weaker == order;
      };
      INFO("docs/memory_orders.md: a row for " << access << " as " << order);
      CHECK(std::count_if(all.begin(), all.end(), same) == 1);
    }
  }
}

TEST_CASE("no row is of an access that isn't there any more") {
  const auto met = accesses_met();
  for (const Row& row : rows()) {
    INFO(row.access << " as " << row.weaker);
    const auto found = met.find(row.access);
    REQUIRE(found != met.end());
    CHECK(std::count(found->second.begin(), found->second.end(), row.weaker) == 1);
  }
}

// What the table calls stronger than needed: still so after many more executions of every scene
// that meets it?
TEST_CASE("what isn't found isn't found by a long search either", "[soak]") {
  for (const Row& row : rows()) {
    if (row.scene != "-") continue;
    const Plant weakened{row.access, order_of(row.weaker), nullptr};
    for (const NamedScene& scene : all_scenes()) {
      search(scene.make, seed(), 100, &weakened);
      if (!plant_was_met()) continue;
      const Outcome outcome = search(scene.make, seed(), iterations(20'000), &weakened);
      INFO(row.access << " as " << row.weaker << " in " << scene.name << ": "
                      << outcome.found.value_or("") << "; the table needs a scene");
      CHECK_FALSE(outcome.found.has_value());
    }
  }
}
