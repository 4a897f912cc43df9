// Somebody waits for a slot that is full, or for any of several of a day.
#include "api/claim_body.hpp"
#include "api/claim_reply.hpp"
#include "api/claim_request.hpp"
#include "api/decide.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/slot_id.hpp"
#include "api/slot_refusal.hpp"

namespace janjid {
namespace {

// A slot; or those of a day that start from one minute of it to another.
struct Target {
  LaneView lane;
  janji::SlotKey slot;  // 0: those of the day
  janji::Day day;
  janji::Minute from{0};
  janji::Minute until = janji::JoinRequest{}.until;
};

// Nothing: there is none, or what is wrong with the span was reported.
std::optional<Target> find_span(const janji::Engine& engine, const JoinBody& body,
                                FieldErrors& errors) {
  const auto first = parse_slot_id(engine, *body.from);
  const auto last = parse_slot_id(engine, *body.to);
  if (!first || !last) return std::nullopt;
  if (last->lane.id != first->lane.id || last->slot.day() != first->slot.day()) {
    errors.body("/to", Fault::bad_choice, "of the same branch, service, pool and date as `from`");
    return std::nullopt;
  }
  if (last->slot < first->slot) {
    errors.body("/to", Fault::bad_span, "to >= from");
    return std::nullopt;
  }
  return Target{first->lane, {}, first->slot.day(), first->slot.minute(), last->slot.minute()};
}

std::optional<Target> find_target(const janji::Engine& engine, const JoinBody& body,
                                  FieldErrors& errors) {
  if (body.from) return find_span(engine, body, errors);
  if (body.slot) {
    const auto parsed = parse_slot_id(engine, *body.slot);
    if (!parsed) return std::nullopt;
    return Target{parsed->lane, parsed->slot, parsed->slot.day(), parsed->slot.minute()};
  }
  const auto lane = find_lane(engine, body.branch, body.service, body.pool);
  if (!lane) return std::nullopt;
  return Target{*lane, {}, body.first_day};
}

janji::JoinRequest make_request(const Api& api, const JoinBody& body, const Target& where,
                                std::string_view key) {
  janji::JoinRequest request;
  request.slot = where.slot;
  fill_request(request, api, body, "POST /v1/waitlist", key);
  PayloadHash payload = api.identity().operations.payload();
  payload.add(where.lane.spec->key);
  if (where.slot.value == 0) {
    request.lane = where.lane.id;
    request.day = where.day;
    request.from = where.from;
    request.until = where.until;
    payload.add("day").add(static_cast<std::uint64_t>(where.until.value));
  }
  request.payload =
      payload.add(day_and_minute(janji::SlotKey(where.lane.id, where.day, where.from)))
          .add(static_cast<std::uint64_t>(body.seats))
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
  const auto where = find_target(api.engine(), body, errors);
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
