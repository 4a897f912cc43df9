#include "api/authority.hpp"
#include "api/booking_reply.hpp"
#include "api/decide.hpp"
#include "api/details_body.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {
Reply post_confirm(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise(exchange);
  if (auto* refusal = std::get_if<Reply>(&authority)) return std::move(*refusal);
  const janji::BookingId id = std::get<Holder>(authority).booking;
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const auto found = api.engine().find(id);
  if (!found) {
    if (found.code() == janji::Code::retry) return exchange.wait(rounds + 1);
    return problem(problem_of(found.code()), exchange.audience());
  }

  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  DetailsBody body;
  if (read_json(exchange, errors)) {
    body = read_details_body(exchange.scratch.json, rules_of(api.engine(), found->slot.lane()),
                             errors);
  }
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto sealed = api.identity().details.seal(id, body.plain_json());
  if (!sealed) {
    errors.body("/details", Fault::bad_length, sealed.error().detail);
    return invalid_request(exchange.audience(), errors);
  }

  janji::ConfirmRequest request;
  request.booking = id;
  request.issue = std::get<Holder>(authority).issue;
  request.operation =
      api.identity().operations.make({.caller = "",
                                      .route = "POST /v1/bookings/{reference}/confirm",
                                      .subject = id,
                                      .key = key->view(),
                                      .batch_index = std::nullopt});
  request.payload = body.payload(api.identity().operations);
  request.details = sealed->view();
  return decide(
      exchange, [&] { return api.engine().try_confirm(request, exchange.attempt.patience); },
      [&](janji::Code code) { return problem(problem_of(code), exchange.audience()); },
      [&](const janji::Booking& booking, bool replayed) {
        return booking_response(api, booking, replayed);
      });
}

}  // namespace janjid
