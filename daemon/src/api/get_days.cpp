#include "api/day_span.hpp"
#include "api/handlers.hpp"
#include "api/lane_request.hpp"
#include "api/revalidate.hpp"
#include "api/slot_json.hpp"
#include "http/entity_tag.hpp"

namespace janjid {
namespace {

void render_days(const Api& api, const LaneView& lane, const DaySpan& span,
                 std::vector<janji::DayAvailability>& days, std::string& body) {
  days.resize(span.days());
  const std::size_t many = api.engine().days(lane.id, span.from, span.to, days);
  JsonWriter json{body};
  json.begin_object();
  json.name("days").begin_array();
  for (std::size_t i = 0; i < many; ++i) {
    const DayFacts facts = explain_day(lane, days[i]);
    write_day(json, lane, facts.day, facts.why);
  }
  json.end_array();
  json.end_object();
}

}  // namespace

Reply get_days(Exchange& exchange) {
  const Api& api = exchange.api();
  FieldErrors errors;
  QueryReader query{exchange.request.query, errors};
  const auto lane = read_lane(exchange, query, errors);
  const auto from = read_date(query, "from", errors);
  const auto to = read_date(query, "to", errors);
  query.finish();
  const janji::CivilTime now = api.engine().civil_now();
  std::optional<DaySpan> span;
  if (lane && errors.empty()) span = make_span(from, to, *lane, now, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!lane) return problem(ProblemCode::not_found, exchange.audience());

  const RenderCache::Key key{RenderCache::Kind::days, lane->index,
                             (std::uint64_t{static_cast<std::uint32_t>(span->from.value)} << 32) |
                                 static_cast<std::uint32_t>(span->to.value)};
  const auto render = [&](RenderCache::Rendered& rendered) {
    render_days(api, *lane, *span, exchange.scratch.days, rendered.body);
    rendered.entity_tag = make_entity_tag(rendered.body);
  };
  const auto& rendered = cached(exchange, key, now, render);
  return revalidated(exchange.request, rendered.body, rendered.entity_tag, "no-cache");
}

}  // namespace janjid
