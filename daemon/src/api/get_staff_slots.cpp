// The slots of a day as staff sees them: GET /v1/staff/slots.
#include "api/authority.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/slot_json.hpp"

namespace janjid {

Reply get_staff_slots(Exchange& exchange) {
  const Api& api = exchange.api();
  auto authority = authorise_staff(exchange, Scope::staff_read);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  FieldErrors errors;
  QueryReader query{exchange.request.query, errors};
  const auto need = [&](std::string_view name) {
    auto value = query.get(name);
    if (!value) errors.query(name, Fault::missing);
    return value.value_or("");
  };
  const auto branch = need("branch");
  const auto service = need("service");
  const auto pool = read_pool(query, errors);
  const bool dated = query.get("date").has_value();
  const auto day = read_date(query, "date", errors);
  if (!dated) errors.query("date", Fault::missing);
  query.finish();
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  const auto lane = find_lane(api.engine(), branch, service, *pool);
  if (!lane) return problem(ProblemCode::not_found, exchange.audience());
  const AccessKey& key = std::get<AccessKey>(authority);
  if (!key.branch.empty() && key.branch != lane->branch->id) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  auto& slots = exchange.scratch.slots;
  slots.resize(janji::kMaxSlotsPerDay);
  slots.resize(api.engine().slots(lane->id, *day, slots));
  const janji::DayPlan plan = lane->catalogue->plan(lane->index, *day);
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("slots").begin_array();
  for (const janji::SlotAvailability& slot : slots) {
    write_staff_slot(json, *lane, slot, {.reason = plan.reason, .opens_at = {}},
                     api.engine().civil_now());
  }
  json.end_array();
  json.end_object();
  return response;
}

}  // namespace janjid
