// The random part of an epoch.
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include <janji/types.hpp>

#include "base/mix.hpp"
#include "record/booking_id.hpp"

namespace janji {

// One of `bits` bits that isn't in `used`, and never 0. Nothing when there is none left.
inline std::optional<std::uint32_t> draw_epoch(std::uint64_t seed, Lsn end,
                                               const std::set<std::uint32_t>& used,
                                               int bits = record::kEpochBits) {
  const std::uint32_t mask = (1U << bits) - 1;
  if (used.size() - used.count(0) >= mask) return std::nullopt;
  for (std::uint64_t draw = 0;; ++draw) {
    const auto random = static_cast<std::uint32_t>(base::mix(seed, end.value, draw)) & mask;
    if (random != 0 && !used.contains(random)) return random;
  }
}

}  // namespace janji
