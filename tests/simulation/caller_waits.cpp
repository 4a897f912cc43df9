// Who waits for a slot, and who walks in.
#include "simulation/caller.hpp"

#include <algorithm>
#include <utility>

#include "model/names.hpp"

namespace janji::simulation {
namespace {

using model::Call;
using model::Kind;

}  // namespace

// Mostly where nothing is left; then the id is this caller's own.
SlotKey Caller::where_to_wait(model::Random& random, OperationId& operation) {
  const SlotKey slot = some_slot(random);
  if (!random_.percent(60)) return slot;
  std::vector<SlotKey> full;
  for (const auto& [key, of] : world_.model().slots()) {
    if (of.free() == 0) full.push_back(key);
  }
  if (full.empty()) return slot;
  operation = {world_.seed + 1'000 + number_, world_.moments + 1};
  return full[random_.below(full.size())];
}

// Families of two or three.
void Caller::join_group() {
  const std::uint64_t number = world_.front - random_.below(12);
  model::Random random(world_.seed ^ (number * 0x9FB21C651E98DF25ULL));
  model::GroupJoinCall request;
  GroupJoinRequest& asked = request.asked;
  const std::uint64_t many = 1 + random.below(3);
  const std::uint64_t first = random.below(world_.applicants);
  for (std::uint64_t i = 0; i < many; ++i) {
    request.members.push_back({world_.seed + 1, 1 + (first + i) % world_.applicants});
  }
  asked.applicant = {world_.seed + 1, 1 + first};
  // As in group_request().
  if (random.percent(50)) asked.entitlement = some_entitlement(random);
  if (asked.entitlement.value != 0) asked.applicant = {world_.seed + 5, 1};
  asked.operation = {world_.seed + 14, number};
  asked.payload = number;
  asked.slot = where_to_wait(random, asked.operation);
  if (asked.operation.lo % 5 < 3) {
    asked.lane = asked.slot.lane();
    asked.day = asked.slot.day();
    if (asked.operation.lo % 5 == 0) asked.from = asked.slot.minute();
    asked.slot = SlotKey{};
  }
  if (random_.percent(10)) asked.operation = {};
  if (random_.percent(3)) request.members.push_back(request.members.front());
  Call call;
  call.kind = Kind::join_group;
  call.operation = asked.operation;
  call.group_join = request;
  decide(
      call, request,
      [&](Patience& patience) {
        return world_.engine->try_join_group(request.request(), patience);
      },
      [&] { return world_.operations->join_group(request, world_.engine->civil_now()); });
}

// Where claims are made, too; the same for every caller, as request().
void Caller::join() {
  const std::uint64_t number = world_.front - random_.below(12);
  model::Random random(world_.seed ^ (number * 0x94D049BB133111EBULL));
  JoinRequest request;
  request.seats = static_cast<std::uint16_t>(random.percent(75) ? 1 : random.between(1, 3));
  request.applicant = {world_.seed + 1, 1 + random.below(world_.applicants)};
  request.operation = {world_.seed + 12, number};
  request.slot = where_to_wait(random, request.operation);
  // Or wherever that day, or from there on.
  if (request.operation.lo % 5 < 2) {
    request.lane = request.slot.lane();
    request.day = request.slot.day();
    if (request.operation.lo % 5 == 0) request.from = request.slot.minute();
    request.slot = SlotKey{};
  }
  if (random_.percent(10)) request.operation = {};
  if (random_.percent(3)) request.seats = 9;
  Call call;
  call.kind = Kind::join;
  call.operation = request.operation;
  call.join = request;
  decide(
      call, request, [&](Patience& patience) { return world_.engine->try_join(request, patience); },
      [&] { return world_.operations->join(request, world_.engine->civil_now()); });
}

// The same for every caller, as request(); mostly at the kiosk.
void Caller::walk_in() {
  const std::uint64_t number = world_.front - random_.below(12);
  model::Random random(world_.seed ^ (number * 0xBF58476D1CE4E5B9ULL));
  WalkInRequest request;
  request.lane = world_.lanes[kKiosk];
  if (random.percent(25)) {
    const auto today = static_cast<std::int32_t>((world_.clock->civil_ms() + kZoneMs) / kDayMs);
    const auto minute = static_cast<std::uint16_t>(24 * 60 / kSlotsPerDay * random.below(3));
    request.slot = SlotKey(request.lane, Day{today}, Minute{minute});
  }
  request.seats = static_cast<std::uint16_t>(random.percent(75) ? 1 : random.between(1, 3));
  request.applicant = {world_.seed + 1, 1 + random.below(world_.applicants)};
  request.operation = {world_.seed + 13, number};
  request.payload = number;
  if (random_.percent(10)) request.operation = {};
  if (random_.percent(40)) {
    request.operation = {world_.seed + 1'000 + number_, world_.moments + 1};
  }
  if (random_.percent(3)) request.seats = 9;
  if (random_.percent(3)) ++request.payload;
  if (random_.percent(3)) request.applicant.lo = 1 + random_.below(world_.applicants);
  if (random_.percent(2)) request.lane = world_.lanes[0];
  Call call;
  call.kind = Kind::walk_in;
  call.operation = request.operation;
  call.walk_in = request;
  // Not kept: what is asked for is told by the rest.
  const std::vector<std::byte> details = details_of({request.applicant.hi, request.applicant.lo});
  WalkInRequest with_details = request;
  with_details.details = details;
  decide(
      call, request,
      [&](Patience& patience) { return world_.engine->try_walk_in(with_details, patience); },
      [&] { return world_.operations->walk_in(request, world_.engine->civil_now()); });
}

}  // namespace janji::simulation
