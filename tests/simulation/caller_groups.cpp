// Families and employers.
#include "simulation/caller.hpp"

#include <algorithm>
#include <utility>

#include "model/names.hpp"

namespace janji::simulation {
namespace {

using model::Call;
using model::Kind;

}  // namespace

// Of one day, or two, whose slots overlap with those of others.
std::vector<GroupPart> Caller::some_parts(model::Random& random, std::uint16_t members) const {
  std::vector<GroupPart> parts;
  const SlotKey slot = some_slot(random);
  const auto last = static_cast<std::uint16_t>(
      slot.minute().value + kSlotMinutes * static_cast<int>(random.below(kSlotsPerDay)));
  const bool two = members > 1 && random.percent(30);
  const auto some = static_cast<std::uint16_t>(two ? members / 2 : members);
  parts.push_back({slot.day(), slot.minute(), Minute{last}, some});
  if (two) {
    parts.push_back({Day{slot.day().value + 1}, Minute{0}, Minute{last},
                     static_cast<std::uint16_t>(members - some)});
  }
  return parts;
}

// The same for every caller, as request().
model::GroupClaimCall Caller::group_request(std::uint64_t number) const {
  model::Random random(world_.seed ^ (number * 0xD1B54A32D192ED03ULL));
  model::GroupClaimCall request;
  const auto many = static_cast<std::uint16_t>(1 + random.below(4));
  request.parts = some_parts(random, many);
  const bool first_lane = world_.one_day || random.percent(60);
  request.lane = first_lane ? world_.lanes[0] : world_.some_lane(random);
  const std::uint64_t first = random.below(world_.applicants);
  for (std::uint64_t i = 0; i < many; ++i) {
    request.members.push_back({world_.seed + 1, 1 + (first + i) % world_.applicants});
  }
  request.applicant = {world_.seed + 1, 1 + first};
  // Whichever is there now: then the same id may come with another one.
  if (random.percent(60)) request.entitlement = some_entitlement(random);
  if (request.entitlement.value != 0) request.applicant = {world_.seed + 5, 1};
  request.operation = {world_.seed + 4, number};
  request.payload = number;
  return request;
}

void Caller::claim_group() {
  if (random_.percent(40)) ++world_.front;
  model::GroupClaimCall request = group_request(world_.front - random_.below(8));
  if (random_.percent(10)) request.operation = {};
  if (random_.percent(4)) ++request.payload;
  if (random_.percent(3)) request.members.push_back(request.members.front());
  if (random_.percent(3)) request.operation = {world_.seed + 1, 1 + random_.below(world_.front)};
  Call call;
  call.kind = Kind::claim_group;
  call.operation = request.operation;
  call.group = request;
  std::vector<SlotKey> seats;
  decide(
      call, request,
      [&](Patience& patience) {
        return world_.engine->try_claim_group(request.request(), patience);
      },
      [&] { return world_.operations->claim_group(request, world_.engine->civil_now(), seats); });
}

void Caller::move_group() {
  model::GroupMoveCall request;
  request.group = from_board();
  std::array<BookingId, kGroupMembersMax> members;
  const Result<Group> found = world_.engine->find_group(request.group, members);
  std::uint16_t live = 0;
  for (std::size_t i = 0; found.ok() && i < found->members; ++i) {
    const Result<Booking> one = world_.engine->find(members[i]);
    live = static_cast<std::uint16_t>(live + (one.ok() && is_active(one->state) ? 1 : 0));
  }
  request.lane = found.ok() && random_.percent(80) ? found->lane : world_.some_lane(random_);
  request.parts = some_parts(random_, live == 0 ? 1 : live);
  request.operation = some_id(request.group, 30);
  Call call;
  call.kind = Kind::move_group;
  call.operation = request.operation;
  call.booking = request.group;
  call.move = request;
  std::vector<SlotKey> seats;
  decide(
      call, request,
      [&](Patience& patience) {
        return world_.engine->try_move_group(request.request(), patience);
      },
      [&] {
        return world_.operations->move_group(request, world_.engine->civil_now(),
                                             world_.engine->ledger_now(), seats);
      });
}

// From one slot to another one of the same day, in two steps: a seat is free all the time.
void Caller::move() {
  const BookingId booking = from_board();
  const Result<Booking> found = world_.engine->find(booking);
  if (!found.ok()) return;
  cancel(booking);
  const auto slot = static_cast<std::uint16_t>(random_.below(kSlotsPerDay) * kSlotMinutes);
  ClaimRequest request;
  request.slot = SlotKey(found->slot.lane(), found->slot.day(), Minute{slot});
  request.applicant = found->applicant;
  request.operation = {world_.seed + 1'000 + number_, world_.moments + 1};
  claim(request);
}

}  // namespace janji::simulation
