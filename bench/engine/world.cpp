#include "world.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <janji/catalogue_builder.hpp>
#include <janji/clock.hpp>

namespace janji::bench {

World make_world(const WorldSpec& spec) {
  World made;
  constexpr std::uint64_t kUsual = 52;  // slots of a day
  made.lanes = static_cast<std::uint32_t>(std::max<std::uint64_t>(
      1, (spec.slots + World::kDays * kUsual / 2) / (World::kDays * kUsual)));
  const std::uint64_t fitting = spec.slots / (std::uint64_t{made.lanes} * World::kDays);
  made.per_day = spec.slots_per_day != 0
                     ? spec.slots_per_day
                     : static_cast<std::uint32_t>(std::clamp<std::uint64_t>(fitting, 1, 96));
  made.capacity = std::min<std::uint32_t>(spec.capacity, kMaxSlotCapacity);

  UniformCatalogue uniform;
  uniform.lanes = made.lanes;
  uniform.slots_per_day = static_cast<std::uint16_t>(made.per_day);
  uniform.slot_minutes = World::kMinutes;
  uniform.capacity = static_cast<std::uint16_t>(made.capacity);
  uniform.rules.hold_ms = spec.hold_ms;
  uniform.rules.scope_name = "bench";
  auto catalogue = make_uniform_catalogue(uniform);
  if (!catalogue.ok()) {
    std::fprintf(stderr, "catalogue: %s\n", catalogue.error().detail.c_str());
    std::exit(1);
  }
  made.catalogue = *catalogue;
  made.first = Day{made.catalogue->local_day(0, CivilTime{system_clock().civil_ms()}).value + 1};
  return made;
}

std::uint32_t capacity_for(std::uint64_t claims, std::uint64_t slots) {
  const double mean = static_cast<double>(claims) / static_cast<double>(slots);
  return static_cast<std::uint32_t>(std::ceil(mean + 8 * std::sqrt(mean) + 8));
}

Options options_for(const World& world, std::uint64_t bookings, std::uint32_t record_blocks,
                    bool huge_pages) {
  Options made;
  made.catalogue = world.catalogue;
  // A day more than the horizon has: local midnight may come.
  made.slots_max = world.lanes * world.per_day * 91;
  made.bookings_max = static_cast<std::uint32_t>(bookings + 4096);
  made.operations_max = 4096;
  made.record_blocks = record_blocks;
  made.details_in_flight = 1;
  made.huge_pages = huge_pages;
  made.checkpoint = false;
  made.seed = 0x6A616E6A69;
  return made;
}

}  // namespace janji::bench
