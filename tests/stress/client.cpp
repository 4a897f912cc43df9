#include "stress/client.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "model/acts.hpp"

namespace janji::stress {
namespace {

constexpr std::uint64_t kApplicants = 1200;
constexpr std::int64_t kRoundTimeoutMs = 10'000;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool is_granted(const Call& call) {
  return call.decision.verdict == Verdict::granted;
}

// Most claims want one of three slots.
SlotKey some_slot(const World& world, model::Random& random) {
  const bool hot = random.percent(70);
  const std::size_t lane = hot ? 0 : random.below(kLanes + kPoolLanes);
  const auto day = static_cast<std::int32_t>(hot ? 0 : random.below(kDays));
  const auto slot = static_cast<std::uint16_t>(random.below(hot ? 3 : kSlotsPerDay));
  return SlotKey(world.lane(lane), Day{world.first_day().value + day},
                 Minute{static_cast<std::uint16_t>(slot * 60)});
}

}  // namespace

Client::Client(World& world, Town& town, std::uint64_t number)
    : world_(world), town_(town), number_(number), random_(town.seed * 1000 + number) {}

void Client::run(std::chrono::steady_clock::time_point end, std::size_t calls_max) {
  diary_.reserve(calls_max);
  while (diary_.size() < calls_max && wrong_.empty() && std::chrono::steady_clock::now() < end) {
    step();
  }
}

void Client::step() {
  if (displaced_.value != 0) return cancel(std::exchange(displaced_, BookingId{}));
  const std::uint64_t dice = random_.below(100);
  if (dice < 1) return random_.percent(95) ? change_slot() : change_catalogue();
  if (dice < 2) return random_.percent(50) ? block() : erase();
  if (dice < 4) return entitle();
  if (dice < 12) return claim_group();
  if (dice < 15) return move_group();
  if (dice < 18) return random_.percent(70) ? join() : join_group();
  if (dice < 20) return walk_in();
  if (dice < 40) return claim();
  if (dice < 46) return claim_once();
  if (dice < 62) return confirm();
  if (dice < 68) return reschedule();
  if (dice < 78) return act();
  if (dice < 88) return cancel(from_board());
  if (dice < 96) return find();
  look_at_calendar();
}

template <class Try>
Decision Client::decide(Call& call, Try&& attempt) {
  Engine& engine = world_.engine();
  Patience patience;
  call.durable_before = engine.durable_lsn();
  call.called_ns = now_ns();
  Decision decision = attempt(patience);
  while (decision.verdict == Verdict::wait) {
    if (!engine.wait_round(decision.round, kRoundTimeoutMs)) wrong_ = "a round never ended";
    decision = attempt(patience);
  }
  call.returned_ns = now_ns();
  call.durable_after = engine.durable_lsn();
  call.decision = decision;
  // Some wait for their answer to be durable, most go on at once.
  if (decision.lsn.value != 0 && random_.percent(10) &&
      !engine.wait_durable(decision.lsn, kRoundTimeoutMs)) {
    wrong_ = "LSN " + std::to_string(decision.lsn.value) + " never became durable";
  }
  return decision;
}

// The same for every thread, so that one request can be sent by several.
ClaimRequest Client::request(std::uint64_t number) const {
  model::Random random(town_.seed ^ (number * 0x9E3779B97F4A7C15ULL));
  ClaimRequest request;
  if (random.percent(75)) {
    request.slot = some_slot(world_, random);
  } else {
    request.lane = world_.lane(random.below(kLanes + kPoolLanes));
    if (random.percent(30)) request.lanes = world_.lanes().first(kLanes);
    const auto from = static_cast<std::int32_t>(random.below(kDays));
    const auto to = random.between(from, random.percent(50) ? from : kDays - 1);
    request.first_day = Day{world_.first_day().value + from};
    request.last_day = Day{world_.first_day().value + static_cast<std::int32_t>(to)};
  }
  request.seats = static_cast<std::uint16_t>(random.percent(70) ? 1 : random.between(1, 4));
  request.applicant = {town_.seed, 1 + random.below(kApplicants)};
  request.operation = {town_.seed, number};
  request.payload = number;
  return request;
}

