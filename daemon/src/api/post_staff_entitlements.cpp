// Staff grants entitlements, raises and lowers them, and says who is on their lists.
#include <array>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "api/civil_text.hpp"
#include "api/claim_body.hpp"
#include "api/entitlement_request.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

using Need = JsonReader::Need;

// A body has room for so many documents.
constexpr std::size_t kPeopleMax = 60;

std::optional<std::uint32_t> read_quota(JsonReader& body, Need need, std::int64_t least) {
  const auto quota = body.integer("quota", need);
  if (quota && (*quota < least || *quota > janji::kEntitlementUnitsMax)) {
    body.report("quota", Fault::bad_choice,
                fmt::format("{} to {}", least, janji::kEntitlementUnitsMax));
    return std::nullopt;
  }
  return quota ? std::optional{static_cast<std::uint32_t>(*quota)} : std::nullopt;
}

std::optional<janji::Day> read_day(JsonReader& body, std::string_view name, Need need) {
  const auto text = body.string(name, need);
  if (!text) return std::nullopt;
  const auto day = parse_date(*text);
  if (!day) body.report(name, Fault::bad_format, "2026-12-01");
  return day;
}

void report_span(JsonReader& body, std::optional<janji::Day> from,
                 std::optional<janji::Day> until) {
  if (from && until && *until < *from) {
    body.report("until", Fault::bad_span, "not before `from`");
  }
}

void read_grant(const Api& api, JsonReader& body, janji::EntitlementGrantRequest& to) {
  if (auto holder = body.object("holder", Need::required)) {
    const auto document = read_document(*holder);
    holder->finish();
    if (document) to.holder = api.identity().applicants.make(*document);
  }
  if (const auto id = body.string("service", Need::required)) {
    const auto service = api.catalogue().find_service(*id);
    if (!service) body.report("service", Fault::bad_choice, "an id of the catalogue's services");
    to.service = service.value_or(0);
  }
  to.quota = read_quota(body, Need::required, 1).value_or(0);
  const auto from = read_day(body, "from", Need::required);
  const auto until = read_day(body, "until", Need::required);
  report_span(body, from, until);
  to.from = from.value_or(janji::Day{});
  to.until = until.value_or(janji::Day{});
  to.listed = body.boolean("listed", Need::optional).value_or(false);
}

void read_change(JsonReader& body, janji::EntitlementChangeRequest& to) {
  to.quota = read_quota(body, Need::optional, 0);
  to.from = read_day(body, "from", Need::optional);
  to.until = read_day(body, "until", Need::optional);
  to.listed = body.boolean("listed", Need::optional);
  report_span(body, to.from, to.until);
  const bool names_any =
      body.has("quota") || body.has("from") || body.has("until") || body.has("listed");
  if (!names_any && body.is_object()) {
    body.report("quota", Fault::missing, "or `from`, `until`, `listed`");
  }
}

// Documents of people, each of whom may stand there once.
void read_people(const Api& api, JsonReader& body, std::string_view name, FieldErrors& errors,
                 std::vector<janji::ApplicantKey>& to, std::vector<janji::ApplicantKey>& all) {
  std::size_t i = 0;
  for (JsonReader& one : body.objects(name, Need::optional, 0, kPeopleMax)) {
    const auto document = read_document(one);
    one.finish();
    const std::size_t at = i++;
    if (!document) continue;
    const janji::ApplicantKey key = api.identity().applicants.make(*document);
    if (std::find(all.begin(), all.end(), key) != all.end()) {
      errors.body(fmt::format("/{}/{}", name, at), Fault::duplicate);
    }
    to.push_back(key);
    all.push_back(key);
  }
}

template <class Read>
void read_body(Exchange& exchange, FieldErrors& errors, Read&& read) {
  if (!read_json(exchange, errors)) return;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return;
  read(body);
  body.finish();
}

janji::OperationId operation_of(const Exchange& exchange, const AccessKey& access,
                                std::string_view route, std::string_view subject,
                                const IdempotencyKey& key) {
  const std::string caller = fmt::format("key:{}", access.number);
  return exchange.api().identity().operations.make({.caller = caller,
                                                    .route = route,
                                                    .subject = subject,
                                                    .key = key.view(),
                                                    .batch_index = std::nullopt});
}

Response refuse(Exchange& exchange, janji::Code code) {
  if (code != janji::Code::invalid_argument) {
    return problem(problem_of(code), exchange.audience());
  }
  // All else was looked at; the span is one of what it has and what is changed.
  FieldErrors errors;
  errors.body("/until", Fault::bad_span, "not before `from`");
  return invalid_request(exchange.audience(), errors);
}

// `look` decides; what was granted is told as it is by then.
template <class Look>
Reply staff(Exchange& exchange, Look&& look) {
  std::optional<janji::Decision>& granted = exchange.attempt.granted;
  if (!granted) {
    const janji::Decision decision = look();
    if (decision.verdict == janji::Verdict::wait) return exchange.wait(decision.round);
    if (decision.verdict == janji::Verdict::refused) {
      return {refuse(exchange, decision.code), exchange.api().acknowledge_at(decision.lsn)};
    }
    granted = decision;
  }
  return tell_entitlement(exchange, granted->entitlement, granted);
}

}  // namespace

Reply post_staff_entitlements(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_entitlements(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  janji::EntitlementGrantRequest request;
  read_body(exchange, errors, [&](JsonReader& body) { read_grant(api, body, request); });
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  request.actor = janji::ActorId{access.number};
  request.operation = operation_of(exchange, access, "POST /v1/staff/entitlements", "", *key);
  return staff(exchange,
               [&] { return api.engine().try_grant(request, exchange.attempt.patience); });
}

Reply post_staff_entitlement(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_entitlements(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  janji::EntitlementChangeRequest request;
  read_body(exchange, errors, [&](JsonReader& body) { read_change(body, request); });
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto id = named_entitlement(exchange);
  if (!id) return problem(ProblemCode::entitlement_not_found, exchange.audience());
  request.entitlement = *id;
  request.actor = janji::ActorId{access.number};
  request.operation = operation_of(exchange, access, "POST /v1/staff/entitlements/{entitlement}",
                                   exchange.api().identity().entitlements.format(*id).view(), *key);
  return staff(exchange, [&] {
    return api.engine().try_change_entitlement(request, exchange.attempt.patience);
  });
}

Reply post_staff_entitlement_eligible(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_entitlements(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  std::vector<janji::ApplicantKey> add, remove, all;
  read_body(exchange, errors, [&](JsonReader& body) {
    read_people(api, body, "add", errors, add, all);
    read_people(api, body, "remove", errors, remove, all);
    if (!body.has("add") && !body.has("remove")) {
      body.report("add", Fault::missing, "or `remove`");
    }
  });
  if (errors.empty() && all.empty()) errors.body("/add", Fault::bad_length, "1-60, or `remove`");
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto id = named_entitlement(exchange);
  if (!id) return problem(ProblemCode::entitlement_not_found, exchange.audience());
  janji::EligibleRequest request;
  request.entitlement = *id;
  request.add = add;
  request.remove = remove;
  request.actor = janji::ActorId{access.number};
  request.operation =
      operation_of(exchange, access, "POST /v1/staff/entitlements/{entitlement}/eligible",
                   exchange.api().identity().entitlements.format(*id).view(), *key);
  return staff(exchange, [&] {
    return api.engine().try_change_eligible(request, exchange.attempt.patience);
  });
}

}  // namespace janjid
