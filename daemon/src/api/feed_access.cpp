#include "api/feed_access.hpp"

#include <charconv>

#include <fmt/format.h>

#include "api/authority.hpp"

namespace janjid {

std::optional<Response> refuse_feed(const Exchange& exchange) {
  auto authority = authorise_staff(exchange, Scope::feed);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  if (std::get<AccessKey>(authority).branch.empty()) return std::nullopt;
  return problem(ProblemCode::forbidden, exchange.audience());
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

std::optional<janji::Lsn> read_after(QueryReader& query, janji::Lsn newest, FieldErrors& errors) {
  const auto after = read_number(query, "after", 0, newest.value, errors);
  return after ? std::optional{janji::Lsn{*after}} : std::nullopt;
}

}  // namespace janjid