void Client::claim() {
  const std::uint64_t front = random_.percent(40)
                                  ? town_.front.fetch_add(1, std::memory_order_relaxed)
                                  : town_.front.load(std::memory_order_relaxed);
  ClaimRequest request = this->request(front - random_.below(random_.percent(90) ? 8 : 64));
  if (random_.percent(2)) ++request.payload;  // the id of one thing, used for another
  if (random_.percent(30)) world_.engine().prepare(request);
  Call call;
  call.kind = Kind::claim;
  call.operation = request.operation;
  call.claim = request;
  decide(call, [&](Patience& patience) { return world_.engine().try_claim(request, patience); });
  write_down(call);
}

// A request that nobody else sends, with an id known to be new, or with none.
void Client::claim_once() {
  ClaimRequest request = this->request(random_.next());
  const bool named = random_.percent(70);
  request.operation =
      named ? OperationId{town_.seed + 1 + number_, ++own_requests_} : OperationId{};
  request.operation_is_new = named;
  Call call;
  call.kind = Kind::claim;
  call.operation = request.operation;
  call.claim = request;
  decide(call, [&](Patience& patience) { return world_.engine().try_claim(request, patience); });
  write_down(call);
}

BookingId Client::from_board() {
  BookingId booking;
  for (int tries = 0; tries < 8 && booking.value == 0; ++tries) {
    const auto& cell = town_.board[random_.below(town_.board.size())];
    booking = BookingId{cell.load(std::memory_order_relaxed)};
  }
  return booking;
}

void Client::take_from_board(BookingId booking) {
  for (auto& cell : town_.board) {
    std::uint64_t expected = booking.value;
    cell.compare_exchange_strong(expected, 0, std::memory_order_relaxed);
  }
}

std::uint8_t Client::look_at_token(BookingId booking) {
  const Result<Booking> found = world_.engine().find(booking);
  return found.ok() ? found->reissues : kAnyIssue;
}

void Client::confirm() {
  ConfirmRequest request;
  request.booking = from_board();
  // Few ids for a booking, so that threads meet on them.
  request.operation = {request.booking.value, 2 + random_.below(2)};
  std::array<std::byte, 100> details{};
  if (random_.percent(30)) request.details = {details.data(), 1 + random_.below(details.size())};
  Call call;
  call.kind = Kind::confirm;
  call.operation = request.operation;
  call.booking = request.booking;
  const bool is_holder = random_.percent(50);
  decide(call, [&](Patience& patience) {
    call.issue = request.issue = is_holder ? look_at_token(request.booking) : kAnyIssue;
    return world_.engine().try_confirm(request, patience);
  });
  write_down(call);
}

void Client::cancel(BookingId booking) {
  CancelRequest request;
  request.booking = booking;
  request.operation = {request.booking.value, 4 + random_.below(2)};
  Call call;
  call.kind = Kind::cancel;
  call.operation = request.operation;
  call.booking = request.booking;
  const bool is_holder = random_.percent(50);
  decide(call, [&](Patience& patience) {
    call.issue = request.issue = is_holder ? look_at_token(request.booking) : kAnyIssue;
    return world_.engine().try_cancel(request, patience);
  });
  write_down(call);
}

void Client::reschedule() {
  RescheduleRequest request;
  request.booking = from_board();
  request.operation = {request.booking.value, 6 + random_.below(2)};
  request.slot = some_slot(world_, random_);
  Call call;
  call.kind = Kind::reschedule;
  call.operation = request.operation;
  call.booking = request.booking;
  call.slot = request.slot;
  const bool is_holder = random_.percent(50);
  decide(call, [&](Patience& patience) {
    call.issue = request.issue = is_holder ? look_at_token(request.booking) : kAnyIssue;
    return world_.engine().try_reschedule(request, patience);
  });
  write_down(call);
}

