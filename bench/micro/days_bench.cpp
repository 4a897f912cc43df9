// Reading a lane's days: the month calendar, and finding one day.
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include <janji/catalogue_builder.hpp>
#include <janji/engine.hpp>

namespace {

using namespace janji;

struct House {
  explicit House(std::uint32_t lanes) {
    UniformCatalogue uniform;
    uniform.lanes = lanes;
    Options options;
    options.catalogue = make_uniform_catalogue(uniform).value();
    options.durability = Durability::memory;
    options.slots_max = lanes * 52 * 91;
    options.bookings_max = 1000;
    options.operations_max = 1000;
    engine = std::move(Engine::open(options)).value();
    today = engine->catalogue().local_day(0, engine->civil_now());
  }
  std::unique_ptr<Engine> engine;
  Day today;
};

// By the number of lanes among which one is chosen in turn.
void engine_days_90(benchmark::State& state) {
  const auto lanes = static_cast<std::uint32_t>(state.range(0));
  const House house(lanes);
  std::vector<DayAvailability> days(90);
  std::uint32_t lane = 0;
  for (auto _ : state) {
    lane = (lane + 7) % lanes;
    const std::size_t many =
        house.engine->days(LaneId{lane}, house.today, Day{house.today.value + 89}, days);
    if (many != 90) state.SkipWithError("days went astray");
    benchmark::DoNotOptimize(days.data());
  }
}
BENCHMARK(engine_days_90)->Arg(1)->Arg(200);

void engine_slots_of_a_day(benchmark::State& state) {
  const House house(1);
  std::vector<SlotAvailability> slots(52);
  for (auto _ : state) {
    if (house.engine->slots(LaneId{0}, Day{house.today.value + 7}, slots) != 52) {
      state.SkipWithError("slots went astray");
    }
    benchmark::DoNotOptimize(slots.data());
  }
}
BENCHMARK(engine_slots_of_a_day);

}  // namespace
