#include "api/claim_body.hpp"

#include <algorithm>
#include <span>

#include <janji/catalogue.hpp>

#include "api/civil_text.hpp"
#include "api/request_parts.hpp"
#include "http/json_reader.hpp"

namespace janjid {
namespace {

using Need = JsonReader::Need;

std::optional<janji::Day> read_day(JsonReader& body, std::string_view name) {
  const auto text = body.string(name, Need::required);
  if (!text) return std::nullopt;
  const auto day = parse_date(*text);
  if (!day) body.report(name, Fault::bad_format, "YYYY-MM-DD");
  return day;
}

void read_days(JsonReader& body, ClaimTarget& claim) {
  const bool spans = body.has("date_from") || body.has("date_to");
  if (!spans) {
    claim.first_day = claim.last_day = read_day(body, "date").value_or(janji::Day{});
    return;
  }
  if (body.has("date")) body.report("date", Fault::not_together, "date_from, date_to");
  body.string("date", Need::optional);
  const auto first = read_day(body, "date_from");
  const auto last = read_day(body, "date_to");
  if (!first || !last) return;
  if (*last < *first) body.report("date_to", Fault::bad_span, "date_to >= date_from");
  if (last->value - first->value >= kSpanDaysMax) {
    body.report("date_to", Fault::bad_span, "date_to - date_from < 100 days");
  }
  claim.first_day = *first;
  claim.last_day = *last;
}

void read_service(JsonReader& body, ClaimTarget& claim) {
  claim.service = body.string("service", Need::required).value_or("");
  if (const auto text = body.string("pool", Need::optional)) {
    const auto pool = janji::parse_pool(*text);
    if (!pool) body.report("pool", Fault::bad_choice, kPoolChoices);
    claim.pool = pool.value_or(janji::Pool::general);
  }
}

void read_lane(JsonReader& body, ClaimTarget& claim) {
  claim.state = body.string("state", Need::optional);
  if (claim.state && body.has("branch")) body.report("branch", Fault::not_together, "state");
  const Need need = claim.state ? Need::optional : Need::required;
  claim.branch = body.string("branch", need).value_or("");
  read_service(body, claim);
  read_days(body, claim);
}

bool has_any(const JsonReader& body, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return body.has(name); });
}

void refuse_beside(JsonReader& body, std::string_view chosen,
                   std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (body.has(name)) body.report(name, Fault::not_together, chosen);
    body.string(name, Need::optional);
  }
}

constexpr std::string_view kLaneMembers[] = {"branch", "state",     "service", "pool",
                                             "date",   "date_from", "date_to"};

void read_target(JsonReader& body, ClaimTarget& claim) {
  if (has_any(body, kLaneMembers) && !body.has("slot")) return read_lane(body, claim);
  claim.slot = body.string("slot", Need::required);
  refuse_beside(body, "slot", kLaneMembers);
}

constexpr std::string_view kDayMembers[] = {"branch", "service", "pool", "date"};
constexpr std::string_view kSpanMembers[] = {"from", "to"};

}  // namespace

void read_target(JsonReader& body, JoinTarget& join) {
  if (body.has("slot") || !(has_any(body, kSpanMembers) || has_any(body, kDayMembers))) {
    join.slot = body.string("slot", Need::required);
    refuse_beside(body, "slot", kSpanMembers);
    refuse_beside(body, "slot", kDayMembers);
  } else if (has_any(body, kSpanMembers)) {
    join.from = body.string("from", Need::required);
    join.to = body.string("to", Need::required);
    refuse_beside(body, "from, to", kDayMembers);
  } else {
    join.branch = body.string("branch", Need::required).value_or("");
    read_service(body, join);
    join.first_day = join.last_day = read_day(body, "date").value_or(janji::Day{});
  }
}

std::optional<Document> read_document(JsonReader& applicant) {
  std::optional<IdType> type;
  if (const auto text = applicant.string("id_type", Need::required)) {
    type = parse_id_type(*text);
    if (!type) applicant.report("id_type", Fault::bad_choice, "mykad, passport, company");
  }
  const auto number = applicant.string("id_number", Need::required);
  if (!type || !number) return std::nullopt;
  auto document = normalise_document(*type, *number);
  if (document) return *document;
  applicant.report("id_number", Fault::bad_format, document.error().detail);
  return std::nullopt;
}

janji::Category read_category(JsonReader& applicant) {
  const auto text = applicant.string("category", Need::required);
  if (!text) return janji::Category::citizen;
  const auto category = janji::parse_category(*text);
  if (!category) {
    applicant.report("category", Fault::bad_choice, "citizen, foreigner, employer");
  }
  return category.value_or(janji::Category::citizen);
}

namespace {

void read_applicant(JsonReader applicant, WhoClaims& claim) {
  claim.category = read_category(applicant);
  if (auto document = read_document(applicant)) claim.document = *document;
  applicant.finish();
}

}  // namespace

void read_people(JsonReader& body, WhoClaims& claim) {
  if (const auto seats = body.integer("seats", Need::optional)) claim.seats = *seats;
  if (auto applicant = body.object("applicant", Need::required)) {
    read_applicant(std::move(*applicant), claim);
  }
}

namespace {

template <class Body>
Body read_body(const JsonDocument& json, FieldErrors& errors) {
  Body claim;
  JsonReader body{json, json.root(), "", errors};
  if (!body.is_object()) return claim;
  read_target(body, claim);
  read_people(body, claim);
  body.finish();
  return claim;
}

}  // namespace

ClaimBody read_claim_body(const JsonDocument& json, FieldErrors& errors) {
  return read_body<ClaimBody>(json, errors);
}

JoinBody read_join_body(const JsonDocument& json, FieldErrors& errors) {
  return read_body<JoinBody>(json, errors);
}

}  // namespace janjid
