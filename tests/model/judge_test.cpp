// The judge, on small diaries made by hand: each lie is told once.
#include "model/judge.hpp"

#include <catch2/catch.hpp>

#include <janji/catalogue.hpp>

#include "model/stream.hpp"

namespace {

using namespace janji;
using namespace janji::model;

// LSNs 4 and 5 fill nine o'clock, 6 confirms the first booking, 7 cancels the second.
class Court {
 public:
  Court() : judge_(commits_) {
    std::vector<model::Bytes> records = sample::opening();
    records.push_back(model::to_bytes(claim(1)));
    records.push_back(model::to_bytes(claim(2)));
    records.push_back(model::to_bytes(sample::confirm(1, 100)));
    records.push_back(model::to_bytes(sample::cancel(2, 101)));
    model::LedgerModel ledger;
    std::uint64_t lsn = 0;
    for (const model::Bytes& record : records) {
      REQUIRE_FALSE(ledger.apply(Lsn{++lsn}, record));
      judge_.note(Lsn{lsn}, record, ledger);
      commits_.on_progress({Lsn{lsn}, lsn, false});
    }
  }

  std::string hear(const Call& call) {
    calls_.push_back(std::make_unique<Call>(call));
    return judge_.hear(*calls_.back());
  }
  std::string conclude() { return judge_.conclude(); }

  // The calls that made the journal, one after the other.
  static Call granted(Kind kind, std::uint64_t lsn, std::uint64_t operation, std::uint32_t who) {
    Call call;
    call.kind = kind;
    call.called_ns = static_cast<std::int64_t>(lsn * 10);
    call.returned_ns = call.called_ns + 5;
    call.durable_before = call.durable_after = Lsn{lsn - 1};
    call.operation = {0, operation};
    call.booking = sample::id(who);
    call.claim.slot = sample::kNine;
    call.decision.verdict = Verdict::granted;
    call.decision.booking = sample::id(who);
    call.decision.lsn = Lsn{lsn};
    return call;
  }
  static Call refused(Kind kind, Code code, std::uint64_t low, std::uint64_t high) {
    Call call = granted(kind, low + 1, 999, 1);
    call.called_ns = 1'000'000;
    call.returned_ns = 1'000'001;
    call.durable_before = Lsn{low};
    call.durable_after = Lsn{high - 1};
    call.claim.applicant = {0, 3};  // that of booking 2
    call.claim.seats = 1;
    call.decision = Decision{Verdict::refused, code, false, {}, {}, 0};
    return call;
  }
  void hear_all_that_was_granted() {
    REQUIRE(hear(granted(Kind::claim, 4, 2, 1)) == "");
    REQUIRE(hear(granted(Kind::claim, 5, 3, 2)) == "");
    REQUIRE(hear(granted(Kind::confirm, 6, 100, 1)) == "");
    REQUIRE(hear(granted(Kind::cancel, 7, 101, 2)) == "");
  }

 private:
  static record::Claim claim(std::uint32_t who) {
    record::Claim claim = sample::claim(who);
    claim.scope = scope_id("person").value;
    return claim;
  }

