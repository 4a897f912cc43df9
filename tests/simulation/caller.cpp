#include "simulation/caller.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "model/acts.hpp"
#include "model/names.hpp"
#include "record/names.hpp"

namespace janji::simulation {
namespace {

using model::Call;
using model::Kind;

constexpr std::int64_t kPatienceMs = 60'000;
constexpr int kLooksMax = 3;  // and the engine's own patience
constexpr std::int64_t kLongEnoughMs = 50;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kZoneMs = 8 * 3'600'000;

// Reasons that the judge holds against the history; the others are held against the moment.
bool of_history(Code code) {
  static const std::set<Code> codes{Code::slot_full,
                                    Code::already_booked,
                                    Code::operation_mismatch,
                                    Code::hold_expired,
                                    Code::booking_not_found,
                                    Code::illegal_transition,
                                    Code::changes_exceeded,
                                    Code::slot_not_allowed,
                                    Code::nobody_waiting,
                                    Code::blocked,
                                    Code::entitlement_not_found,
                                    Code::entitlement_exhausted,
                                    Code::entitlement_not_valid,
                                    Code::not_eligible,
                                    Code::already_waiting};
  return codes.contains(code);
}

// "Nothing changed, ask again": true, as far as others can tell, whenever they are said.
bool for_now(Code code) {
  static const std::set<Code> codes{Code::retry, Code::overloaded, Code::limit_reached,
                                    Code::read_only};
  return codes.contains(code);
}

}  // namespace

std::vector<std::byte> details_of(OperationId operation) {
  model::Random random(operation.hi ^ (operation.lo * 0x9E3779B97F4A7C15ULL));
  std::vector<std::byte> bytes(
      random.percent(60) ? 0 : 1 + random.below(random.percent(90) ? 60 : 4096));
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
  return bytes;
}

Caller::Caller(World& world, std::uint64_t number)
    : world_(world), number_(number), random_(world.seed * 1000 + number) {}

void Caller::run() {
  while (!world_.over && !world_.disk->dead() && world_.wrong.empty()) {
    if (world_.paused) {
      world_.scheduler->wait_until([this] { return !world_.paused || world_.over; });
      continue;
    }
    world_.scheduler->step("between_calls");
    if (random_.percent(25)) world_.scheduler->sleep(random_.between(1, 300));
    if (!world_.over && !world_.paused) one_call();
  }
}

void Caller::one_call() {
  ++world_.calls_running;
  const std::uint64_t dice = random_.below(100);
  if (dice < 2) {
    random_.percent(85) ? change_slot() : change_catalogue();
  } else if (dice < 4) {
    random_.percent(50) ? block() : random_.percent(60) ? entitle() : erase();
  } else if (dice < 8) {
    move();
  } else if (dice < 13) {
    claim_group();
  } else if (dice < 16) {
    move_group();
  } else if (dice < 21) {
    random_.percent(70) ? join() : join_group();
  } else if (dice < 24) {
    walk_in();
  } else if (dice < 42) {
    claim();
  } else if (dice < 50) {
    reschedule();
  } else if (dice < 63) {
    confirm();
  } else if (dice < 71) {
    act();
  } else if (dice < 74) {
    next();
  } else if (dice < 88) {
    cancel(from_board());
  } else if (dice < 96) {
    find();
  } else {
    read_details();
  }
  --world_.calls_running;
}

// Whether claims are turned away before anybody looks at what they want.
bool Caller::is_shut() const {
  ClaimRequest nothing;
  nothing.slot = SlotKey(world_.lanes[0], Day{1}, Minute{0});
  nothing.applicant = {world_.seed + 3, 1};
  Patience patience;
  return world_.engine->try_claim(nothing, patience).code == Code::overloaded;
}

// The state is no longer behind, so claims are let in as soon as somebody looks.
bool Caller::opens_soon() const {
  for (int looks = 0; looks < 10 && is_shut(); ++looks) {
    world_.scheduler->sleep(150);
    if (!world_.engine->settle().ok() || !world_.telling()) return true;
  }
  return !is_shut() || is_behind(world_.engine->counters());
}

bool Caller::is_behind(const Counters& counters) const {
  return counters.durable.value - counters.applied.value > world_.backlog_max;
}

// Whoever calls alone meets nobody: then the engine's own counters say why.
bool Caller::has_reason(Code code, const Counters& counters, Health health) const {
  switch (code) {
    case Code::read_only: return health == Health::read_only;
    case Code::overloaded: return is_behind(counters) || (is_shut() && opens_soon());
    case Code::limit_reached:
      // Each caller keeps a few places in stock.
      return world_.few_operations || counters.bookings_in_use > kBookingsMax / 2;
    default: return false;
  }
}

// Everything before is in the model, and nobody else is calling: what follows without a turn of
// anybody else can be foretold.
bool Caller::settle_alone(const Call& call) {
  if (world_.calls_running != 1 || !random_.percent(60)) return false;
  if (!world_.engine->settle().ok() || !world_.telling()) return false;
  if (world_.calls_running != 1) return false;
  if (world_.model().last_lsn() != world_.engine->durable_lsn()) return false;
  if (world_.model().last_lsn() < world_.last_given) return false;
  // What is due is neither here nor there until it is swept.
  const std::int64_t now = world_.engine->ledger_now().value;
  const std::int64_t wall = world_.engine->civil_now().value;
  const auto is_due = [&](const model::ModelBooking& booking) {
    // One that was prolonged is met at its first deadline, too, marked and let go.
    const bool prolonged = booking.extensions != 0 || booking.submitted_ms != 0;
    if (model::lasts_until_deadline(booking.state)) return prolonged || booking.deadline_ms <= now;
    const model::ModelSlot* slot = world_.model().find_slot(booking.slot);
    const bool closed = slot != nullptr && slot->closed;
    if (booking.state == BookingState::confirmed && closed) return true;
    if (booking.state == BookingState::displaced && !closed) return true;
    // Or he may be offered what is free.
    if (world_.model().may_be_offered(booking)) return true;
    if (!has_ended(booking.state)) return world_.operations->lapses_at(booking) <= wall;
    if (world_.model().group_lives(booking.group)) return false;
    return booking.decided_ms + kRetentionMs <= now;
  };
  const auto& all = world_.model().bookings();
  // Likewise a block that is to be forgotten; others' don't matter.
  const auto is_over = [&](ApplicantKey applicant) {
    const model::ModelBlock* block = world_.model().find_block(applicant);
    return block != nullptr && block->decided_ms + kRetentionMs <= now &&
           (block->until_ms == 0 || block->until_ms + kRetentionMs <= wall);
  };
  const auto is_past = [&](const auto& one) {
    const model::ModelEntitlement& of = one.second;
    return of.groups.empty() && of.decided_ms + kRetentionMs <= now &&
           (std::int64_t{of.until.value} + 2) * kDayMs + kRetentionMs <= wall;
  };
  const auto& entitlements = world_.model().entitlements();
  if (std::any_of(entitlements.begin(), entitlements.end(), is_past)) return false;
  // Seats that are on their way to another lane, or may be at any moment.
  for (const auto& [slot, to] : world_.operations->due_to_fall_back(CivilTime{wall})) {
    if (world_.model().find_slot(slot)->free() != 0) return false;
  }
  if (!world_.operations->due_tranches(CivilTime{wall}).empty()) return false;
  const auto& members = call.group.members;
  const auto& waiters = call.group_join.members;
  if (is_over(call.group_join.asked.applicant) ||
      std::any_of(waiters.begin(), waiters.end(), is_over)) {
    return false;
  }
  return !is_over(call.claim.applicant) && !is_over(call.walk_in.applicant) &&
         !is_over(call.block.applicant) && !is_over(call.group.applicant) &&
         std::none_of(members.begin(), members.end(), is_over) &&
         std::none_of(all.begin(), all.end(), [&](const auto& one) { return is_due(one.second); });
}

template <class R, class Attempt, class Foretell>
void Caller::decide(Call call, const R& request, Attempt&& attempt, Foretell&& foretell) {
  Engine& engine = *world_.engine;
  const bool alone = settle_alone(call);
  const std::uint64_t turns = world_.scheduler->turns();
  const std::uint64_t wall_moves = world_.wall_moves;
  const bool foretellable = world_.operations->knows(call.operation);
  const model::Expected before = foretellable ? foretell() : model::Expected{};
  // Whatever became of the booking, which the model may not know of yet.
  const auto against = [&] {
    return call.kind == Kind::reschedule ? world_.operations->against(call.slot, engine.civil_now())
                                         : std::set<Code>{};
  };
  const std::set<Code> against_before = against();
  const Counters counters = engine.counters();
  const Health health = engine.health();
  const bool model_ahead = world_.model().last_lsn() != engine.durable_lsn();
  world_.scheduler->set_calm(alone);
  Patience patience;
  call.durable_before = engine.durable_lsn();
  call.civil_before = engine.civil_now();
  call.called_ns = static_cast<std::int64_t>(++world_.moments);
  issue_ = kAnyIssue;
  Decision decision = attempt(patience);
  const bool stayed_alone = alone && turns == world_.scheduler->turns();
  const bool was_alone = stayed_alone && decision.verdict != Verdict::wait;
  const bool waits_for_nobody = stayed_alone && decision.verdict == Verdict::wait;
  world_.scheduler->set_calm(false);
  while (decision.verdict == Verdict::wait) {
    if (random_.percent(80) && !engine.wait_round(decision.round, kPatienceMs) &&
        world_.telling()) {
      world_.say_wrong("a round never ended");
    }
    decision = attempt(patience);
  }
  const std::int64_t waited_ms = engine.ledger_now().value - patience.since_ms;
  if (decision.verdict == Verdict::refused && decision.code == Code::retry &&
      patience.looks <= kLooksMax && waited_ms < kLongEnoughMs) {
    world_.say_wrong(model::name(call.operation) + " was sent away too soon");
  }
  call.returned_ns = static_cast<std::int64_t>(++world_.moments);
  call.durable_after = engine.durable_lsn();
  call.civil_after = engine.civil_now();
  call.decision = decision;
  call.issue = issue_;
  world_.last_given = std::max(world_.last_given, decision.lsn);
  const bool granted = decision.verdict == Verdict::granted;
  if (granted && !decision.replayed) {
    world_.granted.push_back(request);
    world_.operations->granted(request);
    // Who was given a booking that a crash took back may still ask for it: no other may have its
    // id.
    if (world_.lost.contains(decision.booking)) world_.say_wrong("a lost id was given again");
    const bool is_group = call.kind == Kind::claim_group || call.kind == Kind::join_group;
    if (call.kind == Kind::claim || call.kind == Kind::join || call.kind == Kind::walk_in ||
        is_group) {
      world_.put_on_board(decision.booking, random_.next());
    }
    if (is_group) {
      std::array<BookingId, 1> member;
      if (engine.find_group(decision.booking, member).ok()) {
        world_.put_on_board(member[0], random_.next());
      }
    }
  }
  ++world_
        .answers[std::string(call.kind == Kind::claim                               ? "claim "
                             : call.kind == Kind::claim_group                       ? "claim_group "
                             : call.kind == Kind::move_group                        ? "move_group "
                             : call.kind == Kind::block                             ? "block "
                             : call.kind == Kind::join && call.join.slot.value == 0 ? "join_day "
                             : call.kind == Kind::join                              ? "join "
                             : call.kind == Kind::walk_in                           ? "walk_in "
                             : call.kind == Kind::join_group                        ? "join_group "
                             : call.kind == Kind::confirm                           ? "confirm "
                             : call.kind == Kind::cancel                            ? "cancel "
                             : call.kind == Kind::act
                                 ? std::string(record::name_of(model::type_of(call.act.act))) + " "
                             : call.kind == Kind::next ? "next "
                                                       : "reschedule ") +
                 (decision.replayed ? "replayed" : to_string(decision.code))];
  Told told{call, false, false};
  if (random_.percent(50) && !engine.wait_durable(decision.lsn, kPatienceMs) && world_.telling()) {
    world_.say_wrong("LSN " + std::to_string(decision.lsn.value) + " never became durable");
  }
  // A crash keeps to itself whatever wasn't durable by then.
  const bool durable = engine.durable_lsn() >= decision.lsn && !world_.disk->dead();
  told.grant_told = granted && durable;
  told.refusal_told = !granted && durable && world_.telling() &&
                      decision.code != Code::outcome_unknown && decision.code != Code::stopped;
  if (!told.refusal_told && !granted) return;
  if (granted || of_history(decision.code)) world_.diary.push_back(told);
  if (was_alone && !for_now(decision.code)) ++world_.foretold;
  if (waits_for_nobody && world_.telling()) {
    world_.say_wrong("alone, " + model::name(call.operation) + " had to wait");
  }
  if (was_alone && for_now(decision.code) && !has_reason(decision.code, counters, health)) {
    world_.say_wrong("alone, " + model::name(call.operation) + " heard " +
                     to_string(decision.code) + " for no reason");
  }
  if (was_alone && !for_now(decision.code) && !before.allows(decision)) {
    world_.say_wrong("alone, " + model::name(call.operation) + " should have heard " +
                     before.words() + ", not " + to_string(decision.code) +
                     (decision.replayed ? " (replayed)" : ""));
  }
  if (granted || of_history(decision.code) || for_now(decision.code)) return;
  // The clock and the catalogue are the reason: as it was at the beginning, or as it is now. (The
  // model is ahead while a commit is done, but not yet told.)
  if (world_.wall_moves > wall_moves + 1 || model_ahead) return;
  if (!foretellable || !world_.operations->knows(call.operation)) return;
  // Where it was then, or what became of it since, isn't known for sure; alone it was foretold.
  if (decision.code == Code::change_too_late || call.kind == Kind::act) return;
  if (call.kind == Kind::claim_group || call.kind == Kind::move_group) return;
  // Staff may have changed the capacity twice.
  if (call.kind == Kind::join && decision.code == Code::seats_exceeded) return;
  if (call.kind == Kind::join_group && decision.code == Code::seats_exceeded) return;
  if (decision.code == Code::in_group || decision.code == Code::group_invalid) return;
  // Staff may have closed the slot and opened it again.
  if (decision.code == Code::closed) return;
  if (against_before.contains(decision.code) || against().contains(decision.code)) return;
  const model::Expected after = foretell();
  if (!before.codes.contains(decision.code) && !after.codes.contains(decision.code)) {
    world_.say_wrong(model::name(call.operation) + " heard " + to_string(decision.code) +
                     ", instead of " + before.words() + " or " + after.words());
  }
}

SlotKey Caller::some_slot(model::Random& random) const {
  const bool hot = world_.one_day || random.percent(60);
  const LaneId lane = hot ? world_.lanes[0] : world_.some_lane(random);
  const auto today = static_cast<std::int32_t>((world_.clock->civil_ms() + kZoneMs) / kDayMs);
  const auto day = static_cast<std::int32_t>(hot ? 1 : random.below(kHorizonDays));
  const std::uint64_t slot = random.below(hot && !world_.one_day ? 2 : kSlotsPerDay);
  return SlotKey(lane, Day{today + day}, Minute{static_cast<std::uint16_t>(slot * kSlotMinutes)});
}

// The same for every caller, so that one request can be sent by several, also in a later life.
ClaimRequest Caller::request(std::uint64_t number) const {
  model::Random random(world_.seed ^ (number * 0x9E3779B97F4A7C15ULL));
  ClaimRequest request;
  if (random.percent(75)) {
    request.slot = some_slot(random);
  } else {
    const Day first = some_slot(random).day();
    request.lane = world_.one_day ? world_.lanes[0] : world_.some_lane(random);
    if (!world_.one_day && random.percent(30)) {
      request.lanes = std::span(world_.lanes).first(kLanes);
    }
    request.first_day = first;
    const std::uint64_t more =
        world_.one_day || random.percent(60) ? 0 : random.below(kHorizonDays);
    request.last_day = Day{first.value + static_cast<std::int32_t>(more)};
  }
  request.seats = static_cast<std::uint16_t>(random.percent(70) ? 1 : random.between(1, 3));
  request.applicant = {world_.seed + 1, 1 + random.below(world_.applicants)};
  request.operation = {world_.seed + 1, number};
  request.payload = number;
  return request;
}

// What no honest caller asks.
void Caller::spoil(ClaimRequest& request) {
  switch (random_.below(8)) {
    case 0: request.seats = random_.percent(50) ? 0 : 9; break;
    case 1: request.category = Category::employer; break;
    case 2: request.applicant = {}; break;
    case 3: request.slot = SlotKey(LaneId{77}, Day{20514}, Minute{0}); break;
    case 4: {
      const SlotKey slot = some_slot(random_);
      const auto days = static_cast<std::int32_t>(random_.between(-3, 9));
      request.slot = SlotKey(slot.lane(), Day{slot.day().value + days}, Minute{0});
      break;
    }
    case 5: ++request.payload; break;  // the id of one thing, used for another
    default: request.applicant.lo = 1 + random_.below(world_.applicants); break;  // or of another
  }
}

void Caller::claim() {
  if (random_.percent(40)) ++world_.front;
  const std::uint64_t back = random_.percent(90) ? 8 : world_.front;
  ClaimRequest request = this->request(world_.front - random_.below(back));
  if (random_.percent(10)) request.operation = {};
  if (random_.percent(10)) {
    request.operation = {world_.seed + 1'000 + number_, world_.moments + 1};
    request.operation_is_new = true;
  }
  if (random_.percent(5)) spoil(request);
  claim(request);
}

void Caller::claim(const ClaimRequest& request) {
  Call call;
  call.kind = Kind::claim;
  call.operation = request.operation;
  call.claim = request;
  decide(
      call, request,
      [&](Patience& patience) { return world_.engine->try_claim(request, patience); },
      [&] { return world_.operations->claim(request, world_.engine->civil_now()); });
}

BookingId Caller::from_board() {
  if (world_.board.empty() || random_.percent(2)) return BookingId{random_.next() >> 1};
  return world_.board[random_.below(world_.board.size())];
}

std::uint8_t Caller::look_at_token(BookingId booking, bool is_holder) {
  const auto found = is_holder ? world_.engine->find(booking) : Result<Booking>{Error{}};
  issue_ = found.ok() ? found->reissues : kAnyIssue;
  // Others may have it issued anew before the change is asked for.
  if (is_holder) world_.scheduler->step("token_looked_at");
  return issue_;
}

// Few ids for a booking, so that callers meet on them; now and then one that others have, too.
OperationId Caller::some_id(BookingId booking, std::uint64_t first) {
  if (random_.percent(6)) return {world_.seed + 9, 1 + random_.below(world_.front)};
  if (random_.percent(6)) return {};
  return {booking.value, first + random_.below(2)};
}

void Caller::confirm() {
  ConfirmRequest request;
  request.booking = from_board();
  request.operation = some_id(request.booking, 2);
  const std::vector<std::byte> details = details_of({request.booking.value, 2 + random_.below(2)});
  request.details = details;
  if (random_.percent(3)) ++request.payload;
  Call call;
  call.kind = Kind::confirm;
  call.operation = request.operation;
  call.booking = request.booking;
  call.payload = request.payload;
  const bool is_holder = random_.percent(50);
  ConfirmRequest kept = request;
  kept.details = {};
  decide(
      call, kept,
      [&](Patience& patience) {
        request.issue = look_at_token(request.booking, is_holder);
        return world_.engine->try_confirm(request, patience);
      },
      [&] { return world_.operations->confirm(request, world_.engine->ledger_now()); });
}

void Caller::cancel(BookingId booking) {
  CancelRequest request;
  request.booking = booking;
  request.operation = some_id(request.booking, 4);
  const bool is_holder = random_.percent(50);
  Call call;
  call.kind = Kind::cancel;
  call.operation = request.operation;
  call.booking = request.booking;
  decide(
      call, request,
      [&](Patience& patience) {
        request.issue = look_at_token(request.booking, is_holder);
        return world_.engine->try_cancel(request, patience);
      },
      [&] { return world_.operations->cancel(request, world_.engine->ledger_now()); });
}

void Caller::reschedule() {
  RescheduleRequest request;
  request.booking = from_board();
  request.operation = some_id(request.booking, 6);
  const bool is_holder = random_.percent(50);
  request.slot = some_slot(random_);
  if (random_.percent(4)) request.slot = SlotKey(LaneId{77}, Day{20514}, Minute{0});
  Call call;
  call.kind = Kind::reschedule;
  call.operation = request.operation;
  call.booking = request.booking;
  call.slot = request.slot;
  decide(
      call, request,
      [&](Patience& patience) {
        request.issue = look_at_token(request.booking, is_holder);
        return world_.engine->try_reschedule(request, patience);
      },
      [&] {
        return world_.operations->reschedule(request, world_.engine->civil_now(),
                                             world_.engine->ledger_now());
      });
}

// Whatever its state may allow, at the office or anywhere; now and then what it doesn't.
void Caller::act() {
  ActRequest request;
  request.booking = from_board();
  const Result<Booking> found = world_.engine->find(request.booking);
  std::vector<Act> fitting;
  for (const Act act : model::kActs) {
    if (found.ok() && model::allows(act, found->state)) fitting.push_back(act);
  }
  request.act = fitting.empty() || random_.percent(15)
                    ? model::kActs[random_.below(std::size(model::kActs))]
                    : fitting[random_.below(fitting.size())];
  request.operation = some_id(request.booking, 8 + 2 * static_cast<std::uint64_t>(request.act));
  if (model::has_argument(request.act)) {
    request.argument = static_cast<std::uint32_t>(random_.below(3));
  }
  if (request.act == Act::progress) {
    request.argument = progress_id(kStages[random_.below(std::size(kStages))]).value;
  }
  if (random_.percent(40)) request.branch = static_cast<std::uint32_t>(random_.below(kLanes));
  request.actor = ActorId{static_cast<std::uint32_t>(number_)};
  Call call;
  call.kind = Kind::act;
  call.operation = request.operation;
  call.booking = request.booking;
  call.act = request;
  decide(
      call, request, [&](Patience& patience) { return world_.engine->try_act(request, patience); },
      [&] {
        return world_.operations->act(request, world_.engine->civil_now(),
                                      world_.engine->ledger_now());
      });
}

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

void Caller::find() {
  Told told;
  told.call.kind = Kind::find;
  told.call.booking = from_board();
  told.call.durable_before = world_.engine->durable_lsn();
  const Result<Booking> found = world_.engine->find(told.call.booking);
  told.call.durable_after = world_.engine->durable_lsn();
  told.call.decision.code = found.code();
  if (found.ok()) told.call.found = *found;
  // Relaxed, a crash may bring back a booking that was freed.
  const bool relaxed = world_.durability == Durability::relaxed;
  if (relaxed && found.code() == Code::booking_not_found) {
    if (!world_.engine->settle().ok() || !world_.telling()) return;
    told.call.durable_after = world_.engine->durable_lsn();
  }
  // What is found may rest on a record that isn't durable yet.
  told.refusal_told = world_.telling() && told.call.found.lsn <= told.call.durable_after;
  ++world_.answers[std::string("find ") + to_string(found.code())];
  world_.diary.push_back(told);
}

// What comes back is what somebody gave with a confirm of this booking.
void Caller::read_details() {
  const BookingId booking = from_board();
  const auto has_some = [&] {
    const model::ModelBooking* known = world_.model().find_booking(booking);
    return known != nullptr && known->details_size != 0;
  };
  const bool had_some = has_some();
  const auto found = world_.engine->details(booking);
  ++world_.answers[std::string("details ") + to_string(found.code())];
  if (found.ok()) {
    // Those of a member came with its group's confirm.
    const model::ModelBooking* of = world_.model().find_booking(booking);
    const Result<Booking> seen = world_.engine->find(booking);
    BookingId given = of != nullptr && of->group.value != 0 ? of->group : booking;
    if (seen.ok() && seen->group.value != 0) given = seen->group;
    // Or who walked in gave them, before there was a booking.
    const ApplicantKey who = of != nullptr ? of->applicant
                             : seen.ok()   ? seen->applicant
                                           : ApplicantKey{};
    const bool known = *found == details_of({given.value, 2}) ||
                       *found == details_of({given.value, 3}) ||
                       *found == details_of({who.hi, who.lo});
    if (!known) world_.say_wrong("the details of " + model::name(booking) + " are others");
  } else if (found.code() == Code::damaged && world_.telling()) {
    world_.say_wrong(found.error().detail);
  } else if (found.code() == Code::booking_not_found && had_some && has_some()) {
    world_.say_wrong("the details of " + model::name(booking) + " aren't found");
  }
}

}  // namespace janji::simulation
