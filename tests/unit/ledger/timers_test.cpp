#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "ledger/expiry_wheel.hpp"
#include "ledger/retention_queue.hpp"

using namespace janji;
using ledger::ExpiryWheel;
using ledger::Place;
using ledger::PlaceLinks;
using ledger::RetentionQueue;

TEST_CASE("the wheel gives each place once, after its second is over and before the next is") {
  PlaceLinks links(1000, false);
  ExpiryWheel wheel(links);
  wheel.start_at(LedgerTime{5'000'000});
  std::mt19937_64 random(2);
  std::map<Place, std::int64_t> due;
  for (Place place = 0; place < 1000; ++place) {
    due[place] = 5'000'000 + static_cast<std::int64_t>(random() % 600'000);
    wheel.link(place, due[place]);
  }
  CHECK(wheel.linked() == 1000);
  for (std::int64_t now = 5'000'000; now <= 5'602'000; now += 250) {
    Place place = 0;
    while (wheel.pop_due(LedgerTime{now}, place)) {
      REQUIRE(due.count(place) == 1);
      REQUIRE(now >= due[place]);
      REQUIRE(now <= due[place] + 1250);
      REQUIRE_FALSE(links.linked(place));
      due.erase(place);
    }
  }
  CHECK(due.empty());
  CHECK(wheel.linked() == 0);
}

TEST_CASE("what lies beyond the wheel is met early, what is overdue at once") {
  PlaceLinks links(4, false);
  ExpiryWheel wheel(links);
  wheel.start_at(LedgerTime{1'000'000});
  wheel.link(0, 1'000'000 + 3 * ExpiryWheel::kSeconds * 1000);
  wheel.link(1, 5);
  Place place = 99;
  CHECK_FALSE(wheel.pop_due(LedgerTime{1'000'999}, place));
  REQUIRE(wheel.pop_due(LedgerTime{1'001'000}, place));
  CHECK(place == 1);
  REQUIRE(wheel.pop_due(LedgerTime{1'000'000 + ExpiryWheel::kSeconds * 1000}, place));
  CHECK(place == 0);
}

TEST_CASE("a leap of the clock costs the wheel one round at most") {
  PlaceLinks links(4, false);
  ExpiryWheel wheel(links);
  wheel.start_at(LedgerTime{0});
  wheel.link(0, 2000);
  const LedgerTime far{std::int64_t{1} << 53};  // second by second it would take days
  Place place = 99;
  REQUIRE(wheel.pop_due(far, place));
  CHECK(place == 0);
  CHECK_FALSE(wheel.pop_due(far, place));
  wheel.link(1, far.value + 1000);
  CHECK_FALSE(wheel.pop_due(LedgerTime{far.value + 999}, place));
  REQUIRE(wheel.pop_due(LedgerTime{far.value + 2000}, place));
  CHECK(place == 1);
}

TEST_CASE("the retention queue frees nothing early, and in order") {
  PlaceLinks links(10, false);
  RetentionQueue queue(links, 60'000);
  queue.push(7, LedgerTime{10'999});
  queue.push(8, LedgerTime{12'000});
  queue.push(9, LedgerTime{13'000});
  Place place = 0;
  CHECK_FALSE(queue.pop_due(LedgerTime{70'998}, place));
  REQUIRE(queue.pop_due(LedgerTime{72'000}, place));
  CHECK(place == 7);
  CHECK_FALSE(queue.pop_due(LedgerTime{72'999}, place));
  queue.push(7, LedgerTime{14'000});
  for (const Place expected : {8U, 9U, 7U}) {
    REQUIRE(queue.pop_due(LedgerTime{1'000'000}, place));
    CHECK(place == expected);
    CHECK_FALSE(links.linked(place));
  }
  CHECK(queue.empty());
  CHECK_FALSE(queue.pop_due(LedgerTime{1'000'000}, place));
}

TEST_CASE("a long retention has coarser marks, and still frees nothing early and little late") {
  const std::int64_t retention_ms = GENERATE(0, 86'400'000, 400LL * 86'400'000);
  const std::int64_t late_ms = retention_ms / 32'000 + 3'000;
  constexpr Place kPlaces = 3000;
  PlaceLinks links(kPlaces, false);
  RetentionQueue queue(links, retention_ms);
  std::mt19937_64 random(3);
  std::map<Place, std::int64_t> ended;
  std::int64_t now = 0;
  for (Place place = 0; place < kPlaces; ++place) {
    now += static_cast<std::int64_t>(random() % 2'000'000);
    ended[place] = now;
    queue.push(place, LedgerTime{now});
  }
  Place expected = 0;
  for (std::int64_t at = 0; !queue.empty(); at += 500'000) {
    Place place = 0;
    while (queue.pop_due(LedgerTime{at}, place)) {
      REQUIRE(place == expected++);
      REQUIRE(at >= ended[place] + retention_ms);
      REQUIRE(at <= ended[place] + retention_ms + late_ms + 500'000);
    }
  }
  CHECK(expected == kPlaces);
}

TEST_CASE("with all marks in use, what ends counts as the last of them") {
  constexpr auto kMany = static_cast<Place>(RetentionQueue::kMarksMax + 10);
  PlaceLinks links(kMany, false);
  RetentionQueue queue(links, 1000);
  for (Place place = 0; place < kMany; ++place) queue.push(place, LedgerTime{place * 2000LL});
  Place place = 0;
  const std::int64_t last = (kMany - 1) * 2000LL;
  Place expected = 0;
  // All that had a mark of its own comes in its time; those that shared one come with its latest.
  while (queue.pop_due(LedgerTime{last}, place)) REQUIRE(place == expected++);
  CHECK(expected == RetentionQueue::kMarksMax - 1);
  while (queue.pop_due(LedgerTime{last + 2000}, place)) REQUIRE(place == expected++);
  CHECK(expected == kMany);
}

TEST_CASE("a place stands in one list at a time") {
  PlaceLinks links(4, false);
  ExpiryWheel wheel(links);
  RetentionQueue queue(links, 0);
  wheel.start_at(LedgerTime{0});
  wheel.link(2, 0);
  CHECK(links.linked(2));
  Place place = 0;
  REQUIRE(wheel.pop_due(LedgerTime{1000}, place));
  CHECK_FALSE(links.linked(2));
  queue.push(2, LedgerTime{1000});
  CHECK(links.linked(2));
  REQUIRE(queue.pop_due(LedgerTime{10'000}, place));
  wheel.link(2, 11'000);
  CHECK(wheel.linked() == 1);
}
