// What is asked for beside claims, by applicant `who` of claim_of().
#pragma once

#include <array>

#include "engine_fixture.hpp"

namespace janji::test {

inline BlockRequest block_of(std::uint64_t who) {
  BlockRequest request;
  request.applicant = claim_of(who).applicant;
  request.until = CivilTime{kMorning + 86'400'000};
  return request;
}

inline JoinRequest join_of(std::uint64_t who, std::uint64_t operation = 0) {
  JoinRequest request;
  request.slot = slot_at();
  request.applicant = claim_of(who).applicant;
  if (operation != 0) request.operation = {14, operation};
  return request;
}

// The applicants `who` and the next one, from nine to ten.
struct Pair {
  std::array<ApplicantKey, 2> members;
  GroupJoinRequest request;

  explicit Pair(std::uint64_t who, std::uint64_t operation = 0)
      : members{claim_of(who).applicant, claim_of(who + 1).applicant} {
    request.day = slot_at().day();
    request.from = slot_at().minute();
    request.until = slot_at(1, 10).minute();
    request.applicant = {8, 1};
    if (operation != 0) request.operation = {15, operation};
  }
  const GroupJoinRequest& ask() {
    request.members = members;
    return request;
  }
};

}  // namespace janji::test
