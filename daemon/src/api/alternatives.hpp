// What a client can take instead of a slot that is full.
#pragma once

#include <cstdint>
#include <string_view>

#include <janji/types.hpp>

#include "api/exchange.hpp"
#include "api/lane_view.hpp"

namespace janjid {

inline constexpr std::size_t kAlternativesMax = 5;
inline constexpr std::int32_t kAlternativesDays = 14;  // looked through, to each side

// A JSON array of the lane's free slots that are nearest in time to `day` and `minute` and have
// `seats`, nearest first. Valid until the next request of the thread.
std::string_view alternatives_to(Exchange& exchange, const LaneView& lane, janji::Day day,
                                 janji::Minute minute, std::uint16_t seats);

}  // namespace janjid
