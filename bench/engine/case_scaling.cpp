// How the cost of a decision grows with the number of slots and of bookings.
#include "cases.hpp"
#include "run.hpp"

namespace janji::bench {

namespace {

void run_point(const Settings& settings, Report& report, int round, const char* figure,
               std::uint64_t slots, std::uint64_t bookings, std::uint64_t shown) {
  const World world = make_world({.slots = slots, .capacity = capacity_for(bookings, slots)});
  RunSpec spec;
  spec.world = &world;
  spec.script = Script{&world, static_cast<std::uint64_t>(round) * 100 + 1};
  spec.medium = Medium::gated;
  spec.claims = bookings;
  // Small ones are over in a moment: some more of them.
  spec.repetitions =
      settings.smoke ? 1 : static_cast<int>(std::max<std::uint64_t>(1, 500'000 / bookings));
  const RunResult result = run_once(settings, {"engine", make_engine}, spec);
  report.add(
      {figure, std::to_string(shown), round, result.ns_decided(), "ns/claim", result.facts()});
}

}  // namespace

void run_scaling(const Settings& settings, Report& report) {
  for (int round = 0; round < settings.rounds; ++round) {
    for (std::uint64_t slots = 10'000; slots <= 10'000'000; slots *= 10) {
      run_point(settings, report, round, "claim decided by slots, 1 million bookings",
                settings.scaled(slots), settings.scaled(1'000'000), slots);
    }
    for (std::uint64_t bookings = 10'000; bookings <= 10'000'000; bookings *= 10) {
      run_point(settings, report, round, "claim decided by bookings, 100,000 slots",
                settings.scaled(100'000), settings.scaled(bookings), bookings);
    }
  }
}

}  // namespace janji::bench
