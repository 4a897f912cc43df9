// The lock-free ledger against the same semantics done otherwise: bench/peers says how.
#include "cases.hpp"
#include "run.hpp"

namespace janji::bench {

namespace {

struct Line {
  std::string contestant;
  Rival rival;
  int ahead;
};

std::vector<Line> lines_for(const Settings& settings) {
  const Rival engine{"engine", make_engine};
  const Rival mutex{"mutex", make_mutex};
  return {{"engine", engine, 0},
          {"mutex", mutex, 0},
          {"mutex that spins first", {"spinning", make_spinning_mutex}, 0},
          {"owner thread", {"owner", make_owner}, 0},
          // The owner fetches ahead what it will decide: so may the others.
          {"engine, ahead", engine, settings.ahead},
          {"mutex, ahead", mutex, settings.ahead}};
}

}  // namespace

void run_peers(const Settings& settings, Report& report) {
  const std::uint64_t claims = settings.scaled(4'000'000);
  const std::uint64_t slots = settings.scaled(100'000);
  const World world = make_world({.slots = slots, .capacity = capacity_for(claims, slots)});
  for (int round = 0; round < settings.rounds; ++round) {
    for (const Medium medium : {Medium::gated, Medium::null, Medium::disk}) {
      for (const std::uint32_t callers : {1U, 2U, 4U}) {
        for (const Line& line : lines_for(settings)) {
          RunSpec spec;
          spec.world = &world;
          spec.script = Script{&world, static_cast<std::uint64_t>(round) + 1};
          spec.medium = medium;
          spec.claims = claims;
          spec.callers = callers;
          spec.ahead = line.ahead;
          const RunResult result = run_once(settings, line.rival, spec);
          const double seconds = medium == Medium::gated ? result.decided_s : result.settled_s;
          report.add({std::string("against peers, ") + to_string(medium) + ", " +
                          std::to_string(callers) + (callers == 1 ? " caller" : " callers"),
                      line.contestant, round, static_cast<double>(result.claims) / seconds / 1e6,
                      "million claims/s", result.facts()});
        }
      }
    }
  }
}

}  // namespace janji::bench
