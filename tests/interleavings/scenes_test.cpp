// The production code as it is: no execution of any scene finds anything.
#include <catch2/catch.hpp>

#include "scenes/scenes.hpp"
#include "settings.hpp"
#include "support/counted.hpp"

using namespace janji::interleavings;

namespace {

void explore_all(std::uint64_t executions) {
  for (const NamedScene& scene : all_scenes()) {
    const Outcome outcome = search(scene.make, seed(), executions);
    INFO(scene.name << ": " << outcome.found.value_or("nothing"));
    CHECK_FALSE(outcome.found.has_value());
    CHECK(outcome.executions == executions);
  }
  janji::test::counted(executions * all_scenes().size(), "executions");
}

}  // namespace

TEST_CASE("no order of steps and no view of memory breaks a scene") {
  explore_all(iterations(4000));
}

TEST_CASE("and none of many more", "[soak]") {
  explore_all(iterations(2'000'000));
}
