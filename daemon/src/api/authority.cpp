#include "api/authority.hpp"

#include "http/query.hpp"

namespace janjid {

std::variant<janji::BookingId, Response> authorise(const Exchange& exchange) {
  const Audience audience = exchange.audience();
  const Identity& identity = exchange.api().identity();
  const auto reference = percent_decode(exchange.path.values[0]);
  const ParsedReference parsed = identity.references.parse(reference.value_or(""));
  if (parsed.verdict != ReferenceVerdict::good) {
    return problem(ProblemCode::booking_not_found, audience);
  }
  const auto header = exchange.request.find(Field::authorization);
  if (!header || exchange.request.count("Authorization") != 1) {
    return problem(ProblemCode::unauthorized, audience);
  }
  const auto token = parse_bearer(*header);
  if (!token) return problem(ProblemCode::unauthorized, audience);
  if (identity.tokens.verify(parsed.booking, *token) != TokenVerdict::valid) {
    return problem(ProblemCode::forbidden, audience);
  }
  return parsed.booking;
}

}  // namespace janjid
