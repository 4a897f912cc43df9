#include "simulation/caller.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "model/acts.hpp"
#include "model/names.hpp"

namespace janji::simulation {
namespace {

using model::Call;
using model::Kind;

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
