// Entitlements, all or a holder's; one; and who is on one's list.
#include <array>
#include <charconv>
#include <variant>

#include <fmt/format.h>

#include "api/block_json.hpp"
#include "api/entitlement_request.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

constexpr std::size_t kLimitMax = 100;
constexpr std::size_t kLimitDefault = 50;
// As in get_staff_blocks.cpp.
constexpr int kStretchesMax = 4;

template <class T>
bool read_number(QueryReader& query, std::string_view name, T& to) {
  const auto text = query.get(name);
  if (!text) return true;
  const char* const end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, to);
  return error == std::errc{} && at == end && !text->empty();
}

void read_page(QueryReader& query, janji::EntitlementCursor& cursor, std::size_t& limit,
               FieldErrors& errors) {
  if (!read_number(query, "cursor", cursor.cell)) {
    errors.query("cursor", Fault::bad_format, "what stood in `next`");
  }
  if (!read_number(query, "limit", limit) || limit < 1 || limit > kLimitMax) {
    errors.query("limit", Fault::bad_choice, fmt::format("1 to {}", kLimitMax));
  }
}

void write_next(JsonWriter& json, const janji::EntitlementCursor& cursor) {
  json.name("next");
  cursor.at_end ? json.null() : json.string(fmt::format("{}", cursor.cell));
}

}  // namespace

Reply get_staff_entitlements(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_entitlements(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  QueryReader query{exchange.request.query, errors};
  janji::EntitlementCursor cursor;
  std::size_t limit = kLimitDefault;
  read_page(query, cursor, limit, errors);
  janji::ApplicantKey holder;
  if (const auto text = query.get("holder")) {
    const auto key = parse_applicant_key(*text);
    if (!key) errors.query("holder", Fault::bad_format, "what stood in `holder`");
    holder = key.value_or(janji::ApplicantKey{});
  }
  query.finish();
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const std::uint32_t begin = cursor.cell;
  std::array<janji::Entitlement, kLimitMax> page;
  std::size_t found = 0;
  for (int i = 0; i < kStretchesMax && found < limit && !cursor.at_end; ++i) {
    found +=
        api.engine().entitlements(holder, cursor, std::span{page}.subspan(found, limit - found));
  }
  if (found == 0 && cursor.cell == begin && !cursor.at_end) {
    return exchange.wait(rounds + 1);  // the first of them is being changed
  }
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("entitlements").begin_array();
  janji::Lsn newest;
  for (const janji::Entitlement& one : std::span{page}.first(found)) {
    write_entitlement(json, api, one);
    newest = std::max(newest, one.lsn);
  }
  json.end_array();
  write_next(json, cursor);
  json.end_object();
  return {std::move(response), api.acknowledge_at(newest)};
}

Reply get_staff_entitlement(Exchange& exchange) {
  auto authority = authorise_entitlements(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const auto id = named_entitlement(exchange);
  if (!id) return problem(ProblemCode::entitlement_not_found, exchange.audience());
  return tell_entitlement(exchange, *id, std::nullopt);
}

Reply get_staff_entitlement_eligible(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_entitlements(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  QueryReader query{exchange.request.query, errors};
  janji::EntitlementCursor cursor;
  std::size_t limit = kLimitDefault;
  read_page(query, cursor, limit, errors);
  query.finish();
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto id = named_entitlement(exchange);
  const std::uint64_t rounds = api.rounds();  // before the look, see decide()
  const auto is = api.engine().find_entitlement(id.value_or(janji::EntitlementId{}));
  if (is.code() == janji::Code::retry) return exchange.wait(rounds + 1);
  if (!is) return problem(ProblemCode::entitlement_not_found, exchange.audience());
  const std::uint32_t begin = cursor.cell;
  std::array<janji::ApplicantKey, kLimitMax> page;
  std::size_t found = 0;
  // A list is looked for among those of all entitlements.
  constexpr int kEligibleStretchesMax = 16;
  for (int i = 0; i < kEligibleStretchesMax && found < limit && !cursor.at_end; ++i) {
    found += api.engine().eligible(*id, cursor, std::span{page}.subspan(found, limit - found));
  }
  if (found == 0 && cursor.cell == begin && !cursor.at_end) return exchange.wait(rounds + 1);
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("eligible").begin_array();
  for (const janji::ApplicantKey& key : std::span{page}.first(found)) {
    json.string(fmt::format("{:016x}{:016x}", key.hi, key.lo));
  }
  json.end_array();
  write_next(json, cursor);
  json.end_object();
  return {std::move(response), api.acknowledge_at(is->lsn)};
}

}  // namespace janjid
