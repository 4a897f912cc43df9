#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "ledger/expiry_wheel.hpp"

using namespace janji;
using ledger::ExpiryWheel;
using ledger::Place;
using ledger::RetentionQueue;

TEST_CASE("the wheel gives each place once, after its second is over and before the next is") {
  ExpiryWheel wheel(1000, false);
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
      REQUIRE_FALSE(wheel.is_linked(place));
      due.erase(place);
    }
  }
  CHECK(due.empty());
  CHECK(wheel.linked() == 0);
}

TEST_CASE("what lies beyond the wheel is met early, what is overdue at once") {
  ExpiryWheel wheel(4, false);
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

TEST_CASE("the retention queue frees nothing early, and in order") {
  RetentionQueue queue(3, false);
  queue.push(7, LedgerTime{10'999});
  queue.push(8, LedgerTime{12'000});
  queue.push(9, LedgerTime{13'000});
  Place place = 0;
  CHECK_FALSE(queue.pop_due(LedgerTime{70'998}, 60'000, place));
  REQUIRE(queue.pop_due(LedgerTime{71'000}, 60'000, place));
  CHECK(place == 7);
  CHECK_FALSE(queue.pop_due(LedgerTime{71'000}, 60'000, place));
  queue.push(7, LedgerTime{14'000});  // round the ring's end
  for (const Place expected : {8U, 9U, 7U}) {
    REQUIRE(queue.pop_due(LedgerTime{1'000'000}, 60'000, place));
    CHECK(place == expected);
  }
  CHECK(queue.empty());
}
