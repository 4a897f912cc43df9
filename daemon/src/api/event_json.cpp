#include "api/event_json.hpp"

#include "api/booking_json.hpp"
#include "api/civil_text.hpp"
#include "api/slot_id.hpp"

namespace janjid {
namespace {

constexpr int kUtc = 0;

void write_moment(JsonWriter& json, std::string_view name, janji::CivilTime at) {
  json.name(name).plain([&](std::string& out) { append_moment(out, at, kUtc); });
}

void write_slot(JsonWriter& json, const Api& api, std::string_view name, janji::SlotKey slot) {
  if (slot.value == 0) return;
  json.name(name).plain([&](std::string& out) { append_slot_id(out, api.engine(), slot); });
}

// Of a lane that left the catalogue nobody knows the office any more.
void write_day(JsonWriter& json, const Api& api, const janji::Event& event) {
  const auto lane = find_lane(api.engine(), event.lane);
  json.name("branch");
  lane ? json.string(lane->branch->id) : json.null();
  json.name("service");
  lane ? json.string(lane->service->id) : json.null();
  json.name("pool");
  lane ? json.string(janji::to_string(lane->spec->pool)) : json.null();
  json.name("date").plain([&](std::string& out) { append_date(out, event.day); });
}

// What the kind calls its number; empty: it has none.
std::string_view argument_name(janji::EventKind kind) noexcept {
  using enum janji::EventKind;
  switch (kind) {
    case day_opened: return "slots";
    case walk_in:
    case check_in: return "queue_number";
    case serve: return "counter";
    case refuse: return "refuse_reason";
    case reissue: return "reissue_reason";
    case block:
    case lift:
    case erase: return "reason";
    case slot:
    case tranche:
    case fall_back: return "capacity";
    case entitlement: return "quota";
    case eligible: return "changed";
    default: return {};
  }
}

void write_booking_part(JsonWriter& json, const Api& api, const janji::Event& event) {
  const ReferenceText reference = api.identity().references.format(event.booking);
  json.name("reference").string(reference.view());
  if (event.state != janji::BookingState::none) {
    json.name("status").string(to_string(event.state));
  }
  if (event.group.value != 0) {
    json.name("group").string(api.identity().references.format(event.group).view());
  }
  write_slot(json, api, "slot", event.slot);
  write_slot(json, api, "last_slot", event.last_slot);
  write_slot(json, api, "from", event.from);
  if (event.later) json.name("seats_later").boolean(true);
  if (event.entitlement.value != 0) {
    json.name("entitlement").string(api.identity().entitlements.format(event.entitlement).view());
  }
  if (event.seats != 0) json.name("seats").number(event.seats);
  if (event.deadline.value != 0) {
    const std::int64_t lasts_ms = event.deadline.value - event.decided_at.value;
    write_moment(json, "expires_at", janji::CivilTime{event.civil_at.value + lasts_ms});
  }
}

}  // namespace

void write_event(JsonWriter& json, const Api& api, const janji::Event& event) {
  json.begin_object();
  json.name("lsn").number(event.lsn.value);
  json.name("kind").string(janji::to_string(event.kind));
  if (event.kind == janji::EventKind::slot) {
    write_slot(json, api, "slot", event.slot);
    json.name("closed").boolean(event.closed);
  } else if (event.kind == janji::EventKind::seats_back) {
    write_slot(json, api, "slot", event.slot);
  } else if (event.kind == janji::EventKind::tranche) {
    write_slot(json, api, "slot", event.slot);
    json.name("seats").number(event.seats);
  } else if (event.kind == janji::EventKind::fall_back) {
    write_slot(json, api, "slot", event.slot);
    write_slot(json, api, "from", event.from);
    json.name("seats").number(event.seats);
  } else if (event.kind == janji::EventKind::block) {
    write_moment(json, "until", event.until);
  } else if (event.kind == janji::EventKind::entitlement ||
             event.kind == janji::EventKind::eligible) {
    json.name("entitlement").string(api.identity().entitlements.format(event.entitlement).view());
  } else if (event.kind == janji::EventKind::lift) {
    // Whom it is about isn't told.
  } else if (event.kind == janji::EventKind::catalogue) {
    // GET /v1/catalogue has it.
  } else if (event.kind == janji::EventKind::erase && event.booking.value == 0) {
    json.name("group").string(api.identity().references.format(event.group).view());
  } else if (event.booking.value != 0) {
    write_booking_part(json, api, event);
  } else {
    write_day(json, api, event);
  }
  if (event.kind == janji::EventKind::progress) {
    const auto stage = api.catalogue().progress_name(janji::ProgressId{event.argument});
    json.name("progress");
    stage.empty() ? json.null() : json.string(stage);
  } else if (const auto name = argument_name(event.kind); !name.empty()) {
    json.name(name).number(event.argument);
  }
  if (event.actor.value != 0) json.name("actor").number(event.actor.value);
  if (event.civil_at.value != 0) write_moment(json, "at", event.civil_at);
  json.end_object();
}

}  // namespace janjid
