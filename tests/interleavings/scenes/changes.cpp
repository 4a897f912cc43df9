// Changes of one booking, and what readers see of them.
#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

// Where a booking's parts don't belong together, it was torn.
void require_whole(const Booking& seen, std::uint64_t applicant, SlotKey slot) {
  require(seen.applicant.lo == applicant && seen.slot == slot, "another booking's parts");
  // Claimed by the first record of all.
  require(seen.version == 1 ? seen.lsn.value == 1 : seen.lsn.value >= seen.version, "a torn LSN");
  switch (seen.state) {
    case BookingState::held:
      require(seen.version == 1 && seen.deadline.value == 1000 && seen.ended_at.value == 0 &&
                  seen.confirmed_at.value == 0,
              "a torn hold");
      break;
    case BookingState::confirmed:
      require(seen.version == 2 && seen.deadline.value == 0 && seen.ended_at.value == 0 &&
                  seen.confirmed_at.value != 0,
              "a torn confirmed booking");
      break;
    case BookingState::cancelled:
    case BookingState::expired:
      require(seen.version >= 2 && seen.ended_at.value != 0 && seen.deadline.value == 0,
              "a torn ended booking");
      require((seen.version == 3) == (seen.confirmed_at.value != 0), "a torn history");
      break;
    default: require(false, "a state that nothing leads to");
  }
}

class OneBookingChanged final : public House {
 public:
  OneBookingChanged() : House(3, {.capacity = 1, .bookings = 8}) {
    booking_ = held(1, slot(0), 101);
    start_at(500);
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision decision = confirm(booking_, 102);
      wait_durable(decision);
      if (decision.code == Code::illegal_transition) {
        require(audit().state(booking_) == BookingState::cancelled,
                "refused for a cancel that isn't in the journal");
      }
    } else if (caller == 2) {
      const Decision decision = cancel(booking_, 103);
      if (decision.verdict != Verdict::granted) return;
      wait_durable(decision);
      require(audit().state(booking_) == BookingState::cancelled,
              "cancelled, and the journal doesn't say so");
      look();
    } else {
      for (int i = 0; i < 4; ++i) look();
    }
  }
  void look() {
    const Result<Booking> seen = ledger().find(booking_);
    if (seen.ok()) {
      require_whole(*seen, 1, slot(0));
    } else {
      require(seen.error().code == Code::retry, "a live booking isn't found");
    }
  }

  BookingId booking_;
};

// Freed by the sweep and claimed by another applicant: there is one place only.
class PlaceUsedAgain final : public House {
 public:
  PlaceUsedAgain() : House(3, {.capacity = 1, .bookings = 1}) { booking_ = about_to_be_freed(); }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      for (int i = 0; i < 3; ++i) {
        const Decision decision = claim(claim_of(2, slot(1), 201));
        if (decision.verdict == Verdict::granted) return;
        const std::uint64_t round = rounds().next_round();
        rounds().wait_round(round, -1);
      }
    } else if (caller == 2) {
      look();
      look();
    } else {
      // The old request again: the old answer, or a new booking once that is forgotten.
      const Decision decision = claim(claim_of(1, slot(0), 101));
      if (decision.verdict != Verdict::granted) return;
      require(decision.replayed == (decision.booking == booking_), "the wrong answer again");
    }
  }
  void look() {
    const Result<Booking> seen = ledger().find(booking_);
    if (!seen.ok()) return;
    require(seen->state == BookingState::cancelled, "a freed booking lives again");
    require_whole(*seen, 1, slot(0));
  }

  BookingId booking_;
};

class HoldFallsDue final : public House {
 public:
  HoldFallsDue() : House(3, {.capacity = 1, .bookings = 8}) {
    booking_ = held(1, slot(0), 101);
    start_at(999);
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 1) {
      const Decision decision = confirm(booking_, 102);
      wait_durable(decision);
      const BookingState state = audit().state(booking_);
      if (decision.verdict == Verdict::granted) {
        require(state == BookingState::confirmed, "confirmed, and the journal says otherwise");
      } else if (decision.code == Code::hold_expired) {
        require(state == BookingState::expired || state == BookingState::none,
                "refused for an expiry that isn't in the journal");
      }
    } else if (caller == 2) {
      set_now(3000);
      rounds().wait_round(rounds().next_round(), -1);
    } else {
      claim(claim_of(2, slot(0), 201));
      for (int i = 0; i < 4; ++i) {
        if (const Result<Booking> seen = ledger().find(booking_); seen.ok()) {
          require_whole(*seen, 1, slot(0));
        }
      }
    }
  }

  BookingId booking_;
};

