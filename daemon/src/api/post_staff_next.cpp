// The next one in a branch's waiting hall is called to a counter.
#include <fmt/format.h>

#include "api/act_reply.hpp"
#include "api/authority.hpp"
#include "api/decide.hpp"
#include "api/handlers.hpp"
#include "api/lane_request.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

void read_body(Exchange& exchange, FieldErrors& errors, janji::NextRequest& request) {
  if (!read_json(exchange, errors)) return;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return;
  request.counter = read_number(exchange, body, "counter");
  if (const auto id = body.string("service", JsonReader::Need::optional)) {
    const auto service = exchange.api().catalogue().find_service(*id);
    if (!service) body.report("service", Fault::bad_choice, "an id of the catalogue's services");
    request.service = service.value_or(janji::NextRequest::kAnyService);
  }
  body.finish();
}

}  // namespace

Reply post_staff_next(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_staff(exchange, Scope::staff_checkin);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  janji::NextRequest request;
  read_body(exchange, errors, request);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto branch = named_branch(exchange);
  if (!branch) return problem(ProblemCode::not_found, exchange.audience());
  const std::string_view id = api.catalogue().branches()[*branch].id;
  if (!access.branch.empty() && access.branch != id) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  request.branch = *branch;
  request.actor = janji::ActorId{access.number};
  const std::string caller = fmt::format("key:{}", access.number);
  request.operation =
      api.identity().operations.make({.caller = caller,
                                      .route = "POST /v1/staff/branches/{branch}/next",
                                      .subject = id,
                                      .key = key->view(),
                                      .batch_index = std::nullopt});
  return decide(
      exchange, [&] { return api.engine().try_next(request, exchange.attempt.patience); },
      [&](janji::Code code) { return problem(problem_of(code), exchange.audience()); },
      [&](const janji::Booking& booking, bool replayed) {
        return tell_booking(api, booking, replayed);
      });
}

}  // namespace janjid
