// One claim for several applicants: POST /v1/groups.
#include "api/group_body.hpp"
#include "api/group_reply.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

struct Body {
  GroupParts parts;
  GroupPeople people;
};

Body read_body(Exchange& exchange, FieldErrors& errors) {
  Body read;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return read;
  read.parts = read_parts(exchange.api().engine(), body);
  read.people = read_group_people(exchange.api(), body);
  if (errors.empty() && read.parts.members != read.people.members.size()) {
    body.report("parts", Fault::bad_choice, "as many `members` in all as /members has");
  }
  body.finish();
  return read;
}

}  // namespace

Reply post_group_claim(Exchange& exchange) {
  const Api& api = exchange.api();
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  Body body;
  if (read_json(exchange, errors)) body = read_body(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!body.parts.lane) return problem(ProblemCode::slot_not_found, exchange.audience());

  janji::GroupClaimRequest request;
  body.people.ask_for(request, api, "POST /v1/groups", key->view());
  request.lane = body.parts.lane->id;
  request.parts = body.parts.parts;
  PayloadHash payload = api.identity().operations.payload();
  body.parts.add_to(payload);
  body.people.add_to(payload);
  request.payload = payload.finish();
  Reply reply = decide_group(
      exchange, [&] { return api.engine().try_claim_group(request, exchange.attempt.patience); },
      [&](const janji::Decision& refusal) {
        if (refusal.code == janji::Code::not_eligible) return refuse_member(exchange, refusal);
        return refuse_parts(exchange, refusal.code, body.parts);
      },
      true);
  if (exchange.attempt.granted && reply.response.status == 200) {
    created_group(exchange, reply.response);
  }
  return reply;
}

}  // namespace janjid
