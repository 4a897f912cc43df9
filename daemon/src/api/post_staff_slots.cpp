// Staff closes, opens and resizes slots; first, if it likes, to see what that would mean.
#include <array>
#include <vector>

#include <fmt/format.h>

#include "api/authority.hpp"
#include "api/civil_text.hpp"
#include "api/handlers.hpp"
#include "api/request_parts.hpp"
#include "api/slot_id.hpp"
#include "http/json_reader.hpp"

namespace janjid {
namespace {

using Need = JsonReader::Need;
using Doors = janji::SlotChangeRequest::Doors;

constexpr std::string_view kRoute = "POST /v1/staff/slots";

// One slot, or all of a lane's day.
struct SlotsBody {
  std::optional<janji::SlotKey> slot;
  std::optional<LaneView> lane;
  janji::Day day;
  Doors doors{Doors::as_they_are};
  std::uint16_t capacity{0};
};

void read_lane_and_day(const Api& api, JsonReader& body, SlotsBody& to) {
  const auto branch_id = body.string("branch", Need::required);
  const auto service_id = body.string("service", Need::required);
  janji::Pool pool = janji::Pool::general;
  if (const auto text = body.string("pool", Need::optional)) {
    const auto parsed = janji::parse_pool(*text);
    if (!parsed) body.report("pool", Fault::bad_choice, kPoolChoices);
    pool = parsed.value_or(pool);
  }
  if (const auto text = body.string("date", Need::required)) {
    const auto day = parse_date(*text);
    if (!day) body.report("date", Fault::bad_format, "YYYY-MM-DD");
    to.day = day.value_or(janji::Day{});
  }
  if (!branch_id || !service_id) return;
  to.lane = find_lane(api.engine(), *branch_id, *service_id, pool);
  if (!to.lane) body.report("service", Fault::bad_choice, "a service of that branch, in that pool");
}

void read_wish(JsonReader& body, SlotsBody& to) {
  if (const auto doors = body.string("doors", Need::optional)) {
    if (*doors == "closed") to.doors = Doors::closed;
    if (*doors == "open") to.doors = Doors::open;
    if (to.doors == Doors::as_they_are) body.report("doors", Fault::bad_choice, "closed, open");
  }
  if (const auto capacity = body.integer("capacity", Need::optional)) {
    if (*capacity < 1 || *capacity > janji::kMaxSlotCapacity) {
      body.report("capacity", Fault::bad_choice, fmt::format("1 to {}", janji::kMaxSlotCapacity));
    } else {
      to.capacity = static_cast<std::uint16_t>(*capacity);
    }
  }
  if (!body.has("doors") && !body.has("capacity")) body.report("doors", Fault::missing);
}

SlotsBody read_body(Exchange& exchange, FieldErrors& errors) {
  SlotsBody to;
  if (!read_json(exchange, errors)) return to;
  JsonReader body{exchange.scratch.json, exchange.scratch.json.root(), "", errors};
  if (!body.is_object()) return to;
  if (body.has("slot")) {
    const auto text = body.string("slot", Need::required);
    const auto parsed = text ? parse_slot_id(exchange.api().engine(), *text) : std::nullopt;
    if (text && !parsed) body.report("slot", Fault::bad_format, "the id of a slot");
    if (parsed) {
      to.slot = parsed->slot;
      to.lane = parsed->lane;
      to.day = parsed->slot.day();
    }
    for (const char* name : {"branch", "service", "pool", "date"}) {
      if (body.has(name)) body.report(name, Fault::not_together, "slot");
      body.string(name, Need::optional);
    }
  } else {
    read_lane_and_day(exchange.api(), body, to);
  }
  read_wish(body, to);
  body.finish();
  return to;
}

// The slots that are meant, as they are.
std::vector<janji::SlotAvailability> slots_of(const Api& api, const SlotsBody& body) {
  std::vector<janji::SlotAvailability> slots(janji::kMaxSlotsPerDay);
  slots.resize(api.engine().slots(body.lane->id, body.day, slots));
  if (body.slot) {
    std::erase_if(slots, [&](const auto& slot) { return slot.slot != *body.slot; });
  }
  return slots;
}

struct Asked {
  janji::ActorId actor;
  std::optional<IdempotencyKey> key;  // of a change
  SlotsBody body;
  std::vector<janji::SlotAvailability> slots;
};

// What is asked by somebody who may; else the answer.
std::variant<Asked, Response> read_request(Exchange& exchange, bool changes) {
  auto authority = authorise_staff(exchange, Scope::staff_calendar);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  const AccessKey& access = std::get<AccessKey>(authority);
  FieldErrors errors;
  std::optional<IdempotencyKey> key;
  if (changes) key = read_idempotency_key(exchange.request, errors);
  SlotsBody body = read_body(exchange, errors);
  if (!errors.empty()) return invalid_request(exchange.audience(), errors);
  if (!access.branch.empty() && body.lane->branch->id != access.branch) {
    return problem(ProblemCode::forbidden, exchange.audience());
  }
  auto slots = slots_of(exchange.api(), body);
  if (slots.empty()) return problem(ProblemCode::slot_not_found, exchange.audience());
  return Asked{janji::ActorId{access.number}, std::move(key), std::move(body), std::move(slots)};
}

// Bookings that keep a seat in the slots, and how many seats of them are above a new capacity.
struct Weighed {
  std::size_t bookings{0};
  std::uint64_t seats_over{0};
};

Response told(std::size_t slots, std::optional<std::size_t> changed, const Weighed& weighed) {
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("slots").number(slots);
  if (changed) json.name("changed").number(*changed);
  json.name("bookings").number(weighed.bookings);
  json.name("seats_over").number(weighed.seats_over);
  json.end_object();
  return response;
}

bool would_change(const SlotsBody& body, const janji::SlotAvailability& slot) {
  const bool closed = slot.status == janji::DayAvailability::Status::closed;
  const bool wanted = body.doors == Doors::as_they_are ? closed : body.doors == Doors::closed;
  return closed != wanted || (body.capacity != 0 && body.capacity != slot.capacity);
}

std::optional<Weighed> weigh(const Api& api, const Asked& asked) {
  std::array<std::uint64_t, janji::kMaxSlotsPerDay> seats{};
  Weighed weighed;
  janji::BookingQuery query;
  query.first_day = query.last_day = asked.body.day;
  query.branch = asked.body.lane->spec->branch;
  query.service = asked.body.lane->spec->service;
  query.states = janji::kActiveStates;
  janji::BookingCursor cursor;
  std::array<janji::Booking, 64> page;
  while (!cursor.at_end) {
    const std::uint32_t before = cursor.place;
    const std::size_t found = api.engine().bookings(query, cursor, page);
    if (found == 0 && cursor.place == before && !cursor.at_end) return std::nullopt;
    for (std::size_t i = 0; i < found; ++i) {
      for (std::size_t s = 0; s < asked.slots.size(); ++s) {
        if (asked.slots[s].slot != page[i].slot) continue;
        ++weighed.bookings;
        seats[s] += page[i].seats;
      }
    }
  }
  for (std::size_t s = 0; s < asked.slots.size(); ++s) {
    const std::uint64_t capacity =
        asked.body.capacity != 0 ? asked.body.capacity : asked.slots[s].capacity;
    if (seats[s] > capacity) weighed.seats_over += seats[s] - capacity;
  }
  return weighed;
}

}  // namespace

Reply post_staff_slots_preview(Exchange& exchange) {
  auto read = read_request(exchange, false);
  if (auto* refusal = std::get_if<Response>(&read)) return std::move(*refusal);
  const Asked& asked = std::get<Asked>(read);
  const std::uint64_t rounds = exchange.api().rounds();  // before the look, see decide()
  const auto weighed = weigh(exchange.api(), asked);
  if (!weighed) return exchange.wait(rounds + 1);
  std::size_t changed = 0;
  for (const auto& slot : asked.slots) changed += would_change(asked.body, slot) ? 1U : 0U;
  return told(asked.slots.size(), changed, *weighed);
}

// Slot by slot, each at once or not at all, and under an id of its own: asking again goes on where
// it ended. By a slot's place among those that are meant, so that another body under the same key
// is found out at the first of them.
Reply post_staff_slots(Exchange& exchange) {
  const Api& api = exchange.api();
  auto read = read_request(exchange, true);
  if (auto* refusal = std::get_if<Response>(&read)) return std::move(*refusal);
  const Asked& asked = std::get<Asked>(read);
  const std::string caller = fmt::format("key:{}", asked.actor.value);
  janji::Lsn newest;
  for (std::uint32_t i = 0; i < asked.slots.size(); ++i) {
    janji::SlotChangeRequest request;
    request.slot = asked.slots[i].slot;
    request.doors = asked.body.doors;
    request.capacity = asked.body.capacity;
    request.actor = asked.actor;
    request.payload = asked.body.slot ? 1 : 2;  // the slot alone isn't its day's first
    request.operation = api.identity().operations.make({.caller = caller,
                                                        .route = kRoute,
                                                        .subject = std::string_view{},
                                                        .key = asked.key->view(),
                                                        .batch_index = i});
    const janji::Decision decision =
        api.engine().try_change_slot(request, exchange.attempt.patience);
    if (decision.verdict == janji::Verdict::wait) return exchange.wait(decision.round);
    if (decision.verdict == janji::Verdict::refused) {
      return {problem(problem_of(decision.code), exchange.audience()),
              api.acknowledge_at(decision.lsn)};
    }
    newest = std::max(newest, decision.lsn);
    // Each slot's is its own: what was done stays done when the next one has to wait.
    if (!decision.replayed) {
      exchange.attempt.patience = {};
      exchange.attempt.granted = decision;
    }
  }
  const std::uint64_t rounds = api.rounds();
  const auto weighed = weigh(api, asked);
  if (!weighed) return exchange.wait(rounds + 1);
  Response response = told(asked.slots.size(), std::nullopt, *weighed);
  if (!exchange.attempt.granted) response.add_header("Idempotency-Replayed", "true");
  return {std::move(response), api.acknowledge_at(newest)};
}

}  // namespace janjid
