// What a ledger answers while its gate is shut, of slots that staff have closed, and of what it
// doesn't have. No writer runs: nothing becomes durable, and nobody is kept waiting.
#include <catch2/catch.hpp>

#include "ledger/slot_word.hpp"
#include "unit/ledger/restored.hpp"

namespace {

using namespace janji;
using ledger::Gate;
using ledger::SlotWord;
using samples::Restored;

ClaimRequest claim_of(SlotKey slot) {
  ClaimRequest request;
  request.slot = slot;
  request.applicant = {1, 2};
  return request;
}

Decision claim(Restored& restored, const ClaimRequest& request) {
  Patience patience;
  return restored.ledger.try_claim(request, patience);
}
Decision confirm(Restored& restored, BookingId id) {
  Patience patience;
  return restored.ledger.try_confirm({id, {}, 0, {}}, patience);
}
Decision cancel(Restored& restored, BookingId id) {
  Patience patience;
  return restored.ledger.try_cancel({id, {}, 0}, patience);
}

Decision reschedule(Restored& restored, BookingId id, SlotKey to) {
  Patience patience;
  return restored.ledger.try_reschedule({id, to, {}, 0}, patience);
}

void require_refused(const Decision& decision, Code code) {
  CHECK(decision.verdict == Verdict::refused);
  CHECK(decision.code == code);
}

const BookingId kHeld = samples::booking_id(1);

// With one hold in the first slot.
struct Served : Restored {
  Served() {
    take(samples::claim(kHeld, samples::slot_key(), 1000, 600'000));
    REQUIRE(finish().ok());
    ledger.set_gate(Gate::open);
  }
  std::atomic<std::uint64_t>& word(int slot) {
    ledger::DayView view;
    REQUIRE(ledger.day_table().find(samples::kLane, samples::kDay, view));
    return ledger.day_table().word(view.first_slot + static_cast<std::uint64_t>(slot));
  }
  std::uint32_t free(std::size_t slot) {
    SlotAvailability all[3];
    REQUIRE(ledger.slots(samples::kLane, samples::kDay, all) == 3);
    return all[slot].free;
  }
};

TEST_CASE("gate: each says why nothing is decided, and takes nothing") {
  Served served;
  const ClaimRequest request = claim_of(samples::slot_key(1));
  struct Shut {
    Gate gate;
    Code claim, change;
  };
  for (const Shut shut : {Shut{Gate::closed, Code::stopped, Code::stopped},
                          Shut{Gate::failed, Code::outcome_unknown, Code::outcome_unknown},
                          Shut{Gate::read_only, Code::read_only, Code::read_only}}) {
    served.ledger.set_gate(shut.gate);
    require_refused(claim(served, request), shut.claim);
    require_refused(confirm(served, kHeld), shut.change);
    require_refused(cancel(served, kHeld), shut.change);
    require_refused(reschedule(served, kHeld, samples::slot_key(1)), shut.change);
    CHECK(served.free(1) == 2);
    CHECK(served.ledger.find(kHeld)->state == BookingState::held);
  }
  served.ledger.set_gate(Gate::backlog);
  require_refused(claim(served, request), Code::overloaded);
  require_refused(reschedule(served, kHeld, samples::slot_key(1)), Code::overloaded);
  CHECK(confirm(served, kHeld).verdict == Verdict::granted);  // these go on
  served.ledger.set_gate(Gate::open);
  CHECK(claim(served, request).verdict == Verdict::granted);
  CHECK(served.free(1) == 1);
  CHECK(reschedule(served, kHeld, samples::slot_key(1)).verdict == Verdict::granted);
  CHECK(served.free(1) == 0);
}

TEST_CASE("gate: a slot that staff closed, or are at, isn't given to anybody") {
  Served served;
  const ClaimRequest request = claim_of(samples::slot_key(1));
  ClaimRequest range = request;
  range.slot = {};
  range.lane = samples::kLane;
  range.first_day = range.last_day = samples::kDay;
  SECTION("closed") {
    for (int slot = 0; slot < 3; ++slot) served.word(slot).fetch_or(SlotWord::kClosed);
    require_refused(claim(served, request), Code::closed);
    require_refused(claim(served, range), Code::closed);
    SlotAvailability all[3];
    REQUIRE(served.ledger.slots(samples::kLane, samples::kDay, all) == 3);
    CHECK(all[1].status == DayAvailability::Status::closed);
    DayAvailability day[1];
    REQUIRE(served.ledger.days(samples::kLane, samples::kDay, day, samples::kDay) == 1);
    CHECK(day[0].free == 0);
    CHECK(day[0].capacity == 6);
  }
  SECTION("staff are at it") {
    for (int slot = 0; slot < 3; ++slot) served.word(slot).fetch_or(SlotWord::kStaffBusy);
    CHECK(claim(served, request).verdict == Verdict::wait);
    CHECK(claim(served, range).verdict == Verdict::wait);
  }
  SECTION("its row serves another day by now") {
    for (int slot = 0; slot < 3; ++slot) {
      served.word(slot).store(SlotWord::make(Day{samples::kDay.value + 1}, 2).bits);
    }
    CHECK(claim(served, request).verdict == Verdict::wait);
    DayAvailability day[1];
    REQUIRE(served.ledger.days(samples::kLane, samples::kDay, day, samples::kDay) == 1);
    CHECK(day[0].capacity == 0);
  }
}

TEST_CASE("gate: what isn't there is refused or empty, and may be prepared for") {
  Served served;
  const LaneId nowhere{9};
  const Day never{samples::kDay.value + 5};
  SlotAvailability slots[3];
  DayAvailability days[1];
  CHECK(served.ledger.slots(nowhere, samples::kDay, slots) == 0);
  CHECK(served.ledger.slots(samples::kLane, never, slots) == 0);
  CHECK(served.ledger.days(nowhere, samples::kDay, days, samples::kDay) == 0);
  REQUIRE(served.ledger.days(samples::kLane, never, days, samples::kDay) == 1);
  CHECK(days[0].status == DayAvailability::Status::unreleased);
  REQUIRE(served.ledger.days(samples::kLane, never, days, Day{never.value + 1}) == 1);
  CHECK(days[0].status == DayAvailability::Status::past);

  const SlotKey no_minute{samples::kLane, samples::kDay, Minute{541}};
  for (const SlotKey slot :
       {samples::slot_key(0, nowhere), samples::slot_key(0, samples::kLane, never), no_minute,
        samples::slot_key()}) {
    served.ledger.prepare(claim_of(slot));
  }
  require_refused(claim(served, claim_of(samples::slot_key(0, nowhere))), Code::slot_not_found);
  require_refused(claim(served, claim_of(no_minute)), Code::slot_not_found);
  ClaimRequest nobody = claim_of(samples::slot_key());
  nobody.applicant = {};
  require_refused(claim(served, nobody), Code::invalid_argument);
  ClaimRequest odd = claim_of(samples::slot_key());
  odd.category = static_cast<Category>(3);
  require_refused(claim(served, odd), Code::invalid_argument);

  for (const BookingId id : {BookingId{0}, samples::booking_id(2), samples::booking_id(1, 1),
                             samples::booking_id(200)}) {
    CHECK(served.ledger.find(id).code() == Code::booking_not_found);
    CHECK(served.ledger.details_at(id).code() == Code::booking_not_found);
    require_refused(confirm(served, id), Code::booking_not_found);
    require_refused(cancel(served, id), Code::booking_not_found);
  }
  CHECK(served.free(0) == 1);
}

}  // namespace
