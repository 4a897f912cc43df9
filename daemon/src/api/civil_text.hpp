// Dates and moments as they stand in JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <janji/types.hpp>

namespace janjid {

// "2026-11-24", strictly: a date that exists, from 1970 to 2999.
std::optional<janji::Day> parse_date(std::string_view text) noexcept;

// RFC 3339 in whole seconds, strictly: "2026-12-01T08:00:00+08:00" or, in UTC, "...Z".
std::optional<janji::CivilTime> parse_moment(std::string_view text) noexcept;

void append_date(std::string& out, janji::Day day);          // 2026-11-24
void append_compact_date(std::string& out, janji::Day day);  // 20261124

// RFC 3339 in whole seconds with the offset: 2026-11-24T08:00:00+08:00.
void append_moment(std::string& out, janji::CivilTime at, int utc_offset_seconds);

}  // namespace janjid
