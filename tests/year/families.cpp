// Those who come together, and those who come without an appointment.
#include <array>
#include <set>

#include "year/country.hpp"

namespace janji::test {
namespace {

constexpr std::size_t kMost = 4;   // of a family
constexpr std::size_t kHours = 4;  // slots, one behind the other, that would do

}  // namespace

// Two to four, for slots that follow each other; where those are full, some wait for them.
void Country::claim_family(LaneId lane, Day day) {
  const std::size_t many = engine_.slots(lane, day, slots_);
  if (many == 0) return;
  const std::size_t from = below(many);
  const SlotKey first = slots_[from].slot;
  const SlotKey last = slots_[std::min(from + below(kHours), many - 1)].slot;
  std::array<ApplicantKey, kMost> family;
  const std::size_t size = 2 + below(kMost - 1);
  for (std::size_t i = 0; i < size; ++i) family[i] = {0x4D59, ++applicants_};
  const std::span<const ApplicantKey> members(family.data(), size);
  const GroupPart part[] = {{day, first.minute(), last.minute(), static_cast<std::uint16_t>(size)}};
  GroupClaimRequest request;
  request.lane = lane;
  request.parts = part;
  request.members = members;
  request.applicant = members[0];
  request.category = category_of(lane);
  request.operation = operation();
  const Decision decision =
      decide([&](Patience& patience) { return engine_.try_claim_group(request, patience); });
  if (decision.verdict == Verdict::granted) {
    ++figures_.families;
    return settle_with(decision.booking);
  }
  const std::set<Code> usual{Code::slot_full, Code::closed, Code::too_late};
  INFO(to_string(decision.code));
  REQUIRE(usual.contains(decision.code));
  if (decision.code != Code::slot_full || waiting_families_.size() == kFamiliesMax) return;
  GroupJoinRequest join;
  join.lane = lane;
  join.day = day;
  join.from = first.minute();
  join.until = last.minute();
  join.members = members;
  join.applicant = members[0];
  join.category = request.category;
  join.operation = operation();
  const Decision waits =
      decide([&](Patience& patience) { return engine_.try_join_group(join, patience); });
  if (waits.verdict != Verdict::granted) return;
  ++figures_.families_waited;
  waiting_families_.push_back(waits.booking);
}

// Who waited and is offered seats takes them, mostly; some leave one of theirs at home meanwhile.
void Country::hear_of_offers() {
  std::size_t kept = 0;
  for (const BookingId family : waiting_families_) {
    std::array<BookingId, kMost> members;
    const Result<Group> found = engine_.find_group(family, members);
    if (!found.ok()) continue;
    std::size_t wait = 0, held = 0;
    for (std::size_t i = 0; i < found->members; ++i) {
      const auto member = engine_.find(members[i]);
      wait += member.ok() && member->state == BookingState::waiting ? 1U : 0U;
      held += member.ok() && member->state == BookingState::held ? 1U : 0U;
    }
    if (wait != 0 && held != 0) FAIL("a family is torn apart");
    if (held != 0) {
      ++figures_.families_offered;
      settle_with(family);
    } else if (wait > 1 && percent(5)) {
      Patience patience;
      const Decision left = engine_.try_cancel({members[0], operation(), 0}, patience);
      figures_.cancelled += left.verdict == Verdict::granted ? 1U : 0U;
    }
    if (wait != 0) waiting_families_[kept++] = family;
  }
  waiting_families_.resize(kept);
}

// At the kiosks, some of which have no room, or are shut at this hour.
void Country::walk_in(int many) {
  for (int i = 0; i < many; ++i) {
    WalkInRequest request;
    request.lane = kiosks_[below(kiosks_.size())];
    request.category = category_of(request.lane);
    request.applicant = {0x4D59, ++applicants_};
    request.operation = operation();
    const Decision decision =
        decide([&](Patience& patience) { return engine_.try_walk_in(request, patience); });
    if (decision.verdict == Verdict::granted) {
      ++figures_.walked_in;
      continue;
    }
    const std::set<Code> usual{Code::slot_full,    Code::closed,          Code::too_late,
                               Code::not_released, Code::outside_horizon, Code::too_early};
    INFO(to_string(decision.code));
    REQUIRE(usual.contains(decision.code));
  }
}

}  // namespace janji::test
