// Which holds fall due when.
#pragma once

#include <cstdint>
#include <vector>

#include <janji/types.hpp>

#include "ledger/place_links.hpp"

namespace janji::ledger {

// Problem: find the holds whose deadline has passed, among millions, without touching the others.
// Operation: one list of places per second of ledger time, in a ring of kSeconds; a place goes into
// the list of its deadline's second. What lies further ahead than the ring is met early and put
// back. A place stays until its second is swept, whatever became of its booking: the sweep unlinks
// first and inspects then.
// Concurrency: the writer's thread only: it links a hold when it gives back its claim's block.
// Limits: a place once.
class ExpiryWheel {
 public:
  static constexpr std::int64_t kSeconds = 4096;

  explicit ExpiryWheel(PlaceLinks& links) : links_(links), heads_(kSeconds, PlaceLinks::kEnd) {}

  // The first second that has not been swept. Before serving.
  void start_at(LedgerTime now) noexcept { sweeping_ = now.value / 1000; }

  void link(Place place, std::int64_t deadline_ms) noexcept {
    std::int64_t second = deadline_ms / 1000;
    if (second < sweeping_) second = sweeping_;
    if (second >= sweeping_ + kSeconds) second = sweeping_ + kSeconds - 1;
    Place& head = heads_[static_cast<std::size_t>(second % kSeconds)];
    links_.link(place, head);
    head = place;
    ++linked_;
  }
  std::uint64_t linked() const noexcept { return linked_; }

  // Unlinks the next place whose second is over at `now`. False: none is.
  bool pop_due(LedgerTime now, Place& place) noexcept {
    const std::int64_t current = now.value / 1000;
    while (sweeping_ < current) {
      // Once round at most, however far the clock leapt.
      if (linked_ == 0) {
        sweeping_ = current;
        break;
      }
      Place& head = heads_[static_cast<std::size_t>(sweeping_ % kSeconds)];
      if (head == PlaceLinks::kEnd) {
        ++sweeping_;
        continue;
      }
      JANJI_CHECK(linked_ > 0);
      place = head;
      head = links_.unlink(place);
      --linked_;
      return true;
    }
    return false;
  }

 private:
  PlaceLinks& links_;
  std::vector<Place> heads_;
  std::int64_t sweeping_{0};
  std::uint64_t linked_{0};
};

}  // namespace janji::ledger
