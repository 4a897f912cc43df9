// Why seats of a slot can't be had, with what the client can do instead.
#pragma once

#include <cstdint>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "api/exchange.hpp"
#include "api/lane_view.hpp"

namespace janjid {

// slot_full has the free slots nearest to `day` and `minute` that have `seats`; not_released says
// when `day` is.
Response refuse_slot(Exchange& exchange, janji::Code code, const LaneView& lane, janji::Day day,
                     janji::Minute minute, std::uint16_t seats);

}  // namespace janjid
