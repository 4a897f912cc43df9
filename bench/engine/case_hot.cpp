// Everybody wants the same slot. How it is refilled: each caller cancels the booking of 64 claims
// ago, and the seat comes back with the cancel's commit. The spread case does just the same, on
// slots at random. Whoever finds no seat waits for a round of the writer ("no room" counts it).
#include "cases.hpp"
#include "run.hpp"

namespace janji::bench {

namespace {

constexpr std::uint64_t kLive = 64;  // of each caller

}  // namespace

void run_hot(const Settings& settings, Report& report) {
  const std::uint64_t claims = settings.scaled(1'000'000);
  const World world = make_world(
      {.slots = settings.scaled(100'000), .capacity = kMaxSlotCapacity, .hold_ms = 3'600'000});
  for (int round = 0; round < settings.rounds; ++round) {
    for (const Medium medium : {Medium::null, Medium::disk}) {
      for (const std::uint32_t callers : {1U, 2U}) {
        for (const bool hot : {false, true}) {
          RunSpec spec;
          spec.world = &world;
          spec.script = Script{&world, static_cast<std::uint64_t>(round) + 1, hot};
          spec.medium = medium;
          spec.claims = claims;
          spec.callers = callers;
          spec.cancelled = kLive;
          spec.operations = claims;
          const RunResult result = run_once(settings, {"engine", make_engine}, spec);
          report.add({std::string("claim and cancel, ") + to_string(medium) + ", " +
                          std::to_string(callers) + (callers == 1 ? " caller" : " callers"),
                      hot ? "one hot slot" : "spread", round, result.ns_settled(), "ns/claim",
                      result.facts()});
        }
      }
    }
  }
}

}  // namespace janji::bench