  CommitPoints commits_;
  Judge judge_;
  std::vector<std::unique_ptr<Call>> calls_;
};

TEST_CASE("a true diary is believed") {
  Court court;
  court.hear_all_that_was_granted();
  REQUIRE(court.conclude() == "");
}

TEST_CASE("a grant must be in the journal, under its LSN, as it was asked for") {
  Court court;
  const auto lie = [&](auto change) {
    Call call = Court::granted(Kind::claim, 4, 2, 1);
    change(call);
    return court.hear(call);
  };
  REQUIRE(lie([](Call& call) { call.decision.lsn = Lsn{99}; }) != "");
  REQUIRE(lie([](Call& call) { call.decision.lsn = Lsn{5}; }) != "");
  REQUIRE(lie([](Call& call) { call.decision.booking = sample::id(2); }) != "");
  REQUIRE(lie([](Call& call) { call.operation = {0, 77}; }) != "");
  REQUIRE(lie([](Call& call) { call.claim.slot = sample::kTen; }) != "");
  REQUIRE(lie([](Call& call) {
            call.claim.slot = {};
            call.claim.first_day = call.claim.last_day = Day{sample::kDay.value + 1};
          }) != "");
  Call confirm = Court::granted(Kind::confirm, 6, 100, 1);
  confirm.booking = sample::id(2);
  REQUIRE(court.hear(confirm) != "");
}

TEST_CASE("a replay must return what the same id did") {
  Court court;
  Call call = Court::granted(Kind::claim, 4, 2, 1);
  call.decision.replayed = true;
  REQUIRE(court.hear(call) == "");
  call.decision.booking = sample::id(2);
  REQUIRE(court.hear(call) != "");
  call.decision.booking = sample::id(1);
  call.decision.lsn = Lsn{3};  // acknowledged before the booking was durable
  REQUIRE(court.hear(call) != "");
  call.decision.lsn = Lsn{4};
  call.kind = Kind::confirm;
  REQUIRE(court.hear(call) != "");
}

TEST_CASE("a refusal must have been true at some moment of its call") {
  Court court;
  const auto said = [&](Kind kind, Code code, std::uint64_t low, std::uint64_t high) {
    return court.hear(Court::refused(kind, code, low, high));
  };
  REQUIRE(said(Kind::claim, Code::slot_full, 3, 5) == "");
  REQUIRE(said(Kind::claim, Code::slot_full, 3, 4) != "");
  REQUIRE(said(Kind::claim, Code::slot_full, 7, 7) != "");  // hazard 5: it was given back
  REQUIRE(said(Kind::claim, Code::already_booked, 4, 5) == "");
  REQUIRE(said(Kind::claim, Code::already_booked, 3, 4) != "");
  REQUIRE(said(Kind::claim, Code::already_booked, 7, 7) != "");
  REQUIRE(said(Kind::claim, Code::closed, 3, 7) != "");
  REQUIRE(said(Kind::claim, Code::operation_mismatch, 3, 7) != "");
  REQUIRE(said(Kind::confirm, Code::illegal_transition, 5, 6) == "");
  REQUIRE(said(Kind::confirm, Code::illegal_transition, 4, 5) != "");
  REQUIRE(said(Kind::cancel, Code::illegal_transition, 3, 7) != "");
  REQUIRE(said(Kind::cancel, Code::hold_expired, 3, 7) != "");
  REQUIRE(said(Kind::cancel, Code::booking_not_found, 3, 7) == "");
  REQUIRE(said(Kind::cancel, Code::booking_not_found, 4, 7) != "");
  REQUIRE(said(Kind::cancel, Code::retry, 4, 7) == "");

  Call mismatch = Court::refused(Kind::claim, Code::operation_mismatch, 3, 4);
  mismatch.operation = {0, 2};
  REQUIRE(court.hear(mismatch) == "");
}

TEST_CASE("a range is full only when all of it was") {
  Court court;
  Call call = Court::refused(Kind::claim, Code::slot_full, 3, 7);
  call.claim.slot = {};
  call.claim.lane = sample::kLane;
  call.claim.first_day = call.claim.last_day = sample::kDay;
  REQUIRE(court.hear(call) != "");
  call.claim.seats = 3;
  REQUIRE(court.hear(call) == "");
}

TEST_CASE("whoever was granted isn't refused when asking again") {
  Court court;
  court.hear_all_that_was_granted();
  Call again = Court::refused(Kind::claim, Code::slot_full, 3, 5);
  again.operation = {0, 2};
  REQUIRE(court.hear(again) == "");  // it was full, but:
  REQUIRE(court.conclude().find("the same id had been granted at LSN 4") != std::string::npos);
}

TEST_CASE("the very request that was granted is no other") {
  Court court;
  court.hear_all_that_was_granted();
  Call again = Court::refused(Kind::confirm, Code::operation_mismatch, 7, 8);
  again.operation = {0, 100};
  SECTION("it is another") {
    again.payload = 1;
    REQUIRE(court.hear(again) == "");
    REQUIRE(court.conclude() == "");
  }
  SECTION("it is the same") {
    REQUIRE(court.hear(again) == "");
    REQUIRE(court.conclude().find("the very request") != std::string::npos);
  }
  SECTION("another claim") {
    again = Court::refused(Kind::claim, Code::operation_mismatch, 7, 8);
    again.operation = {0, 2};
    REQUIRE(court.hear(again) == "");
    REQUIRE(court.conclude() == "");
  }
  SECTION("the same claim") {
    again = Court::granted(Kind::claim, 4, 2, 1);
    again.decision = Decision{Verdict::refused, Code::operation_mismatch, false, {}, {}, 0};
    REQUIRE(court.hear(again) == "");
    REQUIRE(court.conclude().find("the very request") != std::string::npos);
  }
}

TEST_CASE("records that nobody was told of, and LSNs out of order, are found") {
  Court court;
  REQUIRE(court.hear(Court::granted(Kind::claim, 4, 2, 1)) == "");
  REQUIRE(court.conclude().find("4 records, but 1 calls") != std::string::npos);

  Court other;
  Call late = Court::granted(Kind::claim, 4, 2, 1);
  late.called_ns = 2'000'000;
  late.returned_ns = 2'000'001;
  REQUIRE(other.hear(late) == "");
  REQUIRE(other.hear(Court::granted(Kind::claim, 5, 3, 2)) == "");
  REQUIRE(other.conclude().find("breaks promise 7") != std::string::npos);
}

TEST_CASE("a booking is only found in states that it had") {
  Court court;
  Call call = Court::granted(Kind::find, 5, 0, 1);
  call.decision = {};
  const record::Claim claim = sample::claim(1);
  call.found.id = sample::id(1);
  call.found.slot = SlotKey{claim.slot};
  call.found.applicant = {claim.applicant_hi, claim.applicant_lo};
  call.found.seats = claim.seats;
  call.found.version = 1;
  call.found.state = BookingState::held;
  call.found.lsn = Lsn{4};
  REQUIRE(court.hear(call) == "");
  const auto torn = [&](auto change) {
    Call other = call;
    change(other.found);
    return court.hear(other);
  };
  REQUIRE(torn([](Booking& found) { found.slot = sample::kTen; }) != "");
  REQUIRE(torn([](Booking& found) { ++found.applicant.lo; }) != "");
  REQUIRE(torn([](Booking& found) { ++found.seats; }) != "");
  REQUIRE(torn([](Booking& found) { ++found.version; }) != "");
  Call late = call;  // the confirm was durable before it was looked for
  late.durable_before = late.durable_after = Lsn{7};
  REQUIRE(court.hear(late) != "");
  call.found.lsn = Lsn{6};
  REQUIRE(court.hear(call) != "");
  call.found.state = BookingState::confirmed;
  REQUIRE(court.hear(call) != "");
  call.found.version = 2;
  REQUIRE(court.hear(call) == "");
  call.found.id = sample::id(2);
  REQUIRE(court.hear(call) != "");
  call.decision.code = Code::booking_not_found;
  REQUIRE(court.hear(call) != "");
}

}  // namespace
