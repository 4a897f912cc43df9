// Slots to claim, and requests for them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include <janji/catalogue.hpp>
#include <janji/decision.hpp>
#include <janji/options.hpp>

#include "base/mix.hpp"

namespace janji::bench {

// Equal lanes, each with the same slots on each of 88 days: from tomorrow on, so that no slot
// passes during a run; the horizon has two days more.
struct World {
  static constexpr std::uint32_t kDays = 88;
  static constexpr std::uint16_t kMinutes = 15;

  std::shared_ptr<const Catalogue> catalogue;
  std::uint32_t lanes{0};
  std::uint32_t per_day{0};
  std::uint32_t capacity{0};
  Day first;

  std::uint64_t slots() const { return std::uint64_t{lanes} * kDays * per_day; }
  // The i-th slot, by lane, day and time; LaneId and catalogue index are the same in a new engine.
  SlotKey slot(std::uint64_t i) const {
    const auto minute = static_cast<std::uint32_t>(i % per_day);
    const auto day = static_cast<std::int32_t>(i / per_day % kDays);
    const auto lane = static_cast<std::uint32_t>(i / per_day / kDays);
    return SlotKey(LaneId{lane}, Day{first.value + day},
                   Minute{static_cast<std::uint16_t>(minute * kMinutes)});
  }
  std::uint64_t index(SlotKey key) const {
    const auto day = static_cast<std::uint64_t>(key.day().value - first.value);
    return (std::uint64_t{key.lane().value} * kDays + day) * per_day +
           key.minute().value / kMinutes;
  }
  // A slot for 64 random bits.
  std::uint64_t pick(std::uint64_t random) const { return ((random >> 32) * slots()) >> 32; }
};

struct WorldSpec {
  std::uint64_t slots{100'000};  // about as many
  std::uint32_t capacity{1};
  std::int64_t hold_ms{3'600'000};
  std::uint16_t slots_per_day{0};  // 0: as fits
};

World make_world(const WorldSpec& spec);

// Seats a slot needs so that `claims` spread at random don't sell any out: the mean and many
// standard deviations.
std::uint32_t capacity_for(std::uint64_t claims, std::uint64_t slots);

Options options_for(const World& world, std::uint64_t bookings, std::uint32_t record_blocks,
                    bool huge_pages);

// The k-th request of a thread: always the same one, so that an audit can make it again.
struct Script {
  const World* world{nullptr};
  std::uint64_t seed{1};
  bool one_slot{false};  // all for slot 0
  bool is_new{true};     // operation_is_new

  std::uint64_t slot_index(std::uint32_t thread, std::uint64_t k) const {
    return one_slot ? 0 : world->pick(base::mix(seed, thread, k));
  }
  void make(std::uint32_t thread, std::uint64_t k, ClaimRequest& request) const {
    // One slot needs no good randomness, and a refusal is over before it would be made.
    const std::uint64_t random = one_slot ? k * 0x9E3779B97F4A7C15ULL : base::mix(seed, thread, k);
    const std::uint64_t name = (std::uint64_t{thread} + 1) << 48 | (seed & 0xFF) << 40 | k;
    request.slot = world->slot(one_slot ? 0 : world->pick(random));
    request.applicant = {random, name};
    request.operation = {~random, name};
    request.operation_is_new = is_new;
  }
};

}  // namespace janji::bench
