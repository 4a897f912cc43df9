#include "api/booking_json.hpp"

#include "api/civil_text.hpp"
#include "api/slot_id.hpp"

namespace janjid {
namespace {

void write_slot_of(JsonWriter& json, const LaneView& lane, janji::SlotKey slot) {
  const janji::CivilTime start = lane.instant(slot.day(), slot.minute());
  const janji::CivilTime end{start.value + std::int64_t{lane.spec->slot_minutes} * 60'000};
  const auto moment = [&](std::string& out, janji::CivilTime at) {
    append_moment(out, at, lane.utc_offset_seconds(at));
  };
  json.begin_object();
  json.name("id").plain([&](std::string& out) { append_slot_id(out, lane, slot); });
  json.name("branch").string(lane.branch->id);
  json.name("service").string(lane.service->id);
  json.name("pool").string(janji::to_string(lane.spec->pool));
  json.name("start").plain([&](std::string& out) { moment(out, start); });
  json.name("end").plain([&](std::string& out) { moment(out, end); });
  json.end_object();
}

// The lane was taken out of the catalogue, but its booking is still there: what is known is told,
// and no slot can be claimed by this id.
void write_orphaned_slot(JsonWriter& json, const janji::Engine& engine, janji::SlotKey slot) {
  json.begin_object();
  json.name("id").plain([&](std::string& out) { append_slot_id(out, engine, slot); });
  for (const char* name : {"branch", "service", "pool", "start", "end"}) json.name(name).null();
  json.end_object();
}

}  // namespace

std::string_view to_string(janji::BookingState state) noexcept {
  using enum janji::BookingState;
  switch (state) {
    case held: return "held";
    case awaiting: return "awaiting";
    case confirmed: return "confirmed";
    case checked_in: return "checked_in";
    case completed: return "completed";
    case no_show: return "no_show";
    case cancelled: return "cancelled";
    case expired: return "expired";
    case refused: return "refused";
    case displaced: return "displaced";
    case waiting: return "waiting";
    case group:  // is no booking, and never told as one
    case none: break;
  }
  return "none";
}

void write_booking(JsonWriter& json, const Api& api, const janji::Booking& booking) {
  const auto lane = find_lane(api.engine(), booking.slot.lane());
  const auto moment = [&](std::string& out, janji::CivilTime at) {
    append_moment(out, at, lane ? lane->utc_offset_seconds(at) : 0);
  };
  const bool lasts =
      booking.state == janji::BookingState::held || booking.state == janji::BookingState::awaiting;
  const bool expired = lasts && booking.deadline <= api.engine().ledger_now();
  // What most bookings haven't is left out.
  const auto moment_if = [&](std::string_view name, janji::CivilTime at) {
    if (at.value != 0) json.name(name).plain([&](std::string& out) { moment(out, at); });
  };
  const auto number_if = [&](std::string_view name, std::uint32_t number) {
    if (number != 0) json.name(name).number(number);
  };
  const ReferenceText reference = api.identity().references.format(booking.id);
  json.begin_object();
  json.name("reference").string(reference.view());
  json.name("status").string(to_string(expired ? janji::BookingState::expired : booking.state));
  const auto slot = [&](std::string_view name, janji::SlotKey key) {
    json.name(name);
    lane ? write_slot_of(json, *lane, key) : write_orphaned_slot(json, api.engine(), key);
  };
  if (booking.last_slot.value == 0) {
    slot("slot", booking.slot);
  } else {  // who waits for several has none yet
    json.name("slot").null();
    json.name("waits_for").begin_object();
    slot("from", booking.slot);
    slot("to", booking.last_slot);
    json.end_object();
  }
  if (booking.group.value != 0) {
    json.name("group").string(api.identity().references.format(booking.group).view());
  }
  json.name("seats").number(booking.seats);
  json.name("created_at").plain([&](std::string& out) { moment(out, booking.created_at); });
  if (lasts && !expired) {
    json.name("expires_at").plain([&](std::string& out) { moment(out, booking.expires_at); });
  }
  json.name("confirmed_at");
  if (booking.confirmed_at.value != 0) {
    json.plain([&](std::string& out) { moment(out, booking.confirmed_at); });
  } else {
    json.null();
  }
  moment_if("submitted_at", booking.submitted_at);
  moment_if("checked_in_at", booking.checked_in_at);
  number_if("queue_number", booking.queue_number);
  moment_if("served_at", booking.served_at);
  number_if("counter", booking.counter);
  number_if("refuse_reason", booking.refuse_reason);
  moment_if("ended_at", booking.ended_at);
  if (booking.progress.value != 0) {
    // Of a stage that the catalogue lost nobody knows the name.
    const std::string_view stage = api.catalogue().progress_name(booking.progress);
    json.name("progress");
    stage.empty() ? json.null() : json.string(stage);
  }
  moment_if("progress_at", booking.progress_at);
  number_if("reissues", booking.reissues);
  json.name("version").number(booking.version);
  json.end_object();
}

}  // namespace janjid