void Client::act() {
  ActRequest request;
  request.booking = from_board();
  request.act = model::kActs[random_.below(std::size(model::kActs))];
  request.operation = {request.booking.value,
                       8 + 2 * static_cast<std::uint64_t>(request.act) + random_.below(2)};
  if (request.act == Act::progress) {
    request.argument = progress_id(kStages[random_.below(std::size(kStages))]).value;
  }
  request.actor = ActorId{static_cast<std::uint32_t>(number_)};
  Call call;
  call.kind = Kind::act;
  call.operation = request.operation;
  call.booking = request.booking;
  call.act = request;
  decide(call, [&](Patience& patience) { return world_.engine().try_act(request, patience); });
  write_down(call);
}

// Doors only: what a day's capacity is, is looked at elsewhere.
void Client::change_slot() {
  SlotChangeRequest request;
  request.slot = some_slot(world_, random_);
  // Others for those that fall back: they are gone within a minute.
  if (random_.percent(40)) {
    const LaneId pool = world_.lane(kLanes + kPoolLanes - 1);
    request.slot = SlotKey(pool, request.slot.day(), request.slot.minute());
    request.capacity = kCapacity;
  }
  request.doors =
      random_.percent(20) ? SlotChangeRequest::Doors::closed : SlotChangeRequest::Doors::open;
  // Few ids for many: most are somebody else's by now.
  if (random_.percent(70)) request.operation = {town_.seed + 900, 1 + random_.below(2000)};
  Patience patience;
  Engine& engine = world_.engine();
  Decision decision = engine.try_change_slot(request, patience);
  while (decision.verdict == Verdict::wait) {
    if (!engine.wait_round(decision.round, kRoundTimeoutMs)) wrong_ = "a round never ended";
    decision = engine.try_change_slot(request, patience);
  }
}

// The edit of the files, or what they were before. Others may be at it.
void Client::change_catalogue() {
  Engine& engine = world_.engine();
  const auto& to = world_.catalogues()[random_.below(world_.catalogues().size())];
  const auto preview = engine.preview_catalogue(to);
  if (!preview.ok()) {
    wrong_ = "a preview failed: " + preview.error().detail;
    return;
  }
  Patience patience;
  const CatalogueChangeRequest request{to, preview->digest, ActorId{6}};
  Decision decision = engine.try_change_catalogue(request, patience);
  while (decision.verdict == Verdict::wait) {
    if (!engine.wait_round(decision.round, kRoundTimeoutMs)) wrong_ = "a round never ended";
    decision = engine.try_change_catalogue(request, patience);
  }
  const bool is_for_now = decision.code == Code::retry || decision.code == Code::overloaded ||
                          decision.code == Code::operation_mismatch ||
                          decision.code == Code::read_only;
  if (decision.verdict == Verdict::granted) {
    if (!decision.replayed) ++town_.catalogue_changes;
  } else if (!is_for_now) {
    wrong_ = std::string("a catalogue's change heard ") + to_string(decision.code);
  }
}

// Of whatever lies on the board, or of one applicant.
void Client::erase() {
  Engine& engine = world_.engine();
  if (random_.percent(20)) {
    EraseQuery query;
    query.applicant = {town_.seed, 1 + random_.below(kApplicants)};
    EraseCursor cursor;
    const ErasePage page = engine.try_erase_all(query, cursor);
    if (page.round != 0 && !engine.wait_round(page.round, kRoundTimeoutMs)) {
      wrong_ = "a round never ended";
    }
    return;
  }
  const EraseRequest request{from_board(), 1, ActorId{static_cast<std::uint32_t>(number_)}};
  Patience patience;
  Decision decision = engine.try_erase(request, patience);
  while (decision.verdict == Verdict::wait) {
    if (!engine.wait_round(decision.round, kRoundTimeoutMs)) wrong_ = "a round never ended";
    decision = engine.try_erase(request, patience);
  }
  if (decision.verdict == Verdict::granted && engine.details(request.booking).ok()) {
    wrong_ = "details were erased, and are still told";
  }
}

