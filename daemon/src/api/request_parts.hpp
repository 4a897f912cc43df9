// Parts of a request that several routes read alike.
#pragma once

#include <optional>

#include <janji/types.hpp>

#include "api/exchange.hpp"
#include "http/field_error.hpp"
#include "http/json_reader.hpp"
#include "http/query.hpp"
#include "identity/idempotency_key.hpp"

namespace janjid {

// The Idempotency-Key; reported when missing, repeated or malformed.
std::optional<IdempotencyKey> read_idempotency_key(const Request& request, FieldErrors& errors);

// True when the body is parsed into scratch.json; else reported. An empty body is no JSON.
bool read_json(Exchange& exchange, FieldErrors& errors);

// The `pool` parameter, general by default; nothing when reported.
std::optional<janji::Pool> read_pool(QueryReader& query, FieldErrors& errors);

// A number in the query: digits alone, from `least` to `most`; nothing when absent or reported.
std::optional<std::uint64_t> read_number(QueryReader& query, std::string_view name,
                                         std::uint64_t least, std::uint64_t most,
                                         FieldErrors& errors);

// A date parameter; nothing when absent or reported.
std::optional<janji::Day> read_date(QueryReader& query, std::string_view name, FieldErrors& errors);

inline constexpr std::int32_t kSpanDaysMax = 100;  // of days in one request, both ends included

inline constexpr std::string_view kPoolChoices = "general, priority, employer, kiosk";

}  // namespace janjid
