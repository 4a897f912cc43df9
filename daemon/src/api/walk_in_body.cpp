#include "api/walk_in_body.hpp"

#include "api/slot_id.hpp"

namespace janjid {
namespace {

using Need = JsonReader::Need;

// False: something about it was reported.
bool read_target(const janji::Engine& engine, JsonReader& body, WalkInBody& to) {
  if (!body.has("slot")) {
    const auto branch = body.string("branch", Need::required);
    const auto service = body.string("service", Need::required);
    if (!branch || !service) return false;
    to.lane = find_lane(engine, *branch, *service, janji::Pool::kiosk);
    return true;
  }
  const auto slot = body.string("slot", Need::required);
  bool alone = true;
  for (const char* name : {"branch", "service"}) {
    if (!body.has(name)) continue;
    alone = false;
    body.report(name, Fault::not_together, "slot");
    body.string(name, Need::optional);
  }
  if (!slot || !alone) return false;
  if (const auto parsed = parse_slot_id(engine, *slot)) {
    to.lane = parsed->lane;
    to.slot_key = parsed->slot;
  }
  return true;
}

}  // namespace

WalkInBody read_walk_in_body(Exchange& exchange, FieldErrors& errors) {
  WalkInBody read;
  const JsonDocument& json = exchange.scratch.json;
  JsonReader body{json, json.root(), "", errors};
  if (!body.is_object()) return read;
  const janji::Engine& engine = exchange.api().engine();
  const bool named = read_target(engine, body, read);
  // Which details there are is the service's to say.
  if (named && !read.lane) return read;
  read_people(body, read);
  static const janji::ServiceRules kNone;
  read.details = read_details(body, read.lane ? read.lane->service->rules : kNone);
  body.finish();
  return read;
}

}  // namespace janjid
