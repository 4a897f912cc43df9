#include "model/operation_run.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/acts.hpp"
#include "model/names.hpp"
#include "model/small_town.hpp"
#include "record/names.hpp"

namespace janji::model {
namespace {

Options options() {
  Options options;
  options.catalogue = small_town();
  options.slots_max = 4096;
  options.bookings_max = 512;
  options.operations_max = 4096;
  options.blocks_max = 16;
  options.entitlements_max = 16;
  options.eligible_max = 4096;
  options.waiters_max = 256;
  options.record_blocks = 1024;
  options.callers_max = 4;
  options.details_in_flight = 16;
  options.retention_ms = 90'000;
  options.huge_pages = false;
  return options;
}

bool is_new(const Decision& decision) {
  return decision.verdict == janji::Verdict::granted && !decision.replayed;
}

}  // namespace

OperationRun::OperationRun(Random choices)
    : random_(choices), watched_(options(), kTownStart), requests_(random_, watched_) {}

std::string OperationRun::step() {
  std::string wrong = steps_++ == 0 ? watched_.catch_up() : std::string();
  if (wrong.empty())
    wrong = [this] {
      const std::uint64_t dice = random_.below(1000);
      if (watched_.undecided_now()) {
        // Only what the deadline decides by itself can be foretold now.
        return random_.percent(50) ? use_expired() : watched_.advance(1000);
      }
      if (dice < 60) return claim_group();
      if (dice < 95) return move_group();
      if (dice < 125) return entitle();
      if (dice < 155) return join();
      if (dice < 180) return join_group();
      if (dice < 205) return walk_in();
      if (dice < 378) return claim();
      if (dice < 390) return block();
      if (dice < 470) return reschedule();
      if (dice < 650) return confirm();
      if (dice < 780) return act(requests_.act());
      if (dice < 858) return cancel(requests_.cancel());
      if (dice < 870) return go_to_a_visit();
      if (dice < 882) return block();
      if (dice < 896) return change_slot();
      if (dice < 928) return next();
      if (dice < 986) return watched_.advance(random_.between(0, 6) * 1000);
      if (dice < 993) return erase();
      if (dice < 997) return correct_wall_clock();
      return watched_.advance(random_.between(1, 9) * 3'600'000);
    }();
  return wrong.empty() ? wrong : "step " + std::to_string(steps_) + ": " + wrong;
}

std::string OperationRun::claim() {
  const ClaimRequest request = requests_.claim();
  const Expected expected = watched_.operations().claim(request, watched_.engine().civil_now());
  Patience patience;
  const Decision decision = watched_.engine().try_claim(request, patience);
  if (std::string wrong = judge("claim", expected, decision); !wrong.empty()) return wrong;
  if (!is_new(decision)) return {};
  requests_.granted(request, decision.booking);
  watched_.operations().granted(request);
  if (std::string wrong = watched_.catch_up(); !wrong.empty()) return wrong;
  return check_claim(request, decision, expected);
}

std::string OperationRun::check_claim(const ClaimRequest& request, const Decision& decision,
                                      const Expected& expected) {
  const ModelBooking* made = watched_.model().find_booking(decision.booking);
  if (made == nullptr) return name(decision.booking) + " isn't in the journal";
  const Service& service = *watched_.operations().service(made->slot.lane());
  const std::int64_t deadline_ms = watched_.engine().ledger_now().value + service.rules.hold_ms;
  const std::pair<const char*, bool> facts[] = {
      {"LSN", made->lsn == decision.lsn},
      {"slot", made->slot == expected.slot},
      {"applicant", made->applicant == request.applicant},
      {"seats", made->seats == request.seats},
      {"deadline", made->deadline_ms == deadline_ms},
      {"scope", made->scope == service.rules.scope},
  };
  for (const auto& [fact, right] : facts) {
    if (right) continue;
    return name(made->id) + " has another " + fact + " than was granted: the model expected " +
           expected.words() + ", taken is " + name(made->slot);
  }
  return {};
}

std::string OperationRun::walk_in() {
  WalkInRequest request = requests_.walk_in();
  const std::vector<std::byte> details = requests_.some_details();
  request.details = details;
  const Expected expected = watched_.operations().walk_in(request, watched_.engine().civil_now());
  Patience patience;
  const Decision decision = watched_.engine().try_walk_in(request, patience);
  if (std::string wrong = judge("walk_in", expected, decision); !wrong.empty()) return wrong;
  if (!is_new(decision)) return watched_.catch_up();
  request.details = {};
  requests_.granted(request, decision.booking);
  watched_.operations().granted(request);
  if (std::string wrong = watched_.catch_up(); !wrong.empty()) return wrong;
  const ModelBooking* made = watched_.model().find_booking(decision.booking);
  if (made == nullptr) return name(decision.booking) + " isn't in the journal";
  if (made->slot != expected.slot || made->applicant != request.applicant ||
      made->seats != request.seats || made->lsn != decision.lsn) {
    return name(made->id) + " isn't what was granted: " + expected.words();
  }
  // Behind all who are there.
  const auto& catalogue = watched_.engine().catalogue();
  const LaneSpec* spec = watched_.operations().lane_spec(made->slot.lane());
  for (const auto& [id, other] : watched_.model().bookings()) {
    const LaneSpec* of = watched_.operations().lane_spec(other.slot.lane());
    const bool there = id != made->id && other.queue_number != 0 && of->branch == spec->branch &&
                       catalogue.local_day(of->branch, CivilTime{other.checked_in_ms}) ==
                           catalogue.local_day(of->branch, CivilTime{made->checked_in_ms});
    if (there && other.queue_number >= made->queue_number) {
      return name(made->id) + " has a number that isn't behind that of " + name(id);
    }
  }
  if (details.empty()) return {};
  const auto stored = watched_.engine().details(made->id);
  if (!stored.ok()) return "its details: " + stored.error().detail;
  return *stored == details ? "" : "other details are stored than were given";
}

std::string OperationRun::confirm() {
  ConfirmRequest request = requests_.confirm();
  const std::vector<std::byte> details = requests_.some_details();
  request.details = details;
  const Expected expected = watched_.operations().confirm(request, watched_.engine().ledger_now());
  Patience patience;
  const Decision decision = watched_.engine().try_confirm(request, patience);
  if (std::string wrong = judge("confirm", expected, decision); !wrong.empty()) return wrong;
  if (!is_new(decision)) return {};
  request.details = {};
  requests_.granted(request);
  watched_.operations().granted(request);
  if (std::string wrong = watched_.catch_up(); !wrong.empty()) return wrong;
  if (details.empty()) return {};
  const auto stored = watched_.engine().details(request.booking);
  if (!stored.ok()) return "its details: " + stored.error().detail;
  return *stored == details ? "" : "other details are stored than were given";
}

std::string OperationRun::join() {
  const JoinRequest request = requests_.join();
  const Expected expected = watched_.operations().join(request, watched_.engine().civil_now());
  Patience patience;
  const Decision decision = watched_.engine().try_join(request, patience);
  const char* what = request.slot.value != 0 ? "join" : "join_day";
  if (std::string wrong = judge(what, expected, decision); !wrong.empty()) return wrong;
  if (is_new(decision)) {
    requests_.granted(request, decision.booking);
    watched_.operations().granted(request);
  }
  return watched_.catch_up();
}

std::string OperationRun::join_group() {
  const GroupJoinCall call = requests_.join_group();
  const Expected expected = watched_.operations().join_group(call, watched_.engine().civil_now());
  Patience patience;
  const Decision decision = watched_.engine().try_join_group(call.request(), patience);
  if (std::string wrong = judge("join_group", expected, decision); !wrong.empty()) return wrong;
  if (is_new(decision)) watched_.operations().granted(call);
  if (std::string wrong = watched_.catch_up(); !wrong.empty()) return wrong;
  if (!is_new(decision)) return {};
  const ModelGroup* group = watched_.model().find_group(decision.booking);
  if (group == nullptr) return "group " + name(decision.booking) + " isn't in the journal";
  requests_.granted(call, *group);
  for (std::size_t i = 0; i < group->members.size(); ++i) {
    const ModelBooking& member = *watched_.model().find_booking(group->members[i]);
    if (i >= call.members.size() || member.applicant != call.members[i]) {
      return name(member.id) + " is for another member than it should be";
    }
  }
  return {};
}

std::string OperationRun::cancel(const CancelRequest& request) {
  const Expected expected = watched_.operations().cancel(request, watched_.engine().ledger_now());
  Patience patience;
  const Decision decision = watched_.engine().try_cancel(request, patience);
  if (std::string wrong = judge("cancel", expected, decision); !wrong.empty()) return wrong;
  if (is_new(decision)) {
    requests_.granted(request);
    watched_.operations().granted(request);
  }
  return watched_.catch_up();
}

std::string OperationRun::reschedule() {
  const RescheduleRequest request = requests_.reschedule();
  const Expected expected = watched_.operations().reschedule(request, watched_.engine().civil_now(),
                                                             watched_.engine().ledger_now());
  Patience patience;
  const Decision decision = watched_.engine().try_reschedule(request, patience);
  if (std::string wrong = judge("reschedule", expected, decision); !wrong.empty()) return wrong;
  if (!is_new(decision)) return watched_.catch_up();
  requests_.granted(request);
  watched_.operations().granted(request);
  if (std::string wrong = watched_.catch_up(); !wrong.empty()) return wrong;
  const ModelBooking* moved = watched_.model().find_booking(request.booking);
  const bool as_asked = moved != nullptr && moved->slot == request.slot;
  return as_asked ? "" : name(request.booking) + " isn't where it was moved to";
}

std::string OperationRun::act(const ActRequest& request) {
  const Expected expected = watched_.operations().act(request, watched_.engine().civil_now(),
                                                      watched_.engine().ledger_now());
  Patience patience;
  const Decision decision = watched_.engine().try_act(request, patience);
  const std::string what = record::name_of(type_of(request.act));
  if (std::string wrong = judge(what.c_str(), expected, decision); !wrong.empty()) return wrong;
  if (is_new(decision)) {
    requests_.granted(request);
    watched_.operations().granted(request);
  }
  return watched_.catch_up();
}

std::string OperationRun::next() {
  const NextRequest request = random_.percent(20) ? last_next_ : requests_.next();
  last_next_ = request;
  const Expected expected = watched_.operations().next(request, watched_.engine().civil_now());
  Patience patience;
  const Decision decision = watched_.engine().try_next(request, patience);
  if (std::string wrong = judge("next", expected, decision); !wrong.empty()) return wrong;
  if (is_new(decision)) {
    requests_.granted(request);
    watched_.operations().granted(request);
  }
  return watched_.catch_up();
}

std::string OperationRun::change_slot() {
  const SlotChangeRequest request = requests_.change_slot();
  const Expected expected = watched_.operations().change_slot(request);
  Patience patience;
  const Decision decision = watched_.engine().try_change_slot(request, patience);
  if (std::string wrong = judge("change_slot", expected, decision); !wrong.empty()) return wrong;
  if (is_new(decision)) {
    requests_.granted(request);
    watched_.operations().granted(request);
  }
  // What the patrol makes of it is done within a moment, too.
  for (int rounds = 0; rounds < 3; ++rounds) {
    if (std::string wrong = watched_.catch_up(); !wrong.empty()) return wrong;
  }
  for (const auto& [id, booking] : watched_.model().bookings()) {
    const bool closed = watched_.model().find_slot(booking.slot) != nullptr &&
                        watched_.model().find_slot(booking.slot)->closed;
    const bool right = closed ? booking.state != BookingState::confirmed
                              : booking.state != BookingState::displaced;
    if (!right) return name(id) + " is " + name(booking.state) + " whatever its slot's door";
  }
  return {};
}

std::string OperationRun::erase() {
  const EraseRequest request = requests_.erase();
  const Expected expected = watched_.operations().erase(request);
  Patience patience;
  const Decision decision = watched_.engine().try_erase(request, patience);
  if (std::string wrong = judge("erase", expected, decision); !wrong.empty()) return wrong;
  if (std::string wrong = watched_.catch_up(); !wrong.empty()) return wrong;
  if (!is_new(decision)) return {};
  // Of a member those of its group, which needn't be its own: it may have left before they came.
  const auto left = watched_.engine().details(decision.booking);
  if (left.code() == Code::details_erased) return {};
  return std::string("its details were erased, and asked for them it says ") +
         to_string(left.code());
}

std::string OperationRun::block() {
  BlockRequest request = requests_.block();
  // Now and then one applicant's, again and again.
  std::string wrong;
  for (int left = random_.percent(10) ? 9 : 1; left > 0 && wrong.empty(); --left) {
    wrong = block(request);
    request.operation = requests_.new_operation();
    if (request.until.value != 0) request.until.value += 1000;
  }
  return wrong;
}

std::string OperationRun::block(const BlockRequest& request) {
  const Expected expected = watched_.operations().block(request, watched_.engine().civil_now());
  Patience patience;
  const Decision decision = watched_.engine().try_block(request, patience);
  if (std::string wrong = judge("block", expected, decision); !wrong.empty()) return wrong;
  if (is_new(decision)) {
    requests_.granted(request);
    watched_.operations().granted(request);
  }
  return watched_.catch_up();
}

std::string OperationRun::claim_group() {
  const GroupClaimCall request = requests_.claim_group();
  std::vector<SlotKey> seats;
  const Expected expected =
      watched_.operations().claim_group(request, watched_.engine().civil_now(), seats);
  Patience patience;
  const Decision decision = watched_.engine().try_claim_group(request.request(), patience);
  if (std::string wrong = judge("claim_group", expected, decision); !wrong.empty()) return wrong;
  if (!is_new(decision)) return watched_.catch_up();
  watched_.operations().granted(request);
  if (std::string wrong = watched_.catch_up(); !wrong.empty()) return wrong;
  const ModelGroup* group = watched_.model().find_group(decision.booking);
  if (group == nullptr) return "group " + name(decision.booking) + " isn't in the journal";
  requests_.granted(request, *group);
  for (std::size_t i = 0; i < group->members.size(); ++i) {
    const ModelBooking& member = *watched_.model().find_booking(group->members[i]);
    if (i >= request.members.size() || member.applicant != request.members[i]) {
      return name(member.id) + " is for another member than it should be";
    }
  }
  return check_seats(decision.booking, seats);
}

std::string OperationRun::move_group() {
  const GroupMoveCall request = requests_.move_group();
  std::vector<SlotKey> seats;
  const Expected expected = watched_.operations().move_group(request, watched_.engine().civil_now(),
                                                             watched_.engine().ledger_now(), seats);
  Patience patience;
  const Decision decision = watched_.engine().try_move_group(request.request(), patience);
  if (std::string wrong = judge("move_group", expected, decision); !wrong.empty()) return wrong;
  if (!is_new(decision)) return watched_.catch_up();
  requests_.granted(request);
  watched_.operations().granted(request);
  if (std::string wrong = watched_.catch_up(); !wrong.empty()) return wrong;
  return check_seats(request.group, seats);
}

// Its members that haven't ended are in these slots, in their order.
std::string OperationRun::check_seats(BookingId group, const std::vector<SlotKey>& seats) {
  auto seat = seats.begin();
  for (const BookingId id : watched_.model().find_group(group)->members) {
    const ModelBooking& member = *watched_.model().find_booking(id);
    if (!is_active(member.state)) continue;
    if (seat == seats.end() || member.slot != *seat++) {
      return name(id) + " got " + name(member.slot) + ", which isn't the earliest for it";
    }
  }
  return seat == seats.end() ? "" : "a group got fewer seats than were there for it";
}

// To some moment of the two hours and a half in which a confirmed booking can be checked in.
std::string OperationRun::go_to_a_visit() {
  constexpr std::int64_t kOpenMs = 2 * 3'600'000 + 30 * 60'000;
  constexpr std::int64_t kFarthestMs = 7 * 3'600'000;
  const std::int64_t now = watched_.engine().civil_now().value;
  for (const auto& [id, booking] : watched_.model().bookings()) {
    if (booking.state != BookingState::confirmed) continue;
    const std::int64_t ahead = watched_.operations().lapses_at(booking) - now;
    if (ahead > kOpenMs + kFarthestMs) continue;
    const BookingId visitor = id;
    const std::int64_t ms = std::max<std::int64_t>(0, ahead - random_.between(1, kOpenMs));
    if (std::string wrong = watched_.advance(ms); !wrong.empty()) return wrong;
    std::string wrong;
    for (std::int64_t left = random_.between(1, 8); left > 0 && wrong.empty(); --left) {
      wrong = random_.percent(15) ? next() : act(requests_.act(visitor));
    }
    return wrong;
  }
  return watched_.advance(1000);
}

// A hold past its deadline, whether it was swept already or not.
std::string OperationRun::use_expired() {
  const std::int64_t now = watched_.engine().ledger_now().value;
  for (const auto& [id, booking] : watched_.model().bookings()) {
    if (lasts_until_deadline(booking.state) && booking.deadline_ms <= now) {
      CancelRequest request;
      request.booking = id;
      request.operation = requests_.new_operation();
      return cancel(request);
    }
  }
  return watched_.advance(1000);
}

std::string OperationRun::correct_wall_clock() {
  const std::int64_t right = kTownStart + watched_.clock().monotonic_ms() - 5'000'000;
  watched_.clock().set_civil(right + random_.between(-2, 2) * 3'600'000);
  return watched_.catch_up();
}

std::string OperationRun::judge(const char* what, const Expected& expected,
                                const Decision& decision) {
  const char* verdict = decision.verdict == janji::Verdict::granted ? "granted"
                        : decision.verdict == janji::Verdict::wait  ? "wait"
                                                                    : "refused";
  ++seen_[std::string(what) + " " + (decision.replayed ? "replayed" : to_string(decision.code))];
  if (expected.allows(decision)) return {};
  return std::string(what) + ": the engine says " + verdict + " " + to_string(decision.code) +
         (decision.replayed ? " (replayed)" : "") + ", the model " + expected.words();
}

}  // namespace janji::model