// For long, since nothing waits here; lifted as often. Few applicants, few ids.
void Client::block() {
  BlockRequest request;
  request.applicant = {town_.seed, 1 + random_.below(30)};
  const bool lifts = random_.percent(50);
  const std::uint64_t front = town_.front.load(std::memory_order_relaxed) / 512;
  if (!lifts) request.until = CivilTime{std::int64_t{1} << 50};
  request.operation = {town_.seed + 200 + request.applicant.lo, front * 2 + (lifts ? 1 : 0)};
  Call call;
  call.kind = Kind::block;
  call.operation = request.operation;
  call.block = request;
  call.civil_before = world_.engine().civil_now();
  decide(call, [&](Patience& patience) { return world_.engine().try_block(request, patience); });
  call.civil_after = world_.engine().civil_now();
  write_down(call);
}

// What staff makes of one of a few entitlements, or a new one: quotas mostly, now and then dates,
// or the list. Nobody's diary has it: whether claims went by it, the judge says.
void Client::entitle() {
  Engine& engine = world_.engine();
  const auto settle = [&](auto&& attempt) {
    Patience patience;
    Decision decision = attempt(patience);
    while (decision.verdict == Verdict::wait) {
      if (!engine.wait_round(decision.round, kRoundTimeoutMs)) wrong_ = "a round never ended";
      decision = attempt(patience);
    }
    return decision;
  };
  std::atomic<std::uint64_t>& at = town_.entitlements[random_.below(town_.entitlements.size())];
  const EntitlementId id{at.load(std::memory_order_relaxed)};
  if (id.value == 0 || random_.percent(5)) {
    EntitlementGrantRequest request;
    request.holder = {town_.seed, 0xE};
    request.quota = static_cast<std::uint32_t>(1 + random_.below(5));
    request.from = Day{world_.first_day().value - 9};
    request.until = Day{world_.first_day().value + 99};
    const Decision decision =
        settle([&](Patience& patience) { return engine.try_grant(request, patience); });
    if (decision.verdict == Verdict::granted) {
      at.store(decision.entitlement.value, std::memory_order_relaxed);
    }
  } else if (random_.percent(20)) {
    std::vector<ApplicantKey> some, others;
    const std::uint64_t first = random_.below(kApplicants);
    for (std::uint64_t i = 0; i < 60; ++i) {
      (i % 3 == 0 ? others : some).push_back({town_.seed, 1 + (first + i) % kApplicants});
    }
    EligibleRequest request;
    request.entitlement = id;
    request.add = some;
    request.remove = others;
    settle([&](Patience& patience) { return engine.try_change_eligible(request, patience); });
  } else {
    EntitlementChangeRequest request;
    request.entitlement = id;
    if (random_.percent(80)) request.quota = static_cast<std::uint32_t>(random_.below(8));
    if (random_.percent(20)) request.listed = random_.percent(20);
    const auto days = static_cast<std::int32_t>(random_.percent(70) ? 99 : random_.below(kDays));
    request.until = Day{world_.first_day().value + days};
    settle([&](Patience& patience) { return engine.try_change_entitlement(request, patience); });
  }
}

// Mostly for one of the slots that most claims want.
void Client::join() {
  const std::uint64_t number = town_.front.load(std::memory_order_relaxed) - random_.below(8);
  model::Random random(town_.seed ^ (number * 0x94D049BB133111EBULL));
  JoinRequest request;
  request.slot = some_slot(world_, random);
  request.seats = static_cast<std::uint16_t>(random.percent(70) ? 1 : random.between(1, 4));
  request.applicant = {town_.seed, 1 + random.below(kApplicants)};
  request.operation = {town_.seed + 300, number};
  request.payload = random_.percent(2) ? 1 : 0;
  // Or for any of the day from there on.
  if (random.percent(40)) {
    request.lane = request.slot.lane();
    request.day = request.slot.day();
    request.from = request.slot.minute();
    request.slot = SlotKey{};
  }
  Call call;
  call.kind = Kind::join;
  call.operation = request.operation;
  call.join = request;
  call.civil_before = world_.engine().civil_now();
  decide(call, [&](Patience& patience) { return world_.engine().try_join(request, patience); });
  call.civil_after = world_.engine().civil_now();
  write_down(call);
}

