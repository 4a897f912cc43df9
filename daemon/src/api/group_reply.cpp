#include "api/group_reply.hpp"

#include <string>

#include "api/slot_refusal.hpp"

namespace janjid {

Response group_response(const Api& api, const GroupView& view, bool tokens, bool replayed) {
  Response response;
  response.body.reserve(256 + view.members.size() * 512);
  JsonWriter json{response.body};
  json.begin_object();
  json.name("group");
  write_group(json, api, view);
  if (tokens) {
    json.name("token").string(api.identity().tokens.make(view.group.id).view());
    json.name("member_tokens").begin_array();
    for (const janji::Booking& member : view.members) {
      // Whom it was issued anew against may be who repeats the claim: the new one isn't told.
      member.reissues == 0 ? json.string(api.identity().tokens.make(member.id).view())
                           : json.null();
    }
    json.end_array();
  }
  json.end_object();
  if (replayed) response.add_header("Idempotency-Replayed", "true");
  return response;
}

void created_group(const Exchange& exchange, Response& response) {
  response.status = 201;
  std::string location{"/v1/groups/"};
  location += exchange.api().identity().references.format(exchange.attempt.granted->booking).view();
  response.add_header("Location", location);
}

Response refuse_member(const Exchange& exchange, const janji::Decision& refusal) {
  const std::string pointer = "/members/" + std::to_string(refusal.member);
  return problem(problem_of(refusal.code), exchange.audience(), {.pointer = pointer});
}

Response refuse_parts(Exchange& exchange, janji::Code code, const GroupParts& parts) {
  const janji::GroupPart& first = parts.parts.front();
  return refuse_slot(exchange, code, *parts.lane, first.day, first.first, first.members);
}

}  // namespace janjid
