#include "api/pipeline.hpp"

#include <utility>

#include "api/routes.hpp"
#include "api/waiting_request.hpp"
#include "http/tokens.hpp"

namespace janjid {
namespace {

using Admission = std::optional<Response>;

// The engine is there, or the route doesn't need it.
Admission admit_ready(const Route& route, const Exchange& exchange) {
  if (!route.needs_engine || exchange.api_or_null != nullptr) return std::nullopt;
  return problem(ProblemCode::retry, exchange.audience());
}

// `application/json`, with whatever parameters: a charset other than UTF-8 doesn't survive the
// reading of the body.
Admission admit_media_type(const Route& route, const Exchange& exchange) {
  if (route.body == BodyRule::ignored) return std::nullopt;
  if (route.body == BodyRule::optional && exchange.request.body.empty()) return std::nullopt;
  std::string_view type = exchange.request.find(Field::content_type).value_or("");
  const bool json = equals_ignoring_case(trim(take_until(type, ';')), kJson);
  if (json && exchange.request.count("Content-Type") == 1) return std::nullopt;
  return problem(ProblemCode::unsupported_media_type, exchange.audience());
}

// In this order. The throttle's stages stand between these two: it needs the engine's clock, and
// must not pay for the reading of a body.
constexpr Admission (*kStages[])(const Route&, const Exchange&) = {admit_ready, admit_media_type};

Reply answer_unrouted(const Request& request, RouteVerdict verdict) {
  if (verdict == RouteVerdict::no_path) {
    return problem(ProblemCode::not_found, audience_of(request));
  }
  Response response = problem(ProblemCode::method_not_allowed, audience_of(request));
  response.add_header("Allow", router().allowed(request.path));
  return response;
}

}  // namespace

Reply Pipeline::handle(const Request& request) {
  Attempt attempt;
  Wait wait;
  Reply reply = answer(request, attempt, &wait);
  if (wait.round == 0) return reply;
  const std::uint8_t route = reply.route;
  auto waiting = std::make_unique<WaitingRequest>(
      request, attempt,
      [this](auto&&... given) { return answer(std::forward<decltype(given)>(given)...); }, wait);
  reply = Reply{std::unique_ptr<Parked>{std::move(waiting)}};
  reply.route = route;
  return reply;
}

Reply Pipeline::answer(const Request& request, Attempt& attempt, Wait* wait) {
  const RouteMatch match = router().match(request.method, request.path);
  if (match.verdict != RouteVerdict::found) return answer_unrouted(request, match.verdict);
  const Route& route = routes()[match.route];
  Exchange exchange{request, site_, match.parameters, site_.api(), attempt, scratch_};
  // Whatever was read of another one was of requests before this.
  if (exchange.api_or_null != nullptr) CataloguePin::renew(exchange.api().engine());
  Reply reply;
  for (const auto& stage : kStages) {
    if (Admission refusal = stage(route, exchange)) {
      reply = std::move(*refusal);
      reply.route = match.route;
      return reply;
    }
  }
  reply = route.handler(exchange);
  reply.route = match.route;
  *wait = exchange.waits;
  return reply;
}

}  // namespace janjid
