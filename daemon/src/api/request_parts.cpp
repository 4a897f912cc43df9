#include "api/request_parts.hpp"

#include <charconv>

#include <fmt/format.h>

#include "api/civil_text.hpp"

namespace janjid {

std::optional<IdempotencyKey> read_idempotency_key(const Request& request, FieldErrors& errors) {
  constexpr std::string_view kName = "Idempotency-Key";
  const std::size_t count = request.count(kName);
  if (count != 1) {
    errors.header(kName, count == 0 ? Fault::missing : Fault::duplicate);
    return std::nullopt;
  }
  auto key = parse_idempotency_key(*request.find(kName));
  if (key) return *key;
  errors.header(kName, Fault::bad_format, key.error().detail);
  return std::nullopt;
}

bool read_json(Exchange& exchange, FieldErrors& errors) {
  JsonDocument& json = exchange.scratch.json;
  if (json.parse(exchange.request.body)) return true;
  errors.body("", Fault::malformed_json, json.error());
  return false;
}

std::optional<janji::Pool> read_pool(QueryReader& query, FieldErrors& errors) {
  const auto text = query.get("pool");
  if (!text) return janji::Pool::general;
  const auto pool = janji::parse_pool(*text);
  if (!pool) errors.query("pool", Fault::bad_choice, kPoolChoices);
  return pool;
}

std::optional<std::uint64_t> read_number(QueryReader& query, std::string_view name,
                                         std::uint64_t least, std::uint64_t most,
                                         FieldErrors& errors) {
  const auto text = query.get(name);
  if (!text) return std::nullopt;
  std::uint64_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, value);
  if (error == std::errc{} && at == end && value >= least && value <= most) return value;
  errors.query(name, Fault::bad_choice, fmt::format("{} to {}", least, most));
  return std::nullopt;
}

std::optional<janji::Day> read_date(QueryReader& query, std::string_view name,
                                    FieldErrors& errors) {
  const auto text = query.get(name);
  if (!text) return std::nullopt;
  const auto day = parse_date(*text);
  if (!day) errors.query(name, Fault::bad_format, "YYYY-MM-DD");
  return day;
}

}  // namespace janjid
