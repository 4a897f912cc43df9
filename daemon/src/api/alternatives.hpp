// What a client can take instead of a slot that is full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <janji/decision.hpp>
#include <janji/types.hpp>

#include "api/exchange.hpp"
#include "api/lane_view.hpp"

namespace janjid {

inline constexpr std::size_t kAlternativesMax = 5;
inline constexpr std::int32_t kAlternativesDays = 14;  // looked through, to each side

// The lane's free slots that are nearest in time to `day` and `minute` and have `seats`, nearest
// first; returns how many.
std::size_t nearest_slots(Exchange& exchange, const LaneView& lane, janji::Day day,
                          janji::Minute minute, std::uint16_t seats,
                          std::span<janji::SlotAvailability, kAlternativesMax> out);

// The same as a JSON array. Valid until the next request of the thread.
std::string_view alternatives_to(Exchange& exchange, const LaneView& lane, janji::Day day,
                                 janji::Minute minute, std::uint16_t seats);

}  // namespace janjid
