// The catalogue in which runs of operations take place.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <janji/catalogue.hpp>

namespace janji::model {

inline constexpr std::int64_t kTownDayMs = 86'400'000;
inline constexpr std::int64_t kTownAheadMs = 8 * 3'600'000;  // UTC+8, in both offices
// Monday 2026-03-02, 08:30 in Kuala Lumpur.
inline constexpr Day kTownMonday{20514};
inline constexpr std::int64_t kTownStart = kTownMonday.value * kTownDayMs + 30 * 60'000;

inline constexpr std::size_t kTownLanes = 7;

// The stages of those services' progress that have one.
std::span<const std::string_view> town_stages();

// Two offices, three services of which two share a scope; small slots that fill quickly; one
// service at one of them has a pool, which falls back; two have a kiosk, one of these for a service
// that waits for approval. Made once.
const std::shared_ptr<const Catalogue>& small_town();

}  // namespace janji::model
