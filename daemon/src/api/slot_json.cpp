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
                   const Explanation& why) {
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
}

}  // namespace

void write_slot(JsonWriter& json, const LaneView& lane, const janji::SlotAvailability& slot,
                const Explanation& why) {
  json.begin_object();
  write_members(json, lane, slot, why);
  json.end_object();
}

void write_staff_slot(JsonWriter& json, const LaneView& lane, const janji::SlotAvailability& slot,
                      const Explanation& why) {
  json.begin_object();
  write_members(json, lane, slot, why);
  json.name("later").number(slot.later);
  json.end_object();
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
  for (const janji::SlotPlan& slot : plan.slots) facts.day.capacity += slot.capacity;
  facts.why.opens_at = opening_of(lane, day.day);
  return facts;
}

}  // namespace janjid
