#include "api/authority.hpp"

#include <janji/clock.hpp>

#include "http/query.hpp"

namespace janjid {

std::optional<std::string_view> bearer_of(const Request& request) {
  const auto header = request.find(Field::authorization);
  if (!header || request.count("Authorization") != 1) return std::nullopt;
  const auto token = parse_bearer(*header);
  return token ? std::optional{*token} : std::nullopt;
}

std::optional<AccessKey> key_of(const Api& api, std::string_view token) {
  const auto keys = api.access().keys(janji::system_clock().monotonic_ms());
  const AccessKey* key = keys->find(token);
  return key == nullptr ? std::nullopt : std::optional{*key};
}

std::variant<janji::BookingId, Response> named_booking(const Exchange& exchange) {
  const auto reference = percent_decode(exchange.path.values[0]);
  const ParsedReference parsed = exchange.api().identity().references.parse(reference.value_or(""));
  if (parsed.verdict == ReferenceVerdict::good) return parsed.booking;
  return problem(ProblemCode::booking_not_found, exchange.audience());
}

std::variant<janji::BookingId, Response> authorise(const Exchange& exchange) {
  auto named = named_booking(exchange);
  if (!std::holds_alternative<janji::BookingId>(named)) return named;
  const auto token = bearer_of(exchange.request);
  if (!token) return problem(ProblemCode::unauthorized, exchange.audience());
  const Identity& identity = exchange.api().identity();
  if (identity.tokens.verify(std::get<janji::BookingId>(named), *token) != TokenVerdict::valid) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  return named;
}

std::variant<AccessKey, Response> authorise_staff(const Exchange& exchange, Scope scope) {
  const auto token = bearer_of(exchange.request);
  if (!token) return problem(ProblemCode::unauthorized, exchange.audience());
  auto key = key_of(exchange.api(), *token);
  if (!key) return problem(ProblemCode::unauthorized, exchange.audience());
  if (!key->may(scope)) return problem(ProblemCode::forbidden, exchange.audience());
  return std::move(*key);
}

}  // namespace janjid
