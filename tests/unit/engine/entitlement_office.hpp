// What an employer, his workers and staff ask for.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "engine_fixture.hpp"
#include "hour.hpp"

namespace janji::test {

inline constexpr ApplicantKey kEmployer{8, 1};

inline Day day_of(int day) {
  return Day{kToday.value + day};
}

inline EntitlementGrantRequest grant_of(std::uint32_t quota, std::uint64_t operation = 0) {
  EntitlementGrantRequest request;
  request.holder = kEmployer;
  request.quota = quota;
  request.from = day_of(0);
  request.until = day_of(5);
  request.actor = ActorId{9};
  if (operation != 0) request.operation = {21, operation};
  return request;
}

inline EntitlementId granted(Engine& engine, std::uint32_t quota) {
  const auto made = engine.grant(grant_of(quota));
  REQUIRE(made.ok());
  return *made;
}

inline EntitlementChangeRequest quota_of(EntitlementId id, std::uint32_t quota,
                                         std::uint64_t operation = 0) {
  EntitlementChangeRequest request;
  request.entitlement = id;
  request.quota = quota;
  if (operation != 0) request.operation = {22, operation};
  return request;
}

// `many` workers from `first` on, from nine on of a day.
struct Workers {
  std::vector<ApplicantKey> members;
  std::vector<GroupPart> parts;
  EntitlementId entitlement;
  std::uint64_t operation{0};

  Workers(EntitlementId under, std::uint64_t first, std::uint16_t many, int day = 1)
      : entitlement(under) {
    for (std::uint16_t i = 0; i < many; ++i) members.push_back({7, first + i});
    parts = {{day_of(day), Minute{9 * 60}, Minute{20 * 60}, many}};
  }
  GroupClaimRequest request() const {
    GroupClaimRequest made;
    made.parts = parts;
    made.members = members;
    made.applicant = kEmployer;
    made.entitlement = entitlement;
    if (operation != 0) made.operation = {9, operation};
    return made;
  }
};

inline Result<BookingId> claim(Engine& engine, EntitlementId under, std::uint64_t first,
                               std::uint16_t many, int day = 1) {
  const Workers workers(under, first, many, day);
  return engine.claim_group(workers.request());
}

// The id of one member.
inline BookingId member_of(const Engine& engine, BookingId group, std::size_t i) {
  std::array<BookingId, kGroupMembersMax> ids;
  REQUIRE(engine.find_group(group, ids).ok());
  return ids[i];
}

inline Entitlement look(const Engine& engine, EntitlementId id) {
  const auto found = engine.find_entitlement(id);
  REQUIRE(found.ok());
  return *found;
}

inline Status list(Engine& engine, EntitlementId id, std::vector<ApplicantKey> add,
                   std::vector<ApplicantKey> remove = {}, std::uint64_t operation = 0) {
  EligibleRequest request;
  request.entitlement = id;
  request.add = add;
  request.remove = remove;
  if (operation != 0) request.operation = {23, operation};
  return engine.change_eligible(request);
}

inline std::vector<ApplicantKey> listed(const Engine& engine, EntitlementId id,
                                        std::size_t page = 2) {
  std::vector<ApplicantKey> all, some(page);
  for (EntitlementCursor cursor; !cursor.at_end;) {
    const std::size_t many = engine.eligible(id, cursor, some);
    all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(many));
  }
  std::sort(all.begin(), all.end());
  return all;
}

inline BookingId confirmed_member(Engine& engine, BookingId group, std::size_t i) {
  const BookingId member = member_of(engine, group, i);
  if (engine.find(member)->state == BookingState::held) {
    REQUIRE(engine.confirm({group, {}, 0, {}, {}}).ok());
  }
  return member;
}

inline void act(Engine& engine, Act what, BookingId booking) {
  ActRequest request;
  request.act = what;
  request.booking = booking;
  const auto done = engine.act(request);
  INFO(to_string(done.code()));
  REQUIRE(done.ok());
}

}  // namespace janji::test
