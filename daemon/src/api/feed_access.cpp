#include "api/feed_access.hpp"

#include "api/authority.hpp"
#include "api/request_parts.hpp"

namespace janjid {

std::optional<Response> refuse_feed(const Exchange& exchange) {
  auto authority = authorise_staff(exchange, Scope::feed);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  if (std::get<AccessKey>(authority).branch.empty()) return std::nullopt;
  return problem(ProblemCode::forbidden, exchange.audience());
}

std::optional<janji::Lsn> read_after(QueryReader& query, janji::Lsn newest, FieldErrors& errors) {
  const auto after = read_number(query, "after", 0, newest.value, errors);
  return after ? std::optional{janji::Lsn{*after}} : std::nullopt;
}

}  // namespace janjid
