// When days are opened for booking.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <janji/catalogue.hpp>

namespace janji::catalogue {

// "midnight", "daily 08:00" or "weekly mon 08:00 2": on Mondays at eight, the week after next.
std::optional<ReleaseRule> parse_release(std::string_view text);

// Days of horizon that the rule needs so that all that it releases can be booked.
int horizon_for(const ReleaseRule& rule) noexcept;

// What is wrong with it under such a horizon; empty: nothing.
std::string check_release(const ReleaseRule& rule, int horizon_days);

// "none", or "50 daily 08:00 7": half of the seats at eight, a week before; with ; between several.
std::optional<std::vector<Tranche>> parse_tranches(std::string_view text);

// Likewise.
std::string check_tranches(std::span<const Tranche> tranches, int horizon_days);

}  // namespace janji::catalogue
