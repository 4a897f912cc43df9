#include "api/handlers.hpp"
#include "api/lane_request.hpp"
#include "api/revalidate.hpp"
#include "api/slot_json.hpp"
#include "http/entity_tag.hpp"

namespace janjid {
namespace {

using Status = janji::DayAvailability::Status;

// The slots of a day that the engine hasn't open: as they are planned, none of them free.
void write_planned(JsonWriter& json, const LaneView& lane, const janji::DayPlan& plan,
                   const DayFacts& facts, janji::CivilTime now) {
  const janji::KeptBack kept =
      lane.catalogue->kept_back(lane.index, facts.day.day, facts.why.opens_at);
  const std::uint16_t seats = facts.day.status == Status::unreleased ? kept.seats : 0;
  for (const janji::SlotPlan& planned : plan.slots) {
    const janji::SlotAvailability slot{janji::SlotKey{lane.id, facts.day.day, planned.start},
                                       planned.length_minutes,
                                       static_cast<std::uint16_t>(planned.capacity - seats),
                                       0,
                                       facts.day.status,
                                       0,
                                       seats};
    write_slot(json, lane, slot, facts.why, now);
  }
}

void render_slots(const Api& api, const LaneView& lane, janji::Day day,
                  std::vector<janji::SlotAvailability>& slots, std::string& body) {
  const janji::CivilTime now = api.engine().civil_now();
  janji::DayAvailability availability;
  api.engine().days(lane.id, day, day, std::span{&availability, 1});
  const DayFacts facts = explain_day(lane, availability);
  slots.resize(janji::kMaxSlotsPerDay);
  const std::size_t many = api.engine().slots(lane.id, day, slots);
  const janji::DayPlan plan = lane.catalogue->plan(lane.index, day);
  JsonWriter json{body};
  json.begin_object();
  json.name("day");
  write_day(json, lane, facts.day, facts.why);
  json.name("slots").begin_array();
  for (std::size_t i = 0; i < many; ++i) {
    write_slot(json, lane, slots[i], {.reason = plan.reason, .opens_at = {}}, now);
  }
  if (many == 0 && facts.day.status != Status::closed) write_planned(json, lane, plan, facts, now);
  json.end_array();
  json.end_object();
}

}  // namespace

Reply get_slots(Exchange& exchange) {
  const Api& api = exchange.api();
  FieldErrors errors;
  QueryReader query{exchange.request.query, errors};
  const auto lane = read_lane(exchange, query, errors);
  const bool dated = query.get("date").has_value();
  const auto day = read_date(query, "date", errors);
  if (!dated) errors.query("date", Fault::missing);
  query.finish();
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!lane) return problem(ProblemCode::not_found, exchange.audience());

  const RenderCache::Key key{RenderCache::Kind::slots, lane->index,
                             static_cast<std::uint32_t>(day->value)};
  const auto render = [&](RenderCache::Rendered& rendered) {
    render_slots(api, *lane, *day, exchange.scratch.slots, rendered.body);
    rendered.entity_tag = make_entity_tag(rendered.body);
  };
  const auto& rendered = cached(exchange, key, api.engine().civil_now(), render);
  return revalidated(exchange.request, rendered.body, rendered.entity_tag, "no-cache");
}

}  // namespace janjid
