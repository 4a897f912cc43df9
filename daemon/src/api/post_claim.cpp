#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "api/alternatives.hpp"
#include "api/claim_body.hpp"
#include "api/claim_reply.hpp"
#include "api/claim_request.hpp"
#include "api/decide.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/slot_id.hpp"
#include "api/slot_json.hpp"
#include "api/slot_refusal.hpp"

namespace janjid {
namespace {

// Where a claim goes: a lane, and in it a slot or a span of days; or those of a state, and a span.
struct Target {
  LaneView lane;                   // of a state: the first one
  std::vector<LaneView> of_state;  // all, in the order of the catalogue; else none
  janji::SlotKey slot;
  janji::Day first_day, last_day;
};

// The lanes of the service and pool at the state's offices.
std::vector<LaneView> lanes_of_state(const janji::Engine& engine, const ClaimBody& body) {
  std::vector<LaneView> found;
  const janji::Catalogue& catalogue = CataloguePin::of(engine);
  const auto service = catalogue.find_service(body.service);
  for (const janji::State& state : catalogue.states()) {
    if (!service || state.code != *body.state) continue;
    for (const std::uint32_t branch : state.branches) {
      if (const auto lane = catalogue.find_lane(branch, *service, body.pool)) {
        found.push_back(view_lane(engine, *lane));
      }
    }
  }
  return found;
}

std::optional<Target> find_target(const janji::Engine& engine, const ClaimBody& body) {
  if (body.slot) {
    const auto parsed = parse_slot_id(engine, *body.slot);
    if (!parsed) return std::nullopt;
    return Target{parsed->lane, {}, parsed->slot, {}, {}};
  }
  if (body.state) {
    std::vector<LaneView> lanes = lanes_of_state(engine, body);
    if (lanes.empty()) return std::nullopt;
    const LaneView first = lanes.front();
    return Target{first, std::move(lanes), {}, body.first_day, body.last_day};
  }
  const auto lane = find_lane(engine, body.branch, body.service, body.pool);
  if (!lane) return std::nullopt;
  return Target{*lane, {}, {}, body.first_day, body.last_day};
}

// Names what is asked for, whatever the order and the blanks of the body.
std::uint64_t payload_of(const OperationIds& operations, const ClaimBody& body,
                         const Target& target) {
  PayloadHash payload = operations.payload();
  if (!target.of_state.empty()) {
    payload.add("state").add(*body.state).add(body.service).add(janji::to_string(body.pool));
  } else {
    payload.add(target.lane.spec->key);
  }
  return payload.add(day_and_minute(target.slot))
      .add(static_cast<std::uint64_t>(target.first_day.value))
      .add(static_cast<std::uint64_t>(target.last_day.value))
      .add(static_cast<std::uint64_t>(body.seats))
      .add(static_cast<std::uint64_t>(body.category))
      .finish();
}

janji::ClaimRequest make_request(const Api& api, const ClaimBody& body, const Target& target,
                                 std::span<const janji::LaneId> lanes, std::string_view key) {
  janji::ClaimRequest request;
  request.slot = target.slot;
  request.lane = target.lane.id;
  request.lanes = lanes;
  request.first_day = target.first_day;
  request.last_day = target.last_day;
  fill_request(request, api, body, "POST /v1/claims", key);
  request.payload = payload_of(api.identity().operations, body, target);
  return request;
}

Response refuse(Exchange& exchange, janji::Code code, const Target& target,
                const janji::ClaimRequest& request) {
  const LaneView* lane = &target.lane;
  if (target.slot.value != 0) {
    return refuse_slot(exchange, code, *lane, target.slot.day(), target.slot.minute(),
                       request.seats);
  }
  if (!target.of_state.empty()) {
    // What is free behind the span, and where, is a question of its own.
    if (code == janji::Code::slot_full) return problem(ProblemCode::slot_full, exchange.audience());
    const auto opens_earlier = [&](const LaneView& a, const LaneView& b) {
      return opening_of(a, target.first_day) < opening_of(b, target.first_day);
    };
    lane = &*std::min_element(target.of_state.begin(), target.of_state.end(), opens_earlier);
  }
  if (code == janji::Code::slot_full) {
    // The nearest ones to a span are those right behind it.
    const janji::Day behind{target.last_day.value + 1};
    const std::string_view nearest =
        alternatives_to(exchange, *lane, behind, janji::Minute{0}, request.seats);
    return problem(ProblemCode::slot_full, exchange.audience(), {.alternatives_json = nearest});
  }
  return refuse_slot(exchange, code, *lane, target.first_day, janji::Minute{0}, request.seats);
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

  std::vector<janji::LaneId> lanes;
  for (const LaneView& lane : target->of_state) lanes.push_back(lane.id);
  const janji::ClaimRequest request = make_request(api, body, *target, lanes, key->view());
  return decide(
      exchange, [&] { return api.engine().try_claim(request, exchange.attempt.patience); },
      [&](janji::Code code) { return refuse(exchange, code, *target, request); },
      [&](const janji::Booking& booking, bool replayed) {
        return claim_response(api, booking, replayed);
      });
}

}  // namespace janjid
