// The model accepts legal journals, and catches each promise broken once.
#include "model/ledger_model.hpp"

#include <catch2/catch.hpp>

#include "model/stream.hpp"
#include "record/booking_id.hpp"

namespace {

using namespace janji;
using namespace janji::model;

struct Outcome {
  LedgerModel model;
  Finding verdict;
};

// The opening, then `records`, as far as they are legal.
Outcome replay(const std::vector<Bytes>& records) {
  Outcome outcome;
  std::vector<Bytes> all = sample::opening();
  all.insert(all.end(), records.begin(), records.end());
  std::uint64_t lsn = 0;
  for (const Bytes& record : all) {
    outcome.verdict = outcome.model.apply(Lsn{++lsn}, record);
    if (outcome.verdict) return outcome;
  }
  outcome.verdict = outcome.model.audit();
  return outcome;
}

// The last of `records` is refused, the ones before it are fine.
void refused(const std::vector<Bytes>& records, Promise promise, const std::string& words) {
  const Outcome outcome = replay(records);
  REQUIRE(outcome.verdict);
  INFO(to_string(*outcome.verdict));
  REQUIRE(outcome.verdict->promise == promise);
  REQUIRE(outcome.verdict->words.find(words) != std::string::npos);
  REQUIRE(outcome.verdict->lsn.value == sample::opening().size() + records.size());
  REQUIRE(outcome.model.last_lsn().value == outcome.verdict->lsn.value - 1);
  REQUIRE_FALSE(outcome.model.audit());
}

template <class R, class Change>
Bytes with(R record, Change change) {
  change(record);
  return to_bytes(record);
}

TEST_CASE("the model follows a booking from claim to confirm to cancel to its place's end") {
  const auto confirmed = replay({to_bytes(sample::claim(1)), to_bytes(sample::confirm(1, 100))});
  REQUIRE_FALSE(confirmed.verdict);
  const ModelBooking* booking = confirmed.model.find_booking(sample::id(1));
  REQUIRE(booking != nullptr);
  REQUIRE(booking->state == BookingState::confirmed);
  REQUIRE(booking->version == 2);
  REQUIRE(booking->lsn == Lsn{5});
  REQUIRE(confirmed.model.find_slot(sample::kNine)->taken == 1);
  REQUIRE(confirmed.model.active_booking(ApplicantKey{0, 2}, ScopeId{1}) == sample::id(1));
  REQUIRE(confirmed.model.find_operation(OperationId{0, 2})->lsn == Lsn{4});

  const auto cancelled = replay({to_bytes(sample::claim(1)), to_bytes(sample::confirm(1, 100)),
                                 to_bytes(sample::cancel(1, 101))});
  REQUIRE_FALSE(cancelled.verdict);
  REQUIRE(cancelled.model.find_booking(sample::id(1))->state == BookingState::cancelled);
  REQUIRE(cancelled.model.find_slot(sample::kNine)->taken == 0);
  REQUIRE(cancelled.model.active_booking(ApplicantKey{0, 2}, ScopeId{1}) == BookingId{});

  const auto freed =
      replay({to_bytes(sample::claim(1)), to_bytes(sample::cancel(1, 101)),
              to_bytes(sample::free_place(1)),
              with(sample::claim(1), [](auto& claim) { claim.booking = sample::id(1, 1).value; })});
  REQUIRE_FALSE(freed.verdict);
  REQUIRE(freed.model.bookings().size() == 1);
}

TEST_CASE("a booking that moves takes its seat where it goes, and gives it back where it was") {
  const auto moved = replay({to_bytes(sample::claim(1)), to_bytes(sample::reschedule(1, 100)),
                             to_bytes(sample::confirm(1, 101))});
  REQUIRE_FALSE(moved.verdict);
  const ModelBooking* booking = moved.model.find_booking(sample::id(1));
  REQUIRE(booking->slot == sample::kEleven);
  REQUIRE(booking->state == BookingState::confirmed);
  REQUIRE(booking->version == 3);
  REQUIRE(booking->moves == 1);
  REQUIRE(moved.model.find_slot(sample::kNine)->taken == 0);
  REQUIRE(moved.model.find_slot(sample::kEleven)->taken == 1);
  REQUIRE(moved.model.find_operation(OperationId{0, 100})->type == record::Type::reschedule);
  REQUIRE(moved.model.active_booking(ApplicantKey{0, 2}, ScopeId{1}) == sample::id(1));
}

TEST_CASE("a hold expires at its deadline and gives its seats back") {
  const auto outcome = replay({to_bytes(sample::claim(1)), to_bytes(sample::expire(1))});
  REQUIRE_FALSE(outcome.verdict);
  REQUIRE(outcome.model.find_booking(sample::id(1))->state == BookingState::expired);
  REQUIRE(outcome.model.find_slot(sample::kNine)->free() == 2);
}

TEST_CASE("promise 1: no slot above its capacity") {
  refused({to_bytes(sample::claim(1)), to_bytes(sample::claim(2)), to_bytes(sample::claim(3))},
          Promise::capacity, "3 of 2 seats");
  refused({with(sample::claim(1), [](auto& claim) { claim.seats = 3; })}, Promise::capacity,
          "3 of 2 seats");
  refused({with(sample::claim(1), [](auto& claim) { claim.seats = 0; })}, Promise::capacity,
          "no seats");
  // Where a booking goes, too.
  const auto to_eleven = [](auto& claim) { claim.slot = sample::kEleven.value; };
  const Outcome room = replay({with(sample::claim(2), to_eleven)});
  std::vector<Bytes> records;
  for (std::uint32_t who = 2; who < 2 + room.model.find_slot(sample::kEleven)->capacity; ++who) {
    records.push_back(with(sample::claim(who), to_eleven));
  }
  records.push_back(to_bytes(sample::claim(1)));
  records.push_back(to_bytes(sample::reschedule(1, 100)));
  refused(records, Promise::capacity, "seats taken");
}

TEST_CASE("promise 4: one active booking per applicant and scope") {
  const auto again = [](auto& claim) {
    claim.applicant_lo = 2;
    claim.slot = sample::kTen.value;
  };
  refused({to_bytes(sample::claim(1)), with(sample::claim(2), again)}, Promise::applicant,
          "already has");
  refused({with(sample::claim(1), [](auto& claim) { claim.applicant_lo = 0; })}, Promise::applicant,
          "nobody");
  // Another scope, no scope, and an ended booking are no obstacle.
  REQUIRE_FALSE(replay({to_bytes(sample::claim(1)), with(sample::claim(2),
                                                         [&](auto& claim) {
                                                           again(claim);
                                                           claim.scope = 2;
                                                         })})
                    .verdict);
  REQUIRE_FALSE(replay({to_bytes(sample::claim(1)), with(sample::claim(2),
                                                         [&](auto& claim) {
                                                           again(claim);
                                                           claim.scope = 0;
                                                         })})
                    .verdict);
  REQUIRE_FALSE(replay({to_bytes(sample::claim(1)), to_bytes(sample::cancel(1, 100)),
                        with(sample::claim(2), again)})
                    .verdict);
}

TEST_CASE("promise 5: an operation id never acts twice while its booking keeps its place") {
  const auto same = [](auto& record) { record.operation_lo = 2; };
  refused({to_bytes(sample::claim(1)), with(sample::claim(2), same)}, Promise::operation,
          "already acted at LSN 4");
  refused({to_bytes(sample::claim(1)), with(sample::confirm(1, 0), same)}, Promise::operation,
          "already acted");
  refused(
      {to_bytes(sample::claim(1)), to_bytes(sample::confirm(1, 9)), to_bytes(sample::cancel(1, 9))},
      Promise::operation, "already acted at LSN 5");
  refused(
      {to_bytes(sample::claim(1)), to_bytes(sample::cancel(1, 100)), with(sample::claim(2), same)},
      Promise::operation, "already acted");
  refused({to_bytes(sample::claim(1)), to_bytes(sample::free_place(1))}, Promise::operation,
          "freed while held");
  // Without an id there is no such protection; a freed place's ids are forgotten.
  const auto none = [](auto& record) { record.operation_lo = 0; };
  REQUIRE_FALSE(replay({with(sample::claim(1), none), with(sample::claim(2), none)}).verdict);
  REQUIRE_FALSE(replay({to_bytes(sample::claim(1)), to_bytes(sample::cancel(1, 100)),
                        to_bytes(sample::free_place(1)), with(sample::claim(2), same)})
                    .verdict);
}

TEST_CASE("promise 6: a hold ends at its deadline, neither sooner nor later") {
  const auto at = [](std::int64_t decided_ms) {
    return [decided_ms](auto& record) { record.decided_ms = decided_ms; };
  };
  refused({to_bytes(sample::claim(1)), with(sample::expire(1), at(2999))}, Promise::deadline,
          "its deadline is 3000");
  refused({to_bytes(sample::claim(1)), with(sample::confirm(1, 100), at(3000))}, Promise::deadline,
          "its deadline was 3000");
  refused({to_bytes(sample::claim(1)), with(sample::cancel(1, 100), at(3000))}, Promise::deadline,
          "its deadline was 3000");
  refused({to_bytes(sample::claim(1)), with(sample::confirm(1, 100), at(1999))}, Promise::deadline,
          "last changed at 2000");
  refused({with(sample::claim(1), [](auto& claim) { claim.deadline_ms = 2000; })},
          Promise::deadline, "no time at all");
  refused({with(sample::claim(1), at(999))}, Promise::deadline, "before its epoch");
  // A confirmed booking has no deadline any more.
  REQUIRE_FALSE(replay({to_bytes(sample::claim(1)), to_bytes(sample::confirm(1, 100)),
                        with(sample::cancel(1, 101), at(9000))})
                    .verdict);
}

TEST_CASE("promise 6: a restart moves deadlines later by its grace, never sooner") {
  const auto restart = [](std::int64_t ledger_ms) {
    return with(sample::epoch(2), [=](auto& epoch) { epoch.ledger_ms = ledger_ms; });
  };
  const auto at = [](std::int64_t decided_ms) {
    return [decided_ms](auto& record) { record.decided_ms = decided_ms; };
  };
  const auto later = replay({to_bytes(sample::claim(1)), restart(2950)});
  REQUIRE_FALSE(later.verdict);
  REQUIRE(later.model.find_booking(sample::id(1))->deadline_ms == 3050);
  const auto same = replay({to_bytes(sample::claim(1)), restart(2100)});
  REQUIRE(same.model.find_booking(sample::id(1))->deadline_ms == 3000);

  refused({to_bytes(sample::claim(1)), restart(2950), with(sample::expire(1), at(3049))},
          Promise::deadline, "its deadline is 3050");
  refused({to_bytes(sample::claim(1)), restart(1999)}, Promise::deadline, "ran back from 2000");
  refused({with(record::Tick{}, [](auto& tick) { tick.ledger_ms = 5000; }), restart(4999)},
          Promise::deadline, "ran back from 5000");
}

TEST_CASE("promise 7: LSNs are dense") {
  LedgerModel model;
  REQUIRE_FALSE(model.apply(Lsn{1}, to_bytes(sample::epoch())));
  for (const std::uint64_t lsn : {0U, 1U, 3U}) {
    const Finding verdict = model.apply(Lsn{lsn}, sample::lane());
    REQUIRE(verdict);
    REQUIRE(verdict->promise == Promise::order);
  }
  REQUIRE_FALSE(model.apply(Lsn{2}, sample::lane()));
}

TEST_CASE("promise 8: ids are unique for ever and made under their epoch") {
  refused({to_bytes(sample::claim(1)), to_bytes(sample::cancel(1, 100)),
           to_bytes(sample::free_place(1)), to_bytes(sample::claim(1))},
          Promise::state, "was given out before");
  refused({to_bytes(sample::claim(1)),
           with(sample::claim(2), [](auto& claim) { claim.booking = sample::id(1, 1).value; })},
          Promise::state, "still keeps");
  refused({with(sample::claim(1),
                [](auto& claim) {
                  claim.booking = record::make_booking_id(1, 0, sample::kEpochRandom ^ 1).value;
                })},
          Promise::state, "another epoch");
  refused({with(sample::claim(0), [](auto& claim) { claim.booking = 0; })}, Promise::state,
          "names nothing");
}

TEST_CASE("promise 8: bookings change only along the edges of their life") {
  const Bytes claim = to_bytes(sample::claim(1));
  const Bytes confirm = to_bytes(sample::confirm(1, 100));
  const Bytes cancel = to_bytes(sample::cancel(1, 101));
  const Bytes expire = to_bytes(sample::expire(1));
  const Bytes again = to_bytes(sample::confirm(1, 102));
  const Bytes once_more = to_bytes(sample::cancel(1, 103));
  refused({confirm}, Promise::state, "there is no booking");
  refused({claim, confirm, again}, Promise::state, "confirmed while confirmed");
  refused({claim, cancel, again}, Promise::state, "confirmed while cancelled");
  refused({claim, cancel, once_more}, Promise::state, "cancelled while cancelled");
  refused({claim, confirm, expire}, Promise::state, "expires while confirmed");
  refused({claim, expire, with(sample::cancel(1, 101), [](auto& r) { r.decided_ms = 3001; })},
          Promise::state, "cancelled while expired");
  refused({claim, expire, expire}, Promise::state, "expires while expired");
  refused({to_bytes(sample::free_place(1))}, Promise::state, "there is no booking");
  const Bytes move = to_bytes(sample::reschedule(1, 104));
  refused({move}, Promise::state, "there is no booking");
  refused({claim, cancel, move}, Promise::state, "moved while cancelled");
  refused({claim, move, with(sample::reschedule(1, 105), [](auto&) {})}, Promise::state,
          "but it is in");
  refused({claim, with(sample::reschedule(1, 104), [](auto& r) { r.slot = r.from; })},
          Promise::state, "to where it is");
  refused({claim, with(sample::reschedule(1, 104), [](auto& r) { r.slot = 77; })}, Promise::state,
          "isn't of an open day");
  refused({claim, with(sample::reschedule(1, 104), [](auto& r) { r.decided_ms = 3000; })},
          Promise::deadline, "its deadline was");
  refused({claim, move, with(sample::cancel(1, 104), [](auto&) {})}, Promise::operation,
          "already acted");
}

TEST_CASE("promise 8: lanes, days and epochs come once and in order") {
  const Bytes slots = day_record(0, 20001, {{540, 60, 2, 0}});
  refused({sample::lane()}, Promise::state, "already is");
  refused({lane_record(1, "office/passport/general")}, Promise::state, "already has a number");
  refused({lane_record(2, "x")}, Promise::state, "than the next");
  refused({lane_record(kMaxLanes, "x")}, Promise::form, "out of range");
  refused({sample::day()}, Promise::state, "was opened before");
  refused({day_record(1, 20001, {})}, Promise::state, "has no number yet");
  refused({day_record(0, 20001, {{540, 60, 2, 0}, {599, 60, 2, 0}})}, Promise::form,
          "out of order");
  refused({day_record(0, 20001, {{540, 60, 0, 0}})}, Promise::form, "no capacity");
  refused({to_bytes(sample::epoch(1))}, Promise::state, "epoch 1 follows epoch 1");
  refused({to_bytes(sample::epoch(3))}, Promise::state, "epoch 3 follows epoch 1");
  refused({with(sample::epoch(2), [](auto& e) { e.random = 1U << record::kEpochBits; })},
          Promise::form, "too wide");
  refused({with(sample::epoch(2), [](auto& e) { e.grace_ms = -1; })}, Promise::deadline,
          "negative");
  refused({lane_record(1, "")}, Promise::form, "1 to 200 bytes");
  REQUIRE_FALSE(replay({slots, to_bytes(sample::epoch(2)), lane_record(1, "y")}).verdict);

  LedgerModel model;
  REQUIRE(model.apply(Lsn{1}, sample::lane())->words == "no epoch was begun before it");
}

TEST_CASE("promise 8: only a finished day is archived, and it doesn't come back by itself") {
  record::Archive archive{};
  archive.lane = sample::kLane.value;
  archive.day = sample::kDay.value;
  const Bytes archived = to_bytes(archive);
  refused({to_bytes(sample::claim(1)), archived}, Promise::state, "is held in slot");
  refused({archived, archived}, Promise::state, "isn't open");
  refused({archived, sample::day()}, Promise::state, "was archived under this opening");
  REQUIRE_FALSE(replay({archived, to_bytes(sample::epoch(2)), sample::day()}).verdict);
  refused({archived, to_bytes(sample::claim(1))}, Promise::state, "isn't of an open day");
  // An ended booking is one as long as it has its place.
  const Bytes claimed = to_bytes(sample::claim(1)), expired = to_bytes(sample::expire(1));
  refused({claimed, expired, archived}, Promise::state, "is expired in slot");
  REQUIRE_FALSE(replay({claimed, expired, to_bytes(sample::free_place(1)), archived}).verdict);
}

TEST_CASE("malformed records are told from illegal ones") {
  Bytes shorter = to_bytes(sample::claim(1));
  shorter.pop_back();
  refused({shorter}, Promise::form, "95 bytes");
  Bytes unknown = to_bytes(sample::claim(1));
  unknown[0] = std::byte{99};
  refused({unknown}, Promise::form, "no record type 99");
  refused({Bytes(4)}, Promise::form, "can't have 4 bytes");
  Bytes flags = to_bytes(sample::claim(1));
  flags[1] = std::byte{1};
  refused({flags}, Promise::form, "flags");
  Bytes padding = lane_record(1, "abc");
  padding.back() = std::byte{1};
  refused({padding}, Promise::form, "padding");
  refused({with(sample::claim(1), [](auto& claim) { claim.category = 3; })}, Promise::form,
          "category");
  refused({to_bytes(sample::claim(1)),
           with(sample::confirm(1, 100), [](auto& confirm) { confirm.details_size = 4097; })},
          Promise::form, "4097 bytes");
  refused({to_bytes(sample::claim(1)),
           with(sample::confirm(1, 100), [](auto& confirm) { confirm.details_hash = 1; })},
          Promise::form, "details of 0 bytes");
  refused({with(sample::claim(1), [](auto& claim) { claim.slot = 5; })}, Promise::state,
          "isn't of an open day");
}

TEST_CASE("the model's words name the place and the promise") {
  const Outcome outcome =
      replay({to_bytes(sample::claim(1)), to_bytes(sample::claim(2)), to_bytes(sample::claim(3))});
  REQUIRE(to_string(outcome.verdict.value()) ==
          "LSN 6 breaks promise 1: slot 0/20000/540 would have 3 of 2 seats taken");
}

}  // namespace
