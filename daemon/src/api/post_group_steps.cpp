// The steps that whoever holds a group's token takes with all of its members at once.
#include "api/act_reply.hpp"
#include "api/authority.hpp"
#include "api/details_body.hpp"
#include "api/group_body.hpp"
#include "api/group_reply.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

janji::OperationId operation_of(const Exchange& exchange, std::string_view route,
                                janji::BookingId group, const IdempotencyKey& key) {
  return exchange.api().identity().operations.make({.caller = "",
                                                    .route = route,
                                                    .subject = group,
                                                    .key = key.view(),
                                                    .batch_index = std::nullopt});
}

GroupParts read_move(Exchange& exchange, FieldErrors& errors) {
  if (!read_json(exchange, errors)) return {};
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return {};
  GroupParts parts = read_parts(exchange.api().engine(), body);
  body.finish();
  return parts;
}

}  // namespace

Reply post_group_confirm(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_group(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const auto id = std::get<janji::BookingId>(authority);
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const auto group = api.engine().find_group(id, {});
  if (!group) {
    if (group.code() == janji::Code::retry) return exchange.wait(rounds + 1);
    return problem(problem_of(group.code()), exchange.audience());
  }
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  DetailsBody body;
  if (read_json(exchange, errors)) {
    body = read_details_body(exchange.scratch.json, rules_of(api.engine(), group->lane), errors);
  }
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto sealed = api.identity().details.seal(id, body.plain_json());
  if (!sealed) {
    errors.body("/details", Fault::bad_length, sealed.error().detail);
    return invalid_request(exchange.audience(), errors);
  }
  janji::ConfirmRequest request;
  request.booking = id;
  request.operation = operation_of(exchange, "POST /v1/groups/{reference}/confirm", id, *key);
  request.payload = body.payload(api.identity().operations);
  request.details = sealed->view();
  return decide_group(
      exchange, [&] { return api.engine().try_confirm(request, exchange.attempt.patience); },
      [&](const janji::Decision& refusal) {
        return problem(problem_of(refusal.code), exchange.audience());
      });
}

Reply post_group_cancel(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_group(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  read_nothing(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  janji::CancelRequest request;
  request.booking = std::get<janji::BookingId>(authority);
  request.operation =
      operation_of(exchange, "POST /v1/groups/{reference}/cancel", request.booking, *key);
  return decide_group(
      exchange, [&] { return api.engine().try_cancel(request, exchange.attempt.patience); },
      [&](const janji::Decision& refusal) {
        return problem(problem_of(refusal.code), exchange.audience());
      });
}

Reply post_group_extend(Exchange& exchange) {
  auto authority = authorise_group(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  read_nothing(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  janji::ActRequest request;
  request.act = janji::Act::extend;
  request.booking = std::get<janji::BookingId>(authority);
  request.operation =
      operation_of(exchange, "POST /v1/groups/{reference}/extend", request.booking, *key);
  return take_group_step(exchange, request);
}

Reply post_group_reschedule(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_group(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  const GroupParts parts = read_move(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!parts.lane) return problem(ProblemCode::slot_not_found, exchange.audience());
  janji::GroupMoveRequest request;
  request.group = std::get<janji::BookingId>(authority);
  request.lane = parts.lane->id;
  request.parts = parts.parts;
  request.operation =
      operation_of(exchange, "POST /v1/groups/{reference}/reschedule", request.group, *key);
  PayloadHash payload = api.identity().operations.payload();
  parts.add_to(payload);
  request.payload = payload.finish();
  return decide_group(
      exchange, [&] { return api.engine().try_move_group(request, exchange.attempt.patience); },
      [&](const janji::Decision& refusal) { return refuse_parts(exchange, refusal.code, parts); });
}

}  // namespace janjid
