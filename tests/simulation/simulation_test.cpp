// The whole engine on one thread, from a seed. JANJI_SIMULATION_SEED is the first seed,
// JANJI_SIMULATION_SEEDS how many are run, one after another; JANJI_SIMULATION_SEEDS=1 repeats one.
#include <catch2/catch.hpp>

#include <cstdio>
#include <vector>

#include "simulation/simulation.hpp"
#include "support/counted.hpp"

namespace {

using namespace janji;
using namespace janji::simulation;

#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint64_t kSeeds = 100;  // ten times as slow
#else
constexpr std::uint64_t kSeeds = 500;
#endif

void print(const Figures& figures, std::uint64_t seeds) {
  const auto number = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
  std::printf(
      "%llu seeds: %llu lives, %llu losses of power, %llu failed commits, %llu failed openings, "
      "%llu turned bits found, %llu unread, "
      "%llu calls, %llu of them foretold exactly, %llu records, %llu grants lost before they were "
      "told, %llu comparisons at rest, %llu with the feed, %llu gaps in it, %llu days archived, "
      "%llu opened again, %llu times seats fell back, %llu times some came that were kept back, "
      "%llu turns\n",
      number(seeds), number(figures.lives), number(figures.power_losses),
      number(figures.failed_commits), number(figures.failed_openings), number(figures.flips_found),
      number(figures.flips_unread), number(figures.calls), number(figures.foretold),
      number(figures.records), number(figures.cut_off), number(figures.comparisons),
      number(figures.mirrored), number(figures.gaps), number(figures.archived),
      number(figures.reopened), number(figures.fallen), number(figures.tranches),
      number(figures.turns));
  for (const auto& [answer, times] : figures.answers) {
    std::printf("  %s: %llu\n", answer.c_str(), number(times));
  }
}

void simulate(std::uint64_t first, std::uint64_t seeds) {
  Figures all;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    // On the heap, and left there if it is stuck in the middle: a fiber that stands can't be ended.
    auto* world = new Simulation(seed);
    const std::string words = world->run();
    INFO("JANJI_SIMULATION_SEED=" << seed << " JANJI_SIMULATION_SEEDS=1");
    REQUIRE(words == "");
    all.add(world->figures());
    delete world;
    if ((seed - first + 1) % 10'000 == 0) {
      std::printf("%llu seeds\n", static_cast<unsigned long long>(seed - first + 1));
    }
  }
  print(all, seeds);
  test::counted(seeds, "seeds");
  test::counted(all.calls, "calls");
  if (seeds < 100) return;  // few are for looking at one
  // Or it was a simulation of nothing much: of an engine that turns everybody away, say.
  REQUIRE(all.foretold > 100 * seeds);
  for (const char* answer :
       {"claim ok", "claim replayed", "claim slot_full", "claim already_booked", "confirm ok",
        "confirm replayed", "confirm illegal_transition", "cancel ok", "cancel replayed",
        "reschedule ok", "reschedule slot_full", "find ok"}) {
    INFO(answer << ": " << all.answers[answer]);
    REQUIRE(all.answers[answer] > seeds);
  }
  REQUIRE(all.answers["details ok"] > 0);
  REQUIRE(all.comparisons > seeds);
  REQUIRE(all.mirrored > seeds);
  REQUIRE(all.gaps > 0);
  REQUIRE(all.archived > seeds);
  REQUIRE(all.fallen > seeds);
  REQUIRE(all.tranches > seeds);
  REQUIRE(all.power_losses > seeds / 4);
  if (seeds < 500) return;  // some of these come a few times in as many
  REQUIRE(all.answers["confirm hold_expired"] > 0);
  for (const char* answer : {"reschedule changes_exceeded",
                             "extend ok",
                             "extend replayed",
                             "extend changes_exceeded",
                             "approve ok",
                             "approve hold_expired",
                             "refuse ok",
                             "check_in ok",
                             "check_in too_early",
                             "check_in wrong_branch",
                             "serve ok",
                             "complete ok",
                             "no_show ok",
                             "claim_group ok",
                             "claim_group replayed",
                             "claim_group slot_full",
                             "claim_group already_booked",
                             "claim_group operation_mismatch",
                             "move_group ok",
                             "move_group slot_full",
                             "move_group illegal_transition",
                             "move_group hold_expired",
                             "confirm in_group",
                             "extend in_group",
                             "reschedule in_group",
                             "block ok",
                             "block replayed",
                             "block illegal_transition",
                             "join ok",
                             "join replayed",
                             "join already_waiting",
                             "join already_booked",
                             "join_group ok",
                             "join_group replayed",
                             "join_group already_waiting",
                             "join_group already_booked",
                             "join_group entitlement_exhausted",
                             "join_group entitlement_not_valid",
                             "join_group not_eligible",
                             "join_day ok",
                             "join_day already_waiting",
                             "join_day already_booked",
                             "walk_in ok",
                             "walk_in replayed",
                             "walk_in slot_full",
                             "walk_in already_booked",
                             "walk_in operation_mismatch",
                             "walk_in too_late",
                             "claim blocked",
                             "claim_group blocked",
                             "claim_group entitlement_exhausted",
                             "claim_group entitlement_not_valid",
                             "claim_group not_eligible",
                             "grant ok",
                             "terms ok",
                             "list ok",
                             "erase ok",
                             "change_slot ok",
                             "change_slot replayed",
                             "change_catalogue ok",
                             "change_catalogue retry",
                             "claim closed",
                             "no_show too_early",
                             "reissue ok",
                             "reissue replayed",
                             "progress ok",
                             "progress replayed",
                             "next ok",
                             "next replayed",
                             "next nobody_waiting"}) {
    INFO(answer);
    REQUIRE(all.answers[answer] > 0);
  }
  if (seeds < 4000) return;
  for (const char* answer : {"check_in replayed", "refuse replayed", "serve replayed"}) {
    INFO(answer);
    REQUIRE(all.answers[answer] > 0);
  }
}

TEST_CASE("a seed repeats exactly") {
  const auto digest = [](std::uint64_t seed) {
    auto* world = new Simulation(seed);  // left there if it is stuck, as below
    REQUIRE(world->run() == "");
    const std::uint64_t made = world->digest();
    delete world;
    return made;
  };
  const std::uint64_t first = model::number_from("JANJI_SIMULATION_SEED", 1);
  std::vector<std::uint64_t> forwards, backwards;
  for (std::uint64_t i = 0; i < 20; ++i) forwards.push_back(digest(first + i));
  for (std::uint64_t i = 20; i-- > 0;) backwards.insert(backwards.begin(), digest(first + i));
  REQUIRE(forwards == backwards);
  REQUIRE(forwards[0] != forwards[1]);
}

TEST_CASE("worlds from seeds keep every promise") {
  simulate(model::number_from("JANJI_SIMULATION_SEED", 1),
           model::number_from("JANJI_SIMULATION_SEEDS", kSeeds));
}

TEST_CASE("and so do more of them", "[slow]") {
  simulate(501, 4500);
}

}  // namespace
