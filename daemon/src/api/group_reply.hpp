// {"group":{...}}: what reading a group, and each step of a whole group, answers.
#pragma once

#include "api/decide.hpp"
#include "api/group_body.hpp"
#include "api/group_json.hpp"

namespace janjid {

// The answer in which the group is told; `tokens`: with its token and its members'.
Response group_response(const Api& api, const GroupView& view, bool tokens, bool replayed);

// Says that the group that was granted is new, and where it is.
void created_group(const Exchange& exchange, Response& response);

// A refusal of the one member that it names.
Response refuse_member(const Exchange& exchange, const janji::Decision& refusal);

// A refusal of seats in `parts`, as refuse_slot() for the first of them.
Response refuse_parts(Exchange& exchange, janji::Code code, const GroupParts& parts);

// Reads the group as it is, after a decision if there was one, and answers by `tell(view)`; or
// waits.
template <class Tell>
Reply tell_group(Exchange& exchange, janji::BookingId id, janji::Lsn decided, Tell tell,
                 ProblemCode if_gone) {
  const Api& api = exchange.api();
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const auto view = view_group(api.engine(), id);
  if (view) return {tell(*view), api.acknowledge_at(std::max(decided, view->lsn()))};
  if (view.code() == janji::Code::retry) return exchange.wait(rounds + 1);
  return {problem(if_gone, exchange.audience())};
}

// As decide_and_tell(), of a whole group.
template <class Look, class Refused>
Reply decide_group(Exchange& exchange, Look look, Refused refused, bool tokens = false) {
  return decide_and_tell(exchange, look, refused, [&](const janji::Decision& decided) {
    return tell_group(
        exchange, decided.booking, decided.lsn,
        [&](const GroupView& view) {
          return group_response(exchange.api(), view, tokens, decided.replayed);
        },
        ProblemCode::outcome_unknown);
  });
}

}  // namespace janjid
