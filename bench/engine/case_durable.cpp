// Durable claims flat out, beside what the disk and the memory allow.
#include "cases.hpp"
#include "run.hpp"

namespace janji::bench {

namespace {

struct Line {
  const char* contestant;
  Rival rival;
  std::uint32_t callers;
  int ahead;
};

void run_size(const Settings& settings, Report& report, const char* figure, std::uint64_t slots,
              std::uint64_t claims, const std::vector<Line>& lines) {
  const World world = make_world({.slots = slots, .capacity = capacity_for(claims, slots)});
  for (int round = 0; round < settings.rounds; ++round) {
    for (const Line& line : lines) {
      RunSpec spec;
      spec.world = &world;
      spec.script = Script{&world, static_cast<std::uint64_t>(round) + 1};
      spec.claims = claims;
      spec.callers = line.callers;
      spec.ahead = line.ahead;
      const RunResult result = run_once(settings, line.rival, spec);
      report.add({figure, line.contestant, round, result.millions_settled(), "million claims/s",
                  result.facts()});
    }
  }
}

}  // namespace

void run_durable(const Settings& settings, Report& report) {
  const Rival engine{"engine", make_engine};
  const Rival bare{"bare", make_bare};
  run_size(settings, report, "durable claims, 100,000 slots", settings.scaled(100'000),
           settings.scaled(4'000'000),
           {{"engine, 1 caller", engine, 1, 0},
            {"bare, 1 caller", bare, 1, 0},
            {"engine, 1 caller, ahead", engine, 1, settings.ahead},
            {"engine, 2 callers", engine, 2, 0},
            {"engine, 4 callers", engine, 4, 0}});
  run_size(settings, report, "durable claims, 1,000,000 slots", settings.scaled(1'000'000),
           settings.scaled(10'000'000),
           {{"engine, 1 caller", engine, 1, 0},
            {"bare, 1 caller", bare, 1, 0},
            {"engine, 1 caller, ahead", engine, 1, settings.ahead},
            {"engine, 2 callers", engine, 2, 0},
            {"engine, 4 callers", engine, 4, 0}});
}

}  // namespace janji::bench
