// Which ended bookings may be freed when.
#pragma once

#include <cstdint>
#include <vector>

#include <janji/types.hpp>

#include "ledger/place_links.hpp"

namespace janji::ledger {

// Problem: keep ended bookings for as long as they answer replays, in the order in which they
// ended, without a time for each.
// Operation: one list of places, and marks: up to which of them the bookings had ended at which
// second. A mark spans a part of the retention, and is dated with its end, so nothing is freed
// early, and nothing more than that part and a second late.
// Concurrency: the writer's thread only.
// Limits: a place once; kMarksMax marks of 16 bytes. What comes when all are in use counts as the
// newest one's.
class RetentionQueue {
 public:
  static constexpr std::size_t kMarksMax = std::size_t{1} << 16;

  RetentionQueue(PlaceLinks& links, std::int64_t retention_ms)
      : links_(links),
        retention_ms_(retention_ms),
        span_s_(retention_ms / 1000 / (static_cast<std::int64_t>(kMarksMax) / 2) + 1),
        marks_(kMarksMax) {}

  // `place` stands in no list. Ends come about in order; one that is late counts as the last.
  void push(Place place, LedgerTime ended) noexcept {
    links_.link(place, PlaceLinks::kEnd);
    if (empty()) {
      head_ = place;
    } else {
      links_.append(tail_, place);
    }
    tail_ = place;
    const std::int64_t spans = (ended.value / 1000 + span_s_ - 1) / span_s_;
    const std::int64_t ended_s = spans * span_s_;
    if (count_ != 0 && (newest().ended_s >= ended_s || count_ == kMarksMax)) {
      if (newest().ended_s < ended_s) newest().ended_s = ended_s;
    } else {
      ++count_;
      newest().ended_s = ended_s;
    }
    newest().last = place;
  }

  // Takes the oldest if it ended at least the retention before `now`. False: none did.
  bool pop_due(LedgerTime now, Place& place) noexcept {
    if (empty()) return false;
    const Mark& oldest = marks_[first_];
    // The second itself is over.
    if ((oldest.ended_s + 1) * 1000 + retention_ms_ > now.value) return false;
    place = head_;
    head_ = links_.unlink(place);
    // The last place of all marks is the last one of the list.
    JANJI_CHECK((head_ == PlaceLinks::kEnd) == (count_ == 1 && place == oldest.last));
    if (place == oldest.last) {
      first_ = (first_ + 1) % kMarksMax;
      --count_;
    }
    return true;
  }
  bool empty() const noexcept { return count_ == 0; }

 private:
  struct Mark {
    std::int64_t ended_s;
    Place last;
  };
  Mark& newest() noexcept { return marks_[(first_ + count_ - 1) % kMarksMax]; }

  PlaceLinks& links_;
  const std::int64_t retention_ms_;
  const std::int64_t span_s_;
  Place head_{PlaceLinks::kEnd}, tail_{PlaceLinks::kEnd};
  std::vector<Mark> marks_;  // a ring
  std::size_t first_{0}, count_{0};
};

}  // namespace janji::ledger
