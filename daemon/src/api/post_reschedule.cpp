#include "api/authority.hpp"
#include "api/booking_reply.hpp"
#include "api/decide.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/slot_id.hpp"
#include "api/slot_refusal.hpp"

namespace janjid {
namespace {

// Where to. Empty, and an error, unless the body is {"slot": "<id>"}.
std::string_view read_slot(Exchange& exchange, FieldErrors& errors) {
  if (!read_json(exchange, errors)) return {};
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return {};
  const auto slot = body.string("slot", JsonReader::Need::required);
  body.finish();
  return slot.value_or("");
}

Response refuse(Exchange& exchange, janji::Code code, const ParsedSlotId& target,
                janji::BookingId id) {
  const auto booking = exchange.api().engine().find(id);
  // Just being changed: how many seats it has can't be read, and no other slot is offered.
  if (!booking.ok() && code == janji::Code::slot_full) {
    return problem(ProblemCode::slot_full, exchange.audience());
  }
  return refuse_slot(exchange, code, target.lane, target.slot.day(), target.slot.minute(),
                     booking.ok() ? booking->seats : std::uint16_t{1});
}

}  // namespace

Reply post_reschedule(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise(exchange);
  if (auto* refusal = std::get_if<Reply>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  const std::string_view slot = read_slot(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto target = parse_slot_id(api.engine(), slot);
  if (!target) return problem(ProblemCode::slot_not_found, exchange.audience());

  janji::RescheduleRequest request;
  request.booking = std::get<Holder>(authority).booking;
  request.issue = std::get<Holder>(authority).issue;
  request.slot = target->slot;
  request.operation =
      api.identity().operations.make({.caller = "",
                                      .route = "POST /v1/bookings/{reference}/reschedule",
                                      .subject = request.booking,
                                      .key = key->view(),
                                      .batch_index = std::nullopt});
  return decide(
      exchange, [&] { return api.engine().try_reschedule(request, exchange.attempt.patience); },
      [&](janji::Code code) { return refuse(exchange, code, *target, request.booking); },
      [&](const janji::Booking& booking, bool replayed) {
        return booking_response(api, booking, replayed);
      });
}

}  // namespace janjid
