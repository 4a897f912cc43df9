#include "api/slot_json.hpp"

#include "api/civil_text.hpp"
#include "api/slot_id.hpp"

namespace janjid {
namespace {

using Status = janji::DayAvailability::Status;

void write_moment(JsonWriter& json, const LaneView& lane, janji::CivilTime at) {
  json.plain([&](std::string& out) { append_moment(out, at, lane.utc_offset_seconds(at)); });
}

void write_status(JsonWriter& json, const LaneView& lane, Status status, const Explanation& why) {
  json.name("status").string(to_string(status));
  if (status == Status::closed && !why.reason.empty()) json.name("reason").string(why.reason);
  if (status == Status::unreleased && why.opens_at.value != 0) {
    json.name("opens_at");
    write_moment(json, lane, why.opens_at);
  }
}

}  // namespace

std::string_view to_string(Status status) noexcept {
  switch (status) {
    case Status::available: return "available";
    case Status::full: return "full";
    case Status::closed: return "closed";
    case Status::unreleased: return "unreleased";
    case Status::past: break;
  }
  return "past";
}

void write_day(JsonWriter& json, const LaneView& lane, const janji::DayAvailability& day,
               const Explanation& why) {
  json.begin_object();
  json.name("date").plain([&](std::string& out) { append_date(out, day.day); });
  write_status(json, lane, day.status, why);
  json.name("free").number(day.free);
  json.name("capacity").number(day.capacity);
  json.end_object();
}

namespace {

void write_members(JsonWriter& json, const LaneView& lane, const janji::SlotAvailability& slot,
                   const Explanation& why, janji::CivilTime now) {
  const janji::CivilTime start = lane.instant(slot.slot.day(), slot.slot.minute());
  const janji::CivilTime end{start.value + std::int64_t{slot.length_minutes} * 60'000};
  json.name("id").plain([&](std::string& out) { append_slot_id(out, lane, slot.slot); });
  json.name("start");
  write_moment(json, lane, start);
  json.name("end");
  write_moment(json, lane, end);
  json.name("pool").string(janji::to_string(lane.spec->pool));
  json.name("capacity").number(slot.capacity);
  json.name("free").number(slot.status == Status::available ? slot.free : 0);
  write_status(json, lane, slot.status, why);
  // Whatever comes to a closed slot, nobody can have it.
  if (slot.status == Status::closed) return;
  const MoreSeats more = more_of(lane, slot.slot, slot.kept, now);
  if (more.seats == 0) return;
  json.name("more_at");
  write_moment(json, lane, more.at);
  json.name("more_seats").number(more.seats);
}

}  // namespace

void write_slot(JsonWriter& json, const LaneView& lane, const janji::SlotAvailability& slot,
                const Explanation& why, janji::CivilTime now) {
  json.begin_object();
  write_members(json, lane, slot, why, now);
  json.end_object();
}

void write_staff_slot(JsonWriter& json, const LaneView& lane, const janji::SlotAvailability& slot,
                      const Explanation& why, janji::CivilTime now) {
  json.begin_object();
  write_members(json, lane, slot, why, now);
  json.name("later").number(slot.later);
  json.end_object();
}

MoreSeats more_of(const LaneView& lane, janji::SlotKey slot, std::uint16_t kept,
                  janji::CivilTime now) noexcept {
  constexpr std::int64_t kMinuteMs = 60'000;
  if (kept == 0) return {};
  const janji::Day day = slot.day();
  janji::KeptBack still = lane.catalogue->kept_back(lane.index, day, now);
  janji::CivilTime at{(now.value / kMinuteMs + 1) * kMinuteMs};
  // Staff may have changed the slot, or an edit the rule: not every tranche has something for it.
  while (still.seats >= kept && still.seats != 0) {
    at = still.until;
    still = lane.catalogue->kept_back(lane.index, day, at);
  }
  const std::int64_t last = lane.instant(day, slot.minute()).value - lane.service->rules.lead_ms;
  if (at.value >= last) return {};
  return {static_cast<std::uint32_t>(kept - still.seats), at};
}

janji::CivilTime opening_of(const LaneView& lane, janji::Day day) noexcept {
  return lane.catalogue->releases_at(lane.index, day);
}

DayFacts explain_day(const LaneView& lane, const janji::DayAvailability& day) noexcept {
  DayFacts facts{day, {}};
  if (day.status != Status::closed && day.status != Status::unreleased) return facts;
  const janji::DayPlan plan = lane.catalogue->plan(lane.index, day.day);
  if (plan.status == janji::DayPlan::Status::closed) {
    facts.day.status = Status::closed;
    facts.why.reason = plan.reason;
    return facts;
  }
  if (day.status == Status::closed) return facts;
  facts.why.opens_at = opening_of(lane, day.day);
  const std::uint16_t kept =
      lane.catalogue->kept_back(lane.index, day.day, facts.why.opens_at).seats;
  for (const janji::SlotPlan& slot : plan.slots) facts.day.capacity += slot.capacity - kept;
  return facts;
}

}  // namespace janjid
