// Several applicants wait as a group: POST /v1/waitlist/groups.
#include "api/group_body.hpp"
#include "api/group_reply.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/slot_refusal.hpp"
#include "api/wait_target.hpp"

namespace janjid {
namespace {

struct Body {
  JoinTarget target;
  GroupPeople people;
};

Body read_body(Exchange& exchange, FieldErrors& errors) {
  Body read;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return read;
  read_target(body, read.target);
  read.people = read_group_people(exchange.api(), body);
  body.finish();
  return read;
}

}  // namespace

Reply post_group_waitlist(Exchange& exchange) {
  const Api& api = exchange.api();
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  Body body;
  if (read_json(exchange, errors)) body = read_body(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto where = find_wait_target(api.engine(), body.target, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!where) return problem(ProblemCode::slot_not_found, exchange.audience());

  janji::GroupJoinRequest request;
  body.people.ask_for(request, api, "POST /v1/waitlist/groups", key->view());
  where->ask_for(request);
  PayloadHash payload = api.identity().operations.payload();
  where->add_to(payload);
  body.people.add_to(payload);
  request.payload = payload.finish();

  const auto many = static_cast<std::uint16_t>(body.people.members.size());
  Reply reply = decide_group(
      exchange, [&] { return api.engine().try_join_group(request, exchange.attempt.patience); },
      [&](const janji::Decision& refusal) {
        if (refusal.code == janji::Code::not_eligible) return refuse_member(exchange, refusal);
        return refuse_slot(exchange, refusal.code, where->lane, where->day, where->from, many);
      },
      true);
  if (exchange.attempt.granted && reply.response.status == 200) {
    created_group(exchange, reply.response);
  }
  return reply;
}

}  // namespace janjid
