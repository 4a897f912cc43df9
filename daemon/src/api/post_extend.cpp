#include "api/act_reply.hpp"
#include "api/authority.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {

Reply post_extend(Exchange& exchange) {
  auto authority = authorise(exchange);
  if (auto* refusal = std::get_if<Reply>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  read_nothing(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  janji::ActRequest request;
  request.act = janji::Act::extend;
  request.booking = std::get<Holder>(authority).booking;
  request.issue = std::get<Holder>(authority).issue;
  request.operation =
      exchange.api().identity().operations.make({.caller = "",
                                                 .route = "POST /v1/bookings/{reference}/extend",
                                                 .subject = request.booking,
                                                 .key = key->view(),
                                                 .batch_index = std::nullopt});
  return take_step(exchange, request);
}

}  // namespace janjid
