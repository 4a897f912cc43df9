// A booking's place is freed and taken again, and readers see all ages of it.
#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

// Everything about the old booking and the new one is different, so that no part of one can pass
// for the other's. One thread does what the writer and a claimer do, so that a reader needs not be
// stopped for long: that it sees old values is enough.
class BookingReplaced final : public House {
 public:
  BookingReplaced() : House(2, {.capacity = 2, .bookings = 1}) { old_ = about_to_be_freed(); }
  void run(std::size_t thread) override {
    if (thread == 0) {
      replace();
    } else {
      call(thread);
    }
  }
  void finish() override {}

 private:
  void replace() {
    round();
    ClaimRequest request = claim_of(2, slot(1, 1), 201);
    request.seats = 2;
    request.category = Category::employer;
    Patience patience;
    const Decision made = ledger().try_claim(request, patience);
    if (made.verdict != Verdict::granted) return;  // the only place: somebody was faster
    new_.store(made.booking.value, std::memory_order_relaxed);
    set_now(7500);
    ConfirmRequest change;
    change.booking = made.booking;
    change.operation = id_of(202);
    change.details = details_;
    require(ledger().try_confirm(change, patience).verdict == Verdict::granted, "it is held");
    round();
  }

  void call(std::size_t caller) override {
    if (caller == 1) {
      for (int i = 0; i < 10; ++i) look_at_old();
      for (int i = 0; i < 3; ++i) look_at_new();
    } else {
      for (int i = 0; i < 3; ++i) ask_again();
    }
  }

  void look_at_old() {
    const Result<Booking> seen = ledger().find(old_);
    if (!seen.ok()) return;
    require(seen->state == BookingState::cancelled && seen->version == 2, "torn: state");
    require(seen->seats == 1 && seen->category == Category::citizen, "torn: seats or category");
    require(seen->slot == slot(0) && seen->scope == ScopeId{1}, "torn: slot or scope");
    require(seen->applicant.hi == 16 && seen->applicant.lo == 1, "torn: applicant");
    require(seen->lsn.value == 2, "torn: LSN");
    require(seen->confirmed_at.value == 0 && seen->details_size == 0, "torn: history");
    require(seen->created_at.value == civil(0) && seen->ended_at.value == civil(0), "torn: times");
  }
  void look_at_new() {
    const BookingId id{new_.load(std::memory_order_relaxed)};
    if (id.value == 0) return;
    const Result<Booking> seen = ledger().find(id);
    if (!seen.ok()) return;
    require(seen->seats == 2 && seen->category == Category::employer, "torn: seats or category");
    require(seen->slot == slot(1, 1) && seen->scope == ScopeId{2}, "torn: slot or scope");
    require(seen->applicant.hi == 32 && seen->applicant.lo == 2, "torn: applicant");
    require(seen->created_at.value == civil(7000), "torn: times");
    const bool held = seen->state == BookingState::held;
    require(held || seen->state == BookingState::confirmed, "torn: state");
    require(seen->lsn.value == (held ? 4 : 5), "torn: LSN");
    require(seen->version == (held ? 1 : 2), "torn: version");
    require(seen->deadline.value == (held ? 8000 : 0), "torn: deadline");
    require(seen->confirmed_at.value == (held ? 0 : civil(7500)), "torn: history");
    require(seen->details_size == (held ? 0 : sizeof details_), "torn: details");
  }
  // The old requests again: an answer about the old booking, or none.
  void ask_again() {
    Patience patience;
    const Decision claimed = ledger().try_claim(claim_of(1, slot(0), 101), patience);
    if (claimed.verdict == Verdict::granted && !claimed.replayed) {
      again_ = claimed.booking;  // the old one is forgotten: it is a request like others
    } else if (claimed.verdict == Verdict::granted) {
      require(claimed.booking == old_ || claimed.booking == again_,
              "the place's new booking in answer to the old request");
    }
    require(!claimed.replayed || claimed.booking != old_ || claimed.lsn.value == 2,
            "torn: LSN of the old answer");
    require(claimed.code != Code::operation_mismatch, "the old request taken for another");
    CancelRequest request;
    request.booking = old_;
    request.operation = id_of(102);
    const Decision cancelled = ledger().try_cancel(request, patience);
    require(
        cancelled.verdict != Verdict::granted || (cancelled.replayed && cancelled.lsn.value == 2),
        "cancelled twice, or torn");
    require(cancelled.code != Code::operation_mismatch, "the old request taken for another");
    // The new applicant's own: its booking is in the way, or not there yet.
    const Decision other = ledger().try_claim(claim_of(2, slot(0, 1), 301), patience);
    require(other.code != Code::already_booked || other.lsn.value >= 4,
            "refused for a booking of another one's");
  }

  BookingId old_;
  BookingId again_;  // of the thread that asks again
  std::atomic<std::uint64_t> new_{0};
  const std::array<std::byte, 3> details_{};
};

}  // namespace

std::unique_ptr<Scene> booking_replaced() {
  return std::make_unique<BookingReplaced>();
}

}  // namespace janji::interleavings
