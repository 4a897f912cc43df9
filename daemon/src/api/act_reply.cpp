#include "api/act_reply.hpp"

#include <limits>

#include <fmt/format.h>

#include "api/authority.hpp"
#include "api/booking_reply.hpp"
#include "api/decide.hpp"
#include "api/group_reply.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

// What says more; 0 when the step has nothing of the kind, or it was reported.
std::uint32_t read_argument(Exchange& exchange, const StaffStep& step, FieldErrors& errors) {
  if (step.argument.empty()) {
    read_nothing(exchange, errors);
    return 0;
  }
  if (!read_json(exchange, errors)) return 0;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return 0;
  const std::uint32_t argument = step.read(exchange, body, step.argument);
  body.finish();
  return argument;
}

}  // namespace

std::uint32_t read_number(Exchange&, JsonReader& body, std::string_view name) {
  const auto number = body.integer(name, JsonReader::Need::required);
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (number && (*number < 0 || *number > kMost)) {
    body.report(name, Fault::bad_choice, fmt::format("0 to {}", kMost));
  }
  return static_cast<std::uint32_t>(number.value_or(0));
}

void read_nothing(Exchange& exchange, FieldErrors& errors) {
  if (exchange.request.body.empty() || !read_json(exchange, errors)) return;
  JsonReader{exchange.scratch.json, exchange.scratch.json.root(), "", errors}.finish();
}

Response tell_booking(const Api& api, const janji::Booking& booking, bool replayed) {
  return booking_response(api, booking, replayed);
}

Reply take_step(Exchange& exchange, const janji::ActRequest& request, TellStep tell) {
  const Api& api = exchange.api();
  return decide(
      exchange, [&] { return api.engine().try_act(request, exchange.attempt.patience); },
      [&](janji::Code code) { return problem(problem_of(code), exchange.audience()); },
      [&](const janji::Booking& booking, bool replayed) { return tell(api, booking, replayed); });
}

namespace {

// What the step asks of the engine, whether of a booking or of a group.
std::variant<janji::ActRequest, Response> read_step(
    Exchange& exchange, const StaffStep& step,
    std::variant<janji::BookingId, Response> (*name)(const Exchange&)) {
  const Api& api = exchange.api();
  auto authority = authorise_staff(exchange, step.scope);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  auto named = name(exchange);
  if (auto* refusal = std::get_if<Response>(&named)) return std::move(*refusal);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  janji::ActRequest request;
  request.act = step.act;
  request.booking = std::get<janji::BookingId>(named);
  request.argument = read_argument(exchange, step, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  request.actor = janji::ActorId{access.number};
  if (!access.branch.empty()) {
    const auto branch = api.catalogue().find_branch(access.branch);
    // Its office left the catalogue: there is nothing left that it is for.
    if (!branch) return problem(ProblemCode::forbidden, exchange.audience());
    request.branch = *branch;
  }
  const std::string caller = fmt::format("key:{}", access.number);
  request.operation = api.identity().operations.make({.caller = caller,
                                                      .route = step.route,
                                                      .subject = request.booking,
                                                      .key = key->view(),
                                                      .batch_index = std::nullopt});
  return request;
}

}  // namespace

Reply post_staff_step(Exchange& exchange, const StaffStep& step) {
  auto request = read_step(exchange, step, named_booking);
  if (auto* refusal = std::get_if<Response>(&request)) return std::move(*refusal);
  return take_step(exchange, std::get<janji::ActRequest>(request), step.tell);
}

Reply take_group_step(Exchange& exchange, const janji::ActRequest& request) {
  const Api& api = exchange.api();
  return decide_group(
      exchange, [&] { return api.engine().try_act(request, exchange.attempt.patience); },
      [&](const janji::Decision& refusal) {
        return problem(problem_of(refusal.code), exchange.audience());
      });
}

Reply post_staff_group_step(Exchange& exchange, const StaffStep& step) {
  auto request = read_step(exchange, step, named_group);
  if (auto* refusal = std::get_if<Response>(&request)) return std::move(*refusal);
  return take_group_step(exchange, std::get<janji::ActRequest>(request));
}

}  // namespace janjid
