// What a calendar page reads: every slot of a lane for 90 days, summed by day.
#include "audit.hpp"
#include "cases.hpp"
#include "house.hpp"
#include "null_store.hpp"
#include "run.hpp"

namespace janji::bench {

void run_calendar(const Settings& settings, Report& report) {
  constexpr std::size_t kDays = 90;
  const std::uint64_t bookings = settings.scaled(1'000'000);
  const std::uint64_t slots = settings.scaled(1'000'000, 5000);
  const World world =
      make_world({.slots = slots, .capacity = capacity_for(bookings, slots), .slots_per_day = 52});
  NullFactory null;
  Options options = options_for(world, bookings, settings.record_blocks, settings.huge_pages);
  options.store = &null;
  const std::unique_ptr<Engine> engine = open_or_exit(options);
  fill(*engine, Script{&world, 1}, bookings);

  const Day today{world.first.value - 1};
  const Day last{today.value + static_cast<std::int32_t>(kDays) - 1};
  std::vector<DayAvailability> days(kDays);
  const int looks = settings.smoke ? 100 : 20'000;
  for (int round = 0; round < settings.rounds; ++round) {
    for (const bool other : {false, true}) {
      std::uint64_t seats = 0;
      const double begin = seconds_now(), cpu_begin = thread_cpu_now();
      for (int i = 0; i < looks; ++i) {
        const std::uint64_t lane =
            other ? base::mix(1, 2, static_cast<std::uint64_t>(i)) % world.lanes : 0;
        const std::size_t many =
            engine->days(LaneId{static_cast<std::uint32_t>(lane)}, today, last, days);
        JANJI_CHECK(many == kDays);
        seats += days[1].free;
      }
      const double took = seconds_now() - begin, cpu = thread_cpu_now() - cpu_begin;
      if (seats == 0) fail_run("calendar", "not a free seat");
      report.add({"month calendar, 90 days of 52 slots",
                  other ? "a lane at random of 1 million slots" : "one lane again and again",
                  round,
                  took * 1e6 / looks,
                  "us",
                  {{"caller's cpu us", cpu * 1e6 / looks}}});
    }
  }
  std::uint64_t free = 0;
  for (std::uint32_t lane = 0; lane < world.lanes; ++lane) {
    engine->days(LaneId{lane}, world.first, Day{world.first.value + 87}, days);
    for (std::uint32_t d = 0; d < World::kDays; ++d) free += days[d].free;
  }
  if (free + bookings != world.slots() * world.capacity) {
    fail_run("calendar", "free seats and bookings don't add up");
  }
}

}  // namespace janji::bench
