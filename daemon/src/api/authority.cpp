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

// Which of the tokens that the booking may ever have had it is; nothing when it is none of them.
std::optional<std::uint8_t> issue_of(const Tokens& tokens, janji::BookingId id,
                                     std::string_view token) {
  for (std::uint8_t issue = 0; issue <= janji::kReissuesMax; ++issue) {
    const TokenVerdict verdict = tokens.verify(id, token, issue);
    if (verdict == TokenVerdict::valid) return issue;
    if (verdict == TokenVerdict::malformed) break;
  }
  return std::nullopt;
}

namespace {

// The id that the path's first parameter stands for, of a booking or a group; nothing: of none.
std::optional<janji::BookingId> named_id(const Exchange& exchange) {
  const auto reference = percent_decode(exchange.path.values[0]);
  const ParsedReference parsed = exchange.api().identity().references.parse(reference.value_or(""));
  if (parsed.verdict != ReferenceVerdict::good) return std::nullopt;
  return parsed.booking;
}

}  // namespace

std::variant<janji::BookingId, Response> named_booking(const Exchange& exchange) {
  const auto id = named_id(exchange);
  // What an id stands for never changes: a group that is being changed is no booking either.
  if (id && exchange.api().engine().find_group(*id, {}).code() == janji::Code::booking_not_found) {
    return *id;
  }
  return problem(ProblemCode::booking_not_found, exchange.audience());
}

std::variant<janji::BookingId, Response> named_group(const Exchange& exchange) {
  const auto id = named_id(exchange);
  if (id && exchange.api().engine().find_group(*id, {}).code() != janji::Code::booking_not_found) {
    return *id;
  }
  return problem(ProblemCode::booking_not_found, exchange.audience());
}

std::variant<janji::BookingId, Response> authorise_group(const Exchange& exchange) {
  const auto id = named_id(exchange);
  if (!id) return problem(ProblemCode::booking_not_found, exchange.audience());
  const auto token = bearer_of(exchange.request);
  if (!token) return problem(ProblemCode::unauthorized, exchange.audience());
  if (exchange.api().identity().tokens.verify(*id, *token) != TokenVerdict::valid) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  return named_group(exchange);
}

std::variant<Holder, Reply> authorise(Exchange& exchange) {
  auto named = named_booking(exchange);
  if (auto* refusal = std::get_if<Response>(&named)) return Reply{std::move(*refusal)};
  const auto id = std::get<janji::BookingId>(named);
  const auto token = bearer_of(exchange.request);
  if (!token) return Reply{problem(ProblemCode::unauthorized, exchange.audience())};
  const Api& api = exchange.api();
  const std::optional<std::uint8_t> issue = issue_of(api.identity().tokens, id, *token);
  if (!issue) return Reply{problem(ProblemCode::forbidden, exchange.audience())};
  const Holder holder{id, *issue};
  if (exchange.attempt.granted) return holder;
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const auto booking = api.engine().find(id);
  if (!booking) {
    if (booking.code() == janji::Code::retry) return exchange.wait(rounds + 1);
    return holder;  // it is gone: whoever goes on with it finds that out
  }
  if (booking->reissues == holder.issue) return holder;
  return Reply{problem(ProblemCode::forbidden, exchange.audience()),
               api.acknowledge_at(booking->lsn)};
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
