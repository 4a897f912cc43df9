// What a claim and a place in a waitlist ask of the engine alike.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "api/api.hpp"
#include "api/claim_body.hpp"

namespace janjid {

// Which slot of its lane, whatever number the lane has: the lane's key names that.
constexpr std::uint64_t day_and_minute(janji::SlotKey slot) noexcept {
  return slot.value & ((1ULL << (janji::SlotKey::kDayBits + janji::SlotKey::kMinuteBits)) - 1);
}

// Seats, category, applicant and operation id. Nothing was reported of `body`.
template <class Request>
void fill_request(Request& request, const Api& api, const WhoClaims& body, std::string_view route,
                  std::string_view key) {
  // Numbers that don't fit are past every service's bound: so are these.
  request.seats = static_cast<std::uint16_t>(std::clamp<std::int64_t>(body.seats, 0, 0xFFFF));
  request.category = body.category;
  request.applicant = api.identity().applicants.make(*body.document);
  request.operation = api.identity().operations.make({.caller = "",
                                                      .route = route,
                                                      .subject = request.applicant,
                                                      .key = key,
                                                      .batch_index = std::nullopt});
}

}  // namespace janjid
