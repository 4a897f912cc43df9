// Which holds fall due when, and which ended bookings may be freed when.
#pragma once

#include <cstdint>
#include <vector>

#include <janji/check.hpp>
#include <janji/types.hpp>

#include "base/region.hpp"
#include "record/booking_id.hpp"

namespace janji::ledger {

using record::Place;

// Problem: find the holds whose deadline has passed, among millions, without touching the others.
// Operation: one list of places per second of ledger time, in a ring of kSeconds; a place goes into
// the list of its deadline's second. What lies further ahead than the ring is met early and put
// back. A place stays until its second is swept, whatever became of its booking: the sweep unlinks
// first and inspects then.
// Concurrency: the writer's thread only: it links a hold when it gives back its claim's block.
// Limits: one entry a place; 4 bytes each.
class ExpiryWheel {
 public:
  static constexpr std::int64_t kSeconds = 4096;

  ExpiryWheel(std::uint32_t places, bool huge_pages)
      : next_(places, huge_pages), heads_(kSeconds, kEnd) {}

  // The first second that has not been swept. Before serving.
  void start_at(LedgerTime now) noexcept { sweeping_ = now.value / 1000; }

  void link(Place place, std::int64_t deadline_ms) noexcept {
    JANJI_CHECK((next_[place] & kLinked) == 0);
    std::int64_t second = deadline_ms / 1000;
    if (second < sweeping_) second = sweeping_;
    if (second >= sweeping_ + kSeconds) second = sweeping_ + kSeconds - 1;
    std::uint32_t& head = heads_[static_cast<std::size_t>(second % kSeconds)];
    next_[place] = head | kLinked;
    head = place;
    ++linked_;
  }
  bool is_linked(Place place) const noexcept { return (next_[place] & kLinked) != 0; }
  std::uint64_t linked() const noexcept { return linked_; }

  // Unlinks the next place whose second is over at `now`. False: none is.
  bool pop_due(LedgerTime now, Place& place) noexcept {
    const std::int64_t current = now.value / 1000;
    while (sweeping_ < current) {
      std::uint32_t& head = heads_[static_cast<std::size_t>(sweeping_ % kSeconds)];
      if (head == kEnd) {
        ++sweeping_;
        continue;
      }
      place = head;
      head = next_[place] & ~kLinked;
      next_[place] = 0;
      --linked_;
      return true;
    }
    return false;
  }

 private:
  static constexpr std::uint32_t kLinked = 1U << 31;
  static constexpr std::uint32_t kEnd = record::kNoPlace;

  base::Region<std::uint32_t> next_;
  std::vector<std::uint32_t> heads_;
  std::int64_t sweeping_{0};
  std::uint64_t linked_{0};
};

// Ended bookings in the order in which they ended, until their retention is over.
// Concurrency: the writer's thread only. Limits: one entry a place; 8 bytes each.
class RetentionQueue {
 public:
  RetentionQueue(std::uint32_t places, bool huge_pages) : ring_(places + 1, huge_pages) {}

  void push(Place place, LedgerTime ended) noexcept {
    ring_[tail_] = Entry{place, static_cast<std::uint32_t>(ended.value / 1000)};
    tail_ = next(tail_);
    JANJI_CHECK(tail_ != head_);
  }
  // Takes the oldest if it ended at least `retention_ms` before `now`. False: none did.
  bool pop_due(LedgerTime now, std::int64_t retention_ms, Place& place) noexcept {
    if (head_ == tail_) return false;
    // Rounded so that nothing is freed early.
    if ((std::int64_t{ring_[head_].ended_s} + 1) * 1000 + retention_ms > now.value) return false;
    place = ring_[head_].place;
    head_ = next(head_);
    return true;
  }
  bool empty() const noexcept { return head_ == tail_; }

 private:
  struct Entry {
    Place place;
    std::uint32_t ended_s;  // 136 years of ledger time
  };
  std::size_t next(std::size_t i) const noexcept { return i + 1 == ring_.size() ? 0 : i + 1; }

  base::Region<Entry> ring_;
  std::size_t head_{0}, tail_{0};
};

}  // namespace janji::ledger
