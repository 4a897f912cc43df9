// A call is made, written down, and held to what the model foretells.
#include "simulation/caller.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <variant>

#include "model/acts.hpp"
#include "model/names.hpp"
#include "record/names.hpp"

namespace janji::simulation {
namespace {

using model::Call;
using model::Kind;

constexpr int kLooksMax = 3;  // and the engine's own patience
constexpr std::int64_t kLongEnoughMs = 50;

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

void Caller::decide(Call call, const Request& request,
                    const std::function<Decision(Patience&)>& attempt,
                    const std::function<model::Expected()>& foretell) {
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
    std::visit([&](const auto& one) { world_.operations->granted(one); }, request);
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

}  // namespace janji::simulation
