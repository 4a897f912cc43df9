// What a decision costs the caller, with the writer standing still.
#include "cases.hpp"
#include "run.hpp"

namespace janji::bench {

namespace {

constexpr const char* kFigure = "claim decided in memory, 1 caller";

}  // namespace

void run_decide(const Settings& settings, Report& report) {
  const Rival engine{"engine", make_engine};

  // As many claims as fit the record blocks, in a house that fits the cache, again and again.
  const std::uint64_t few = 8000;
  const World small = make_world({.slots = 1000, .capacity = capacity_for(few, 1000)});
  Settings small_settings = settings;
  small_settings.record_blocks = 1U << 14;

  const std::uint64_t many = settings.scaled(4'000'000);
  const std::uint64_t slots = settings.scaled(100'000);
  const World large = make_world({.slots = slots, .capacity = capacity_for(many, slots)});

  for (int round = 0; round < settings.rounds; ++round) {
    RunSpec spec;
    spec.medium = Medium::gated;
    spec.world = &small;
    spec.script = Script{&small, static_cast<std::uint64_t>(round) * 100 + 1};
    spec.claims = few;
    spec.repetitions = settings.smoke ? 1 : 50;
    const auto add = [&](const char* contestant, const RunResult& result) {
      report.add({kFigure, contestant, round, result.ns_decided(), "ns/claim", result.facts()});
    };
    add("cache-resident", run_once(small_settings, engine, spec));
    spec.world = &large;
    spec.script.world = &large;
    spec.claims = many;
    spec.repetitions = 1;
    add("4 million bookings", run_once(settings, engine, spec));
    spec.ahead = settings.ahead;
    add("4 million, prepared ahead", run_once(settings, engine, spec));
  }
}

}  // namespace janji::bench
