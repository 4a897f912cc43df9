#include "model/expected_parts.hpp"

#include <algorithm>
#include <limits>

#include "model/acts.hpp"
#include "model/names.hpp"

namespace janji::model {
namespace {

constexpr std::int32_t kRangeDaysMax = 100;

// Whether two requests ask for the same. A confirm's details don't count: they may be sealed
// anew each time, and the caller's payload stands for them.
bool same(const ClaimRequest& a, const ClaimRequest& b) {
  const bool same_lane = a.lanes.empty() ? b.lanes.empty() && a.lane == b.lane : !b.lanes.empty();
  const bool same_slot =
      a.slot == b.slot &&
      (a.slot.value != 0 || (same_lane && a.first_day == b.first_day && a.last_day == b.last_day));
  return same_slot && a.seats == b.seats && a.category == b.category &&
         a.applicant == b.applicant && a.payload == b.payload;
}
bool same(const WalkInRequest& a, const WalkInRequest& b) {
  return a.slot == b.slot && (a.slot.value != 0 || a.lane == b.lane) && a.seats == b.seats &&
         a.category == b.category && a.applicant == b.applicant && a.payload == b.payload;
}
bool same(const ConfirmRequest& a, const ConfirmRequest& b) {
  return a.booking == b.booking && a.payload == b.payload;
}
bool same(const CancelRequest& a, const CancelRequest& b) {
  return a.booking == b.booking && a.payload == b.payload;
}
bool same(const RescheduleRequest& a, const RescheduleRequest& b) {
  return a.booking == b.booking && a.slot == b.slot && a.payload == b.payload;
}
bool same(const ActRequest& a, const ActRequest& b) {
  return a.act == b.act && a.booking == b.booking && a.payload == b.payload &&
         a.argument == b.argument;
}
bool same(const NextRequest& a, const NextRequest& b) {
  return a.branch == b.branch && a.service == b.service && a.counter == b.counter &&
         a.payload == b.payload;
}
bool same(const BlockRequest& a, const BlockRequest& b) {
  return a.applicant == b.applicant && a.until == b.until && a.reason == b.reason &&
         a.payload == b.payload;
}
bool same(const SlotChangeRequest& a, const SlotChangeRequest& b) {
  return a.slot == b.slot && a.doors == b.doors && a.capacity == b.capacity &&
         a.payload == b.payload;
}
bool same(const JoinRequest& a, const JoinRequest& b) {
  const bool same_day =
      a.lane == b.lane && a.day == b.day && a.from == b.from && a.until == b.until;
  return a.slot == b.slot && (a.slot.value != 0 || same_day) && a.seats == b.seats &&
         a.category == b.category && a.applicant == b.applicant && a.payload == b.payload;
}
template <class A, class B>
bool same(const A&, const B&) {
  return false;
}

}  // namespace

bool Expected::allows(const Decision& decision) const {
  if (granted) {
    return decision.verdict == Verdict::granted && decision.replayed == replayed &&
           (booking.value == 0 || decision.booking == booking) &&
           (entitlement.value == 0 || decision.entitlement == entitlement);
  }
  return decision.verdict == Verdict::refused && codes.contains(decision.code) &&
         (decision.code != Code::not_eligible || decision.member == member);
}

std::string Expected::words() const {
  if (replayed) return "the replay of " + name(booking);
  if (granted) return slot.value == 0 ? "a grant" : "a grant in " + name(slot);
  std::string words = "a refusal:";
  for (const Code code : codes) words += std::string(" ") + to_string(code);
  return words;
}

const LaneSpec* OperationModel::lane_spec(LaneId lane) const {
  const auto found = std::find(lanes_.begin(), lanes_.end(), lane);
  if (found == lanes_.end()) return nullptr;
  return &catalogue_.lanes()[static_cast<std::size_t>(found - lanes_.begin())];
}

const Service* OperationModel::service(LaneId lane) const {
  const LaneSpec* spec = lane_spec(lane);
  return spec == nullptr ? nullptr : &catalogue_.services()[spec->service];
}

bool OperationModel::replay(OperationId operation, const Request& request,
                            Expected& expected) const {
  if (operation.empty()) return false;
  const ModelOperation* before = ledger_.find_operation(operation);
  if (before == nullptr) return false;
  const bool equal = std::visit([](const auto& a, const auto& b) { return same(a, b); },
                                requests_.at(operation), request);
  expected = refuse({Code::operation_mismatch});
  if (equal) {
    expected.granted = expected.replayed = true;
    expected.booking = before->booking;
    expected.entitlement = before->entitlement;
  }
  return true;
}

std::set<Code> OperationModel::static_refusals(const ClaimRequest& request, LaneId lane) const {
  if (request.applicant.empty()) return {Code::invalid_argument};
  const Service* service = this->service(lane);
  if (service == nullptr) return {Code::slot_not_found};
  std::set<Code> codes;
  if (request.seats == 0 || request.seats > service->rules.seats_max) {
    codes.insert(Code::seats_exceeded);
  }
  if (!service->allows(request.category)) codes.insert(Code::category_not_allowed);
  if (codes.empty() && service->rules.needs_entitlement) codes.insert(Code::entitlement_not_found);
  return codes;
}

Code OperationModel::why_not_open(LaneId lane, Day day, CivilTime civil) const {
  const LaneSpec& spec = *lane_spec(lane);
  const Day today = catalogue_.local_day(spec.branch, civil);
  if (day < today) return Code::too_late;
  const bool offered = spec.first_day <= day && day <= spec.last_day;
  const int ahead = day.value - today.value;
  if (!offered || ahead >= service(lane)->rules.horizon_days) return Code::outside_horizon;
  return Code::not_released;
}

CivilTime OperationModel::start_of(SlotKey slot) const {
  return catalogue_.instant(lane_spec(slot.lane())->branch, slot.day(), slot.minute());
}

bool OperationModel::too_late(SlotKey slot, CivilTime civil) const {
  return civil.value >= start_of(slot).value - service(slot.lane())->rules.lead_ms;
}

Expected OperationModel::claim(const ClaimRequest& request, CivilTime civil) const {
  const LaneId lane = request.slot.value != 0 ? request.slot.lane()
                      : request.lanes.empty() ? request.lane
                                              : request.lanes.front();
  Expected replayed;
  const bool acted = replay(request.operation, request, replayed);
  if (acted && replayed.granted) return replayed;
  std::set<Code> wrong = static_refusals(request, lane);
  if (request.slot.value == 0) {
    for (const LaneId other : request.lanes) {
      if (service(other) == nullptr) wrong.insert(Code::slot_not_found);
      if (service(other) != service(lane)) wrong.insert(Code::invalid_argument);
    }
    const std::int32_t span = request.last_day.value - request.first_day.value;
    if (span < 0 || span >= kRangeDaysMax) wrong.insert(Code::invalid_argument);
  } else if (!request.slot.valid()) {
    wrong.insert(Code::slot_not_found);
  }
  // A malformed request may be told so before its id is looked up: it can't be what was granted.
  if (acted) wrong.insert(Code::operation_mismatch);
  if (!wrong.empty()) return refuse(wrong);
  return request.slot.value != 0 ? claim_slot(request, civil) : claim_range(request, civil);
}

Expected OperationModel::claim_slot(const ClaimRequest& request, CivilTime civil) const {
  const SlotKey key = request.slot;
  const auto day = ledger_.days().find({key.lane(), key.day()});
  if (day == ledger_.days().end() || day->second) {
    return refuse({why_not_open(key.lane(), key.day(), civil)});
  }
  const ModelSlot* slot = ledger_.find_slot(key);
  if (slot == nullptr) return refuse({Code::slot_not_found, Code::closed});
  if (too_late(key, civil)) return refuse({Code::too_late});
  if (slot->closed) return refuse({Code::closed});
  if (slot->free() < request.seats) return refuse({Code::slot_full});
  if (ledger_.is_blocked(request.applicant, civil.value)) return refuse({Code::blocked});
  const ScopeId scope = service(key.lane())->rules.scope;
  if (ledger_.active_booking(request.applicant, scope).value != 0) {
    return refuse({Code::already_booked});
  }
  return grant(key);
}

// The slots of the lane's days, and why others have none.
void OperationModel::look_through(LaneId lane, const ClaimRequest& request, CivilTime civil,
                                  std::vector<SlotKey>& slots, std::set<Code>& why) const {
  for (Day day = request.first_day; day <= request.last_day; ++day.value) {
    const auto open = ledger_.days().find({lane, day});
    if (open == ledger_.days().end() || open->second) {
      why.insert(why_not_open(lane, day, civil));
      continue;
    }
    const std::size_t before = slots.size();
    const auto begin = ledger_.slots().lower_bound(SlotKey(lane, day, Minute{0}));
    for (auto slot = begin;
         slot != ledger_.slots().end() && slot->first.day() == day && slot->first.lane() == lane;
         ++slot) {
      slots.push_back(slot->first);
    }
    if (slots.size() == before) why.insert(Code::closed);
  }
}

Expected OperationModel::claim_range(const ClaimRequest& request, CivilTime civil) const {
  std::set<Code> why;
  std::vector<SlotKey> slots;
  if (request.lanes.empty()) look_through(request.lane, request, civil, slots, why);
  for (const LaneId lane : request.lanes) look_through(lane, request, civil, slots, why);
  std::stable_sort(slots.begin(), slots.end(),
                   [&](SlotKey a, SlotKey b) { return start_of(a) < start_of(b); });
  bool full = false;
  for (const SlotKey key : slots) {
    const ModelSlot& slot = *ledger_.find_slot(key);
    if (too_late(key, civil)) {
      why.insert(Code::too_late);
    } else if (slot.closed) {
      why.insert(Code::closed);
    } else if (slot.free() < request.seats) {
      full = true;
    } else if (ledger_.is_blocked(request.applicant, civil.value)) {
      return refuse({Code::blocked});
    } else {
      const ScopeId scope = service(key.lane())->rules.scope;
      const bool has_one = ledger_.active_booking(request.applicant, scope).value != 0;
      return has_one ? refuse({Code::already_booked}) : grant(key);
    }
  }
  return refuse(full ? std::set<Code>{Code::slot_full} : why);
}

Expected OperationModel::confirm(const ConfirmRequest& request, LedgerTime now) const {
  if (request.details.size() > kDetailsMax) return refuse({Code::invalid_argument});
  Expected expected;
  if (replay(request.operation, request, expected)) {
    if (!expected.granted && is_unknown(request.booking)) {
      expected.codes.insert(Code::booking_not_found);
    }
    return expected;
  }
  if (const ModelGroup* group = ledger_.find_group(request.booking)) {
    return confirm_group(*group, now);
  }
  expected = change(request.booking, {BookingState::held}, now);
  if (!expected.granted) return expected;
  if (ledger_.find_booking(request.booking)->group.value != 0) return refuse({Code::in_group});
  const ModelSlot& slot = *ledger_.find_slot(ledger_.find_booking(request.booking)->slot);
  return slot.closed ? refuse({Code::closed}) : expected;
}

Expected OperationModel::cancel(const CancelRequest& request, LedgerTime now) const {
  Expected expected;
  if (replay(request.operation, request, expected)) {
    if (!expected.granted && is_unknown(request.booking)) {
      expected.codes.insert(Code::booking_not_found);
    }
    return expected;
  }
  if (const ModelGroup* group = ledger_.find_group(request.booking)) {
    return cancel_group(*group, now);
  }
  return change(request.booking,
                {BookingState::held, BookingState::awaiting, BookingState::confirmed,
                 BookingState::displaced, BookingState::waiting},
                now);
}

Expected OperationModel::reschedule(const RescheduleRequest& request, CivilTime civil,
                                    LedgerTime now) const {
  Expected expected;
  if (replay(request.operation, request, expected)) {
    if (!expected.granted && is_unknown(request.booking)) {
      expected.codes.insert(Code::booking_not_found);
    }
    return expected;
  }
  if (ledger_.find_group(request.booking) != nullptr) return refuse({Code::group_invalid});
  expected = change(request.booking,
                    {BookingState::held, BookingState::confirmed, BookingState::displaced}, now);
  return expected.granted ? move(*ledger_.find_booking(request.booking), request.slot, civil)
                          : expected;
}

Expected OperationModel::move(const ModelBooking& booking, SlotKey to, CivilTime civil) const {
  const LaneSpec* there = to.valid() ? lane_spec(to.lane()) : nullptr;
  if (there == nullptr) return refuse(against(to, civil));
  const LaneSpec* here = lane_spec(booking.slot.lane());
  const ServiceRules& rules = service(to.lane())->rules;
  if (here == nullptr || to == booking.slot || here->service != there->service ||
      here->pool != there->pool || (here->branch != there->branch && !rules.reschedule_elsewhere)) {
    return refuse({Code::slot_not_allowed});
  }
  // Who was displaced is bound by no rule of moves, but by a number of them.
  const bool displaced = booking.state == BookingState::displaced;
  if (booking.group.value != 0 && !displaced) return refuse({Code::in_group});
  if (!valid_on(booking.group, to.day())) return refuse({Code::entitlement_not_valid});
  if (booking.own_moves >= (displaced ? 4U : rules.reschedules_max)) {
    return refuse({Code::changes_exceeded});
  }
  const CivilTime start =
      catalogue_.instant(here->branch, booking.slot.day(), booking.slot.minute());
  if (!displaced && civil.value >= start.value - rules.reschedule_cutoff_ms) {
    return refuse({Code::change_too_late});
  }
  if (const std::set<Code> why = against(to, civil); !why.empty()) return refuse(why);
  return ledger_.find_slot(to)->free() < booking.seats ? refuse({Code::slot_full}) : grant();
}

std::set<Code> OperationModel::against(SlotKey to, CivilTime civil) const {
  if (!to.valid() || lane_spec(to.lane()) == nullptr) return {Code::slot_not_found};
  const auto day = ledger_.days().find({to.lane(), to.day()});
  if (day == ledger_.days().end() || day->second) {
    return {why_not_open(to.lane(), to.day(), civil)};
  }
  if (ledger_.find_slot(to) == nullptr) return {Code::slot_not_found, Code::closed};
  if (too_late(to, civil)) return {Code::too_late};
  if (ledger_.find_slot(to)->closed) return {Code::closed};
  return {};
}

Expected OperationModel::change(BookingId id, std::set<BookingState> from, LedgerTime now) const {
  const ModelBooking* booking = ledger_.find_booking(id);
  if (booking == nullptr) return refuse({Code::booking_not_found});
  if (booking->state == BookingState::expired) return refuse({Code::hold_expired});
  if (!from.contains(booking->state)) return refuse({Code::illegal_transition});
  if (lasts_until_deadline(booking->state) && now.value >= booking->deadline_ms)
    return refuse({Code::hold_expired});
  return grant();
}

Expected OperationModel::act(const ActRequest& request, CivilTime civil, LedgerTime now) const {
  if (request.argument != 0 && !has_argument(request.act)) return refuse({Code::invalid_argument});
  Expected expected;
  if (replay(request.operation, request, expected)) {
    if (!expected.granted && is_unknown(request.booking)) {
      expected.codes.insert(Code::booking_not_found);
    }
    return expected;
  }
  if (const ModelGroup* group = ledger_.find_group(request.booking)) {
    return act_on_group(*group, request, now);
  }
  expected = change(request.booking, states_for(request.act), now);
  return expected.granted ? act_on(*ledger_.find_booking(request.booking), request, civil)
                          : expected;
}

// The least queue number of those who checked in at the branch today and weren't called yet.
Expected OperationModel::next(const NextRequest& request, CivilTime civil) const {
  if (request.branch >= catalogue_.branches().size()) return refuse({Code::invalid_argument});
  Expected expected;
  if (replay(request.operation, request, expected)) return expected;
  const ModelBooking* first = nullptr;
  for (const auto& [id, booking] : ledger_.bookings()) {
    if (booking.state != BookingState::checked_in || booking.calls != 0) continue;
    const LaneSpec* spec = lane_spec(booking.slot.lane());
    if (spec == nullptr || spec->branch != request.branch) continue;
    if (request.service != NextRequest::kAnyService && request.service != spec->service) continue;
    const Day day = catalogue_.local_day(spec->branch, CivilTime{booking.checked_in_ms});
    if (day != catalogue_.local_day(spec->branch, civil)) continue;
    if (first == nullptr || booking.queue_number < first->queue_number) first = &booking;
  }
  if (first == nullptr) return refuse({Code::nobody_waiting});
  expected = grant();
  expected.booking = first->id;
  return expected;
}

Expected OperationModel::block(const BlockRequest& request, CivilTime civil) const {
  if (request.applicant.empty() || request.until.value < 0) return refuse({Code::invalid_argument});
  Expected expected;
  if (replay(request.operation, request, expected)) return expected;
  const bool lifts = request.until.value == 0;
  if (!lifts && request.until <= civil) return refuse({Code::too_late});
  if (lifts && !ledger_.is_blocked(request.applicant, civil.value)) {
    return refuse({Code::illegal_transition});
  }
  const ModelBlock* before = ledger_.find_block(request.applicant);
  const std::uint32_t room = lifts ? 8 : 7;
  if (before != nullptr && before->changes >= room) return refuse({Code::changes_exceeded});
  return grant();
}

Expected OperationModel::erase(const EraseRequest& request) const {
  BookingId id = request.booking;
  const ModelBooking* booking = ledger_.find_booking(id);
  const ModelGroup* group = ledger_.find_group(booking != nullptr ? booking->group : id);
  if (booking == nullptr && group == nullptr) return refuse({Code::booking_not_found});
  const auto granted = [&](bool replayed) {
    Expected expected = grant();
    expected.replayed = replayed;
    expected.booking = id;
    return expected;
  };
  if (booking != nullptr) {
    const bool brought = booking->details_lsn != Lsn{};
    const bool its_own =
        brought && (group == nullptr || group->details_lsn != booking->details_lsn);
    if (its_own || group == nullptr) {
      if (!has_ended(booking->state)) return refuse({Code::illegal_transition});
      return granted(!its_own || booking->details_erased);
    }
    id = booking->group;  // a member's are its group's
  }
  if (ledger_.group_lives(id)) return refuse({Code::illegal_transition});
  return granted(group->details_lsn == Lsn{} || group->details_erased);
}

std::map<SlotKey, SlotKey> OperationModel::due_to_fall_back(CivilTime civil) const {
  std::map<SlotKey, SlotKey> due;
  for (const auto& [key, slot] : ledger_.slots()) {
    const LaneSpec* spec = lane_spec(key.lane());
    if (spec == nullptr || spec->fall_back_ms == 0 || too_late(key, civil)) continue;
    const CivilTime start = catalogue_.instant(spec->branch, key.day(), key.minute());
    if (start.value - spec->fall_back_ms > civil.value) continue;
    const auto general = catalogue_.find_lane(spec->branch, spec->service, Pool::general);
    if (!general) continue;
    const SlotKey to(lanes_[*general], key.day(), key.minute());
    const ModelSlot* there = ledger_.find_slot(to);
    if (there == nullptr || there->closed || slot.closed) continue;
    due.emplace(key, to);
  }
  return due;
}

// By the wall clock of an office whose clock never jumps.
std::uint32_t OperationModel::kept_back(SlotKey slot, CivilTime civil) const {
  const LaneSpec* spec = lane_spec(slot.lane());
  std::uint32_t seats = 0;
  for (std::size_t i = 0; spec != nullptr && i < spec->tranches.size(); ++i) {
    const Tranche& tranche = spec->tranches[i];
    const CivilTime day = catalogue_.midnight(spec->branch, Day{slot.day().value - tranche.days});
    const bool has_come = day.value + tranche.minute * 60'000 <= civil.value;
    if (!has_come) seats += spec->capacity * tranche.percent / 100U;
  }
  return seats;
}

std::set<SlotKey> OperationModel::due_tranches(CivilTime civil) const {
  std::set<SlotKey> due;
  for (const auto& [key, slot] : ledger_.slots()) {
    if (lane_spec(key.lane()) == nullptr || slot.closed || too_late(key, civil)) continue;
    if (slot.kept <= kept_back(key, civil) || slot.capacity >= kMaxSlotCapacity) continue;
    due.insert(key);
  }
  return due;
}

Expected OperationModel::change_slot(const SlotChangeRequest& request) const {
  if (request.capacity > kMaxSlotCapacity) return refuse({Code::invalid_argument});
  const ModelSlot* slot = request.slot.valid() ? ledger_.find_slot(request.slot) : nullptr;
  if (slot == nullptr) return refuse({Code::slot_not_found});
  Expected known;
  if (replay(request.operation, request, known)) return known;
  const bool closed = request.doors == SlotChangeRequest::Doors::as_they_are
                          ? slot->closed
                          : request.doors == SlotChangeRequest::Doors::closed;
  Expected expected = grant();
  const bool same_seats = request.capacity == 0 || request.capacity == slot->capacity;
  expected.replayed = same_seats && closed == slot->closed && request.operation.empty();
  return expected;
}

std::int64_t OperationModel::lapses_at(const ModelBooking& booking) const {
  constexpr std::int64_t kForgottenMs = 12 * 3'600'000;
  const bool came = booking.state == BookingState::checked_in;
  const LaneSpec* spec = lane_spec(booking.slot.lane());
  if (booking.state == BookingState::waiting && spec != nullptr) {
    const SlotKey last = booking.wants_until.value != 0 ? booking.wants_until : booking.slot;
    return catalogue_.instant(spec->branch, last.day(), last.minute()).value -
           service(last.lane())->rules.lead_ms;
  }
  const bool expected =
      booking.state == BookingState::confirmed || booking.state == BookingState::displaced;
  if ((!came && !expected) || spec == nullptr) {
    return std::numeric_limits<std::int64_t>::max();
  }
  const CivilTime start =
      catalogue_.instant(spec->branch, booking.slot.day(), booking.slot.minute());
  const std::int64_t ends = start.value + service(booking.slot.lane())->rules.no_show_ms;
  return came ? ends + kForgottenMs : ends;
}

Expected OperationModel::progress(const ModelBooking& booking, std::uint32_t stage) const {
  const Service* of = service(booking.slot.lane());
  const auto at = [&](std::uint32_t wanted) {
    std::size_t i = 0;
    while (of != nullptr && i < of->progress.size() &&
           progress_id(of->progress[i]).value != wanted) {
      ++i;
    }
    return i;
  };
  if (of == nullptr || at(stage) == of->progress.size()) return refuse({Code::invalid_argument});
  if (booking.stages.empty()) return grant();
  const std::size_t before = at(booking.stages.back());
  const bool forward = before == of->progress.size() || before < at(stage);
  return forward ? grant() : refuse({Code::illegal_transition});
}

Expected OperationModel::act_on(const ModelBooking& booking, const ActRequest& request,
                                CivilTime civil) const {
  const LaneSpec* spec = lane_spec(booking.slot.lane());
  if (request.branch != ActRequest::kAnyBranch &&
      (spec == nullptr || request.branch != spec->branch)) {
    return refuse({Code::wrong_branch});
  }
  const bool of_groups =
      request.act == Act::extend || request.act == Act::approve || request.act == Act::refuse;
  if (booking.group.value != 0 && of_groups) return refuse({Code::in_group});
  if (request.act == Act::reissue) {
    return booking.reissues < 3 ? grant() : refuse({Code::changes_exceeded});
  }
  if (request.act == Act::progress) return progress(booking, request.argument);
  if (spec == nullptr) return grant();
  const ServiceRules& rules = service(booking.slot.lane())->rules;
  if (request.act == Act::extend) {
    const bool may = booking.extensions < rules.extensions_max;
    return may ? grant() : refuse({Code::changes_exceeded});
  }
  if (request.act == Act::approve || request.act == Act::refuse) return grant();
  std::set<Code> why;
  if (request.act == Act::serve && booking.calls >= 3) why.insert(Code::changes_exceeded);
  const CivilTime start =
      catalogue_.instant(spec->branch, booking.slot.day(), booking.slot.minute());
  if (request.act == Act::check_in) {
    if (civil.value < start.value - rules.check_in_ms) why.insert(Code::too_early);
    if (civil.value >= start.value + rules.no_show_ms) why.insert(Code::too_late);
  }
  if (request.act == Act::no_show && civil < start) why.insert(Code::too_early);
  return why.empty() ? grant() : refuse(why);
}

}  // namespace janji::model
