#include "api/act_reply.hpp"
#include "api/authority.hpp"
#include "api/booking_reply.hpp"
#include "api/decide.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {
Reply post_cancel(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise(exchange);
  if (auto* refusal = std::get_if<Reply>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  read_nothing(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);

  janji::CancelRequest request;
  request.booking = std::get<Holder>(authority).booking;
  request.issue = std::get<Holder>(authority).issue;
  request.operation =
      api.identity().operations.make({.caller = "",
                                      .route = "POST /v1/bookings/{reference}/cancel",
                                      .subject = request.booking,
                                      .key = key->view(),
                                      .batch_index = std::nullopt});
  return decide(
      exchange, [&] { return api.engine().try_cancel(request, exchange.attempt.patience); },
      [&](janji::Code code) { return problem(problem_of(code), exchange.audience()); },
      [&](const janji::Booking& booking, bool replayed) {
        return booking_response(api, booking, replayed);
      });
}

}  // namespace janjid
