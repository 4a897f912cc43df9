// One claim for several applicants: POST /v1/groups.
#include "api/claim_body.hpp"
#include "api/group_body.hpp"
#include "api/group_reply.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

using Need = JsonReader::Need;

// None of ours has it.
constexpr janji::EntitlementId kNobodys{~std::uint64_t{0}};

struct Body {
  GroupParts parts;
  std::vector<janji::ApplicantKey> members;
  janji::Category category{janji::Category::citizen};
  std::optional<Document> claimant;
  janji::EntitlementId entitlement;  // 0: none
};

Body read_body(Exchange& exchange, FieldErrors& errors) {
  Body read;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return read;
  read.parts = read_parts(exchange.api().engine(), body);
  read.members = read_members(exchange.api(), body);
  if (errors.empty() && read.parts.members != read.members.size()) {
    body.report("parts", Fault::bad_choice, "as many `members` in all as /members has");
  }
  if (const auto text = body.string("entitlement", Need::optional)) {
    const ParsedEntitlement parsed = exchange.api().identity().entitlements.parse(*text);
    // Well typed, and never given: nobody has it, which the decision says.
    read.entitlement = parsed.verdict == ReferenceVerdict::forged ? kNobodys : parsed.entitlement;
    if (parsed.verdict == ReferenceVerdict::mistyped) {
      body.report("entitlement", Fault::bad_format, "an entitlement's `id`, of 18 characters");
    }
  }
  if (auto claimant = body.object("claimant", Need::required)) {
    read.category = read_category(*claimant);
    read.claimant = read_document(*claimant);
    claimant->finish();
  }
  body.finish();
  return read;
}

std::uint64_t payload_of(const OperationIds& operations, const Body& body) {
  PayloadHash payload = operations.payload();
  body.parts.add_to(payload);
  payload.add(static_cast<std::uint64_t>(body.category)).add(body.entitlement.value);
  for (const janji::ApplicantKey& member : body.members) payload.add(member.hi).add(member.lo);
  return payload.finish();
}

Response refuse(Exchange& exchange, const janji::Decision& refusal, const GroupParts& parts) {
  if (refusal.code != janji::Code::not_eligible) return refuse_parts(exchange, refusal.code, parts);
  const std::string pointer = "/members/" + std::to_string(refusal.member);
  return problem(ProblemCode::not_eligible, exchange.audience(), {.pointer = pointer});
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
  request.lane = body.parts.lane->id;
  request.parts = body.parts.parts;
  request.members = body.members;
  request.applicant = api.identity().applicants.make(*body.claimant);
  request.category = body.category;
  request.entitlement = body.entitlement;
  request.operation = api.identity().operations.make({.caller = "",
                                                      .route = "POST /v1/groups",
                                                      .subject = request.applicant,
                                                      .key = key->view(),
                                                      .batch_index = std::nullopt});
  request.payload = payload_of(api.identity().operations, body);
  Reply reply = decide_group(
      exchange, [&] { return api.engine().try_claim_group(request, exchange.attempt.patience); },
      [&](const janji::Decision& refusal) { return refuse(exchange, refusal, body.parts); }, true);
  if (exchange.attempt.granted && reply.response.status == 200) {
    created_group(exchange, reply.response);
  }
  return reply;
}

}  // namespace janjid
