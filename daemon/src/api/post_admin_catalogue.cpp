// The catalogue's files, read anew while everything goes on.
#include <algorithm>

#include "api/authority.hpp"
#include "api/catalogue_desk.hpp"
#include "api/civil_text.hpp"
#include "api/handlers.hpp"
#include "api/lane_view.hpp"
#include "api/order_reply.hpp"
#include "api/request_parts.hpp"

namespace janjid {
namespace {

constexpr std::int64_t kWaitSecondsMax = 25;  // below what proxies and clients put up with
constexpr std::size_t kDaysTold = 1000;

struct Given {
  bool dry_run{false};
  std::uint64_t digest{0};
  std::int64_t wait_ms{kWaitSecondsMax * 1000};
};

Given read_body(Exchange& exchange, FieldErrors& errors) {
  Given given;
  if (!read_json(exchange, errors)) return given;
  using Need = JsonReader::Need;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  given.dry_run = body.boolean("dry_run", Need::optional).value_or(false);
  const auto digest = body.string("digest", given.dry_run ? Need::optional : Need::required);
  if (digest && given.dry_run) {
    body.report("digest", Fault::bad_choice, "none for a dry run");
  } else if (digest) {
    given.digest = parse_digest(*digest);
    if (given.digest == 0) body.report("digest", Fault::bad_format, "the `digest` of a dry run");
  }
  if (const auto wait_s = body.integer("wait_seconds", Need::optional)) {
    given.wait_ms = *wait_s * 1000;
    if (*wait_s < 0 || *wait_s > kWaitSecondsMax) {
      body.report("wait_seconds", Fault::bad_choice, "0 to 25");
    }
  }
  body.finish();
  return given;
}

void write_day(JsonWriter& json, const Api& api, const janji::ChangedDay& day) {
  const auto lane = find_lane(api.engine(), day.lane);
  if (!lane) return;  // a change keeps all lanes
  json.begin_object();
  json.name("branch").string(lane->branch->id);
  json.name("service").string(lane->service->id);
  json.name("pool").string(janji::to_string(lane->spec->pool));
  json.name("date").plain([&](std::string& out) { append_date(out, day.day); });
  if (!day.reason.empty()) json.name("reason").string(day.reason);
  json.name("closed").number(day.closed);
  json.name("opened").number(day.opened);
  json.name("resized").number(day.resized);
  json.name("kept").number(day.kept);
  json.name("missing").number(day.missing);
  json.name("displaced").number(day.displaced);
  json.end_object();
}

void write_preview(JsonWriter& json, const Api& api, const janji::CataloguePreview& preview) {
  json.name("digest").string(digest_text(preview.digest));
  json.name("lanes").number(preview.lanes);
  json.name("displaced").number(preview.displaced());
  // Those that displace somebody first.
  std::vector<const janji::ChangedDay*> days;
  for (const janji::ChangedDay& day : preview.days) days.push_back(&day);
  std::stable_sort(days.begin(), days.end(),
                   [](const auto* a, const auto* b) { return a->displaced > b->displaced; });
  const std::size_t many = std::min(days.size(), kDaysTold);
  json.name("days").begin_array();
  for (std::size_t i = 0; i < many; ++i) write_day(json, api, *days[i]);
  json.end_array();
  json.name("days_left_out").number(days.size() - many);
}

Response answer(const Api& api, const CatalogueOrder& order, const CatalogueState& state,
                bool replayed) {
  const bool done = state.step == CatalogueState::Step::done;
  Response response;
  response.status = done ? 200 : 202;
  if (replayed) response.add_header("Idempotency-Replayed", "true");
  JsonWriter json{response.body};
  json.begin_object();
  json.name("catalogue").begin_object();
  json.name("status").string(!done ? "running" : order.dry_run ? "previewed" : "in_use");
  if (done) {
    write_preview(json, api, state.preview);
    json.name("warnings").begin_array();
    for (const std::string& warning : state.warnings) json.string(warning);
    json.end_array();
  }
  json.end_object();
  json.end_object();
  return response;
}

}  // namespace

Reply post_admin_catalogue_reload(Exchange& exchange) {
  auto authority = authorise_staff(exchange, Scope::catalogue);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  if (!access.branch.empty()) return problem(ProblemCode::forbidden, exchange.audience());
  FieldErrors errors;
  const auto key = read_idempotency_key(exchange.request, errors);
  const Given given = read_body(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const CatalogueOrder order{access.number, std::string{key->view()}, given.dry_run, given.digest};
  const CatalogueState state = exchange.site.catalogues()->ask(order);
  return order_reply(exchange, state, given.wait_ms,
                     [&](bool replayed) { return answer(exchange.api(), order, state, replayed); });
}

}  // namespace janjid
