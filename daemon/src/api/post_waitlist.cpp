// Somebody waits for a slot that is full, or for any of several of a day.
#include "api/claim_body.hpp"
#include "api/claim_reply.hpp"
#include "api/claim_request.hpp"
#include "api/decide.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/slot_refusal.hpp"
#include "api/wait_target.hpp"

namespace janjid {
namespace {

janji::JoinRequest make_request(const Api& api, const JoinBody& body, const WaitTarget& where,
                                std::string_view key) {
  janji::JoinRequest request;
  fill_request(request, api, body, "POST /v1/waitlist", key);
  where.ask_for(request);
  PayloadHash payload = api.identity().operations.payload();
  where.add_to(payload);
  request.payload = payload.add(static_cast<std::uint64_t>(body.seats))
                        .add(static_cast<std::uint64_t>(body.category))
                        .finish();
  return request;
}

}  // namespace

Reply post_waitlist(Exchange& exchange) {
  const Api& api = exchange.api();
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  JoinBody body;
  if (read_json(exchange, errors)) body = read_join_body(exchange.scratch.json, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto where = find_wait_target(api.engine(), body, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!where) return problem(ProblemCode::slot_not_found, exchange.audience());

  const janji::JoinRequest request = make_request(api, body, *where, key->view());
  return decide(
      exchange, [&] { return api.engine().try_join(request, exchange.attempt.patience); },
      [&](janji::Code code) {
        return refuse_slot(exchange, code, where->lane, where->day, where->from, request.seats);
      },
      [&](const janji::Booking& booking, bool replayed) {
        return claim_response(api, booking, replayed);
      });
}

}  // namespace janjid
