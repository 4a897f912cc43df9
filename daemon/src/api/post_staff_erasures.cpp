// Staff erases details: of one booking or group, of one applicant, or of all that ended before a
// time. A POST with the document in its body, so that no identity number stands in an address.
#include <charconv>
#include <limits>
#include <optional>

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

constexpr int kUtc = 0;
// As in search_body.cpp; and no more than so many records.
constexpr int kStretchesMax = 4;

struct Asked {
  std::optional<janji::BookingId> booking;  // 0: a reference that we never made
  janji::EraseQuery query;
  janji::EraseCursor cursor;
};

void read_applicant(const Api& api, JsonReader& body, janji::EraseQuery& to) {
  if (body.has("key")) {
    if (const auto text = body.string("key", Need::required)) {
      const auto key = parse_applicant_key(*text);
      if (!key) body.report("key", Fault::bad_format, "32 hexadecimal digits");
      to.applicant = key.value_or(janji::ApplicantKey{});
    }
    if (body.has("applicant")) body.report("applicant", Fault::not_together, "key");
  }
  auto applicant = body.object("applicant", Need::optional);
  if (!applicant) return;
  const auto document = read_document(*applicant);
  applicant->finish();
  if (document) to.applicant = api.identity().applicants.make(*document);
}

void read_ended_before(JsonReader& body, janji::EraseQuery& to) {
  const auto text = body.string("ended_before", Need::optional);
  if (!text) return;
  const auto at = parse_moment(*text);
  if (!at) body.report("ended_before", Fault::bad_format, "2026-12-01T08:00:00+08:00");
  if (at && at->value <= 0) body.report("ended_before", Fault::bad_span, "later than 1970");
  to.ended_before = at.value_or(janji::CivilTime{1});
}

void read_after(JsonReader& body, janji::EraseCursor& to) {
  const auto after = body.string("after", Need::optional);
  if (!after) return;
  const char* const end = after->data() + after->size();
  const auto [at, error] = std::from_chars(after->data(), end, to.place);
  if (error != std::errc{} || at != end) {
    body.report("after", Fault::bad_format, "what stood in `next`");
  }
}

void read_reason(JsonReader& body, janji::EraseQuery& to) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  const auto reason = body.integer("reason", Need::optional);
  if (reason && (*reason < 0 || *reason > kMost)) {
    body.report("reason", Fault::bad_choice, fmt::format("0 to {}", kMost));
  }
  to.reason = static_cast<std::uint32_t>(reason.value_or(0));
}

Asked read_asked(Exchange& exchange, FieldErrors& errors) {
  Asked asked;
  if (!read_json(exchange, errors)) return asked;
  const Api& api = exchange.api();
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return asked;
  const bool of_many = body.has("applicant") || body.has("key") || body.has("ended_before");
  if (const auto text = body.string("reference", of_many ? Need::optional : Need::required)) {
    const ParsedReference parsed = api.identity().references.parse(*text);
    const bool good = parsed.verdict == ReferenceVerdict::good;
    asked.booking = good ? parsed.booking : janji::BookingId{};
    for (const char* other : {"applicant", "key", "ended_before", "after"}) {
      if (body.has(other)) body.report(other, Fault::not_together, "reference");
    }
  }
  read_applicant(api, body, asked.query);
  read_ended_before(body, asked.query);
  read_after(body, asked.cursor);
  read_reason(body, asked.query);
  body.finish();
  return asked;
}

Reply reply_with(Exchange& exchange, const janji::ErasePage& page,
                 std::optional<std::uint32_t> next) {
  const Api& api = exchange.api();
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("erased").number(page.erased);
  json.name("active").number(page.active);
  json.name("next");
  next ? json.string(fmt::format("{}", *next)) : json.null();
  const janji::CivilTime by{api.engine().civil_now().value + api.engine().erase_within_ms()};
  json.name("complete_by").plain([&](std::string& out) { append_moment(out, by, kUtc); });
  json.end_object();
  return {std::move(response), api.acknowledge_at(page.lsn)};
}

Reply erase_one(Exchange& exchange, const Asked& asked) {
  const Api& api = exchange.api();
  if (asked.booking->value == 0) {
    return problem(ProblemCode::booking_not_found, exchange.audience());
  }
  const janji::EraseRequest request{*asked.booking, asked.query.reason, asked.query.actor};
  const janji::Decision decision = api.engine().try_erase(request, exchange.attempt.patience);
  if (decision.verdict == janji::Verdict::wait) return exchange.wait(decision.round);
  if (decision.verdict == janji::Verdict::refused) {
    return {problem(problem_of(decision.code), exchange.audience()),
            api.acknowledge_at(decision.lsn)};
  }
  janji::ErasePage page;
  page.erased = decision.replayed ? 0 : 1;
  page.lsn = decision.lsn;
  return reply_with(exchange, page, std::nullopt);
}

// Goes on until somebody else must be waited for: what was done until then is the answer.
Reply erase_many(Exchange& exchange, const Asked& asked) {
  const Api& api = exchange.api();
  janji::EraseCursor cursor = asked.cursor;
  janji::ErasePage sum;
  for (int i = 0; i < kStretchesMax && !cursor.at_end; ++i) {
    const janji::ErasePage page = api.engine().try_erase_all(asked.query, cursor);
    sum.erased += page.erased;
    sum.active += page.active;
    sum.lsn = std::max(sum.lsn, page.lsn);
    const bool moved = cursor.place != asked.cursor.place || cursor.at_end;
    if (page.code != janji::Code::ok && !moved) {
      return problem(problem_of(page.code), exchange.audience());
    }
    if (page.round != 0 && !moved) return exchange.wait(page.round);
    if (page.code != janji::Code::ok || page.round != 0) break;
  }
  return reply_with(exchange, sum,
                    cursor.at_end ? std::nullopt : std::optional<std::uint32_t>{cursor.place});
}

}  // namespace

Reply post_staff_erasures(Exchange& exchange) {
  auto authority = authorise_staff(exchange, Scope::staff_erase);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  // Of whichever office: it isn't for one of them to decide.
  if (!access.branch.empty()) return problem(ProblemCode::forbidden, exchange.audience());
  FieldErrors errors;
  (void)read_idempotency_key(exchange.request, errors);
  Asked asked = read_asked(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  asked.query.actor = janji::ActorId{access.number};
  return asked.booking ? erase_one(exchange, asked) : erase_many(exchange, asked);
}

}  // namespace janjid
