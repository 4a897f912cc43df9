// Details that are erased while others look at them, or want the same.
#include <array>

#include "scenes/house.hpp"
#include "scenes/scenes.hpp"

namespace janji::interleavings {

namespace {

// Applicant 1's booking, confirmed with details, and cancelled by one of those who are about.
class DetailsErased final : public House {
 public:
  DetailsErased() : House(3, {.capacity = 1, .bookings = 2}) {
    booking_ = held(1, slot(0), 101);
    const std::array<std::byte, 3> details{std::byte{1}, std::byte{2}, std::byte{3}};
    require(confirm(booking_, 111, details).verdict == Verdict::granted, "nobody is in the way");
    round();
    const Decision cancelled = cancel(booking_, 121);
    require(cancelled.verdict == Verdict::granted, "nobody is in the way");
    cancelled_ = cancelled.lsn;
    round();
  }

 private:
  void call(std::size_t caller) override {
    if (caller == 3) {
      for (int looks = 0; looks < 2; ++looks) {
        const auto at = ledger().details_at(booking_);
        require(at.ok() || at.code() == Code::details_erased || at.code() == Code::retry,
                "an answer that nothing explains");
        const auto seen = ledger().find(booking_);
        if (!seen.ok()) continue;
        require(seen->details_erased == (seen->version == 4) &&
                    (seen->details_size == 0) == seen->details_erased,
                "half erased");
        require((seen->lsn == cancelled_) == (seen->version == 3), "a torn LSN");
      }
      return;
    }
    const Decision decision = erase(booking_);
    if (decision.verdict != Verdict::granted) {
      require(decision.code == Code::retry, "an answer that nothing explains");
      return;
    }
    wait_durable(decision);
    const auto at = ledger().details_at(booking_);
    require(at.code() == Code::details_erased, "told that they are erased, and they are there");
  }

  BookingId booking_{};
  Lsn cancelled_{};
};

}  // namespace

std::unique_ptr<Scene> details_erased() {
  return std::make_unique<DetailsErased>();
}

}  // namespace janji::interleavings