// Its deadline lies beyond the wheel: the sweep looks at it and puts it back.
class HoldMetEarly final : public House {
 public:
  HoldMetEarly() : House(3, {.capacity = 1, .bookings = 8, .hold_ms = kHoldMs}) {
    booking_ = held(1, slot(0), 101);
  }

 private:
  static constexpr std::int64_t kHoldMs = (ledger::ExpiryWheel::kSeconds + 2000) * 1000;

  void call(std::size_t caller) override {
    if (caller == 1) {
      set_now(ledger::ExpiryWheel::kSeconds * 1000);
      rounds().wait_round(rounds().next_round(), -1);
    } else if (caller == 2) {
      const Decision decision = confirm(booking_, 102);
      require(decision.verdict == Verdict::granted || decision.code == Code::retry,
              "a hold whose deadline hasn't come was refused");
    } else {
      for (int i = 0; i < 4; ++i) {
        const Result<Booking> seen = ledger().find(booking_);
        if (!seen.ok()) continue;
        require(seen->state == BookingState::held ? seen->deadline.value == kHoldMs
                                                  : seen->state == BookingState::confirmed,
                "a hold that was met early has changed");
      }
    }
  }

  BookingId booking_;
};

// Each says that it never used the id before; one of them is the first.
class OneIdForThree final : public House {
 public:
  OneIdForThree() : House(3, {.capacity = 2, .bookings = 8}) {
    first_ = held(1, slot(0));
    second_ = held(2, slot(0));
  }

 private:
  static constexpr std::uint64_t kShared = 50;

  void call(std::size_t caller) override {
    const Decision decision = caller == 1   ? confirm(first_, kShared)
                              : caller == 2 ? cancel(second_, kShared)
                                            : claim(claim_of(3, slot(1), kShared));
    if (decision.verdict == Verdict::granted) {
      require(!decision.replayed, "given what another request had");
      granted_.fetch_add(1, std::memory_order_relaxed);
    } else if (decision.code == Code::operation_mismatch) {
      wait_durable(decision);
      mismatched_.fetch_add(1, std::memory_order_relaxed);
    } else {
      require(decision.code == Code::retry, "an answer that nothing explains");
    }
  }
  void finish() override {
    House::finish();
    const std::uint32_t granted = granted_.load(std::memory_order_relaxed);
    require(granted <= 1, "one id, and two things done");
    require(granted == 1 || mismatched_.load(std::memory_order_relaxed) == 0,
            "refused for another request that was never granted");
  }

  BookingId first_, second_;
  std::atomic<std::uint32_t> granted_{0}, mismatched_{0};
};

class DetailsHandedRound final : public House {
 public:
  DetailsHandedRound() : House(3, {.capacity = 2, .bookings = 8}) {
    booking_[1] = held(1, slot(0), 101);
    booking_[2] = held(2, slot(0), 102);
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 3) {
      for (std::size_t i = 0; i < 4; ++i) {
        const BookingId seen = booking_[1 + i % 2];
        if (const auto at = ledger().details_at(seen); at.ok() && at->lsn.value != 0) {
          require(at->lsn.value > 2 && at->hash != 0, "details that nobody gave");
        }
      }
      return;
    }
    const std::array<std::byte, 3> details{std::byte(caller), std::byte(caller), std::byte(caller)};
    const Decision decision = confirm(booking_[caller], 110 + caller, details);
    if (decision.verdict != Verdict::granted) {
      require(decision.code == Code::retry, "an answer that nothing explains");
      return;
    }
    wait_durable(decision);
    const auto at = ledger().details_at(booking_[caller]);
    require(at.ok() && at->lsn == decision.lsn, "its details lie elsewhere");
  }

  std::array<BookingId, 3> booking_{};
};

}  // namespace

std::unique_ptr<Scene> hold_met_early() {
  return std::make_unique<HoldMetEarly>();
}
std::unique_ptr<Scene> one_id_for_three() {
  return std::make_unique<OneIdForThree>();
}
std::unique_ptr<Scene> details_handed_round() {
  return std::make_unique<DetailsHandedRound>();
}
std::unique_ptr<Scene> one_booking_changed() {
  return std::make_unique<OneBookingChanged>();
}
std::unique_ptr<Scene> place_used_again() {
  return std::make_unique<PlaceUsedAgain>();
}
std::unique_ptr<Scene> hold_falls_due() {
  return std::make_unique<HoldFallsDue>();
}

}  // namespace janji::interleavings
