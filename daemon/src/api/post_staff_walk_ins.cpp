// Somebody without an appointment is taken in at a counter: claimed, confirmed and checked in.
#include <fmt/format.h>

#include "api/authority.hpp"
#include "api/claim_reply.hpp"
#include "api/claim_request.hpp"
#include "api/decide.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/walk_in_body.hpp"

namespace janjid {
namespace {

constexpr std::string_view kRoute = "POST /v1/staff/walk-ins";

// All but the details, which are sealed anew each time.
janji::WalkInRequest make_request(const Api& api, const WalkInBody& body, const AccessKey& access,
                                  std::string_view key) {
  janji::WalkInRequest request;
  request.slot = body.slot_key;
  request.lane = body.lane->id;
  fill_request(request, api, body, kRoute, key);
  // Of the counter, not of who stands there: another one's is another body under the same key.
  const std::string caller = fmt::format("key:{}", access.number);
  const OperationIds& operations = api.identity().operations;
  request.operation = operations.make({.caller = caller,
                                       .route = kRoute,
                                       .subject = std::string_view{body.lane->branch->id},
                                       .key = key,
                                       .batch_index = std::nullopt});
  request.payload = operations.payload()
                        .add(body.lane->spec->key)
                        .add(day_and_minute(body.slot_key))
                        .add(static_cast<std::uint64_t>(body.seats))
                        .add(static_cast<std::uint64_t>(body.category))
                        .add(body.details.payload(operations))
                        .finish();
  request.actor = janji::ActorId{access.number};
  return request;
}

}  // namespace

Reply post_staff_walk_ins(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_staff(exchange, Scope::staff_checkin);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  WalkInBody body;
  if (read_json(exchange, errors)) body = read_walk_in_body(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!body.lane) return problem(ProblemCode::slot_not_found, exchange.audience());
  if (!access.branch.empty() && access.branch != body.lane->branch->id) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  janji::WalkInRequest request = make_request(api, body, access, key->view());
  const auto sealed = api.identity().details.seal(request.applicant, body.details.plain_json());
  if (!sealed) {
    errors.body("/details", Fault::bad_length, sealed.error().detail);
    return invalid_request(exchange.audience(), errors);
  }
  request.details = sealed->view();
  return decide(
      exchange, [&] { return api.engine().try_walk_in(request, exchange.attempt.patience); },
      [&](janji::Code code) { return problem(problem_of(code), exchange.audience()); },
      [&](const janji::Booking& booking, bool replayed) {
        return claim_response(api, booking, replayed);
      });
}

}  // namespace janjid