// The same for every thread under one number. Whoever is taken in soon leaves, to make room.
void Client::walk_in() {
  const std::uint64_t number = town_.front.load(std::memory_order_relaxed) - random_.below(8);
  model::Random random(town_.seed ^ (number * 0xBF58476D1CE4E5B9ULL));
  WalkInRequest request;
  request.lane = world_.lane(kKiosk);
  request.seats = static_cast<std::uint16_t>(random.percent(70) ? 1 : random.between(1, 4));
  request.applicant = {town_.seed, 1 + random.below(kApplicants)};
  request.operation = {town_.seed + 400, number};
  request.payload = random_.percent(2) ? 1 : 0;
  const std::array<std::byte, 64> details{};
  Call call;
  call.kind = Kind::walk_in;
  call.operation = request.operation;
  call.walk_in = request;
  if (random_.percent(30)) request.details = details;
  call.civil_before = world_.engine().civil_now();
  decide(call, [&](Patience& patience) { return world_.engine().try_walk_in(request, patience); });
  call.civil_after = world_.engine().civil_now();
  write_down(call);
}

// Likewise, up to three of them; the same for every thread under one number.
void Client::join_group() {
  const std::uint64_t number = town_.front.load(std::memory_order_relaxed) - random_.below(8);
  model::Random random(town_.seed ^ (number * 0x9FB21C651E98DF25ULL));
  model::GroupJoinCall request;
  GroupJoinRequest& asked = request.asked;
  const SlotKey slot = some_slot(world_, random);
  if (random.percent(30)) {
    asked.slot = slot;
  } else {
    asked.lane = slot.lane();
    asked.day = slot.day();
    asked.from = slot.minute();
  }
  const std::uint64_t many = 1 + random.below(3);
  const std::uint64_t first = random.below(kApplicants);
  for (std::uint64_t i = 0; i < many; ++i) {
    request.members.push_back({town_.seed, 1 + (first + i) % kApplicants});
  }
  asked.applicant = request.members.front();
  // As in claim_group().
  const std::atomic<std::uint64_t>& at =
      town_.entitlements[random.below(town_.entitlements.size())];
  if (random.percent(40)) asked.entitlement = EntitlementId{at.load(std::memory_order_relaxed)};
  if (asked.entitlement.value != 0) asked.applicant = {town_.seed, 0xE};
  asked.operation = {town_.seed + 500, number};
  asked.payload = random_.percent(2) ? 1 : 0;
  Call call;
  call.kind = Kind::join_group;
  call.operation = asked.operation;
  call.group_join = request;
  call.civil_before = world_.engine().civil_now();
  decide(call, [&](Patience& patience) {
    return world_.engine().try_join_group(request.request(), patience);
  });
  call.civil_after = world_.engine().civil_now();
  write_down(call);
}

// Overlapping with those of others, in whose order they are taken.
std::vector<GroupPart> Client::some_parts(model::Random& random, std::uint16_t members) const {
  const SlotKey slot = some_slot(world_, random);
  const auto last = static_cast<std::uint16_t>(slot.minute().value + 60 * random.below(4));
  std::vector<GroupPart> parts{{slot.day(), slot.minute(), Minute{last}, members}};
  const bool is_last = slot.day().value == world_.first_day().value + kDays - 1;
  if (members > 1 && !is_last && random.percent(40)) {
    parts[0].members = static_cast<std::uint16_t>(members / 2);
    parts.push_back({Day{slot.day().value + 1}, Minute{0}, Minute{last},
                     static_cast<std::uint16_t>(members - members / 2)});
  }
  return parts;
}

