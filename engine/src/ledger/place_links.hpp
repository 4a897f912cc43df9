// One link for each place, so that a place can stand in one list at a time.
#pragma once

#include <cstdint>

#include <janji/check.hpp>

#include "base/region.hpp"
#include "base/stock.hpp"
#include "record/booking_id.hpp"

namespace janji::ledger {

using record::Place;

// Problem: a booking waits for its deadline and, once it has ended, for the end of its retention;
// then its place is free and lies in a magazine. Never more than one of these at a time, so the
// lists of all three share their links: 4 bytes a place. Concurrency: the writer's thread only, but
// for the links of a magazine's places, which belong to whoever has the magazine.
class PlaceLinks {
 public:
  static constexpr Place kEnd = record::kNoPlace;

  PlaceLinks(std::uint32_t places, bool huge_pages) : next_(places, huge_pages) {}

  bool linked(Place place) const noexcept { return (next_[place] & kLinked) != 0; }

  // Puts a place that stands in no list in front of `next`, or at the end.
  void link(Place place, Place next) noexcept {
    JANJI_CHECK(!linked(place));
    next_[place] = next | kLinked;
  }
  // Puts `place`, linked already, behind `last`, which was the end of its list.
  void append(Place last, Place place) noexcept {
    JANJI_CHECK(next_[last] == (kEnd | kLinked));
    next_[last] = place | kLinked;
  }
  // Takes the head of a list out of it. Returns what stands behind it.
  Place unlink(Place head) noexcept {
    JANJI_CHECK(linked(head));
    const Place next = next_[head] & ~kLinked;
    next_[head] = 0;
    return next;
  }

  // In a magazine, where the place stands in no list: what comes behind it, ended by Stock::kNone.
  void set_free_next(Place place, std::uint32_t next) noexcept { next_[place] = next & ~kLinked; }
  std::uint32_t free_next(Place place) const noexcept {
    return next_[place] == (base::Stock::kNone & ~kLinked) ? base::Stock::kNone : next_[place];
  }

 private:
  static constexpr std::uint32_t kLinked = 1U << 31;
  static_assert(record::kPlaceBits < 31);

  base::Region<std::uint32_t> next_;
};

}  // namespace janji::ledger
