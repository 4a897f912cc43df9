// A small engine on a clock that only moves when told to.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include <janji/catalogue_builder.hpp>
#include <janji/engine.hpp>

#include "support/scratch_directory.hpp"

namespace janji::test {

// 2026-11-24 (a Tuesday) 08:00 in Kuala Lumpur.
inline constexpr std::int64_t kMorning = 1795478400000;
inline constexpr Day kToday{20781};

class ManualClock final : public Clock {
 public:
  std::int64_t monotonic_ms() const noexcept override {
    return monotonic.load(std::memory_order_relaxed);
  }
  std::int64_t civil_ms() const noexcept override { return civil.load(std::memory_order_relaxed); }
  void advance(std::int64_t ms) {
    monotonic.fetch_add(ms, std::memory_order_relaxed);
    civil.fetch_add(ms, std::memory_order_relaxed);
  }

  std::atomic<std::int64_t> monotonic{1'000'000};
  std::atomic<std::int64_t> civil{kMorning};
};

// Two lanes, ten slots of an hour a day from midnight, two seats each, seven days ahead; one
// active booking per applicant; holds of ten minutes.
inline std::shared_ptr<const Catalogue> small_catalogue(std::uint16_t capacity = 2) {
  UniformCatalogue spec;
  spec.lanes = 2;
  spec.slots_per_day = 24;
  spec.slot_minutes = 60;
  spec.capacity = capacity;
  spec.rules.horizon_days = 7;
  spec.rules.seats_max = 2;
  spec.rules.scope_name = "one";
  spec.rules.hold_ms = 600'000;
  auto made = make_uniform_catalogue(spec);
  REQUIRE(made.ok());
  return *made;
}

inline Options small_options(const ManualClock& clock, std::uint16_t capacity = 2) {
  Options options;
  options.durability = Durability::memory;
  options.catalogue = small_catalogue(capacity);
  options.slots_max = 4096;
  options.bookings_max = 1024;
  options.operations_max = 1024;
  options.blocks_max = 64;
  options.entitlements_max = 64;
  options.eligible_max = 256;
  options.record_blocks = 1024;
  options.details_in_flight = 16;
  options.callers_max = 16;
  options.journal_map_bytes = std::size_t{64} << 20;
  options.state_map_bytes = std::size_t{64} << 20;
  options.disk_low_water_bytes = std::size_t{2} << 20;
  options.huge_pages = false;
  options.clock = &clock;
  options.seed = 42;
  return options;
}

inline std::unique_ptr<Engine> open_engine(Options options) {
  auto engine = Engine::open(std::move(options));
  INFO((engine.ok() ? std::string("open") : engine.error().detail));
  REQUIRE(engine.ok());
  return std::move(*engine);
}

// Tomorrow at 09:00 unless said otherwise.
inline SlotKey slot_at(int day = 1, int hour = 9, std::uint32_t lane = 0) {
  return SlotKey(LaneId{lane}, Day{kToday.value + day},
                 Minute{static_cast<std::uint16_t>(hour * 60)});
}

inline ClaimRequest claim_of(std::uint64_t applicant, SlotKey slot = slot_at(),
                             std::uint64_t operation = 0) {
  ClaimRequest request;
  request.slot = slot;
  request.applicant = {7, applicant};
  if (operation != 0) request.operation = {9, operation};
  return request;
}

inline SlotAvailability availability(const Engine& engine, SlotKey slot) {
  SlotAvailability all[64];
  const std::size_t many = engine.slots(slot.lane(), slot.day(), all);
  for (std::size_t i = 0; i < many; ++i) {
    if (all[i].slot == slot) return all[i];
  }
  FAIL("no such slot");
  return {};
}

}  // namespace janji::test