// The same for every thread under one number.
void Client::claim_group() {
  const std::uint64_t front = town_.front.load(std::memory_order_relaxed) - random_.below(8);
  model::Random random(town_.seed ^ (front * 0xD1B54A32D192ED03ULL));
  model::GroupClaimCall request;
  const auto many = static_cast<std::uint16_t>(1 + random.below(6));
  request.lane = world_.lane(random.below(2));
  request.parts = some_parts(random, many);
  const std::uint64_t first = random.below(kApplicants);
  for (std::uint64_t i = 0; i < many; ++i) {
    request.members.push_back({town_.seed, 1 + (first + i) % kApplicants});
  }
  request.applicant = request.members.front();
  // Whichever is there now: then the same id may come with another one.
  const std::atomic<std::uint64_t>& at =
      town_.entitlements[random.below(town_.entitlements.size())];
  if (random.percent(40)) {
    request.entitlement = EntitlementId{at.load(std::memory_order_relaxed)};
  }
  if (request.entitlement.value != 0) request.applicant = {town_.seed, 0xE};
  request.operation = {town_.seed + 100, front};
  request.payload = random_.percent(2) ? 1 : 0;
  Call call;
  call.kind = Kind::claim_group;
  call.operation = request.operation;
  call.group = request;
  decide(call, [&](Patience& patience) {
    return world_.engine().try_claim_group(request.request(), patience);
  });
  write_down(call);
}

void Client::move_group() {
  model::GroupMoveCall request;
  std::array<BookingId, kGroupMembersMax> members;
  Result<Group> found = Error{Code::booking_not_found, {}};
  for (int tries = 0; tries < 8 && !found.ok(); ++tries) {
    request.group = from_board();
    found = world_.engine().find_group(request.group, members);
  }
  std::uint16_t live = 0;
  for (std::size_t i = 0; found.ok() && i < found->members; ++i) {
    const Result<Booking> one = world_.engine().find(members[i]);
    live = static_cast<std::uint16_t>(live + (one.ok() && is_active(one->state) ? 1 : 0));
  }
  request.lane = found.ok() ? found->lane : world_.lane(0);
  request.parts = some_parts(random_, live == 0 ? 1 : live);
  request.operation = {request.group.value, 40 + random_.below(2)};
  Call call;
  call.kind = Kind::move_group;
  call.operation = request.operation;
  call.booking = request.group;
  call.move = request;
  decide(call, [&](Patience& patience) {
    return world_.engine().try_move_group(request.request(), patience);
  });
  write_down(call);
}

void Client::find() {
  Call call;
  call.kind = Kind::find;
  call.booking = from_board();
  call.durable_before = world_.engine().durable_lsn();
  const Result<Booking> found = world_.engine().find(call.booking);
  call.durable_after = world_.engine().durable_lsn();
  call.decision.code = found.code();
  if (found.ok()) call.found = *found;
  write_down(call);
}

void Client::look_at_calendar() {
  const LaneId lane = world_.lane(random_.below(kLanes));
  std::array<DayAvailability, kDays> days;
  const Day last{world_.first_day().value + kDays - 1};
  if (world_.engine().days(lane, world_.first_day(), last, days) != kDays) wrong_ = "days went";
  for (const DayAvailability& day : days) {
    // Of some slots, or all, the catalogue may have been changed meanwhile.
    const std::uint32_t least = kSlotsPerDay * kCapacity, most = least + kSlotsPerDay;
    if (day.capacity < least || day.capacity > most || day.free > day.capacity) {
      wrong_ = "a day offers " + std::to_string(day.free) + " of " + std::to_string(day.capacity);
    }
  }
  std::array<SlotAvailability, kSlotsPerDay> slots;
  if (world_.engine().slots(lane, last, slots) != kSlotsPerDay) wrong_ = "slots went";
  for (const SlotAvailability& slot : slots) {
    if (slot.capacity < kCapacity || slot.capacity > kCapacity + 1 || slot.free > slot.capacity) {
      wrong_ =
          "a slot offers " + std::to_string(slot.free) + " of " + std::to_string(slot.capacity);
    }
  }
}

void Client::write_down(Call call) {
  const bool over = call.kind == Kind::cancel && (call.decision.replayed || !is_granted(call));
  if (over && random_.percent(60)) {
    take_from_board(call.booking);
  } else if ((call.kind == Kind::claim || call.kind == Kind::claim_group ||
              call.kind == Kind::join || call.kind == Kind::walk_in ||
              call.kind == Kind::join_group) &&
             is_granted(call) && !call.decision.replayed) {
    auto& cell = town_.board[random_.below(town_.board.size())];
    displaced_.value = cell.exchange(call.decision.booking.value, std::memory_order_relaxed);
  }
  diary_.push_back(std::move(call));
}

}  // namespace janji::stress
