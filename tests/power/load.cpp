#include "power/load.hpp"

#include <iterator>
#include <thread>
#include <vector>

#include "model/acts.hpp"
#include "model/names.hpp"
#include "support/engine_check.hpp"

namespace janji::power {
namespace {

constexpr std::uint64_t kApplicants = 40;

}  // namespace

Load::Load(Engine& engine, model::ManualClock& clock, model::Random random, Manner manner,
           const std::vector<BookingId>& known)
    : engine_(engine),
      clock_(clock),
      random_(random),
      manner_(manner),
      number_(random_.next() | 1),
      known_(known),
      offers_(engine.counters().waiting != 0) {
  engine_.add_listener(halt_);
}

Load::~Load() {
  engine_.remove_listener(halt_);
}

// Of one slot tomorrow that all are after.
SlotKey Load::wanted_slot() const {
  return office::slot(engine_, 0, Day{office::day_of(clock_.civil_ms()).value + 1}, 0);
}

BookingId Load::some_booking() {
  const bool other = known_.empty() || (!others_.empty() && random_.percent(30));
  const std::vector<BookingId>& all = other ? others_ : known_;
  return all[random_.below(all.size())];
}

ClaimRequest Load::some_claim() {
  ClaimRequest request;
  const auto lane = static_cast<std::uint32_t>(random_.below(office::kLanes));
  const std::int32_t today = office::day_of(clock_.civil_ms()).value;
  const std::uint64_t where = random_.below(100);
  if (where < 25) {
    request.slot = wanted_slot();
  } else if (where < 75) {
    const auto day = static_cast<std::int32_t>(random_.below(office::kDays));
    request.slot = office::slot(engine_, lane, Day{today + day}, random_.below(office::kSlots));
  } else {
    request.lane = engine_.lane(lane);
    request.first_day = Day{today};
    request.last_day = Day{today + office::kDays - 1};
  }
  request.seats = static_cast<std::uint16_t>(1 + random_.below(2));
  request.applicant = {1, 1 + random_.below(kApplicants)};
  request.operation = {number_, ++operations_};
  return request;
}

void Load::remember(const ClaimRequest& request, const Decision& decision) {
  if (decision.verdict != Verdict::granted) return;
  known_.push_back(decision.booking);
  sent_.push_back(request);
}

void Load::note(const Result<Booking>& booking) {
  published_ = booking.ok() && booking->lsn > newest_;
  if (published_) newest_ = booking->lsn;
}

void Load::claim() {
  const ClaimRequest request = some_claim();
  const Result<Booking> booking = engine_.claim(request);
  note(booking);
  if (!booking.ok()) return;
  known_.push_back(booking->id);
  sent_.push_back(request);
}

void Load::walk_in() {
  std::vector<std::byte> details(random_.percent(50) ? random_.below(kDetailsMax + 1) : 0);
  WalkInRequest request;
  request.lane = engine_.lane(office::kKiosk);
  request.applicant = {1, 1 + random_.below(kApplicants)};
  request.operation = {number_, ++operations_};
  request.details = details;
  const Result<Booking> booking = engine_.walk_in(request);
  note(booking);
  if (!booking.ok()) return;
  others_.push_back(booking->id);
  const Result<Booking> again = engine_.walk_in(request);
  if (again.ok() && again->id != booking->id)
    wrong_ = "who walked in is another one when asked again";
}

void Load::claim_group() {
  const SlotKey slot = wanted_slot();
  const std::vector<ApplicantKey> members = some_family();
  const GroupPart part[] = {
      {slot.day(), slot.minute(), slot.minute(), static_cast<std::uint16_t>(members.size())}};
  GroupClaimRequest request;
  request.lane = slot.lane();
  request.parts = part;
  request.members = members;
  request.applicant = members[0];
  request.operation = {number_, ++operations_};
  note_group(engine_.claim_group(request));
}

void Load::join() {
  JoinRequest request;
  request.slot = wanted_slot();
  request.applicant = {1, 1 + random_.below(kApplicants)};
  request.operation = {number_, ++operations_};
  offers_ = true;
  const Result<Booking> booking = engine_.join(request);
  note(booking);
  if (booking.ok()) others_.push_back(booking->id);
}

// For the slot that all are after, or that and the next.
void Load::join_group() {
  const SlotKey slot = wanted_slot();
  const std::vector<ApplicantKey> members = some_family();
  GroupJoinRequest request;
  if (random_.percent(50)) {
    request.slot = slot;
  } else {
    request.lane = slot.lane();
    request.day = slot.day();
    request.until = office::slot(engine_, 0, slot.day(), 1).minute();
  }
  request.members = members;
  request.applicant = members[0];
  request.operation = {number_, ++operations_};
  offers_ = true;
  note_group(engine_.join_group(request));
}

std::vector<ApplicantKey> Load::some_family() {
  std::vector<ApplicantKey> members;
  const std::uint64_t first = random_.below(kApplicants);
  for (std::uint64_t many = 2 + random_.below(3), i = 0; i < many; ++i) {
    members.push_back({1, 1 + (first + i) % kApplicants});
  }
  return members;
}

void Load::note_group(const Result<BookingId>& group) {
  published_ = group.ok();
  if (group.ok()) others_.push_back(*group);
}

void Load::confirm() {
  std::vector<std::byte> details(random_.percent(50) ? random_.below(kDetailsMax + 1) : 0);
  for (std::byte& one : details) one = static_cast<std::byte>(random_.next());
  const BookingId id = some_booking();
  note(engine_.confirm({id, {number_, ++operations_}, 0, details}));
}

void Load::cancel() {
  const BookingId id = some_booking();
  note(engine_.cancel({id, {number_, ++operations_}, 0}));
}

void Load::reschedule() {
  const auto lane = static_cast<std::uint32_t>(random_.below(office::kLanes));
  const auto day = static_cast<std::int32_t>(random_.below(office::kDays));
  RescheduleRequest request;
  request.booking = some_booking();
  request.slot = office::slot(engine_, lane, Day{office::day_of(clock_.civil_ms()).value + day},
                              random_.below(office::kSlots));
  request.operation = {number_, ++operations_};
  note(engine_.reschedule(request));
}

// What its state allows, most often.
void Load::take_a_step() {
  ActRequest request;
  request.booking = some_booking();
  request.act = model::kActs[random_.below(std::size(model::kActs))];
  request.operation = {number_, ++operations_};
  request.actor = ActorId{7};
  const Result<Booking> found = engine_.find(request.booking);
  std::vector<Act> fitting;
  for (const Act act : model::kActs) {
    if (found.ok() && model::allows(act, found->state)) fitting.push_back(act);
  }
  if (!fitting.empty()) request.act = fitting[random_.below(fitting.size())];
  if (request.act == Act::progress) {
    request.argument =
        progress_id(office::kStages[random_.below(std::size(office::kStages))]).value;
  }
  note(engine_.act(request));
}

// Doors and capacities, more often opened than closed.
void Load::change_slot() {
  SlotChangeRequest request;
  const auto lane = static_cast<std::uint32_t>(random_.below(office::kLanes));
  const auto day = static_cast<std::int32_t>(random_.below(office::kDays));
  request.slot = office::slot(engine_, lane, Day{office::day_of(clock_.civil_ms()).value + day},
                              random_.below(office::kSlots));
  request.doors =
      random_.percent(30) ? SlotChangeRequest::Doors::closed : SlotChangeRequest::Doors::open;
  request.capacity = static_cast<std::uint16_t>(2 + random_.below(4));
  if (random_.percent(50)) request.operation = {number_ + 900, 1 + random_.below(200)};
  published_ = engine_.change_slot(request).ok();
}

// Until later, or no longer.
void Load::block() {
  BlockRequest request;
  request.applicant = {number_, 1 + random_.below(4)};
  if (random_.percent(60)) request.until = CivilTime{clock_.civil_ms() + 3'600'000};
  request.operation = {number_, ++operations_};
  published_ = engine_.block(request).ok();
}

// A granted request under its old id: the same booking, for as long as that keeps its place.
void Load::send_again() {
  const std::size_t which = random_.below(sent_.size());
  const BookingId before = known_[known_.size() - sent_.size() + which];
  if (!engine_.find(before).ok()) return;
  const Result<Booking> booking = engine_.claim(sent_[which]);
  if (booking.ok() && booking->id != before) {
    wrong_ =
        model::name(booking->id) + " was given under the operation id of " + model::name(before);
  }
}

void Load::many_claims() {
  const std::size_t many = 2 + random_.below(8);
  halt_.during(engine_, [&] {
    for (std::size_t i = 0; i < many; ++i) {
      Patience patience;
      const ClaimRequest request = some_claim();
      remember(request, engine_.try_claim(request, patience));
    }
  });
}

// Whole seconds: the writer wakes by itself when a second of ledger time should be over, so it has
// no reason to while the clock stands at the beginning of one.
std::int64_t Load::some_time() {
  const std::uint64_t dice = random_.below(100);
  if (dice < 70) return random_.between(1, 3) * 1000;
  if (dice < 96 || manner_.calm) return random_.between(1, 3) * office::kHoldMs;
  return office::kDayMs;
}

// What falls due may take a round for each of its steps.
void Load::pass_time() {
  const std::int64_t ms = some_time();
  halt_.during(engine_, [&] { clock_.advance(ms); });
  if (const std::string words = test::come_to_rest(engine_, office::kCheckpointFrom);
      !words.empty())
    wrong_ = words;
}

void Load::act() {
  const std::uint64_t dice = random_.below(100);
  // Relaxed, when these are committed is for the writer to say.
  if (dice < 22 && !manner_.relaxed) {
    if (dice < 8) return walk_in();
    if (dice < 12 || manner_.calm) return claim_group();
    return dice < 14 ? join() : join_group();
  }
  if (dice < 50 || (known_.empty() && others_.empty())) return claim();
  if (dice < 68) return confirm();
  if (dice < 75) return reschedule();
  if (dice < 82) return take_a_step();
  if (dice < 84 && !manner_.relaxed) return change_slot();
  if (dice < 86 && !manner_.relaxed) return block();
  if (dice < 93) return cancel();
  if (!sent_.empty()) return send_again();
  claim();
}

std::string Load::step() {
  const std::uint64_t commits = engine_.counters().commits;
  published_ = false;
  const std::uint64_t dice = random_.below(100);
  if (dice < 10) {
    many_claims();
  } else if (dice < 30) {
    pass_time();
  } else {
    act();
  }
  if (!wrong_.empty()) return wrong_;
  return wait_until_quiet(commits);
}

void Load::hurried_step() {
  if (random_.percent(10)) clock_.advance(some_time());
  act();
}

// Until the round with what was decided has ended, and the checkpointer has nothing to do.
std::string Load::wait_until_quiet(std::uint64_t commits) {
  if (manner_.relaxed && published_) {
    while (engine_.counters().commits == commits && engine_.health() != Health::failed) {
      std::this_thread::yield();
    }
    // The round that committed it is the next to be told of, or was already.
    (void)engine_.wait_round(halt_.rounds() + 1);
  }
  if (offers_) return test::come_to_rest(engine_, office::kCheckpointFrom);
  return test::wait_for_checkpoint(engine_, office::kCheckpointFrom);
}

}  // namespace janji::power
