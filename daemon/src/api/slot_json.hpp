// Days and slots as clients see them.
#pragma once

#include <string_view>

#include <janji/decision.hpp>

#include "api/lane_view.hpp"
#include "http/json_writer.hpp"

namespace janjid {

std::string_view to_string(janji::DayAvailability::Status status) noexcept;

// Nothing of it changed.
inline bool same_day(const janji::DayAvailability& a, const janji::DayAvailability& b) noexcept {
  return a.day == b.day && a.status == b.status && a.free == b.free && a.capacity == b.capacity;
}

// Seats of a slot that are kept back, and come next.
struct MoreSeats {
  std::uint32_t seats{0};  // 0: none come
  janji::CivilTime at{};
};

// What a day or slot says besides the engine's figures.
struct Explanation {
  std::string_view reason;    // why it is closed
  janji::CivilTime opens_at;  // when it is unreleased; 0: not known
};

// {"date","status","free","capacity"}, with "reason" or "opens_at".
void write_day(JsonWriter& json, const LaneView& lane, const janji::DayAvailability& day,
               const Explanation& why);

// {"id","start","end","pool","capacity","free","status"}, with "reason" or "opens_at", and with
// "more_at" and "more_seats" if seats that are kept back come.
void write_slot(JsonWriter& json, const LaneView& lane, const janji::SlotAvailability& slot,
                const Explanation& why, janji::CivilTime now);

// The same for staff: with "later", seats that were given up and can't be claimed again yet.
void write_staff_slot(JsonWriter& json, const LaneView& lane, const janji::SlotAvailability& slot,
                      const Explanation& why, janji::CivilTime now);

// What comes of the seats that are kept back of a slot, while it can still be claimed. What is due
// already comes in the next minute.
MoreSeats more_of(const LaneView& lane, janji::SlotKey slot, std::uint16_t kept,
                  janji::CivilTime now) noexcept;

// When the slots of a day can first be claimed: by the lane's release rule.
janji::CivilTime opening_of(const LaneView& lane, janji::Day day) noexcept;

// What the engine says of a day, completed by what the catalogue plans for days that the engine
// hasn't opened: their capacity, and that they are closed anyway.
struct DayFacts {
  janji::DayAvailability day;
  Explanation why;
};
DayFacts explain_day(const LaneView& lane, const janji::DayAvailability& day) noexcept;

}  // namespace janjid
