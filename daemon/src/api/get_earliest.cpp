// Where a service can be had first: of each office the earliest slot that has the seats.
#include <algorithm>
#include <string>
#include <vector>

#include "api/day_span.hpp"
#include "api/handlers.hpp"
#include "api/lane_request.hpp"
#include "api/revalidate.hpp"
#include "api/slot_json.hpp"
#include "http/entity_tag.hpp"

namespace janjid {
namespace {

using Status = janji::DayAvailability::Status;

struct Wanted {
  std::uint32_t service{0};
  std::optional<std::uint32_t> state;  // index of Catalogue::states(); nothing: all
  janji::Pool pool{janji::Pool::general};
  std::optional<janji::Day> from, to;
  std::uint16_t seats{1};
};

struct Found {
  LaneView lane;
  janji::SlotAvailability slot;
  janji::CivilTime start;
};

// The state by its code; nothing when it was left out or reported.
std::optional<std::uint32_t> read_state(const janji::Catalogue& catalogue, QueryReader& query,
                                        FieldErrors& errors) {
  const auto code = query.get("state");
  if (!code) return std::nullopt;
  const auto states = catalogue.states();
  const auto found = std::find_if(states.begin(), states.end(),
                                  [&](const janji::State& state) { return state.code == *code; });
  if (found == states.end()) {
    errors.query("state", Fault::bad_choice, "a `code` of the catalogue's states");
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(found - states.begin());
}

// The lane's earliest slot with room for `seats`; false: there is none.
bool find_earliest(Exchange& exchange, const DaySpan& span, std::uint16_t seats, Found& found) {
  const janji::Engine& engine = exchange.api().engine();
  auto& days = exchange.scratch.days;
  auto& slots = exchange.scratch.slots;
  days.resize(span.days());
  days.resize(engine.days(found.lane.id, span.from, span.to, days));
  for (const janji::DayAvailability& day : days) {
    if (day.status != Status::available || day.free < seats) continue;
    slots.resize(janji::kMaxSlotsPerDay);
    slots.resize(engine.slots(found.lane.id, day.day, slots));
    for (const janji::SlotAvailability& slot : slots) {
      if (slot.status != Status::available || slot.free < seats) continue;
      found.slot = slot;
      found.start = found.lane.instant(day.day, slot.slot.minute());
      return true;
    }
  }
  return false;
}

// Today where the day is youngest.
janji::Day first_today(const janji::Catalogue& catalogue, janji::CivilTime now) {
  janji::Day first = catalogue.local_day(0, now);
  for (std::uint32_t branch = 1; branch < catalogue.branches().size(); ++branch) {
    first = std::min(first, catalogue.local_day(branch, now));
  }
  return first;
}

bool is_in(const janji::Catalogue& catalogue, const Wanted& wanted, std::uint32_t branch) {
  if (!wanted.state) return true;
  const auto& branches = catalogue.states()[*wanted.state].branches;
  return std::find(branches.begin(), branches.end(), branch) != branches.end();
}

void render(Exchange& exchange, const Wanted& wanted, janji::CivilTime now, std::string& body) {
  const janji::Catalogue& catalogue = exchange.api().catalogue();
  std::vector<Found> all;
  for (std::uint32_t branch = 0; branch < catalogue.branches().size(); ++branch) {
    if (!is_in(catalogue, wanted, branch)) continue;
    const auto lane = catalogue.find_lane(branch, wanted.service, wanted.pool);
    if (!lane) continue;
    Found found{view_lane(exchange.api().engine(), *lane), {}, {}};
    FieldErrors unused;  // each office has its own today: a span that was checked with another's
    const auto span = make_span(wanted.from, wanted.to, found.lane, now, unused);
    if (span && find_earliest(exchange, *span, wanted.seats, found)) all.push_back(found);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Found& a, const Found& b) { return a.start < b.start; });
  JsonWriter json{body};
  json.begin_object();
  json.name("branches").begin_array();
  for (const Found& found : all) {
    json.begin_object();
    json.name("branch").string(found.lane.branch->id);
    json.name("name").string(found.lane.branch->name);
    json.name("state").string(found.lane.branch->state_code);
    json.name("slot");
    write_slot(json, found.lane, found.slot, {}, exchange.api().engine().civil_now());
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

Reply get_earliest(Exchange& exchange) {
  const Api& api = exchange.api();
  std::string memory;
  const auto service = api.catalogue().find_service(plain_segment(exchange.path.values[0], memory));
  if (!service) return problem(ProblemCode::not_found, exchange.audience());
  FieldErrors errors;
  QueryReader query{exchange.request.query, errors};
  Wanted wanted;
  wanted.service = *service;
  wanted.state = read_state(api.catalogue(), query, errors);
  wanted.pool = read_pool(query, errors).value_or(janji::Pool::general);
  wanted.from = read_date(query, "from", errors);
  wanted.to = read_date(query, "to", errors);
  const std::uint16_t most = api.catalogue().services()[*service].rules.seats_max;
  wanted.seats =
      static_cast<std::uint16_t>(read_number(query, "seats", 1, most, errors).value_or(1));
  query.finish();
  if (wanted.from && wanted.to &&
      (*wanted.to < *wanted.from || wanted.to->value - wanted.from->value >= kSpanDaysMax)) {
    errors.query("to", Fault::bad_span, "to >= from, to - from < 100 days");
  }
  const janji::CivilTime now = api.engine().civil_now();
  if (wanted.to && !wanted.from && *wanted.to < first_today(api.catalogue(), now)) {
    errors.query("to", Fault::bad_span, "to >= from, which is today if left out");
  }
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);

  const auto bits = [](std::optional<janji::Day> day) {
    return day ? static_cast<std::uint32_t>(day->value) : 0x8000'0000U;  // which no date has
  };
  const RenderCache::Key key{RenderCache::Kind::earliest,
                             std::uint64_t{wanted.service} << 48 |
                                 std::uint64_t{wanted.seats} << 32 |
                                 std::uint64_t{wanted.state ? *wanted.state + 1 : 0} << 8 |
                                 static_cast<std::uint64_t>(wanted.pool),
                             std::uint64_t{bits(wanted.from)} << 32 | bits(wanted.to)};
  const auto& rendered = cached(exchange, key, now, [&](RenderCache::Rendered& made) {
    render(exchange, wanted, now, made.body);
    made.entity_tag = make_entity_tag(made.body);
  });
  return revalidated(exchange.request, rendered.body, rendered.entity_tag, "no-cache");
}

}  // namespace janjid
