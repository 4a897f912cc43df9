#include <algorithm>

#include "api/claim_body.hpp"
#include "api/claim_reply.hpp"
#include "api/decide.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/slot_id.hpp"
#include "api/slot_refusal.hpp"

namespace janjid {
namespace {

// Where a claim goes: a lane, and in it a slot or a span of days.
struct Target {
  LaneView lane;
  janji::SlotKey slot;
  janji::Day first_day, last_day;
};

std::optional<Target> find_target(const janji::Engine& engine, const ClaimBody& body) {
  if (body.slot) {
    const auto parsed = parse_slot_id(engine, *body.slot);
    if (!parsed) return std::nullopt;
    return Target{parsed->lane, parsed->slot, {}, {}};
  }
  const auto lane = find_lane(engine, body.branch, body.service, body.pool);
  if (!lane) return std::nullopt;
  return Target{*lane, {}, body.first_day, body.last_day};
}

// Names what is asked for, whatever the order and the blanks of the body.
std::uint64_t payload_of(const OperationIds& operations, const ClaimBody& body,
                         const Target& target) {
  return operations.payload()
      .add(target.lane.spec->key)
      .add(target.slot.value &
           ((1ULL << (janji::SlotKey::kDayBits + janji::SlotKey::kMinuteBits)) - 1))
      .add(static_cast<std::uint64_t>(target.first_day.value))
      .add(static_cast<std::uint64_t>(target.last_day.value))
      .add(static_cast<std::uint64_t>(body.seats))
      .add(static_cast<std::uint64_t>(body.category))
      .finish();
}

janji::ClaimRequest make_request(const Api& api, const ClaimBody& body, const Target& target,
                                 std::string_view key) {
  janji::ClaimRequest request;
  request.slot = target.slot;
  request.lane = target.lane.id;
  request.first_day = target.first_day;
  request.last_day = target.last_day;
  // Numbers that don't fit are past every service's bound: so are these.
  request.seats = static_cast<std::uint16_t>(std::clamp<std::int64_t>(body.seats, 0, 0xFFFF));
  request.category = body.category;
  request.applicant = api.identity().applicants.make(*body.document);
  request.operation = api.identity().operations.make({.caller = "",
                                                      .route = "POST /v1/claims",
                                                      .subject = request.applicant,
                                                      .key = key,
                                                      .batch_index = std::nullopt});
  request.payload = payload_of(api.identity().operations, body, target);
  return request;
}

Response refuse(Exchange& exchange, janji::Code code, const Target& target,
                const janji::ClaimRequest& request) {
  if (target.slot.value != 0) {
    return refuse_slot(exchange, code, target.lane, target.slot.day(), target.slot.minute(),
                       request.seats);
  }
  // The nearest ones to a span are those right behind it.
  const janji::Day day =
      code == janji::Code::slot_full ? janji::Day{target.last_day.value + 1} : target.first_day;
  return refuse_slot(exchange, code, target.lane, day, janji::Minute{0}, request.seats);
}

}  // namespace

Reply post_claim(Exchange& exchange) {
  const Api& api = exchange.api();
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  ClaimBody body;
  if (read_json(exchange, errors)) body = read_claim_body(exchange.scratch.json, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto target = find_target(api.engine(), body);
  if (!target) return problem(ProblemCode::slot_not_found, exchange.audience());

  const janji::ClaimRequest request = make_request(api, body, *target, key->view());
  return decide(
      exchange, [&] { return api.engine().try_claim(request, exchange.attempt.patience); },
      [&](janji::Code code) { return refuse(exchange, code, *target, request); },
      [&](const janji::Booking& booking, bool replayed) {
        return claim_response(api, booking, replayed);
      });
}

}  // namespace janjid
