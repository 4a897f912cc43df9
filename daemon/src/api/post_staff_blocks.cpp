// Staff blocks an applicant until a time, and lifts a block. A POST with the document in its body,
// so that no identity number stands in an address.
#include <limits>

#include <fmt/format.h>

#include "api/authority.hpp"
#include "api/block_json.hpp"
#include "api/civil_text.hpp"
#include "api/claim_body.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

using Need = JsonReader::Need;

constexpr std::string_view kBlockRoute = "POST /v1/staff/blocks";
constexpr std::string_view kLiftRoute = "POST /v1/staff/blocks/lift";

// By a document, or by the key that a list of blocks has.
void read_applicant(const Api& api, JsonReader& body, janji::BlockRequest& to) {
  if (body.has("key")) {
    if (const auto text = body.string("key", Need::required)) {
      const auto key = parse_applicant_key(*text);
      if (!key) body.report("key", Fault::bad_format, "what stood in `key`");
      to.applicant = key.value_or(janji::ApplicantKey{});
    }
    if (body.has("applicant")) body.report("applicant", Fault::not_together, "key");
    (void)body.object("applicant", Need::optional);
    return;
  }
  auto applicant = body.object("applicant", Need::required);
  if (!applicant) return;
  const auto document = read_document(*applicant);
  applicant->finish();
  if (document) to.applicant = api.identity().applicants.make(*document);
}

void read_until(const Api& api, JsonReader& body, janji::BlockRequest& to) {
  const auto text = body.string("until", Need::required);
  if (!text) return;
  const auto until = parse_moment(*text);
  if (!until) body.report("until", Fault::bad_format, "2026-12-01T08:00:00+08:00");
  // What was granted is told again also when its time has passed.
  if (until && until->value <= 0) body.report("until", Fault::bad_span, "later than now");
  to.until = until.value_or(api.engine().civil_now());
}

void read_reason(JsonReader& body, janji::BlockRequest& to) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  const auto reason = body.integer("reason", Need::optional);
  if (reason && (*reason < 0 || *reason > kMost)) {
    body.report("reason", Fault::bad_choice, fmt::format("0 to {}", kMost));
  }
  to.reason = static_cast<std::uint32_t>(reason.value_or(0));
}

Response refuse(Exchange& exchange, janji::Code code) {
  if (code == janji::Code::illegal_transition) {
    return problem(ProblemCode::not_blocked, exchange.audience());
  }
  if (code == janji::Code::too_late) {
    FieldErrors errors;
    errors.body("/until", Fault::bad_span, "later than now");
    return invalid_request(exchange.audience(), errors);
  }
  return problem(problem_of(code), exchange.audience());
}

Reply ask(Exchange& exchange, bool lifts) {
  const Api& api = exchange.api();
  auto authority = authorise_staff(exchange, Scope::staff_block);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  // A block holds everywhere: it isn't for one office to decide.
  if (!access.branch.empty()) return problem(ProblemCode::forbidden, exchange.audience());
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  janji::BlockRequest request;
  if (read_json(exchange, errors)) {
    JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
    if (body.is_object()) {
      read_applicant(api, body, request);
      if (!lifts) read_until(api, body, request);
      read_reason(body, request);
      body.finish();
    }
  }
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  request.actor = janji::ActorId{access.number};
  const std::string caller = fmt::format("key:{}", access.number);
  request.operation = api.identity().operations.make({.caller = caller,
                                                      .route = lifts ? kLiftRoute : kBlockRoute,
                                                      .subject = request.applicant,
                                                      .key = key->view(),
                                                      .batch_index = std::nullopt});
  const janji::Decision decision = api.engine().try_block(request, exchange.attempt.patience);
  if (decision.verdict == janji::Verdict::wait) return exchange.wait(decision.round);
  if (decision.verdict == janji::Verdict::refused) {
    return {refuse(exchange, decision.code), api.acknowledge_at(decision.lsn)};
  }
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("block");
  write_block(json, {request.applicant, request.until, {}, request.reason, {}, {}});
  json.end_object();
  if (decision.replayed) response.add_header("Idempotency-Replayed", "true");
  return {std::move(response), api.acknowledge_at(decision.lsn)};
}

}  // namespace

Reply post_staff_blocks(Exchange& exchange) {
  return ask(exchange, false);
}

Reply post_staff_blocks_lift(Exchange& exchange) {
  return ask(exchange, true);
}

}  // namespace janjid
