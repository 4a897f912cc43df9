// Several applicants wait as a group: POST /v1/waitlist/groups.
#include "api/claim_body.hpp"
#include "api/group_body.hpp"
#include "api/group_reply.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/slot_refusal.hpp"
#include "api/wait_target.hpp"

namespace janjid {
namespace {

using Need = JsonReader::Need;

struct Body {
  JoinTarget target;
  std::vector<janji::ApplicantKey> members;
  janji::Category category{janji::Category::citizen};
  std::optional<Document> claimant;
};

Body read_body(Exchange& exchange, FieldErrors& errors) {
  Body read;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return read;
  read_target(body, read.target);
  read.members = read_members(exchange.api(), body);
  if (auto claimant = body.object("claimant", Need::required)) {
    read.category = read_category(*claimant);
    read.claimant = read_document(*claimant);
    claimant->finish();
  }
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
  where->ask_for(request);
  request.members = body.members;
  request.applicant = api.identity().applicants.make(*body.claimant);
  request.category = body.category;
  request.operation = api.identity().operations.make({.caller = "",
                                                      .route = "POST /v1/waitlist/groups",
                                                      .subject = request.applicant,
                                                      .key = key->view(),
                                                      .batch_index = std::nullopt});
  PayloadHash payload = api.identity().operations.payload();
  where->add_to(payload);
  payload.add(static_cast<std::uint64_t>(body.category));
  for (const janji::ApplicantKey& member : body.members) payload.add(member.hi).add(member.lo);
  request.payload = payload.finish();

  const auto many = static_cast<std::uint16_t>(body.members.size());
  Reply reply = decide_group(
      exchange, [&] { return api.engine().try_join_group(request, exchange.attempt.patience); },
      [&](const janji::Decision& refusal) {
        return refuse_slot(exchange, refusal.code, where->lane, where->day, where->from, many);
      },
      true);
  if (exchange.attempt.granted && reply.response.status == 200) {
    created_group(exchange, reply.response);
  }
  return reply;
}

}  // namespace janjid
