// What staff does.
#include "simulation/caller.hpp"

#include <algorithm>
#include <utility>

#include "model/names.hpp"

namespace janji::simulation {
namespace {

using model::Call;
using model::Kind;

}  // namespace

// The next one at some branch, of which each has one lane.
void Caller::next() {
  // The same for every caller, as request() is.
  const std::uint64_t number = world_.front - random_.below(12);
  model::Random random(world_.seed ^ (number * 0x9E3779B97F4A7C15ULL));
  NextRequest request;
  request.branch = static_cast<std::uint32_t>(random.percent(70) ? 0 : random.below(kLanes));
  request.counter = static_cast<std::uint32_t>(random.below(3));
  const bool at_kiosk = random.percent(40);
  if (at_kiosk) request.branch = kKioskBranch;
  if (!at_kiosk && random.percent(20)) request.service = 0;
  if (random_.percent(90)) request.operation = {world_.seed + 11, number};
  request.actor = ActorId{static_cast<std::uint32_t>(number_)};
  Call call;
  call.kind = Kind::next;
  call.operation = request.operation;
  call.next = request;
  call.lane = world_.lanes[at_kiosk ? kKiosk : request.branch];
  decide(
      call, request, [&](Patience& patience) { return world_.engine->try_next(request, patience); },
      [&] { return world_.operations->next(request, world_.engine->civil_now()); });
}

// Staff's work: more doors are opened than closed, or soon nobody could book.
void Caller::change_slot() {
  SlotChangeRequest request;
  request.slot = some_slot(random_);
  const Result<Booking> found = world_.engine->find(from_board());
  if (found.ok() && random_.percent(40)) request.slot = found->slot;
  for (const auto& [key, slot] : world_.model().slots()) {
    if (slot.closed && random_.percent(40)) request.slot = key;
  }
  using Doors = SlotChangeRequest::Doors;
  request.doors = random_.percent(25) ? Doors::closed : Doors::open;
  if (random_.percent(40)) request.capacity = static_cast<std::uint16_t>(1 + random_.below(3));
  request.actor = ActorId{static_cast<std::uint32_t>(number_)};
  if (random_.percent(60)) request.operation = {world_.seed + 15, ++world_.slot_changes};
  // What was asked before, or something else under its id; by whom its caller was is the same.
  if (last_change_.slot.value != 0 && random_.percent(20)) {
    if (random_.percent(70)) request = last_change_;
    request.operation = last_change_.operation;
  }
  last_change_ = request;
  Patience patience;
  Decision decision = world_.engine->try_change_slot(request, patience);
  while (decision.verdict == Verdict::wait) {
    (void)world_.engine->wait_round(decision.round, kPatienceMs);
    decision = world_.engine->try_change_slot(request, patience);
  }
  world_.last_given = std::max(world_.last_given, decision.lsn);
  const auto* acted = world_.model().find_operation(request.operation);
  if (acted != nullptr && decision.verdict == Verdict::granted && decision.lsn != acted->lsn) {
    world_.say_wrong("a slot's change by " + model::name(request.operation) + " acted twice");
  }
  ++world_.answers[std::string("change_slot ") +
                   (decision.replayed ? "replayed" : to_string(decision.code))];
}

// An edit of the files, or what they were before. Whoever stands still meanwhile puts it off.
void Caller::change_catalogue() {
  Engine& engine = *world_.engine;
  const auto& to = world_.catalogues[random_.below(world_.catalogues.size())];
  const auto preview = engine.preview_catalogue(to);
  if (!preview.ok()) return world_.say_wrong("a preview failed: " + preview.error().detail);
  const CatalogueChangeRequest request{to, preview->digest,
                                       ActorId{static_cast<std::uint32_t>(number_)}};
  Patience patience;
  Decision decision = engine.try_change_catalogue(request, patience);
  while (decision.verdict == Verdict::wait) {
    (void)engine.wait_round(decision.round, kPatienceMs);
    decision = engine.try_change_catalogue(request, patience);
  }
  world_.last_given = std::max(world_.last_given, decision.lsn);
  ++world_.answers[std::string("change_catalogue ") +
                   (decision.replayed ? "replayed" : to_string(decision.code))];
}

// Of somebody who has ended, mostly, or of all that an applicant has.
void Caller::erase() {
  Engine& engine = *world_.engine;
  if (random_.percent(20)) {
    EraseQuery query;
    query.applicant = {world_.seed + 1, 1 + random_.below(world_.applicants)};
    EraseCursor cursor;
    for (int pages = 0; pages < 8 && !cursor.at_end; ++pages) {
      const ErasePage page = engine.try_erase_all(query, cursor);
      world_.last_given = std::max(world_.last_given, page.lsn);
      if (page.erased != 0) ++world_.answers["erase_all ok"];
      if (page.round != 0) (void)engine.wait_round(page.round, kPatienceMs);
      if (page.code != Code::ok) return;
    }
    return;
  }
  EraseRequest request{from_board(), 1, ActorId{static_cast<std::uint32_t>(number_)}};
  std::vector<BookingId> some;
  for (const auto& [id, booking] : world_.model().bookings()) {
    if (has_ended(booking.state) && booking.details_size != 0) some.push_back(id);
  }
  if (!some.empty() && random_.percent(80)) request.booking = some[random_.below(some.size())];
  Patience patience;
  Decision decision = engine.try_erase(request, patience);
  while (decision.verdict == Verdict::wait) {
    (void)engine.wait_round(decision.round, kPatienceMs);
    decision = engine.try_erase(request, patience);
  }
  world_.last_given = std::max(world_.last_given, decision.lsn);
  ++world_.answers[std::string("erase ") +
                   (decision.replayed ? "replayed" : to_string(decision.code))];
  if (decision.verdict != Verdict::granted || decision.replayed) return;
  const auto left = engine.details(request.booking);
  if (left.ok() && world_.telling()) {
    world_.say_wrong("the details of " + model::name(request.booking) + " were erased, and told");
  }
}

// What staff makes of one of a few entitlements, or a new one.
void Caller::entitle() {
  Engine& engine = *world_.engine;
  const auto settle = [&](const char* what, auto&& attempt) {
    Patience patience;
    Decision decision = attempt(patience);
    while (decision.verdict == Verdict::wait) {
      (void)engine.wait_round(decision.round, kPatienceMs);
      decision = attempt(patience);
    }
    world_.last_given = std::max(world_.last_given, decision.lsn);
    ++world_.answers[std::string(what) + " " + to_string(decision.code)];
    return decision;
  };
  const Day today{static_cast<std::int32_t>(engine.civil_now().value / kDayMs)};
  std::vector<ApplicantKey> some;
  const std::uint64_t first = random_.below(world_.applicants);
  for (std::uint64_t i = 0; i < 3 && i < world_.applicants; ++i) {
    some.push_back({world_.seed + 1, 1 + (first + i) % world_.applicants});
  }
  const EntitlementId id = some_entitlement(random_);
  if (id.value == 0 || (world_.model().entitlements().size() < 4 && random_.percent(20))) {
    EntitlementGrantRequest request;
    request.holder = {world_.seed + 5, 1};
    request.quota = static_cast<std::uint32_t>(1 + random_.below(8));
    request.from = Day{today.value - 5};
    request.until = Day{today.value + 1 + static_cast<std::int32_t>(random_.below(40))};
    request.listed = random_.percent(20);
    settle("grant", [&](Patience& patience) { return engine.try_grant(request, patience); });
  } else if (random_.percent(30)) {
    EligibleRequest request;
    request.entitlement = id;
    (random_.percent(70) ? request.add : request.remove) = some;
    settle("list",
           [&](Patience& patience) { return engine.try_change_eligible(request, patience); });
  } else {
    EntitlementChangeRequest request;
    request.entitlement = id;
    if (random_.percent(80)) request.quota = static_cast<std::uint32_t>(random_.below(9));
    if (random_.percent(30)) request.listed = random_.percent(30);
    if (!request.quota || random_.percent(20)) {
      request.until = Day{today.value + static_cast<std::int32_t>(random_.below(4))};
    }
    settle("terms",
           [&](Patience& patience) { return engine.try_change_entitlement(request, patience); });
  }
}

EntitlementId Caller::some_entitlement(model::Random& random) const {
  const auto& all = world_.model().entitlements();
  if (all.empty() || random.percent(3)) return {};
  return std::next(all.begin(), static_cast<std::ptrdiff_t>(random.below(all.size())))->first;
}

// Of those who claim; mostly for some seconds, and often lifted before that.
void Caller::block() {
  BlockRequest request;
  request.applicant = {world_.seed + 1, 1 + random_.below(world_.applicants)};
  const auto& all = world_.model().blocks();
  if (!all.empty() && random_.percent(40)) request.applicant = all.begin()->first;
  // Few ids, so that callers meet on them: of one minute each, and of one intent.
  const std::int64_t civil = world_.engine->civil_now().value;
  const std::uint64_t dice = random_.below(4);
  if (dice != 0) {
    request.until = CivilTime{civil / 60'000 * 60'000 + static_cast<std::int64_t>(dice) * 30'000};
  }
  request.reason = static_cast<std::uint32_t>(dice);
  request.operation = {world_.seed + 50 + request.applicant.lo,
                       static_cast<std::uint64_t>(request.until.value) * 4 + random_.below(3)};
  if (dice == 0) request.operation.lo = world_.moments / 64 * 4 + 3;
  request.actor = ActorId{static_cast<std::uint32_t>(number_)};
  if (request.until.value < 0) return;  // the wall clock is before its time
  Call call;
  call.kind = Kind::block;
  call.operation = request.operation;
  call.block = request;
  decide(
      call, request,
      [&](Patience& patience) { return world_.engine->try_block(request, patience); },
      [&] { return world_.operations->block(request, world_.engine->civil_now()); });
}

}  // namespace janji::simulation
