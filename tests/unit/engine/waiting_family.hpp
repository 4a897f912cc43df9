// Groups that wait, and the day that they wait for.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include <janji/verify.hpp>

#include "group_members.hpp"
#include "support/scratch_directory.hpp"
#include "waiting_office.hpp"

namespace janji::test {

constexpr Minute at(int hour) {
  return Minute{static_cast<std::uint16_t>(hour * 60)};
}

// Tomorrow, from nine to eleven unless said otherwise: three slots of two seats each. The members
// are `first` and those behind it.
struct Family {
  std::vector<ApplicantKey> members;
  GroupJoinRequest request;

  Family(std::uint64_t first, std::size_t many, int from = 9, int until = 11, int day = 1) {
    for (std::size_t i = 0; i < many; ++i) members.push_back(claim_of(first + i).applicant);
    request.day = slot_at(day).day();
    request.from = at(from);
    request.until = at(until);
    request.applicant = {8, 1};
  }
  const GroupJoinRequest& ask() {
    request.members = members;
    return request;
  }
  Family& as(std::uint64_t operation) {
    request.operation = {13, operation};
    return *this;
  }
};

inline BookingId joined(Engine& engine, Family family) {
  const auto group = engine.join_group(family.ask());
  INFO(to_string(group.code()));
  REQUIRE(group.ok());
  return *group;
}

// The hours in which the members are held seats, in their order; none are where any isn't.
inline std::vector<int> offered(const Engine& engine, BookingId group) {
  std::vector<int> hours;
  for (const Booking& one : members_of(engine, group)) {
    if (one.state == BookingState::held) hours.push_back(one.slot.minute().value / 60);
  }
  return hours;
}

inline std::map<int, std::array<Booking, 2>> fill_hours(Engine& engine, int from = 9,
                                                        int until = 11, int day = 1) {
  std::map<int, std::array<Booking, 2>> have;
  for (int hour = from; hour <= until; ++hour) {
    const auto who = static_cast<std::uint64_t>(hour) * 100;
    have[hour] = {claimed(engine, who, slot_at(day, hour)),
                  claimed(engine, who + 1, slot_at(day, hour))};
  }
  return have;
}

// And that a start counts the bookings of the days as it did.
inline void check_sound(std::unique_ptr<Engine>& engine, const Options& options) {
  settle(*engine);
  const std::uint64_t in_days = engine->counters().bookings_in_days;
  engine.reset();
  CHECK(open_engine(options)->counters().bookings_in_days == in_days);
  const auto report = verify(options.directory);
  REQUIRE(report.ok());
  INFO((report->sound() ? "" : report->broken()->words));
  CHECK(report->sound());
}

inline Options durable_options(const ManualClock& clock, const ScratchDirectory& scratch) {
  Options options = small_options(clock);
  options.durability = Durability::strict;
  options.directory = scratch.path() / "data";
  options.checkpoint = false;
  return options;
}

inline void confirm_group(Engine& engine, BookingId group) {
  Patience patience;
  ConfirmRequest confirm;
  confirm.booking = group;
  CHECK(engine.try_confirm(confirm, patience).verdict == Verdict::granted);
}

}  // namespace janji::test
