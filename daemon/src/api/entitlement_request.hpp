// What the routes about entitlements share.
#pragma once

#include <optional>
#include <variant>

#include "api/authority.hpp"
#include "api/entitlement_json.hpp"
#include "api/exchange.hpp"
#include "api/lane_request.hpp"

namespace janjid {

// A key with the scope staff:entitlement that isn't bound to a branch: an entitlement is good at
// all of them, so it isn't for one office to decide.
inline std::variant<AccessKey, Response> authorise_entitlements(Exchange& exchange) {
  auto authority = authorise_staff(exchange, Scope::staff_entitlement);
  const auto* access = std::get_if<AccessKey>(&authority);
  if (access != nullptr && !access->branch.empty()) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  return authority;
}

// The {entitlement} of the path.
inline std::optional<janji::EntitlementId> named_entitlement(const Exchange& exchange) {
  const auto text = percent_decode(exchange.path.values[0]);
  const ParsedEntitlement parsed = exchange.api().identity().entitlements.parse(text.value_or(""));
  if (parsed.verdict != ReferenceVerdict::good) return std::nullopt;
  return parsed.entitlement;
}

// {"entitlement":{…}} as it is now, acknowledged when `granted`, if anything was, and what it says
// is durable.
inline Reply tell_entitlement(Exchange& exchange, janji::EntitlementId id,
                              const std::optional<janji::Decision>& granted) {
  const Api& api = exchange.api();
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const auto is = api.engine().find_entitlement(id);
  if (is.code() == janji::Code::retry) return exchange.wait(rounds + 1);
  // A new one is there from its commit on.
  if (!is && granted && !granted->replayed) return exchange.wait(rounds + 1);
  if (!is) return problem(ProblemCode::entitlement_not_found, exchange.audience());
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("entitlement");
  write_entitlement(json, api, *is);
  json.end_object();
  if (granted && granted->replayed) response.add_header("Idempotency-Replayed", "true");
  const janji::Lsn lsn = granted ? std::max(granted->lsn, is->lsn) : is->lsn;
  return {std::move(response), api.acknowledge_at(lsn)};
}

}  // namespace janjid
