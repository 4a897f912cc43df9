// The callers' loop, the same for every contestant that answers at once.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "contestant.hpp"

namespace janji::bench {

inline constexpr std::size_t kAheadMax = 32;

// `House` has try_claim, try_cancel, prepare as the engine has, wait(round) and
// wait_for_room(last): until the next commit is through, where `last` is the caller's last LSN.
template <class House, class Request, class Try>
Decision until_decided(House& house, Tally& tally, bool wait_for_seats, Lsn& last,
                       const Request& request, Try&& attempt) {
  Patience patience;
  for (;;) {
    const Decision decision = attempt(request, patience);
    if (decision.verdict == Verdict::wait) {
      ++tally.waits;
      house.wait(decision.round);
    } else if (decision.verdict == Verdict::refused &&
               (decision.code == Code::overloaded || decision.code == Code::retry ||
                (wait_for_seats && decision.code == Code::slot_full))) {
      ++tally.overloads;
      patience = Patience{};
      house.wait_for_room(last);
    } else {
      if (decision.verdict == Verdict::granted) last = decision.lsn;
      return decision;
    }
  }
}

template <class House>
void drive(House& house, const Stretch& stretch, Tally& tally) {
  const Script& script = *stretch.script;
  const auto ahead = static_cast<std::uint64_t>(stretch.ahead);
  std::array<ClaimRequest, kAheadMax> coming;
  for (std::uint64_t i = 0; i < ahead; ++i) {
    script.make(stretch.thread, stretch.from + i, coming[i]);
    house.prepare(coming[i]);
  }
  Lsn last;
  std::vector<BookingId> live(stretch.cancelled);
  const auto cancel = [&](std::uint64_t k) {
    BookingId& booking = live[k % stretch.cancelled];
    if (booking.value == 0) return;
    CancelRequest request;
    request.booking = booking;
    request.operation = {booking.value, 0};  // a booking is cancelled once
    const Decision decision = until_decided(
        house, tally, false, last, request,
        [&](const CancelRequest& r, Patience& patience) { return house.try_cancel(r, patience); });
    if (decision.verdict != Verdict::granted) tally.count(decision);
    booking = BookingId{};
  };
  for (std::uint64_t k = stretch.from; k < stretch.from + stretch.count; ++k) {
    ClaimRequest request;
    if (ahead == 0) {
      script.make(stretch.thread, k, request);
    } else {
      ClaimRequest& next = coming[(k - stretch.from) % ahead];
      request = next;
      script.make(stretch.thread, k + ahead, next);
      house.prepare(next);
    }
    if (stretch.cancelled != 0) cancel(k);
    const Decision decision = until_decided(
        house, tally, stretch.cancelled != 0, last, request,
        [&](const ClaimRequest& r, Patience& patience) { return house.try_claim(r, patience); });
    tally.count(decision);
    if (stretch.cancelled != 0) {
      live[k % stretch.cancelled] =
          decision.verdict == Verdict::granted ? decision.booking : BookingId{};
    }
  }
  if (stretch.cancelled == 0) return;
  for (std::uint64_t i = 0; i < stretch.cancelled; ++i) cancel(stretch.from + stretch.count + i);
}

}  // namespace janji::bench
