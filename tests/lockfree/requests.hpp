// What is asked for beside claims, by applicant `who` of claim_of().
#pragma once

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

}  // namespace janji::test
